"""A report as text for a terminal, and as one page of HTML that needs nothing else; how a file is written, in words."""

from collections.abc import Iterable, Iterator
from html import escape

from core.ingest.decode import named
from core.ingest.facts import FileFacts, Kind, Packing
from core.ingest.mend import COUNTED
from core.report.told import Fact, FileReport, Reason, Report
from core.text import clean, isolate, number, plural, without_isolates

_PACKINGS = {Packing.GZIP: "gzip", Packing.ZIP: "zip"}
_KINDS = {Kind.WORKBOOK: "Excel workbook", Kind.PARQUET: "Parquet", Kind.EVENT_LOG: "Event log (XES)"}
_STYLE = """
:root { color-scheme: light dark; --ink: #1C2430; --muted: #5B6470; --page: #FFFFFF; --line: #E3E1DA; --bar: #F6F5F1; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #E4E8EC; --muted: #A3ADB8; --page: #12161B; --line: #2B333C; --bar: #1B2128; } }
body { font: 16px/1.5 'Source Sans 3', 'Segoe UI', Roboto, Arial, sans-serif; color: var(--ink);
  background: var(--page); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { font-family: Georgia, serif; font-weight: 600; } h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; } td, th { border: 1px solid var(--line); padding: .35rem .6rem;
  text-align: start; vertical-align: top; overflow-wrap: anywhere; } th { background: var(--bar); }
small { color: var(--muted); }
"""


