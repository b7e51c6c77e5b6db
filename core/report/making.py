"""The report of an import, a file after the other, from what the import kept: its record and its tables."""

from datetime import date

import msgspec
import pandas as pd

from core.flow.filter import Filter
from core.flow.traps import traps
from core.ingest import dates
from core.ingest.facts import ColumnFacts, FileFacts
from core.ingest.guessing import content_of, guess
from core.ingest.mapping import NAMES, ColumnMapping, Content, Group, Role, Treatment
from core.plan import clocks_of, fingerprint, header_groups, inspected, mapping_of
from core.report.told import Fact, FileReport, Reason, Report
from core.report.written import how_written, what_lies_below, what_was_mended
from core.sessions import Session, StoredFile
from core.tables.calllog import CallLog
from core.tables.schema import FileAccount
from core.text import day_span, file_size, isolate, number, plural

EXAMPLES, MOST_NAMED, TEXT_LENGTH = 5, 6, 120
TREATMENTS = {
    Treatment.KEEP: "kept",
    Treatment.PSEUDONYM: "pseudonymised",
    Treatment.LEFT_OUT: "left out",
}
_COLUMNS = "Files & columns, at the column"


def report_of(session: Session, log: CallLog) -> Report:
    """The report of the import that the session's tables are of; `session` is as Service.shown has it."""
    found = log.about.found
    accounts = {one.id: one for one in found.files}
    reasons = _reasons(log)
    facts = inspected(session)
    files = {}
    for group in header_groups(session):
        mapping = _mapping(session, group)
        for place, file in enumerate(session.files):
            account = next((one for id, one in accounts.items() if file.id.startswith(id)), None)
            if file.id in group.file_ids and account is not None:
                decided = _decided(group, mapping, log.about.zone)
                changed = _changed(facts[file.id], mapping, account)
                changed += [Fact(one.words, "Summary, Show them") for one in traps(log, Filter(files=(account.id,)))]
                files[place] = _file(
                    file, facts[file.id], group, mapping, decided, changed, account, reasons.get(account.id, ())
                )
    return Report(
        name=session.name,
        headline=f"{plural(found.n_rows, 'row')} became {plural(found.n_steps, 'step')} of "
        f"{plural(found.n_calls, 'call')}",
        total=_total(found.n_rows, found.n_steps, found.n_merged, found.n_declarations, found.n_rejected),
        notes=tuple(_notes(session, facts)),
        files=tuple(files[place] for place in sorted(files)),
    )


def _total(rows: int, steps: int, merged: int, declarations: int, rejected: int) -> str:
    """How the rows add up: nothing is lost without a word."""
    return (
        f"{plural(rows, 'row')} read = {plural(steps, 'step')} + {number(merged)} merged into them + "
        f"{plural(declarations, 'declaration')} of a menu item + {number(rejected)} rejected"
    )


def _notes(session: Session, facts: dict[str, FileFacts]) -> list[Fact]:
    notes = []
    if session.found.get("of") != fingerprint(session):
        notes.append(
            Fact("Files or columns were changed since; this tells of the last import.", "Files & columns, Process")
        )
    for file in session.files:
        told = facts.get(file.id)
        if told is not None and not told.usable:
            notes.append(Fact(f"{isolate(file.name)} was not used. {told.problem} {told.hint}"))
    notes += [Fact(isolate(notice)) for notice in session.notices]
    if session.is_fixed:
        notes.append(Fact("The uploads were deleted; the figures stay.", "Files & columns, Add files: the same files"))
    return notes


def _mapping(session: Session, group: Group) -> ColumnMapping:
    """The mapping that the tables were made with."""
    kept = session.found.get("mapped", {}).get(group.key)
    return msgspec.convert(kept, ColumnMapping) if kept else mapping_of(session, group)


def _file(
    file: StoredFile,
    facts: FileFacts,
    group: Group,
    mapping: ColumnMapping,
    decided: list[Fact],
    changed: list[Fact],
    account: FileAccount,
    reasons: tuple[Reason, ...],
) -> FileReport:
    return FileReport(
        id=account.id,
        name=file.name,
        total=_total(account.rows, account.steps, account.merged, account.declarations, account.rejected),
        found=tuple(_found(file, facts, account)),
        decided=tuple(decided),
        columns=tuple(_columns(group, mapping)),
        changed=tuple(changed),
        rejected=reasons,
    )


def _found(file: StoredFile, facts: FileFacts, account: FileAccount) -> list[Fact]:
    size = f"{file_size(file.size)}, deleted since" if file.forgotten else file_size(file.size)
    written = ", ".join(words for _, words in how_written(facts))
    told = [
        Fact(f"{size}: {plural(account.rows, 'row')}, {plural(len(facts.columns), 'column')}."),
        Fact(f"Written as {written}."),
    ]
    if facts.box.is_text:
        told.append(_encoding(facts))
    span = ""
    if account.first_day:
        span = f", {day_span(date.fromisoformat(account.first_day), date.fromisoformat(account.last_day))}"
    if account.calls:
        told.append(Fact(f"{plural(account.calls, 'call')}{span}."))
    told += what_lies_below(facts)
    return told


def _encoding(facts: FileFacts) -> Fact:
    """What speaks for the encoding."""
    evidence = facts.evidence
    words = {
        "mark": "Its encoding is said by a mark at its beginning.",
        "bytes": "All of its bytes are valid in this encoding, which is no accident.",
        "ascii": "No character in it asks for one encoding or another.",
        "chosen": "Its encoding is the one that was chosen.",
    }
    if evidence.kind in words:
        return Fact(words[evidence.kind])
    language = f" for {evidence.language}" if evidence.language else ""
    return Fact(
        f"Its encoding was guessed from its letters{language}. Where letters look wrong, it is another.",
        "Files & columns, How it is read, Encoding",
    )


