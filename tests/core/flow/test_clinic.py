"""A real log of a clinic and one of a hospital, against figures that were computed elsewhere."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from core.flow.filter import ALL
from core.service import PROJECT
from core.tables.calllog import CallLog
from core.views import BY_KEY, view
from tests.logs import opened, rows

DATA = PROJECT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real logs are not ours to ship and are not here")

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def log() -> Iterator[CallLog]:
    with opened((DATA / "clinic_calls_01_02.csv").read_bytes()) as log:
        yield log


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "expected" / "clinic_calls_01_02.json").read_text())
    return found


def of(log: CallLog, key: str, *columns: str, **given: str) -> Rows:
    """These columns of all rows of a view."""
    return rows(view(key).frame(log, ALL, **given)[[*columns]])


def paths(expected: dict[str, Any]) -> list[tuple[tuple[str, ...], int]]:
    return [(tuple(map(str, path)), n) for path, n in expected["top_paths"]]


def test_every_kind_of_figure_that_is_known_has_a_view(expected: dict[str, Any]) -> None:
    assert set(expected) == {
        "lengths_summary", "top_intents", "leaf_frequency", "branch_distribution", "weekday_trends", "depth_funnel",
        "node_funnel", "dead_ends", "entropy_complexity", "coverage_ratio", "url_engagement", "anomalies",
        "duplicates_by_text", "unreachable_nodes", "top_paths",
    }  # fmt: skip


def test_summary(log: CallLog, expected: dict[str, Any]) -> None:
    known = expected["lengths_summary"]
    (figures,) = view("summary").frame(log).to_dict("records")
    assert figures.pop("mean_length") == pytest.approx(known["avg"], abs=1e-12)
    assert figures == {
        "n_files": 1,
        "n_calls": known["count"],
        "n_steps": sum(len(path) * n for path, n in paths(expected)),
        "n_nodes": len(expected["node_funnel"]),
        "n_variants": len(expected["top_paths"]),
        "first_day": "2025-01-01",
        "last_day": "2025-02-28",
        **{f"{name}_length": known[name] for name in ("median", "p90", "p95", "min", "max")},
        "n_rejected": 0,
    }


@pytest.mark.parametrize(("key", "name"), [("top-intents", "top_intents"), ("leaf-frequency", "leaf_frequency")])
def test_intents_and_leaves(log: CallLog, expected: dict[str, Any], key: str, name: str) -> None:
    known = sorted(expected[name], key=lambda row: (-row[1], row[0]))
    assert of(log, key, "node", "n_calls") == [(str(node), n) for node, n, _ in known]
    assert [share for (share,) in of(log, key, "share")] == pytest.approx([n / 3950 for _, n, _ in known], abs=1e-12)
    # The figures that are known name no label for two nodes; their rows do.
    labels = {str(node): label for node, _, label in known if label}
    assert {node: label for node, label in of(log, key, "node", "label") if node in labels} == labels
    assert len(known) - len(labels) == (2 if name == "leaf_frequency" else 0)


def test_paths(log: CallLog, expected: dict[str, Any]) -> None:
    known = sorted(expected["top_paths"], key=lambda one: (-one[1], one[0]))
    found = of(log, "top-paths", "rank", "nodes", "n_calls")
    assert found == [(rank, [str(node) for node in path], n) for rank, (path, n) in enumerate(known, 1)]
    so_far = [sum(n for _, n in known[:rank]) / 3950 for rank in range(1, len(known) + 1)]
    assert [row[0] for row in of(log, "top-paths", "cumulative_share")] == pytest.approx(so_far, abs=1e-12)


def test_the_path_explorer_on_every_prefix_that_is_taken(log: CallLog, expected: dict[str, Any]) -> None:
    begun: dict[tuple[str, ...], Counter[str | None]] = {}
    ended: dict[tuple[str, ...], Counter[str | None]] = {}
    for path, n in paths(expected):
        for length in range(len(path) + 1):
            step = path[length] if length < len(path) else None
            begun.setdefault(path[:length], Counter())[step] += n
            ended.setdefault(path[:length], Counter())[step] += n * (length >= len(path) - 1)
    for prefix, following in begun.items():
        found = of(log, "path-explorer", "node", "n_calls", "n_ended", "share", prefix=",".join(prefix))
        assert {node: n for node, n, _, _ in found} == following
        assert {node: n for node, _, n, _ in found} == dict(ended[prefix])
        assert sum(share for *_, share in found) == pytest.approx(1)


def test_where_calls_go_from_each_node(log: CallLog, expected: dict[str, Any]) -> None:
    known = {(source, str(target)): n for source, to in expected["branch_distribution"].items() for target, n in to}
    assert {(source, target): n for source, target, n in of(log, "flow-map", "source", "target", "n")} == known


def test_node_funnel(log: CallLog, expected: dict[str, Any]) -> None:
    touching = Counter(node for path, n in paths(expected) for node in set(path) for _ in range(n))
    found = of(log, "node-funnel", "node", "reach", "transitions", "drop_off", "n_calls")
    known = {node: (*figures, touching[node]) for node, figures in expected["node_funnel"].items()}
    assert {node: tuple(figures) for node, *figures in found} == known
    assert [(row[0], row[1]) for row in found] == sorted(
        ((node, figures[0]) for node, figures in known.items()), key=lambda row: (-row[1], int(row[0]))
    )


def test_depth_funnel(log: CallLog, expected: dict[str, Any]) -> None:
    known = {int(depth): n for depth, n in expected["depth_funnel"].items()}
    found = of(log, "depth-funnel", "depth", "n_calls", "drop")
    assert found == [(depth, n, known.get(depth - 1, n) - n) for depth, n in sorted(known.items())]
    shares = [n / 3950 for _, n in sorted(known.items())]
    assert [share for (share,) in of(log, "depth-funnel", "share")] == pytest.approx(shares, abs=1e-12)


def test_dead_ends(log: CallLog, expected: dict[str, Any]) -> None:
    known = sorted(expected["dead_ends"], key=lambda row: (-row[2], row[0]))
    found = of(log, "dead-ends", "node", "reach", "terminations", "has_children")
    assert found == [(str(node), reach, ends, children) for node, reach, ends, _, children in known]
    rates = [rate for (rate,) in of(log, "dead-ends", "termination_rate")]
    assert rates == pytest.approx([row[3] for row in known], abs=1e-12)


def test_entropy(log: CallLog, expected: dict[str, Any]) -> None:
    known = expected["entropy_complexity"]
    found = {node: row for node, *row in of(log, "entropy", "node", "entropy_bits", "perplexity", "branching_factor")}
    assert found.keys() == known.keys()
    for node, figures in known.items():
        assert found[node] == pytest.approx(figures, abs=1e-12)
    assert dict(of(log, "entropy", "node", "n")) == {
        node: going_on for node, (_, going_on, _) in expected["node_funnel"].items() if going_on
    }


def test_coverage(log: CallLog, expected: dict[str, Any]) -> None:
    known = expected["coverage_ratio"]
    found = {node: row for node, *row in of(log, "coverage", "node", "top1_share", "top2_share")}
    assert found.keys() == known.keys()
    for node, figures in known.items():
        assert found[node] == pytest.approx(figures, abs=1e-12)


def test_moves_off_the_menu(log: CallLog, expected: dict[str, Any]) -> None:
    known = [(str(source), str(target), n) for source, target, n in expected["anomalies"]]
    assert of(log, "anomalies", "source", "target", "n") == known
    assert of(log, "anomalies", "kind") == [("jump",), ("jump",)]


def test_not_reached_is_only_what_is_named_as_a_parent_alone(log: CallLog, expected: dict[str, Any]) -> None:
    # The figures that are known leave such nodes out; by the definition they are in the menu.
    assert expected["unreachable_nodes"] == []
    assert of(log, "unreachable", "node", "label") == [("11032", "11032")]


def test_duplicates(log: CallLog, expected: dict[str, Any]) -> None:
    known = {label: [str(node) for node in nodes] for label, nodes in expected["duplicates_by_text"].items()}
    found = of(log, "duplicates", "label", "nodes", "n_nodes")
    assert {label: nodes for label, nodes, _ in found} == known
    assert all(n == len(nodes) for _, nodes, n in found)


def test_weekdays(log: CallLog, expected: dict[str, Any]) -> None:
    # From Wednesday 1 January to Friday 28 February 2025: 59 days.
    n_days = {1: 8, 2: 8, 3: 9, 4: 9, 5: 9, 6: 8, 7: 8}
    found = of(log, "weekday-trends", "weekday", "n_calls", "n_days")
    assert found == [(int(day), n, n_days[int(day)]) for day, n in sorted(expected["weekday_trends"].items())]


def test_links(log: CallLog, expected: dict[str, Any]) -> None:
    known = sorted(expected["url_engagement"], key=lambda one: (-one[1], one[0]))
    assert of(log, "url-engagement", "url", "n_steps") == [tuple(row) for row in known]
    assert all(0 < n_calls <= n for n, n_calls in of(log, "url-engagement", "n_steps", "n_calls"))


def test_nothing_is_cut_off(log: CallLog) -> None:
    assert {key: len(BY_KEY[key].frame(log)) for key in ("top-paths", "leaf-frequency", "node-funnel")} == {
        "top-paths": 336,
        "leaf-frequency": 336,
        "node-funnel": 374,
    }


def test_the_hospitals_log_with_another_delimiter_and_a_case_named_na() -> None:
    with opened((DATA / "eventdataR_sepsis.csv").read_bytes()) as log:
        (figures,) = rows(view("summary").frame(log)[["n_calls", "n_steps", "n_nodes", "n_variants"]])
        assert figures == (1050, 15_214, 16, 846)
        assert log.row("SELECT count(*) FROM calls WHERE call_id = 'NA'") == (1,)