def how_written(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """How the file is written: packing, kind, encoding, delimiter and header, each with its words."""
    box, dialect = facts.box, facts.dialect
    if box.packing is not Packing.NONE:
        yield "packing", _PACKINGS[box.packing]
    if not box.is_text:
        yield "kind", _KINDS[box.kind]
    else:
        encoding = dialect.encoding.upper().replace("UTF-8-SIG", "UTF-8")
        yield "encoding", encoding if facts.evidence.sure else f"{encoding}, a guess"
        yield "delimiter", dialect.delimiter_name
    if box.kind is Kind.WORKBOOK or box.is_text:
        where = "row" if box.kind is Kind.WORKBOOK else "line"
        first, last = dialect.preamble + 1, dialect.preamble + dialect.header
        lines = f"{where}s {number(first)} to {number(last)}" if last > first else f"{where} {number(first)}"
        yield "header", f"header in {lines}" if dialect.header else "no header"


def how_found(facts: FileFacts) -> Iterator[str]:
    """What speaks for the encoding and the rest of how the file is read, a sentence each."""
    evidence, dialect = facts.evidence, facts.dialect
    name = named(dialect.encoding)
    in_words = {
        "mark": f"{name}: the file begins with its mark.",
        "bytes": f"{name}: all its bytes are valid in it.",
        "ascii": f"{name}: no character asks for anything else.",
        "chosen": f"{name}, as chosen.",
    }
    language = f", as in {evidence.language}" if evidence.language else ""
    guess = f"{name}, a guess: {evidence.letters:.0%} of its characters beyond ASCII are letters then{language}."
    yield in_words.get(evidence.kind, guess)
    yield f"{number(dialect.width)} columns with the delimiter {dialect.delimiter_name}."
    if dialect.escape != dialect.quote:
        yield "Quotes in values have a backslash before them."


def what_was_mended(facts: FileFacts) -> Iterator[Fact]:
    """What was done to rows that could not be read strictly, one for each kind, and what a person can do about it."""
    for mend in facts.mends:
        if mend.what == COUNTED:
            yield Fact(
                f"The header, in line {number(mend.line)}, has a name less than there are columns. The first column "
                f"counts the rows, so it was taken for the one without a name: it is called "
                f"{isolate(facts.header[0])}, and the names are those of the columns behind it.",
                "Where that is not so, correct the header where the file comes from, and add it again",
            )
            continue
        has = plural(mend.rows, "row has a stray quote", "rows have stray quotes")
        values = ", ".join(map(isolate, mend.values[:12]))
        example = f": {isolate(mend.text[:200])} was read as {values}" if mend.text else ""
        yield Fact(
            f"{has}, read as a part of the value; the first in line {number(mend.line)}{example}.",
            "Double such quotes where the file comes from, and add it again; or Files & columns, How it is read, "
            "Quotes around values",
        )


def what_lies_below(facts: FileFacts) -> Iterator[Fact]:
    """Another table in the file, which is not read, and what a person can do about it."""
    if facts.another:
        line, rows, columns = facts.another.line, facts.another.rows, facts.another.columns
        yield Fact(
            f"From line {number(line)} on there seems to be another table, of {plural(columns, 'column')}: its "
            f"{plural(rows, 'row')} {'is' if rows == 1 else 'are'} not taken.",
            "Save it as a file of its own and add that, or take it out of this one",
        )


def lines_of(reason: Reason) -> str:
    """The lines of the first rows, `2883, 5765, …`."""
    return ", ".join(map(number, reason.lines)) + (", …" if reason.n > len(reason.lines) > 0 else "")


def as_text(report: Report) -> str:
    """The report for a terminal."""
    return without_isolates("\n".join(_text(report)))


def _text(report: Report) -> Iterator[str]:
    yield f"{clean(report.name)}: {report.headline}"
    yield report.total
    yield from _listed("", report.notes)
    for file in report.files:
        yield f"\n{clean(file.name)}"
        yield f"  {file.total}"
        yield from _listed("Found", file.found)
        yield from _listed("Decided", file.decided)
        yield from (f"    {clean(name)}: {role}, {treatment} ({why})" for name, role, treatment, why in file.columns)
        yield from _listed("Changed", file.changed)
        if file.rejected:
            yield "  Not taken as a step"
        yield from (
            f"    {plural(one.n, 'row')} ({one.kind}): {one.reason}. Lines {lines_of(one) or 'not known'}"
            for one in file.rejected
        )


def _listed(title: str, facts: Iterable[Fact]) -> Iterator[str]:
    facts = list(facts)
    if facts and title:
        yield f"  {title}"
    for one in facts:
        yield f"    {one.words}" + (f" [To change it: {one.change}]" if one.change else "")


def as_html(report: Report) -> str:
    """The report as one page: no script, nothing from elsewhere, all text escaped, each direction kept to itself."""
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        f"<meta name='viewport' content='width=device-width'><title>{escape(report.name)}</title>",
        f"<style>{_STYLE}</style></head><body>",
        f"<h1><bdi>{escape(report.name)}</bdi></h1><p>{escape(report.headline)}.<br>{escape(report.total)}.</p>",
        _facts("", report.notes),
        *map(_file, report.files),
        "</body></html>",
    ]
    return "".join(parts)


def _file(file: FileReport) -> str:
    rows = [(one.reason, one.kind, number(one.n), lines_of(one), one.example) for one in file.rejected]
    return "".join(
        (
            f"<h2><bdi>{escape(file.name)}</bdi></h2><p>{escape(file.total)}.</p>",
            _facts("Found", file.found),
            _facts("Decided", file.decided),
            _table(("Column", "Role", "Values", "Why"), file.columns),
            _facts("Changed", file.changed),
            "<h3>Not taken as a step</h3>" if rows else "",
            _table(("Reason", "Kind", "Rows", "First lines", "Example"), rows) if rows else "",
        )
    )


def _facts(title: str, facts: Iterable[Fact]) -> str:
    items = "".join(
        f"<li>{escape(one.words)}"
        + (f"<br><small>To change it: {escape(one.change)}</small>" if one.change else "")
        + "</li>"
        for one in facts
    )
    return (f"<h3>{title}</h3>" if title else "") + f"<ul>{items}</ul>" if items else ""


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td dir='auto'>{escape(one)}</td>" for one in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
