import hashlib
import hmac

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ingest.pseudonyms import Pseudonyms

KEY = bytes(range(32))


def standing_for(key: bytes, *values: str | None) -> list[str | None]:
    with duckdb.connect() as connection:
        Pseudonyms(key).bind(connection)
        query = f"SELECT {Pseudonyms.sql('value')} FROM unnest(?::VARCHAR[]) AS given(value)"
        return [row[0] for row in connection.execute(query, [list(values)]).fetchall()]


def test_a_pseudonym_is_the_beginning_of_a_keyed_hash():
    digest = hmac.new(KEY, "נועה לוי".encode(), hashlib.sha256).hexdigest()
    assert Pseudonyms(KEY).of("נועה לוי") == f"p-{digest[:16]}"
    assert standing_for(KEY, "נועה לוי") == [f"p-{digest[:16]}"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), min_size=1))
def test_queries_and_pages_give_a_value_the_same_pseudonym(values):
    assert standing_for(KEY, *values) == [Pseudonyms(KEY).of(value) for value in values]


def test_another_key_gives_other_pseudonyms():
    assert Pseudonyms(KEY).of("Noa") != Pseudonyms(KEY[::-1]).of("Noa")


@pytest.mark.parametrize("value", ["0", "-1", "anonymous", "Anonymous", "N/A", "000", "לא ידוע", None])
def test_what_stands_for_nobody_stays_what_it_is(value):
    assert standing_for(KEY, value) == [value]
    assert value is None or Pseudonyms(KEY).of(value) == value
