from hypothesis import given
from hypothesis import strategies as st

from core.flow.ids import join_ids, split_ids

IDS = st.lists(st.text(min_size=1), max_size=4).map(tuple)


@given(IDS)
def test_joined_ids_split_into_the_same_ids(ids: tuple[str, ...]) -> None:
    assert split_ids(join_ids(ids)) == ids


@given(st.text())
def test_any_text_splits_into_ids_that_join_and_split_again(text: str) -> None:
    ids = split_ids(text)
    assert split_ids(join_ids(ids)) == ids or ids == ("",)


def test_an_id_with_a_comma_or_backslash_is_one_id() -> None:
    assert join_ids(("a,b", "c\\", "d")) == "a\\,b,c\\\\,d"
    assert split_ids("a\\,b,c\\\\,d") == ("a,b", "c\\", "d")
    assert split_ids("") == ()
