from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.filter import Filter
from core.flow.urls import url_engagement
from tests import naive_views
from tests.logs import HEADER, Opener, assert_same, rows

# 2 and 3 have the same link, 4 another, 1 none. Calls A: 1 2 3 2, B: 2, C: 4, D: 1.
SMALL = HEADER + "A,,1,0,,NULL\nA,,2,1,,http://b\nA,,3,1,,http://b\nA,,2,1,,\nB,,2,1,,\nC,,4,1,,http://a\nD,,1,0,,\n"


def test_a_link_on_two_nodes_is_one_and_a_call_that_passes_it_again_is_one(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(url_engagement(log)) == [("http://b", 4, 2), ("http://a", 1, 1)]


def test_ties_stand_in_the_order_of_the_links(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(url_engagement(log, Filter(longest=1))) == [("http://a", 1, 1), ("http://b", 1, 1)]


def test_a_link_that_no_call_passes_is_not_told(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(url_engagement(log, Filter(ends=("4",)))) == [("http://a", 1, 1)]
    assert rows(url_engagement(log, Filter(ends=("1",)))) == []


def test_the_first_link_of_a_node_counts_also_for_rows_that_name_another(log_of: Opener) -> None:
    log = log_of(HEADER + "A,,1,0,,http://a\nB,,1,0,,http://b\n")
    assert rows(url_engagement(log)) == [("http://a", 2, 2)]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_links_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(url_engagement(log, where), naive_views.url_engagement(expected, calls))
