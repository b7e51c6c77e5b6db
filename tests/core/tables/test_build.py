"""Every row of every file has its place in the tables, or a reason why not."""

import random
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings

from core.errors import MappingIncomplete, ThroughlineError
from core.ingest.mend import SPOILED
from core.service import PROJECT
from core.settings import Guards
from core.tables import schema
from core.tables.build import build
from core.tables.calllog import CallLog
from tests import naive
from tests.logs import HEADER, LOGS, MEMORY, both, built, mapped, opened, rows, source, with_format


def paths(log: CallLog) -> list[tuple[int, str, tuple[str, ...]]]:
    """File (from 1), call id and path of each call, in the order of the calls."""
    names = dict(log.rows("SELECT node, id FROM nodes"))
    found = log.rows('SELECT file + 1, call_id, nodes FROM calls JOIN paths USING (path) ORDER BY "call"')
    return [(file, call_id, tuple(names[node] for node in nodes)) for file, call_id, nodes in found]


@settings(max_examples=40, deadline=None)
@given(LOGS)
def test_every_row_is_a_step_a_declaration_or_rejected_with_its_line(files: list[naive.File]) -> None:
    with both(*files) as (log, expected):
        found = log.about.found
        assert (found.n_rows, found.n_steps) == (expected.n_rows, expected.n_steps)
        assert found.n_declarations == expected.count("declaration")
        assert found.n_rejected == expected.count("rejected")
        assert found.n_rows == found.n_steps + found.n_declarations + found.n_rejected
        assert found.unread_dates == expected.unread_dates
        for part in ("rows", "steps", "merged", "declarations", "rejected"):
            assert sum(getattr(one, part) for one in found.files) == getattr(found, f"n_{part}")
        assert sum(one.unread_dates for one in found.files) == found.unread_dates
        strays = log.rows("SELECT file + 1, line, kind, text FROM rejects ORDER BY file, line")
        assert strays == sorted((stray.file, stray.line, stray.kind, stray.text) for stray in expected.strays)


@settings(max_examples=40, deadline=None)
@given(LOGS)
def test_calls_nodes_and_menu_are_those_of_the_definitions(files: list[naive.File]) -> None:
    with both(*files) as (log, expected):
        assert sorted(paths(log)) == sorted((call.file, call.call_id, call.path) for call in expected.calls)
        said = log.rows(
            "SELECT one.id, one.label, one.url, above.id, one.in_menu, one.inconsistencies "
            "FROM nodes one LEFT JOIN nodes above ON above.node = one.parent ORDER BY one.node"
        )
        assert [row[0] for row in said] == expected.nodes
        for node, label, url, parent, in_menu, inconsistencies in said:
            assert (label, url) == (expected.label(node), expected.urls.get(node))
            assert (parent or "0") == expected.parents.get(node, "0")
            assert in_menu == (node in expected.in_menu)
            assert set(inconsistencies) == expected.inconsistent.get(node, set())
        edges = log.rows(
            "SELECT above.id, below.id FROM menu JOIN nodes above ON above.node = menu.parent "
            "JOIN nodes below ON below.node = menu.node"
        )
        assert set(edges) == expected.edges and len(edges) == len(expected.edges)


def test_the_tables_have_the_columns_of_the_schema() -> None:
    with opened(HEADER + "A,3/3/2025,1,0,Main,\n") as log:
        for table, columns in schema.TABLES.items():
            described = {name: kind for name, kind, *_ in log.rows(f"DESCRIBE {table}")}
            assert described == columns, table


def test_the_file_order_of_many_rows_is_kept(tmp_path: Path) -> None:
    chance = random.Random(5)
    # Steps of 40,000 calls that do not stand together: the reader works on several parts of the file at once.
    steps = [(chance.randrange(40_000), chance.randrange(50)) for _ in range(400_000)]
    text = "call,node\n" + "".join(f"c{call},n{node}\n" for call, node in steps)
    expected: dict[str, list[str]] = {}
    for call, node in steps:
        expected.setdefault(f"c{call}", []).append(f"n{node}")
    log = built(tmp_path, source(tmp_path / "a", text))
    assert paths(log) == [(1, call, tuple(path)) for call, path in expected.items()]
    log.close()


