"""Where nodes stand in the menu, by hand."""

from core.tables.menu import places


def test_depth_counts_from_the_root() -> None:
    found, on_cycle = places({1: None, 2: 1, 3: 2, 4: 2, 9: None})
    assert found == {1: (0, 1), 2: (1, 1), 3: (2, 1), 4: (2, 1), 9: (0, 9)}
    assert on_cycle == []


def test_a_cycle_and_what_hangs_below_it_have_no_place() -> None:
    found, on_cycle = places({1: 2, 2: 3, 3: 1, 4: 3, 5: 4, 6: 6, 7: None})
    assert found == {**dict.fromkeys((1, 2, 3, 4, 5, 6), (None, None)), 7: (0, 7)}
    assert on_cycle == [1, 2, 3, 6]


def test_the_order_of_the_nodes_does_not_matter() -> None:
    assert places({5: 4, 4: 3, 3: None})[0] == places({3: None, 4: 3, 5: 4})[0]


def test_a_long_chain_is_followed_to_its_end() -> None:
    found, _ = places({node: node - 1 if node else None for node in range(20_000)})
    assert found[19_999] == (19_999, 0)
