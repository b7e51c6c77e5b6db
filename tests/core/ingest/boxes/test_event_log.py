"""Event logs: every event a row in the log's order, with what is said of its trace; hostile XML is refused."""

import csv
from pathlib import Path

import pytest

from core.errors import FileRefused
from core.ingest.boxes import event_log, look, row_of, take
from core.settings import Guards
from tests.logs import inspected

HEAD = '<?xml version="1.0" encoding="UTF-8"?><log xmlns="http://www.xes-standard.org/">'
LOG = (
    HEAD
    + """
<global scope="event"><string key="concept:name" value="never a row"/></global>
<string key="concept:name" value="the log itself"/>
<trace>
  <string key="concept:name" value="call 7"/><string key="city" value="חיפה"/>
  <event>
    <string key="concept:name" value="Main, &quot;menu&quot;"/>
    <string key="lifecycle:transition" value="start"/>
    <date key="time:timestamp" value="2025-03-01T10:00:00+02:00"/>
  </event>
  <event>
    <date key="time:timestamp" value="2025-03-01T10:00:01.5+02:00"/>
    <string key="lifecycle:transition" value="complete"/>
    <string key="concept:name" value="Main, &quot;menu&quot;"/>
    <int key="cost" value="3"><string key="unit" value="EUR"/></int>
    <list key="tags"><values><string key="tag" value="x"/><string key="tag" value="y"/></values></list>
  </event>
</trace>
<trace>
  <event><string key="concept:name" value="two&#10;lines"/></event>
  <event><string key="concept:name" value="last"/><boolean key="paid" value="true"/></event>
</trace>
</log>"""
)


def rows(folder: Path, text: str, guards: Guards | None = None) -> list[list[str]]:
    path = folder / "upload"
    path.write_text(text, encoding="utf-8")
    found = take(path, look(path, "", guards or Guards()), folder / "taken.csv", guards or Guards())
    with found.path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_events_are_rows_with_what_is_said_of_their_trace(tmp_path: Path) -> None:
    header, *events = rows(tmp_path, LOG)
    told = [{key: value for key, value in zip(header, one, strict=True) if value} for one in events]
    trace = {"case:concept:name": "call 7", "case:city": "חיפה", "concept:name": 'Main, "menu"'}
    assert told == [
        trace | {"lifecycle:transition": "start", "time:timestamp": "2025-03-01T10:00:00.000+02:00"},
        trace
        | {"lifecycle:transition": "complete", "time:timestamp": "2025-03-01T10:00:01.500+02:00"}
        | {"cost": "3", "cost/unit": "EUR", "tags/tag": "x, y"},
        {"case:concept:name": "trace 2", "concept:name": "two\nlines"},
        {"case:concept:name": "trace 2", "concept:name": "last", "paid": "true"},
    ]


def test_a_line_of_the_text_leads_back_to_its_event(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_text(LOG, encoding="utf-8")
    found = take(path, look(path, "", Guards()), tmp_path / "taken.csv", Guards())
    lines = found.path.read_text(encoding="utf-8").split("\n")
    assert [row_of(number, found.rest) for number, line in enumerate(lines, 1) if line] == [1, 2, 3, 4, 4, 5]


def test_columns_that_come_late_do_not_spoil_the_rows_before(tmp_path: Path) -> None:
    """Each event has a key of its own, so the header is known only at the end of the log."""
    events = "".join(f'<event><string key="k{n}" value="{n}&#10;"/></event>' for n in range(300))
    header, *found = rows(tmp_path, f"{HEAD}<trace>{events}</trace></log>")
    assert header == ["case:concept:name", *(f"k{n}" for n in range(300))]
    assert found == [["trace 1", *(f"{n}\n" if n == row else "" for n in range(300))] for row in range(300)]


def test_the_columns_of_a_log_map_themselves(tmp_path: Path) -> None:
    from core.ingest.guessing import guess
    from core.ingest.mapping import Role

    traces = "".join(
        f'<trace><string key="concept:name" value="t{n}"/>'
        + "".join(
            f'<event><string key="concept:name" value="{step}"/><string key="org:resource" value="r"/>'
            f'<string key="lifecycle:transition" value="{phase}"/>'
            f'<date key="time:timestamp" value="2025-03-01T10:{n:02}:0{second}Z"/></event>'
            for second, (step, phase) in enumerate([(s, p) for s in "AB" for p in ("start", "complete")])
        )
        + "</trace>"
        for n in range(30)
    )
    facts = inspected(tmp_path, f"{HEAD}{traces}</log>")
    assert {name: one.role for name, one in guess(facts.columns).items()} == {
        "case:concept:name": Role.CALL,
        "concept:name": Role.NODE,
        "org:resource": Role.AGENT,
        "lifecycle:transition": Role.LIFECYCLE,
        "time:timestamp": Role.TIMESTAMP,
    }
    assert facts.columns[4].formats == {"%Y-%m-%dT%H:%M:%S.%f%z": 120}


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><log><trace><event><string key='concept:name' value='&j;'/></event></trace></log>"
)
OUTSIDE = "<?xml version='1.0'?><!DOCTYPE log SYSTEM 'file:///etc/passwd'><log><trace/></log>"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LAUGHS, "declares a document type or entities"),
        (OUTSIDE, "declares a document type or entities"),
        (HEAD + "<list>" * 60, "nested deeper than the 50 levels that are allowed. .*THROUGHLINE_XML_DEPTH"),
        (HEAD + "<!-- " + "x" * 2_000_000, "longer than the 1,048,576 bytes .*THROUGHLINE_LINE_KB"),
        (HEAD + "x" * 2_000_000, "longer than the 1,048,576 bytes .*THROUGHLINE_LINE_KB"),
        (HEAD + f'<trace><event><string key="k" value="{"x" * 2_000_000}"/>', "THROUGHLINE_LINE_KB"),
        (HEAD + "<trace><event>" + '<string key="k" value="xxxxxxxx"/>' * 200_000, "1,048,576 bytes or the 2,000"),
        (HEAD + "<trace><event>" + "".join(f'<int key="{n}"/>' for n in range(2500)), "2,000 columns"),
        (HEAD + "<trace><event>", "broken, in line 1"),
        (HEAD + "<trace></log>", "broken"),
        (HEAD + "</log>", "has no events"),
        (HEAD + '<trace><event/><string key="late" value="1"/></trace></log>', "Trace 1 of the log goes on"),
        ('<?xml version="1.0" encoding="klingon"?><log/>', "an encoding that is not known"),
    ],
)
def test_xml_that_would_do_harm_or_is_none_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        rows(tmp_path, text)


def test_a_trace_told_again_with_every_event_is_no_way_to_fill_the_disk(tmp_path: Path) -> None:
    trace = f'<string key="k" value="{"x" * 500_000}"/>'
    with pytest.raises(FileRefused, match="THROUGHLINE_UNPACKED_RATIO"):
        rows(tmp_path, f"{HEAD}<trace>{trace}{'<event/>' * 20_000}</trace></log>")
    assert not list(tmp_path.glob("*.body"))


def test_an_event_log_in_utf16_is_one(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(LOG.replace("UTF-8", "UTF-16").encode("utf-16"))
    assert look(path, "", Guards()).kind == "xes"
    event_log.write([path.read_bytes()], tmp_path / "taken.csv", Guards())
    assert "חיפה" in (tmp_path / "taken.csv").read_text(encoding="utf-8")
