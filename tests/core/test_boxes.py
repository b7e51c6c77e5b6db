"""Workbooks, archives, Parquet and event logs from the upload to the numbers, and choosing what of them is read."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from core.__main__ import main
from core.ingest.facts import Wish
from core.plan import facts_of, fingerprint, inspected, wish_of
from core.service import Service, unusable
from core.sessions import EVERYONE, SHARED, Session, Status

ROWS = [["call_id", "rule_id"], ["1", "a"], ["1", "b"], ["2", "a"], ["3", "c"], ["3", "c"], ["3", "d"]]
NAME = '<string key="concept:name" value="{}"/>'
MORE = [["call_id", "rule_id"], ["7", "a"], ["8", "a"]]


def as_text(rows: list[list[str]]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


def workbook(path: Path, **sheets: list[list[str]]) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path.read_bytes()


def archive(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return data.getvalue()


def event_log(rows: list[list[str]]) -> bytes:
    events = (
        f"<trace>{NAME.format(call)}"
        + "".join(
            f'<event><string key="concept:name" value="{node}"/></event>' for one, node in rows[1:] if one == call
        )
        + "</trace>"
        for call in dict.fromkeys(one for one, _ in rows[1:])
    )
    return f"<log>{''.join(events)}</log>".encode()


def ready(service: Service, **files: bytes) -> Session:
    session = service.create([(name, io.BytesIO(data)) for name, data in files.items()], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    service.process(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def test_whatever_holds_them_the_calls_are_the_same(service: Service, tmp_path: Path) -> None:
    pq.write_table(pa.table(dict(zip(ROWS[0], zip(*ROWS[1:], strict=True), strict=True))), tmp_path / "calls")
    boxes = {
        "calls.csv.gz": gzip.compress(as_text(ROWS).encode()),
        "calls.zip": archive(calls=as_text(ROWS)),
        "calls.xlsx": workbook(tmp_path / "book", Calls=ROWS),
        "calls.parquet": (tmp_path / "calls").read_bytes(),
        "calls.xes.gz": gzip.compress(event_log(ROWS)),
    }
    session = ready(service, **boxes)
    assert session.status is Status.READY
    told = service.open(session).frame(
        "SELECT files.name AS file, call_id, string_agg(nodes.id, '' ORDER BY position) AS steps "
        'FROM steps JOIN calls USING ("call") JOIN nodes USING (node) JOIN files USING (file) GROUP BY ALL'
    )
    wanted = {(file, *call) for file in boxes for call in (("1", "ab"), ("2", "a"), ("3", "ccd"))}
    assert set(zip(told["file"], told["call_id"], told["steps"], strict=True)) == wanted
    assert not (service.store.folder(session.id) / "work").exists()


def test_a_rejected_row_of_a_sheet_is_told_by_the_number_of_its_row(service: Service, tmp_path: Path) -> None:
    rows = [[], [], *ROWS[:3], ["5", "two\nlines"], [], ["6", ""], ["", ""], ["7", "a"], ["", "x"]]
    session = ready(service, book=workbook(tmp_path / "book", Calls=rows))
    told = service.open(session).frame("SELECT line, kind FROM rejects ORDER BY line")
    assert list(zip(told["line"], told["kind"], strict=True)) == [(8, "rejected"), (11, "declaration")]
    assert session.found["n_steps"] == 4


def test_another_sheet_is_chosen_looked_at_alone_and_asks_to_be_processed(service: Service, tmp_path: Path) -> None:
    session = ready(service, book=workbook(tmp_path / "book", First=ROWS, Second=MORE), text=as_text(ROWS).encode())
    book, text = session.files
    before = fingerprint(session)
    service.choose_part(session.id, book.id, "Second", by=EVERYONE)
    session = service.runner.wait(session.id)
    facts = facts_of(session.files[0])
    assert facts is not None and facts.box.part == "Second" and facts.rows == 2
    assert session.files[1].facts == text.facts
    assert fingerprint(session) != before == session.found["of"]
    service.process(session.id, by=EVERYONE)
    assert service.runner.wait(session.id).found["n_calls"] == 2 + 3


def test_a_file_is_read_as_a_person_says_it_is_written(service: Service) -> None:
    session = ready(service, one=b"call,step\nA,1;2\nA,3;4\n", other=b"call,step\nB,1\n")
    one, other = session.files
    service.choose_writing(session.id, one.id, Wish(delimiter=";", header=0), by=EVERYONE)
    session = service.runner.wait(session.id)
    facts = facts_of(session.files[0])
    assert facts is not None and facts.header == ("column 1", "column 2") and facts.dialect.delimiter == ";"
    assert (session.files[1].facts, wish_of(session, one.id).delimiter) == (other.facts, ";")


def test_a_part_that_cannot_be_used_still_offers_the_others(service: Service, tmp_path: Path) -> None:
    session = ready(service, book=workbook(tmp_path / "book", First=ROWS, Empty=[["a title"]]))
    service.choose_part(session.id, session.files[0].id, "Empty", by=EVERYONE)
    session = service.runner.wait(session.id)
    ((_, problem, _),) = unusable(session)
    assert "holds no table" in problem
    (facts,) = inspected(session).values()
    assert [part.name for part in facts.box.parts] == ["First", "Empty"]


def test_the_command_line_chooses_sheets_and_files(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THROUGHLINE_HOME", str(home))
    book, packed = tmp_path / "calls.xlsx", tmp_path / "calls.zip"
    workbook(book, First=ROWS, Second=MORE)
    packed.write_bytes(archive(long=as_text(ROWS), short=as_text(MORE)))
    options = ["--sheet", "Second", "--member", "short", "--json"]
    assert main(["import", str(book), str(packed), *options]) == 0
    assert json.loads(capsys.readouterr().out)["found"]["n_calls"] == 4
    assert main(["import", str(packed), "--sheet", "Second"]) == 1
    assert "None of the files has what --sheet chooses from" in capsys.readouterr().err
