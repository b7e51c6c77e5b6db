"""The shipped sample data is what the script makes, and each oddity it promises is there.

The numbers are counted here from the files alone, by plain loops over their rows.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median_low

import pytest

from sample_data import make
from sample_data.facts import Fact, Facts

Row = dict[str, str]


def missing(text: str) -> bool:
    return text.strip().upper() in {"", "NULL"}


@cache
def clinic_rows() -> list[Row]:
    with (make.HERE / make.CLINIC_FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def calls() -> dict[str, list[Row]]:
    return grouped(clinic_rows(), "call_id", "rule_id")


@cache
def shop_rows() -> list[Row]:
    with (make.HERE / make.SHOP_FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@cache
def visits() -> dict[str, list[Row]]:
    return grouped(shop_rows(), "visit", "page")


@cache
def facts() -> Facts:
    return make.facts()


def grouped(rows: Iterable[Row], case: str, node: str) -> dict[str, list[Row]]:
    """Return the rows that are steps, by their case."""
    cases: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not missing(row[case]) and not missing(row[node]):
            cases[row[case]].append(row)
    return dict(cases)


def path(call: Iterable[Row]) -> list[str]:
    return [row["rule_id"] for row in call]


def pages(visit: Iterable[Row]) -> list[str]:
    return [row["page"] for row in visit]


def start(call: list[Row]) -> datetime:
    return datetime.fromisoformat(call[0]["call_date"])


def shop_time(row: Row) -> datetime:
    return datetime.strptime(row["time"], "%d.%m.%Y %H:%M:%S")


def reach_and_ends(some_calls: Iterable[list[Row]], nodes: set[str]) -> tuple[int, int]:
    """Return how many calls touch one of the nodes, and how many end on one."""
    reached = [path(call) for call in some_calls if nodes & set(path(call))]
    return len(reached), sum(nodes_of_call[-1] in nodes for nodes_of_call in reached)


@cache
def menu() -> set[tuple[str, str]]:
    return {(row["rule_parent_id"], row["rule_id"]) for row in clinic_rows() if not missing(row["rule_id"])}


@cache
def labels() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in clinic_rows():
        if not missing(row["rule_id"]):
            found[row["rule_id"]].add(row["rule_text"])
    return found


def expect(name: str, **numbers: object) -> None:
    """Assert that a fact says these numbers."""
    fact = facts()[name]
    assert {key: fact[key] for key in numbers} == numbers


@pytest.mark.parametrize("name", [make.CLINIC_FILE, make.SHOP_FILE])
def test_the_shipped_file_is_what_the_script_makes(name: str, tmp_path: Path) -> None:
    make.write_all(tmp_path)
    made = (tmp_path / name).read_bytes()
    assert made == (make.HERE / name).read_bytes()
    assert b"\r" not in made
    assert made.endswith(b"\n")
    assert len(made) < 6_000_000


def test_the_readme_says_the_true_numbers() -> None:
    lines = (make.HERE / "README.md").read_text(encoding="utf-8").splitlines()
    rows = {found[1]: line for line in lines if (found := re.match(r"\| `(\w+)` \|", line))}
    assert rows.keys() == facts().keys()
    wrong = [
        (name, text)
        for name, fact in facts().items()
        for text in as_written(fact)
        if not re.search(rf"(?<![\w.,]){re.escape(text)}(?![\w]|[.,]\d)", rows[name])
    ]
    assert wrong == []


def as_written(fact: Fact) -> Iterator[str]:
    """Yield a fact's values as the README writes them."""
    for value in fact.values():
        if isinstance(value, list):
            yield from value
        elif isinstance(value, float):
            yield f"{value:.1%}" if value <= 1 else str(value)
        else:
            yield f"{value:,}" if isinstance(value, int) else value