def _decided(group: Group, mapping: ColumnMapping, zone: str) -> list[Fact]:
    told = []
    guessed = content_of(group.columns)
    holds = "describes the menu" if mapping.content is Content.MENU else "holds the steps of calls"
    why = guessed.reason if guessed.content is mapping.content else "as chosen"
    told.append(Fact(f"It {holds}: {why}.", "Files & columns, What the file holds"))
    column = next((one for one in group.columns if one.name == mapping.column(Role.TIMESTAMP)), None)
    if column is not None:
        told.append(_dates(column, mapping.date_format))
    if dates.has_time(mapping.date_format):
        told.append(
            Fact(clocks_of({mapping.date_format}, zone), "Files & columns, The clocks that tell days and hours")
        )
    return told


def _dates(column: ColumnFacts, date_format: str) -> Fact:
    if not date_format:
        return Fact(f"No date format that is known reads {isolate(column.name)}, so its calls have no date.", _COLUMNS)
    read = f"{number(column.formats.get(date_format, 0))} of {plural(column.filled, 'value')}"
    words = f"Dates in {isolate(column.name)} are read as {dates.in_words(date_format)}, which reads {read}."
    tied = [dates.in_words(one) for one in dates.tied(column.formats) if one != date_format]
    if tied and date_format in dates.tied(column.formats):
        words += f" {' and '.join(tied)} would read as many, so the values do not settle it."
    return Fact(words, "Files & columns, How dates are written")


def _columns(group: Group, mapping: ColumnMapping) -> list[tuple[str, str, str, str]]:
    guesses = guess(group.columns, mapping.content)
    told = []
    for column in group.columns:
        role, guessed = mapping.roles[column.name], guesses[column.name]
        why = f"{guessed.sureness.value}: {guessed.reason}" if role is guessed.role else "As chosen"
        told.append((column.name, NAMES[role], TREATMENTS[mapping.treatment(column.name)], why))
    return told


def _changed(facts: FileFacts, mapping: ColumnMapping, account: FileAccount) -> list[Fact]:
    used = [one for one in facts.columns if mapping.treatment(one.name) is not Treatment.LEFT_OUT]
    told = []
    for words, places in (
        ("taken for missing, such as NULL", {one.name: one.nulls for one in used}),
        ("freed of blanks around them", {one.name: one.trimmed for one in used}),
    ):
        if n := sum(places.values()):
            told.append(Fact(f"{plural(n, 'value')} {words}: {_named([one for one in places if places[one]])}."))
    told += what_was_mended(facts)
    if account.merged:
        told.append(
            Fact(
                f"{plural(account.merged, 'row')} merged into steps, of which they tell more, such as the end.",
                "Files & columns: give the column of start and complete another role",
            )
        )
    if account.unread_dates:
        told.append(
            Fact(
                f"The date of {plural(account.unread_dates, 'step')} could not be read, or its year lies before 1900 "
                "or after 2199, as that of a stand-in such as 9999; without it a step keeps its place in the call.",
                "Files & columns, How dates are written",
            )
        )
    if account.seconds:
        what = plural(account.seconds, "number of seconds", "numbers of seconds")
        if mapping.column(Role.END):
            what = plural(account.seconds, "end of a step or number of seconds", "ends of steps or numbers of seconds")
        told.append(Fact(f"{what}, negative or none at all, count as missing."))
    for treatment, words in (
        (Treatment.PSEUDONYM, "Pseudonyms stand for the values of"),
        (Treatment.LEFT_OUT, "Nothing is kept of"),
    ):
        names = [name for name, one in mapping.hidden.items() if one is treatment]
        if names:
            told.append(Fact(f"{words} {_named(names)}, and the text of rows not taken is not kept.", _COLUMNS))
    return told


def _named(names: list[str]) -> str:
    more = f" and {plural(len(names) - MOST_NAMED, 'other')}" if len(names) > MOST_NAMED else ""
    return ", ".join(map(isolate, names[:MOST_NAMED])) + more


def _reasons(log: CallLog) -> dict[str, tuple[Reason, ...]]:
    """File id -> the reasons for which its rows were not taken as steps, the most frequent first, rejected ones before
    declarations."""
    found = log.rows(
        f"""
        SELECT files.id, reason, kind, count(*) AS n,
               list_slice(list_sort(list(line) FILTER (line IS NOT NULL AND place <= {EXAMPLES})), 1, {EXAMPLES}),
               coalesce(left(arg_min(text, line), {TEXT_LENGTH}), '')
        FROM (SELECT *, row_number() OVER (PARTITION BY file, reason ORDER BY line) AS place FROM rejects)
        JOIN files USING (file) GROUP BY ALL ORDER BY kind DESC, n DESC, reason
        """
    )
    told: dict[str, list[Reason]] = {}
    for file_id, reason, kind, n, lines, text in found:
        told.setdefault(file_id, []).append(Reason(reason, kind, n, tuple(lines or ()), text))
    return {file_id: tuple(reasons) for file_id, reasons in told.items()}


def rows_not_taken(log: CallLog) -> pd.DataFrame:
    """Every row that is no step: file, line, kind, reason, text (missing where parts of a file are not to be kept)."""
    return log.frame(
        "SELECT files.name AS file, line, kind, reason, text FROM rejects JOIN files USING (file) "
        "ORDER BY kind DESC, rejects.file, line"
    )
