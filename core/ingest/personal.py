"""Columns that look as if they told of single persons: a hint for whoever decides what is kept of them."""

import re
from collections.abc import Callable, Sequence

from core.ingest.evidence import MOSTLY
from core.ingest.facts import ColumnFacts
from core.ingest.mapping import Role
from core.ingest.names import match, words

FEWEST = 5
"""Different values that are needed for what they look like to say something."""
_NAMED = (
    "email mail emails phone telephone tel mobile cell cellphone fax msisdn ani ssn passport birthday birthdate birth "
    "dob surname firstname lastname fullname forename nickname username login address street iban ip person "
    "telefon telefonnummer handy mobil adresse anschrift strasse geburtsdatum vorname nachname familienname "
    "correo telefono movil direccion nacimiento apellido apellidos courriel adresse naissance prenom "
    "טלפון נייד סלולרי פקס דואל אימייל מייל כתובת רחוב זהות תז דרכון לידה משפחה"
)
_NAMED_TOGETHER = (
    "first name, last name, full name, family name, given name, contact name, customer name, client name, caller name, "
    "patient name, user name, agent name, employee name, national id, id card, identity number, personal id, "
    "שם פרטי, שם מלא, שם לקוח, שם נציג, שם מטופל"
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_PHONE = re.compile(r"(\+|00|0|\()[\d\s().\-/]{7,20}\d", re.ASCII)
_ADDRESS = re.compile(r"(\d{1,3}\.){3}\d{1,3}|([0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F:]+", re.ASCII)


def looks_like(values: Sequence[str | None]) -> str:
    """What nearly all of the values look like, if that tells of persons, else ""."""
    known = {value for value in values if value is not None}
    if len(known) < FEWEST:
        return ""
    for words_, fits in _KINDS:
        if sum(map(fits, known)) >= MOSTLY * len(known):
            return words_
    return ""


def hint(column: ColumnFacts, role: Role) -> str:
    """Why the column looks personal, as a clause; "" where it does not."""
    if role is Role.CUSTOMER:
        return "it tells customers apart"
    if role is Role.AGENT:
        return "it tells agents apart"
    if column.looks_like and not column.formats:
        return f"its values look like {column.looks_like}"
    parts = words(column.name)
    found = match(column.name)
    named = not _SINGLE.isdisjoint(parts) or any(pair in "".join(parts) for pair in _TOGETHER)
    return "its name says so" if named or (found and found.role in (Role.CUSTOMER, Role.AGENT)) else ""


def _has_check_digit(value: str) -> bool:
    """Whether the digits pass the test of Luhn (ISO/IEC 7812-1, annex B), as those of cards and many identities do."""
    digits = [int(one) for one in re.sub(r"[ \-]", "", value) if one.isascii() and one.isdecimal()]
    if not 9 <= len(digits) <= 19 or len(digits) != len(re.sub(r"[ \-]", "", value)):
        return False
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _whole(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: pattern.fullmatch(value) is not None


_KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("e-mail addresses", _whole(_MAIL)),
    ("network addresses", _whole(_ADDRESS)),
    ("numbers of identity or payment cards", _has_check_digit),
    ("phone numbers", _whole(_PHONE)),
)
_SINGLE = frozenset(words(_NAMED))
_TOGETHER = tuple("".join(words(one)) for one in _NAMED_TOGETHER.split(", "))