def test_the_clinic_has_ten_thousand_calls_over_four_months() -> None:
    starts = [start(call) for call in calls().values()]
    assert starts == sorted(starts)
    expect(
        "totals",
        n_calls=len(calls()),
        n_steps=sum(map(len, calls().values())),
        n_nodes=len(labels()),
        n_customers=len({call[0]["customer_id"] for call in calls().values()} - {"0"}),
        first_day=starts[0].date().isoformat(),
        last_day=starts[-1].date().isoformat(),
    )
    assert len(calls()) == 10_000
    assert (starts[0].date(), starts[-1].date()) == (date(2026, 3, 1), date(2026, 6, 30))


def test_each_call_is_one_block_of_rows_in_order_of_time() -> None:
    ids = [row["call_id"] for row in clinic_rows() if not missing(row["call_id"])]
    blocks = [call_id for before, call_id in pairwise(["", *ids]) if call_id != before]
    assert blocks == list(calls())
    for call in calls().values():
        times = [row["call_date"] for row in call]
        assert times == sorted(times)


def test_the_menu_has_about_150_nodes_in_two_languages_and_six_levels() -> None:
    parents = {node: parent for parent, node in menu()}
    assert len(parents) == len(menu()) == len(labels())
    assert 140 <= len(parents) <= 160
    assert {node for node, parent in parents.items() if parent == "0"} == {"1", "2"}
    assert max(depth(node, parents) for node in parents) == 6
    hebrew = [node for node, texts in labels().items() if re.search("[א-ת]", " ".join(texts))]
    english = [node for node, texts in labels().items() if re.search("[A-Za-z]", " ".join(texts))]
    assert len(hebrew) + len(english) == len(parents)
    assert min(len(hebrew), len(english)) > 70


def depth(node: str, parents: dict[str, str]) -> int:
    return 1 if parents[node] == "0" else 1 + depth(parents[node], parents)


def test_the_week_is_that_of_a_clinic() -> None:
    per_weekday = Counter(start(call).isoweekday() for call in calls().values())
    assert per_weekday.most_common(1)[0][0] == 1
    assert per_weekday[6] < per_weekday[5] / 10
    assert per_weekday[5] < per_weekday[7] / 2


def test_how_a_call_ended_stands_on_its_last_row_alone() -> None:
    for call in calls().values():
        *before, last = call
        assert not any(row["outcome"] or row["agent"] for row in before)
        assert last["outcome"] in {"self_service", "agent", "callback", "abandoned", "error"}
        assert missing(last["agent"]) == (last["outcome"] != "agent") == missing(last["handle_time_s"])
        assert len({row["customer_id"] for row in call}) == 1


def test_urls_lead_nowhere() -> None:
    urls = {row["popUpURL"] for row in clinic_rows()}
    assert {"", "NULL"} < urls
    assert all(re.match(r"https://\w+\.example\.(com|org)/", url) for url in urls - {"", "NULL"})


@pytest.mark.parametrize("name, node", [("dead_end_english", "1310"), ("dead_end_hebrew", "2310")])
def test_callers_leave_one_step_before_the_visit_price(name: str, node: str) -> None:
    reach, ended = reach_and_ends(calls().values(), {node})
    expect(name, node_ids=[node], n_calls=reach, n_ended=ended, share=round(ended / reach, 3))
    assert 0.35 < ended / reach < 0.5
    assert any(parent == node for parent, _ in menu())


def test_the_lab_results_were_down_for_a_day() -> None:
    down = [call for call in calls().values() if start(call).date() == date(2026, 5, 12)]
    other = [call for call in calls().values() if start(call).date() != date(2026, 5, 12)]
    reach, ended = reach_and_ends(down, {"1200", "2200"})
    reach_other, ended_other = reach_and_ends(other, {"1200", "2200"})
    expect(
        "outage",
        n_calls=reach,
        n_ended=ended,
        share=round(ended / reach, 3),
        share_other_days=round(ended_other / reach_other, 3),
        n_errors=sum(call[-1]["outcome"] == "error" for call in down),
        n_errors_other_days=sum(call[-1]["outcome"] == "error" for call in other),
    )
    assert ended / reach > 10 * ended_other / reach_other