def test_time_orders_the_steps_and_ties_keep_the_files_order() -> None:
    dated = (("3/3/2025", 9), ("3/1/2025", 1), ("3/1/2025", 5), ("", 7), ("soon", 8), ("3/2/2025", 2), ("3/1/2025", 3))
    text = HEADER + "".join(f"A,{day},{node},0,,\n" for day, node in dated)
    with opened(text) as log:
        assert paths(log) == [(1, "A", ("1", "5", "7", "8", "3", "2", "9"))]
        assert log.about.found.unread_dates == 1


def test_a_log_is_the_same_whether_the_steps_of_its_calls_stand_together_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.tables.raw.AT_ONCE", 7)  # rows at once, so that many calls lie across two batches
    chance = random.Random(3)

    def row(call: int) -> str:
        said = [chance.choice(words) for words in (("", "3/1/2025", "3/2/2025", "soon"), ("1", "2", ""), ("0",))]
        kept = [chance.choice(("", " x ", "y", "NULL")) for _ in range(3)]
        return ",".join([f"c{call}", *said, *kept, chance.choice(("", "5", "-1", "E"))]) + "\n"

    calls = [[row(call) for _ in range(chance.randrange(1, 9))] for call in range(200)]
    header = "call_id,call_date,rule_id,rule_parent_id,outcome,agent,error,handle_time\n"
    scattered: list[str] = []
    left = [list(rows) for rows in calls]
    while left:
        rows = chance.choice(left[:20])
        scattered.append(rows.pop(0))
        left = [one for one in left if one]
    assert sorted(scattered) == sorted(row for rows in calls for row in rows)
    queries = (
        'SELECT * EXCLUDE ("call", path), nodes FROM calls JOIN paths USING (path) ORDER BY call_id',
        'SELECT call_id, steps.* EXCLUDE ("call") FROM steps JOIN calls USING ("call") ORDER BY call_id, position',
        "SELECT * EXCLUDE path, nodes FROM variants JOIN paths USING (path) ORDER BY ALL",
    )
    names = header.strip().split(",")
    roles = dict(
        zip(("call", "timestamp", "node", "parent", "outcome", "agent", "error", "handle time"), names, strict=True)
    )
    mapping = mapped(names, roles, "%d/%m/%Y")
    found = []
    for number, text in enumerate(("".join(map("".join, calls)), "".join(scattered))):
        log = built(tmp_path / f"b{number}", source(tmp_path / f"s{number}", header + text, mapping=mapping))
        found.append([log.rows(query) for query in queries])
        log.close()
    for one, other in zip(*found, strict=True):
        assert one == other


def test_the_same_call_id_in_two_files_is_two_calls() -> None:
    with opened(HEADER + "A,3/3/2025,1,0,,\n", HEADER + "A,3/4/2025,2,0,,\nA,3/4/2025,3,0,,\n") as log:
        assert paths(log) == [(1, "A", ("1",)), (2, "A", ("2", "3"))]


def test_nodes_are_numbered_as_ties_are_broken() -> None:
    text = HEADER + "".join(f"A,3/3/2025,{node},0,,\n" for node in ("a", "10", "007", "9", "7", "B", "é"))
    with opened(text) as log:
        assert [one for (one,) in log.rows("SELECT id FROM nodes ORDER BY node")] == [
            "007",
            "7",
            "9",
            "10",
            "B",
            "a",
            "é",
        ]


