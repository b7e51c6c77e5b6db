"""Pseudonyms: a short text that stands for a value, the same for the same value wherever one key is used.

A pseudonym is the beginning of HMAC-SHA-256 (RFC 2104) over the clean value: 64 bits, so that among a million values
two share one with a probability of about 1 in 40 million. Without the key nobody can tell which value it stands for,
nor try values until one fits.
"""

import hmac
import re

import duckdb

from core.ingest.unknown import is_unknown, unknown

_SIGN = "p-"
_DIGITS = 16
_PSEUDONYM = re.compile(rf"{_SIGN}[0-9a-f]{{{_DIGITS}}}", re.ASCII)
_BLOCK = 64  # bytes that SHA-256 takes at once
_INNER, _OUTER = "pseudonyms_inner", "pseudonyms_outer"


class Pseudonyms:
    """The pseudonyms under a `key` of 32 random bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, value: str) -> str:
        """What stands for a clean value; what names nobody stays as it is, so that it goes on being known as such."""
        if is_unknown(value):
            return value
        return _SIGN + hmac.digest(self._key, value.encode(), "sha256").hex()[:_DIGITS]

    @staticmethod
    def is_one(text: str) -> bool:
        """Whether `text` looks like a pseudonym, or is kept as it is among them."""
        return is_unknown(text) or _PSEUDONYM.fullmatch(text) is not None

    def bind(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let `sql` work on `connection`. The key is bound, so that no query, and no error about one, shows it."""
        padded = self._key.ljust(_BLOCK, b"\0")
        for name, pad in ((_INNER, 0x36), (_OUTER, 0x5C)):
            connection.execute(f"SET VARIABLE {name} = ?", [bytes(byte ^ pad for byte in padded)])

    @staticmethod
    def sql(value: str) -> str:
        """SQL for what stands for the clean text `value`; missing stays missing."""
        inner = f"unhex(sha256(getvariable('{_INNER}') || encode({value})))"
        digest = f"sha256(getvariable('{_OUTER}') || {inner})"
        return f"CASE WHEN {unknown(value)} THEN {value} ELSE '{_SIGN}' || left({digest}, {_DIGITS}) END"