def test_some_labels_are_on_several_nodes() -> None:
    nodes: dict[str, set[str]] = defaultdict(set)
    for node, texts in labels().items():
        for text in texts:
            nodes[text.strip().casefold()].add(node)
    shared = {label: ids for label, ids in nodes.items() if len(ids) > 1}
    expect(
        "duplicates",
        labels=sorted(shared),
        n_labels=len(shared),
        n_nodes=sum(len(ids) for ids in shared.values()),
    )
    assert len(shared["opening hours"]) == 3


def test_some_nodes_are_reached_by_nobody() -> None:
    touched = {node for call in calls().values() for node in path(call)}
    unused = sorted(labels().keys() - touched)
    expect("unreachable", node_ids=unused, n_nodes=len(unused))
    assert unused


def test_key_0_jumps_to_the_representative() -> None:
    edges = menu()
    n_jumps = []
    for call in calls().values():
        nodes = path(call)
        n_jumps.append(
            sum(
                target not in nodes[:position] and (source, target) not in edges and target in {"1900", "2900"}
                for position, (source, target) in enumerate(pairwise(nodes), start=1)
            )
        )
    expect("jumps", n_jumps=sum(n_jumps), n_calls=sum(n > 0 for n in n_jumps))


def test_callers_go_back_and_hear_again_too() -> None:
    steps = [pair for call in calls().values() for pair in pairwise(path(call))]
    assert sum(source == target for source, target in steps) > 100
    assert sum((target, source) in menu() for source, target in steps) > 500


def test_who_hears_that_results_are_not_ready_calls_again() -> None:
    starts = defaultdict(list)
    for call in calls().values():
        starts[call[0]["customer_id"]].append(start(call))
    n, n_again = Counter[bool](), Counter[bool]()
    for call in calls().values():
        customer = call[0]["customer_id"]
        if customer != "0":
            not_ready = path(call)[-1] in {"1212", "2212"}
            n[not_ready] += 1
            n_again[not_ready] += any(
                start(call) < later <= start(call) + timedelta(days=7) for later in starts[customer]
            )
    expect(
        "call_again",
        n_calls=n[True],
        n_again=n_again[True],
        share=round(n_again[True] / n[True], 3),
        share_other_ends=round(n_again[False] / n[False], 3),
    )


def test_many_callers_are_anonymous() -> None:
    n = sum(call[0]["customer_id"] == "0" for call in calls().values())
    expect("anonymous", n_calls=n, share=round(n / len(calls()), 3))
    assert 0.1 < n / len(calls()) < 0.3


def test_mondays_begin_with_a_rush() -> None:
    early = [start(call).date() for call in calls().values() if start(call).hour in {8, 9}]
    mondays = [day for day in early if day.isoweekday() == 1]
    others = [day for day in early if day.isoweekday() in {2, 3, 4, 7}]
    expect(
        "monday_rush",
        n_calls=len(mondays),
        per_monday=round(len(mondays) / len(set(mondays)), 1),
        per_other_day=round(len(others) / len(set(others)), 1),
    )
    assert len(mondays) / len(set(mondays)) > 2 * len(others) / len(set(others))