def test_a_node_named_only_as_a_parent_is_a_root_and_a_cycle_has_no_depth() -> None:
    text = HEADER + "A,3/3/2025,5,menu,,\nA,3/3/2025,6,5,,\nA,3/3/2025,8,9,,\nA,3/3/2025,9,8,,\nA,3/3/2025,10,9,,\n"
    with opened(text) as log:
        places = log.rows("SELECT id, depth, in_menu, n_children FROM nodes ORDER BY node")
        assert places == [
            ("5", 1, True, 1),
            ("6", 2, True, 0),
            ("8", None, True, 1),
            ("9", None, True, 2),
            ("10", None, True, 0),
            ("menu", 0, True, 1),
        ]
        assert log.about.found.cycles == ("8", "9")


def test_of_a_call_the_last_outcome_and_the_first_of_the_rest_are_kept() -> None:
    text = (
        "call_id,rule_id,outcome,customer,agent,queue_wait,handle_time,city\n"
        "A,1,,,,-5,,\nA,2,open,c1,a1,12,30.5,Haifa\nA,3,done,c2,a2,13,1e999,Eilat\n"
    )
    with opened(text) as log:
        row = log.row('SELECT outcome, customer, agent, queue_wait, handle_time, "attribute.city" FROM calls')
        assert row == ("done", "c1", "a1", 12.0, 30.5, "Haifa")


def test_attributes_whose_names_differ_in_case_alone_keep_their_own_values() -> None:
    with opened("call_id,rule_id,City,city\nA,1,Haifa,Eilat\n", "call_id,rule_id,CITY\nB,1,Jaffa\n") as log:
        assert log.about.attributes == ("City", "city (2)")
        found = log.rows('SELECT call_id, "attribute.City", "attribute.city (2)" FROM calls ORDER BY "call"')
        assert found == [("A", "Haifa", "Eilat"), ("B", "Jaffa", None)]


def test_rows_with_spoiled_quotes_are_rejected_with_their_lines_and_cost_no_other_row() -> None:
    text = (
        'call_id,rule_id,note\nA,1,"never closed, twice\nA,2,x\n,3,"two\nlines"\nA,4,"5,6"x\nA,5,"y"\nshort\nA,6,"z"y\n'
    )
    with opened(text) as log:
        assert paths(log) == [(1, "A", ("2", "5", "6"))]
        assert log.rows("SELECT line, kind, reason, text FROM rejects ORDER BY line") == [
            (2, "rejected", SPOILED, 'A,1,"never closed, twice'),
            (4, "declaration", "has no call id, so it only declares its node", ',3,"two\nlines"'),
            (6, "rejected", SPOILED, 'A,4,"5,6"x'),
            (8, "rejected", "has 1 columns where 3 were expected", "short"),
        ]
        assert (log.about.found.n_rows, log.about.found.n_steps) == (7, 3)


def test_hours_are_known_only_where_the_dates_have_a_time() -> None:
    header = "call_id,call_date,rule_id\n"
    with opened(header + "A,2025-03-03 23:59:59,1\n", header + "B,2025-03-04,1\n") as log:
        assert log.rows('SELECT call_id, hour, isodow(date) FROM calls ORDER BY "call"') == [
            ("A", 23, 1),
            ("B", None, 2),
        ]


