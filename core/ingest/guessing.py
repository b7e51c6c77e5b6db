"""What a file tells and which column plays which role, guessed from names and values, each guess with a reason."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from core.ingest import dates, names
from core.ingest.evidence import MOSTLY
from core.ingest.facts import ColumnFacts
from core.ingest.lifecycle import Phase
from core.ingest.mapping import SPARE, ColumnMapping, Content, Role
from core.text import number

FEW_ROWS = 20
"""With fewer rows, values prove nothing."""
LONGEST_CALL = 100
"""Rows: a column whose values have more on average is not taken for the call, unless its name says so."""
CLEARLY = 1.25
"""Times as often as the next the best candidate has to change for the guess to be worth making."""
_WIDEST_ID, _WIDEST_STEP, _MOST_STEPS = 60, 120, 10_000


_PARTS = {Role.PARENT: "parents", Role.LABEL: "labels", Role.URL: "links"}


class Sureness(StrEnum):
    SURE = "Sure"
    LIKELY = "Likely"
    CHECK = "Please check"


class Guess(NamedTuple):
    role: Role
    sureness: Sureness
    reason: str


class ContentGuess(NamedTuple):
    content: Content
    reason: str


def content_of(columns: Iterable[ColumnFacts]) -> ContentGuess:
    """Whether files with these columns hold the steps of calls, or only describe the menu."""
    columns = tuple(columns)
    if Role.CALL in _by_names(columns, names.match):
        return ContentGuess(Content.CALLS, "a column is named like a call")
    found = _by_names(columns, names.match_in_menu)
    node = found.get(Role.NODE)
    if node is None or not found.keys() & {Role.PARENT, Role.LABEL, Role.URL}:
        return ContentGuess(Content.CALLS, "it does not look like a menu")
    if _stands_in_runs([one for one in columns if one not in found.values()]) is not None:
        return ContentGuess(Content.CALLS, "a column's values stand in runs, as a call's steps do")
    if node.distinct * 2 <= node.filled:
        return ContentGuess(Content.CALLS, "its menu items come again and again")
    parts = [word for role, word in _PARTS.items() if role in found]
    with_what = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return ContentGuess(Content.MENU, f"it has menu items with their {with_what}, and no call")


def proposed(columns: Iterable[ColumnFacts], content: Content | None = None) -> ColumnMapping:
    """The guesses as a mapping, complete or not, of files that hold `content`, which is guessed where it is None."""
    columns = tuple(columns)
    content = content or content_of(columns).content
    roles = {name: one.role for name, one in guess(columns, content).items()}
    mapping = ColumnMapping(columns=tuple(column.name for column in columns), roles=roles, content=content)
    dated = next((one.formats for one in columns if roles[one.name] is Role.TIMESTAMP), {})
    return msgspec.structs.replace(mapping, date_format=dates.chosen(dated))


def guess(columns: Iterable[ColumnFacts], content: Content | None = None) -> dict[str, Guess]:
    """A role for each column, in the order of the columns: by names first, then by values."""
    columns = tuple(columns)
    content = content or content_of(columns).content
    found = _of_menu(columns) if content is Content.MENU else _of_calls(columns)
    spare = Guess(SPARE[content], Sureness.LIKELY, "nothing in it speaks for a role")
    guesses = {column.name: spare for column in columns}
    for role, (column, named) in found.items():
        guesses[column.name] = Guess(role, *_weighed(role, column, named, content))
    return guesses


_Found = dict[Role, tuple[ColumnFacts, str]]
"""Role -> the column that has it, and the first half of the reason: "" where values alone speak for it."""
_NAMED, _CLASSIC = "its name says so", "named as in the classic export"


def _of_menu(columns: tuple[ColumnFacts, ...]) -> _Found:
    found = _by_names(columns, names.match_in_menu)
    wanted = (Role.NODE, Role.PARENT, Role.LABEL, Role.URL)
    return {role: (found[role], _said(found[role])) for role in wanted if role in found}


def _of_calls(columns: tuple[ColumnFacts, ...]) -> _Found:
    found: _Found = {role: (one, _said(one)) for role, one in _by_names(columns, names.match).items()}

    def rest() -> list[ColumnFacts]:
        return [one for one in columns if one not in [taken for taken, _ in found.values()]]

    def settle(role: Role, pick: Callable[[list[ColumnFacts]], ColumnFacts | None]) -> None:
        if role not in found and (column := pick(rest())) is not None:
            found[role] = (column, "")

    settle(Role.LIFECYCLE, _tells_start_and_complete)
    settle(Role.TIMESTAMP, _dated)
    if Role.TIMESTAMP in found:
        _settle_end(found, rest())
    if Role.LIFECYCLE in found and _is_paired(found[Role.LIFECYCLE][0]):
        settle(Role.INSTANCE, _comes_in_pairs)
    else:
        found.pop(Role.INSTANCE, None)
    if Role.CALL not in found:
        _settle_call(found, rest())
    if Role.NODE not in found:
        _settle_step(found, rest())
    return found


def _settle_end(found: _Found, rest: list[ColumnFacts]) -> None:
    """The column of times, written as those at which steps begin, whose name says that it tells their ends, if any."""
    written = dates.chosen(found[Role.TIMESTAMP][0].formats)
    for one in rest:
        if dates.has_time(written) and names.is_end(one.name) and one.formats.get(written, 0) >= MOSTLY * one.filled:
            found.setdefault(Role.END, (one, _NAMED))


def _settle_call(found: _Found, rest: list[ColumnFacts]) -> None:
    """The column that is the call although its name does not say so, if any; a customer may be all there is."""
    weak = [found[Role.CUSTOMER][0]] if Role.CUSTOMER in found else []
    column, reason = _stands_in_runs(rest + weak), ""
    if column is None:
        named = [(place, one) for one in rest + weak if (place := names.last_resort(one.name)) is not None]
        named = [(place, one) for place, one in named if 0 < one.distinct < one.filled]
        column, reason = min(named, key=lambda pair: pair[0], default=(0, None))[1], "its name is the nearest to a call"
    if column is None:
        column, reason = _repeats(rest), ""
    if column is not None:
        if column in weak:
            del found[Role.CUSTOMER]
        found[Role.CALL] = (column, reason)


def _settle_step(found: _Found, rest: list[ColumnFacts]) -> None:
    """The column that is the step although its name does not say so, if any: a label without an id beside it, a column
    that changes within calls, or a link."""
    alone = "there is no id beside it, so it stands for the step"
    if Role.LABEL in found and _comes_again(found[Role.LABEL][0]):
        found[Role.NODE] = (found.pop(Role.LABEL)[0], alone)
    elif (column := _changes_within_calls(rest, found[Role.CALL][0] if Role.CALL in found else None)) is not None:
        found[Role.NODE] = (column, "")
    elif Role.URL in found and _comes_again(found[Role.URL][0]):
        found[Role.NODE] = (found.pop(Role.URL)[0], alone)


def _by_names(columns: tuple[ColumnFacts, ...], match: Callable[[str], names.Match | None]) -> dict[Role, ColumnFacts]:
    """Role -> the column whose name speaks for it best, of those whose values do not speak against it."""
    best: dict[Role, tuple[tuple[int, int], ColumnFacts]] = {}
    for column in columns:
        classic = names.CLASSIC.get(column.name)
        found = names.Match(classic, -1, 0) if classic else match(column.name)
        if found and _fits(found.role, column) and (found.role not in best or found[1:] < best[found.role][0]):
            best[found.role] = (found[1:], column)
    return {role: column for role, (_, column) in best.items()}


def _said(column: ColumnFacts) -> str:
    return _CLASSIC if column.name in names.CLASSIC else _NAMED


def _fits(role: Role, column: ColumnFacts) -> bool:
    """Whether the values do not speak against what the name says."""
    if role is Role.TIMESTAMP:
        return bool(column.formats)
    if role is Role.LIFECYCLE:
        return bool(column.phases)
    if role in (Role.QUEUE_WAIT, Role.HANDLE_TIME):
        return column.first.distinct == 0 or column.first.kind in ("whole", "decimal")
    if role is Role.INSTANCE:
        return column.distinct <= 0.8 * column.filled
    return True


def _tells_start_and_complete(rest: list[ColumnFacts]) -> ColumnFacts | None:
    return next((one for one in rest if _is_paired(one) and sum(one.phases.values()) >= MOSTLY * one.filled), None)


def _is_paired(column: ColumnFacts) -> bool:
    return bool(column.phases.get(Phase.START) and column.phases.get(Phase.COMPLETE))


def _dated(rest: list[ColumnFacts]) -> ColumnFacts | None:
    """Of the columns of dates the one that changes most, one with a time before one without."""
    found = [one for one in rest if _share_of_dates(one) >= MOSTLY]
    return max(found, key=lambda one: (dates.has_time(dates.chosen(one.formats)), one.distinct), default=None)


def _share_of_dates(column: ColumnFacts) -> float:
    return max(column.formats.values(), default=0) / column.filled if column.filled else 0.0


def _comes_in_pairs(rest: list[ColumnFacts]) -> ColumnFacts | None:
    rows = max((one.filled for one in rest), default=0)
    found = (one for one in _ids(rest, rows) if 0.4 * one.filled <= one.distinct <= 0.7 * one.filled)
    return next(found, None)


def _ids(columns: list[ColumnFacts], rows: int) -> list[ColumnFacts]:
    """Those that could hold ids: on nearly every row, neither dates nor measures nor prose."""
    return [
        one
        for one in columns
        if rows >= FEW_ROWS
        and one.filled >= MOSTLY * rows
        and _share_of_dates(one) < 0.5
        and one.first.kind in ("whole", "text")
        and one.first.width <= _WIDEST_ID
    ]


def _stands_in_runs(columns: list[ColumnFacts]) -> ColumnFacts | None:
    """The column whose values, each on a few rows one after the other and then no more, are the most."""
    rows = max((one.filled for one in columns), default=0)
    found = [
        one
        for one in _ids(columns, rows)
        if one.first.distinct >= 2
        and one.first.runs <= 1.1 * one.first.distinct
        and one.first.rows >= 1.2 * one.first.runs
        and one.filled <= LONGEST_CALL * one.distinct
    ]
    return max(found, key=lambda one: one.distinct, default=None)


def _repeats(columns: list[ColumnFacts]) -> ColumnFacts | None:
    """The only column with many values that come again, where there is only one."""
    rows = max((one.filled for one in columns), default=0)
    found = [
        one
        for one in _ids(columns, rows)
        if one.distinct >= 10 and 1.5 * one.distinct <= one.filled <= LONGEST_CALL * one.distinct
    ]
    return found[0] if len(found) == 1 else None


def _comes_again(column: ColumnFacts) -> bool:
    return column.filled >= FEW_ROWS and 2 <= column.distinct <= min(column.filled / 2, _MOST_STEPS)


def _changes_within_calls(columns: list[ColumnFacts], call: ColumnFacts | None) -> ColumnFacts | None:
    """The column with few values that change within calls and come again in others; None where several could be it."""
    if call is None:
        return None
    in_runs = _stands_in_runs([call]) is not None
    found = [
        one
        for one in columns
        if _comes_again(one)
        and one.filled >= MOSTLY * call.filled
        and one.distinct <= call.distinct * LONGEST_CALL
        and _share_of_dates(one) < 0.5
        and one.first.kind != "decimal"
        and one.first.width <= _WIDEST_STEP
        and (not in_runs or one.first.runs >= CLEARLY * call.first.runs)
    ]
    words = [one for one in found if one.first.kind != "whole"] or found
    ranked = sorted(words, key=lambda one: -one.first.runs)
    if len(ranked) > 1 and ranked[0].first.runs < CLEARLY * ranked[1].first.runs:
        return None
    return ranked[0] if ranked else None


def _weighed(role: Role, column: ColumnFacts, named: str, content: Content) -> tuple[Sureness, str]:
    """How sure it is that `column` has the role, and why; `named` is what its name adds, "" for nothing."""
    # In a menu, an item may have a row alone.
    values, proven = _values(role, column) if content is Content.CALLS else ("", None)
    reason = "; ".join(filter(None, (named, values)))
    if proven is False:
        return Sureness.CHECK, reason
    sure = named == _CLASSIC or (bool(proven) and (named == _NAMED or role is Role.LIFECYCLE))
    return (Sureness.SURE if sure else Sureness.LIKELY), reason


def _values(role: Role, column: ColumnFacts) -> tuple[str, bool | None]:
    """What the values say to the role, and whether that proves it (True), contradicts it (False) or neither (None)."""
    if role is Role.TIMESTAMP:
        if len(dates.tied(column.formats)) > 1:
            return "its dates can be read in two ways", False
        share = _share_of_dates(column)
        if share < MOSTLY:
            return f"only {share:.0%} of its values are dates", False
        return "its values are dates", True
    if role is Role.END:
        return "its values are dates, written as the beginnings", True
    if role is Role.LIFECYCLE:
        if sum(column.phases.values()) < MOSTLY * column.filled:
            return "not all of its values are known", False
        return f"its values are {' and '.join(column.phases)}", True
    if role is Role.INSTANCE:
        return "each value stands on about two rows, as start and complete of a step do", None
    if role not in (Role.CALL, Role.NODE) or not column.distinct:
        return "", None
    unique = column.distinct > MOSTLY * column.filled
    if unique:
        return ("nearly every row has another value", False) if column.filled >= FEW_ROWS else ("", None)
    if role is Role.CALL:
        return f"each value stands on {column.filled / column.distinct:.1f} rows on average", True
    return f"its {number(column.distinct)} values come again and again", True