def test_some_callers_hang_up_in_the_queue() -> None:
    last = [call[-1] for call in calls().values() if not missing(call[-1]["queue_wait_s"])]
    waits = sorted(int(row["queue_wait_s"]) for row in last)
    expect(
        "queue",
        n_calls=len(last),
        median_s=waits[-(-len(waits) // 2) - 1],
        p90_s=waits[-(-len(waits) * 9 // 10) - 1],
        n_over_60_s=sum(wait > 60 for wait in waits),
        n_ended=sum(missing(row["agent"]) for row in last),
    )


def test_errors_end_calls_or_are_heard_again() -> None:
    failed = {key: [row for row in call if row["error"]] for key, call in calls().items()}
    met = {key: rows for key, rows in failed.items() if rows}
    every = [row for rows in met.values() for row in rows]
    expect(
        "errors",
        n_steps=len(every),
        n_calls=len(met),
        n_ended=sum(any(row["error"] for row in calls()[key][-2:]) for key in met),
        n_steps_unheard=sum(row["error"] == "no input" for row in every),
        n_steps_that_day=sum(row["call_date"].startswith("2026-05-12") for row in every),
    )


def test_callers_come_back_to_what_they_met_before() -> None:
    times = [len(path(call)) - len(set(path(call))) for call in calls().values()]
    expect("ways_back", n_calls=sum(n > 0 for n in times), n_times=sum(times))


def test_one_agent_is_slow_on_few_calls() -> None:
    times = defaultdict(list)
    for call in calls().values():
        if not missing(call[-1]["handle_time_s"]):
            times[call[-1]["agent"]].append(int(call[-1]["handle_time_s"]))
    slow = times.pop("A11")
    others = [seconds for of_agent in times.values() for seconds in of_agent]
    expect(
        "slow_agent",
        n_calls=len(slow),
        mean_s=round(sum(slow) / len(slow)),
        n_calls_others=len(others),
        mean_s_others=round(sum(others) / len(others)),
    )
    assert len(slow) < 20 < 100 < min(map(len, times.values()))


def test_the_menu_changed_on_the_first_of_may() -> None:
    before = [call for call in calls().values() if start(call).date() < date(2026, 5, 1)]
    after = [call for call in calls().values() if start(call).date() >= date(2026, 5, 1)]
    expect(
        "menu_change",
        n_calls_old_before=reach_and_ends(before, {"1800", "2800"})[0],
        n_calls_old_after=reach_and_ends(after, {"1800", "2800"})[0],
        n_calls_new_before=reach_and_ends(before, {"1850", "2850"})[0],
        n_calls_new_after=reach_and_ends(after, {"1850", "2850"})[0],
    )
    assert facts()["menu_change"]["n_calls_old_after"] == facts()["menu_change"]["n_calls_new_before"] == 0


def test_one_node_has_two_labels() -> None:
    assert {node for node, texts in labels().items() if len(texts) > 1} == {"1610"}
    texts = Counter(row["rule_text"] for call in calls().values() for row in call if row["rule_id"] == "1610")
    fact = facts()["inconsistent"]
    assert texts == {fact["old"]: fact["n_steps_old"], fact["new"]: fact["n_steps_new"]}


@pytest.mark.parametrize("node", ["7", "007"])
def test_7_and_007_are_two_nodes(node: str) -> None:
    expect("twin_ids", **{node: reach_and_ends(calls().values(), {node})[0]})
    assert len(labels()[node]) == 1
    assert labels()["7"] != labels()["007"]


def test_one_call_crosses_midnight() -> None:
    late = [key for key, call in calls().items() if len({row["call_date"][:10] for row in call}) > 1]
    expect("midnight", call_ids=late, n_calls=1, start=calls()[late[0]][0]["call_date"])


def test_one_call_goes_round_in_a_loop() -> None:
    key, call = max(calls().items(), key=lambda item: len(item[1]))
    expect("loop", call_id=key, n_steps=len(call), n_nodes=len(set(path(call))))
    assert len(call) > 20


def test_some_calls_begin_inside_the_menu() -> None:
    inside = Counter(path(call)[0] for call in calls().values() if path(call)[0] not in {"1", "2"})
    expect("side_door", node_ids=sorted(inside), n_calls=inside.total())


def test_one_prompt_is_slow() -> None:
    stays = [
        (row["rule_id"], int((start([following]) - start([row])).total_seconds()))
        for call in calls().values()
        for row, following in pairwise(call)
    ]
    slow = [seconds for node, seconds in stays if node in {"1620", "2620"}]
    expect("slow_prompt", median_s=median_low(slow), median_s_all=median_low([seconds for _, seconds in stays]))


def test_rows_that_are_no_step_are_declarations_or_broken() -> None:
    declared = [row for row in clinic_rows() if missing(row["call_id"]) and not missing(row["rule_id"])]
    broken = [row for row in clinic_rows() if missing(row["rule_id"])]
    expect(
        "not_steps",
        n_declarations=len(declared),
        n_rejected=len(broken),
        n_rejected_no_call=sum(missing(row["call_id"]) for row in broken),
    )
    assert clinic_rows()[-len(declared) :] == declared
    assert {row["rule_id"] for row in broken} == {"", "NULL"}
    assert sum(map(len, calls().values())) + len(declared) + len(broken) == len(clinic_rows())


def test_the_shop_has_fifteen_hundred_visits_mixed_in_order_of_time() -> None:
    times = [shop_time(row) for row in shop_rows()]
    assert times == sorted(times)
    keys = [row["visit"] for row in shop_rows()]
    assert sum(before != key for before, key in pairwise(keys)) > len(visits())
    expect(
        "shop_totals",
        n_visits=1_500,
        n_steps=sum(map(len, visits().values())),
        n_pages=len({page for visit in visits().values() for page in pages(visit)}),
        n_ordered=sum(visit[0]["ordered"] == "yes" for visit in visits().values()),
    )
    assert len(visits()) == 1_500
    for visit in visits().values():
        assert {row["ordered"] for row in visit} == {"yes" if "/checkout/confirmed" in pages(visit) else "no"}


@pytest.mark.parametrize(
    "name, devices",
    [
        ("shop_address", {"phone", "desktop", "tablet"}),
        ("shop_address_phone", {"phone"}),
        ("shop_address_desktop", {"desktop"}),
    ],
)
def test_the_address_form_loses_people(name: str, devices: set[str]) -> None:
    reached = [
        pages(visit)
        for visit in visits().values()
        if visit[0]["device"] in devices and "/checkout/address" in pages(visit)
    ]
    ended = sum(of_visit[-1] == "/checkout/address" for of_visit in reached)
    expect(name, n_visits=len(reached), n_ended=ended, share=round(ended / len(reached), 3))


def test_some_visits_go_between_cart_and_shipping_costs() -> None:
    rounds = [
        sum(pair == ("/cart", "/shipping-costs") for pair in pairwise(pages(visit))) for visit in visits().values()
    ]
    expect(
        "shop_loop",
        n_visits=sum(n > 0 for n in rounds),
        n_more_than_once=sum(n > 1 for n in rounds),
        most=max(rounds),
    )


def test_na_is_a_visit_and_a_country() -> None:
    namibian = [key for key, visit in visits().items() if visit[0]["country"] == "NA"]
    expect("shop_na", n_steps=len(visits()["NA"]), n_visits_from_namibia=len(namibian))


def test_a_newsletter_brings_visits() -> None:
    starts = Counter(shop_time(visit[0]).strftime("%m-%d %H") for visit in visits().values())
    expect("shop_newsletter", n_visits=starts["05-14 19"])
    assert starts.most_common(1)[0][0] == "05-14 19"


def test_one_visitor_is_a_machine() -> None:
    key, visit = max(visits().items(), key=lambda item: len(item[1]))
    seconds = int((shop_time(visit[-1]) - shop_time(visit[0])).total_seconds())
    expect("shop_robot", visit=key, n_steps=len(visit), seconds=seconds)


def test_broken_rows_of_the_shop() -> None:
    broken = [row for row in shop_rows() if missing(row["page"])]
    expect(
        "shop_not_steps",
        n_rejected=len(broken),
        n_rejected_no_visit=sum(missing(row["visit"]) for row in broken),
    )
    assert not any(missing(row["visit"]) and not missing(row["page"]) for row in shop_rows())