def test_files_with_other_headers_join_in_one_log(tmp_path: Path) -> None:
    first = source(tmp_path / "1", HEADER + "A,3/3/2025,1,0,Main,\n")
    second = source(tmp_path / "2", "visit;page\nA;home\nB;1\n")
    log = built(tmp_path, first, second._replace(mapping=mapped(("visit", "page"), {"call": "visit", "node": "page"})))
    assert paths(log) == [(1, "A", ("1",)), (2, "A", ("home",)), (2, "B", ("1",))]
    assert rows(log.frame("SELECT id, in_menu FROM nodes ORDER BY node")) == [("1", True), ("home", False)]
    log.close()


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    whole = source(tmp_path / "1", HEADER + "A,3/3/2025,1,0,Main,\n")
    empty = whole._replace(mapping=mapped(whole.mapping.columns, {"call": "popUpURL", "node": "rule_id"}))
    headless = whole._replace(mapping=mapped(whole.mapping.columns, {"node": "rule_id"}))
    for broken, error in ((empty, ThroughlineError), (headless, MappingIncomplete)):
        with pytest.raises(error):
            build([broken], tmp_path / "tables", guards=Guards(), memory=MEMORY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1"]


def test_dates_that_no_format_reads_leave_the_calls_without_one(tmp_path: Path) -> None:
    log = built(tmp_path, with_format(source(tmp_path / "1", HEADER + "A,3/3/2025,1,0,Main,\n"), "%Y-%m-%d"))
    assert log.row("SELECT date FROM calls") == (None,)
    assert (log.about.found.unread_dates, log.about.found.first_day) == (1, "")
    log.close()


TIMED = "call_id,call_date,rule_id,lifecycle,agent,outcome,error\n"


def steps(log: CallLog, call_id: str) -> list[tuple[str, str | None, str | None]]:
    """Node, begin and end (hours and minutes) of each step of a call, in order."""
    return log.rows(
        "SELECT id, strftime(steps.at, '%H:%M'), strftime(steps.until, '%H:%M') "
        'FROM steps JOIN calls USING ("call") JOIN nodes USING (node) WHERE call_id = ? ORDER BY position',
        [call_id],
    )


def test_start_and_complete_rows_of_a_step_are_one_step() -> None:
    told = (
        *("A,2025-03-03 10:00,1,schedule", "A,2025-03-03 10:01,1,START", "A,2025-03-03 10:02,1,suspend"),
        *("A,2025-03-03 10:03,2,start", "A,2025-03-03 10:04,1,resume", "A,2025-03-03 10:09,1,Complete"),
        *("A,2025-03-03 10:05,2,ATE_ABORT", "A,2025-03-03 10:08,3,complete", "A,2025-03-03 10:06,4,start"),
        "A,2025-03-03 10:07,5,",
    )
    with opened(TIMED + "".join(f"{row},,,\n" for row in told)) as log:
        assert steps(log, "A") == [
            ("1", "10:01", "10:09"),
            ("2", "10:03", "10:05"),
            ("4", "10:06", None),
            ("5", "10:07", None),
            ("3", "10:08", None),
        ]
        found = log.about.found
        assert (found.n_rows, found.n_steps, found.n_merged, found.n_unknown_phases) == (10, 5, 5, 0)
        assert log.row("SELECT n_steps, strftime(until, '%H:%M') FROM calls") == (5, "10:09")


def test_a_complete_closes_the_earliest_open_start_whatever_the_order_of_the_file() -> None:
    told = ("complete,10:03", "start,10:02", "complete,10:05", "start,10:01", "complete,10:07", "complete,10:00")
    rows = [f"A,2025-03-03 {word.split(',')[1]},1,{word.split(',')[0]},,,\n" for word in told]
    with opened(TIMED + "".join(rows)) as log:
        expected = [("1", "10:00", None), ("1", "10:01", "10:03"), ("1", "10:02", "10:05"), ("1", "10:07", None)]
        assert steps(log, "A") == expected


def test_an_activity_instance_tells_which_start_a_complete_belongs_to() -> None:
    header = "call_id,call_date,rule_id,lifecycle:transition,concept:instance\n"
    told = ("10:00,1,start,a", "10:01,1,start,b", "10:02,1,complete,b", "10:09,1,complete,a")
    with opened(header + "".join(f"A,2025-03-03 {row}\n" for row in told)) as log:
        assert steps(log, "A") == [("1", "10:00", "10:09"), ("1", "10:01", "10:02")]


def test_what_only_the_row_of_the_end_tells_is_kept() -> None:
    text = (
        TIMED + "A,2025-03-03 10:00,1,start,,,\nA,2025-03-03 10:01,1,complete,dana,open,\n"
        "A,2025-03-03 10:02,2,start,,,\nA,2025-03-03 10:03,2,complete,yossi,done,E5\n"
    )
    with opened(text) as log:
        assert log.row("SELECT agent, outcome FROM calls") == ("dana", "done")
        assert log.rows("SELECT error FROM steps ORDER BY position") == [(None,), ("E5",)]


def test_without_times_the_order_of_the_file_tells_which_rows_are_one_step() -> None:
    text = "call_id,rule_id,lifecycle\nA,1,start\nA,2,start\nA,2,complete\nA,1,complete\nA,1,complete\nB,1,complete\n"
    with opened(text) as log:
        assert paths(log) == [(1, "A", ("1", "2", "1")), (1, "B", ("1",))]
        assert log.about.found.n_merged == 2


def test_words_of_a_lifecycle_that_are_not_known_are_told_and_each_is_a_step() -> None:
    words = ["start", "complete"] * 20 + ["waiting", "waiting", "x" * 99]
    with opened("call_id,rule_id,lifecycle\n" + "".join(f"A,1,{word}\n" for word in words)) as log:
        found = log.about.found
        assert (found.n_steps, found.n_merged, found.n_unknown_phases) == (23, 20, 3)
        assert found.unknown_phases == ("waiting", "x" * 40)


def test_a_menu_file_declares_items_edges_labels_and_links_and_no_steps() -> None:
    menu = "rule_id,rule_parent_id,rule_text,popUpURL\n1,0,Main,\n2,1,Prices,http://x\n3,1,Hours,\n,1,nobody,\n"
    with opened("call_id,rule_id\nA,1\nA,2\nB,9\n", menu) as log:
        assert paths(log) == [(1, "A", ("1", "2")), (1, "B", ("9",))]
        assert rows(log.frame("SELECT id, label, url, in_menu, depth FROM nodes ORDER BY node")) == [
            ("1", "Main", None, True, 0),
            ("2", "Prices", "http://x", True, 1),
            ("3", "Hours", None, True, 1),
            ("9", "9", None, False, 0),
        ]
        found = log.about.found
        assert (found.n_rows, found.n_steps, found.n_declarations, found.n_rejected) == (7, 3, 3, 1)
        assert log.rows("SELECT DISTINCT kind, reason FROM rejects ORDER BY ALL") == [
            ("declaration", "describes the menu"),
            ("rejected", "has no node id"),
        ]
        assert log.about.attributes == ()


def test_files_that_only_describe_the_menu_are_no_log(tmp_path: Path) -> None:
    menu = source(tmp_path / "1", "rule_id,rule_parent_id,rule_text\n1,0,Main\n2,1,Prices\n")
    with pytest.raises(ThroughlineError, match="no calls"):
        build([menu], tmp_path / "tables", guards=Guards(), memory=MEMORY)


def test_any_number_of_attributes_is_kept_with_the_calls() -> None:
    names = [f"a{number}" for number in range(120)]
    first = ",".join(["call_id", "rule_id", *names])
    second = ",".join(["call_id", "rule_id", "a119", "a0", "own"])
    texts = (
        f"{first}\nA,1,{','.join(f'x{number}' for number in range(120))}\nA,2,{','.join(['later'] * 120)}\n",
        f"{second}\nB,1,,,\nB,2,far,near,mine\n",
    )
    with opened(*texts) as log:
        assert log.about.attributes == (*names, "own")
        wanted = ", ".join(f'"attribute.{name}"' for name in (*names, "own"))
        assert log.rows(f'SELECT {wanted} FROM calls ORDER BY "call"') == [
            (*(f"x{number}" for number in range(120)), None),
            ("near", *[None] * 118, "far", "mine"),
        ]


def test_what_is_kept_of_many_calls_is_gathered_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.tables.keeping.CELLS", 6)  # two columns of three calls at once
    text = "call_id,rule_id,outcome,agent,u,v,w\nA,1,no,a,u1,,w1\nB,1,,b,,v2,\nA,2,yes,c,u3,v3,w3\nC,1,,,,,\n"
    with opened(text) as log:
        found = log.rows(
            'SELECT call_id, outcome, agent, "attribute.u", "attribute.v", "attribute.w" FROM calls ORDER BY "call"'
        )
        assert found == [
            ("A", "yes", "a", "u1", "v3", "w1"),
            ("B", None, "b", None, "v2", None),
            ("C", None, None, None, None, None),
        ]


SHARED_DATA = PROJECT.parent / "shared" / "data"


@pytest.mark.parametrize(
    ("name", "n_calls", "n_steps", "n_paths", "most_frequent"),
    [
        ("eventdataR_patients.csv", 500, 2_721, None, [500, 500, 495, 492, 261, 237, 236]),
        ("eventdataR_sepsis.csv", 1_050, 15_214, 846, None),
    ],
)
def test_real_event_logs_give_the_numbers_that_are_known_of_them(
    tmp_path: Path, name: str, n_calls: int, n_steps: int, n_paths: int | None, most_frequent: list[int] | None
) -> None:
    if not (SHARED_DATA / name).is_file():
        pytest.skip("the real log is not here")
    log = built(tmp_path, source(tmp_path / "log", (SHARED_DATA / name).read_bytes()))
    found = log.about.found
    assert (found.n_calls, found.n_steps) == (n_calls, n_steps)
    assert found.n_paths == (n_paths or found.n_paths)
    assert found.n_rows == found.n_steps + found.n_merged
    counts = [n for _, n in log.rows("SELECT node, count(*) AS n FROM steps GROUP BY node ORDER BY n DESC")]
    assert counts == (most_frequent or counts)
    log.close()


@pytest.mark.parametrize("again", ["", "a,1,,\n"], ids=["calls that stand together", "calls that do not"])
def test_times_that_are_negative_or_no_number_are_counted_and_missing(tmp_path: Path, again: str) -> None:
    text = f"call,node,talk,wait\na,1,-5,3\nb,1,soon,\nc,1,0,7\nd,1,,9\ne,1,inf,1e3\n{again}"
    roles = {"call": "call", "node": "node", "handle time": "talk", "queue wait": "wait"}
    log = built(tmp_path, source(tmp_path, text, mapping=mapped(("call", "node", "talk", "wait"), roles)))
    assert log.about.found.refused_seconds == {"queue_wait": 0, "handle_time": 3}
    found = log.rows("SELECT handle_time FROM calls ORDER BY call_id")
    assert [value for (value,) in found] == [None, None, 0.0, None, None]
    log.close()


ENDS = """call,node,start,end
a,1,2025-03-01 09:00:00,2025-03-01 09:00:30
a,2,2025-03-01 09:01:00,2025-03-01 09:05:00
a,3,2025-03-01 09:02:00,
b,1,2025-03-01 10:00:00,2025-03-01 09:59:00
b,2,2025-03-01 10:00:10,soon
"""


@pytest.mark.parametrize("scattered", [False, True])
def test_a_column_of_its_own_tells_when_steps_ended(tmp_path: Path, scattered: bool) -> None:
    text = ENDS + ("a,4,2025-03-01 09:03:00,2025-03-01 09:03:01\n" if scattered else "")
    roles = {"call": "call", "node": "node", "timestamp": "start", "end": "end"}
    mapping = mapped(("call", "node", "start", "end"), roles, "%Y-%m-%d %H:%M:%S")
    with closing(built(tmp_path, source(tmp_path / "one", text, mapping=mapping))) as log:
        told = log.rows("SELECT strftime(until, '%H:%M:%S') FROM steps WHERE node < 3 ORDER BY call, position")
        assert [one for (one,) in told] == ["09:00:30", "09:05:00", None, None, None]
        lasts = log.rows("""SELECT call_id, epoch(until - "at") FROM calls ORDER BY call_id""")
        assert lasts == [("a", 300.0), ("b", 10.0)]
        assert log.about.found.refused_seconds == {"until": 2}
        assert log.about.found.files[0].seconds == 2
