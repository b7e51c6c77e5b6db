import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.flow_map import left_out, simplified
from tests.flow_frames import CALLS, NODES, TRANSITIONS, frames

SHARES = st.floats(0, 1)

# 12 calls. Reach: a 12, b 8, c 3, d 6, x 1, y 1. Ends: b 2, c 3, d 6, y 1.
HELPLINE = ["abd"] * 6 + ["ab"] * 2 + ["ac"] * 3 + ["axy"]


def drawn(flow):
    """Nodes and transitions as strings of letters."""
    moves = flow.transitions["source"] + flow.transitions["target"]
    return "".join(flow.nodes["node"]), list(moves)


def reached(begin, moves):
    """The nodes that transitions lead to from any of `begin`."""
    found, todo = set(begin), list(begin)
    while todo:
        node = todo.pop()
        following = {target for source, target in moves if source == node} - found
        found |= following
        todo.extend(following)
    return found


def strongest(begin, moves, node):
    """The weakest transition of the strongest way to `node`: how far transitions may be thinned until it is lost."""
    levels = sorted({n for _, _, n in moves} | set(begin.values()), reverse=True)
    for level in levels:
        open_moves = [(source, target) for source, target, n in moves if n >= level]
        if node in reached([one for one, n in begin.items() if n >= level], open_moves):
            return level
    return 0


def rows_of(flow):
    return list(flow.transitions[["source", "target", "n"]].itertuples(index=False, name=None))


@settings(deadline=None, max_examples=60)
@given(CALLS, SHARES, SHARES)
def test_the_map_never_falls_apart(calls, nodes, transitions):
    flow = simplified(*frames(calls), share_of_nodes=nodes, share_of_transitions=transitions)
    moves = list(zip(flow.transitions["source"], flow.transitions["target"], strict=True))
    kept = set(flow.nodes["node"])
    begin = flow.nodes.loc[flow.nodes["starts"] > 0, "node"]
    end = flow.nodes.loc[flow.nodes["ends"] > 0, "node"]
    assert kept
    assert reached(begin, moves) == kept
    assert reached(end, [(target, source) for source, target in moves]) == kept


@settings(deadline=None, max_examples=60)
@given(CALLS, SHARES, SHARES)
def test_nothing_is_invented_and_nothing_changed(calls, nodes, transitions):
    given_nodes, given_transitions = frames(calls)
    flow = simplified(given_nodes, given_transitions, share_of_nodes=nodes, share_of_transitions=transitions)
    assert not flow.nodes.merge(given_nodes, indicator=True, how="left")["_merge"].eq("left_only").any()
    assert not flow.transitions.merge(given_transitions, indicator=True, how="left")["_merge"].eq("left_only").any()
    assert not flow.transitions.duplicated(["source", "target"]).any()
    assert (given_nodes.equals(frames(calls)[0]), given_transitions.equals(frames(calls)[1])) == (True, True)


@settings(deadline=None, max_examples=60)
@given(CALLS, SHARES)
def test_with_the_fewest_transitions_every_node_keeps_its_strongest_way(calls, share):
    nodes, transitions = frames(calls)
    flow = simplified(nodes, transitions, share_of_nodes=share, share_of_transitions=0)
    full = simplified(nodes, transitions, share_of_nodes=share, share_of_transitions=1)
    begin = dict(zip(flow.nodes["node"], flow.nodes["starts"], strict=True))
    for node in flow.nodes["node"]:
        assert strongest(begin, rows_of(flow), node) == strongest(begin, rows_of(full), node)


@settings(deadline=None, max_examples=60)
@given(CALLS, SHARES, SHARES)
def test_every_node_keeps_the_transition_that_most_calls_come_in_by(calls, nodes, transitions):
    frame = frames(calls)
    flow = simplified(*frame, share_of_nodes=nodes, share_of_transitions=transitions)
    full = simplified(*frame, share_of_nodes=nodes, share_of_transitions=1)
    for node, starts, ends in flow.nodes[["node", "starts", "ends"]].itertuples(index=False):
        for here, own in (("target", starts), ("source", ends)):
            others = [row for row in full.transitions.itertuples() if getattr(row, here) == node]
            most = max((row.n for row in others if row.source != row.target), default=0)
            kept = [n for n, at in zip(flow.transitions["n"], flow.transitions[here], strict=True) if at == node]
            assert most <= own or most in kept


@settings(deadline=None, max_examples=60)
@given(CALLS, SHARES, SHARES)
def test_a_larger_share_only_adds(calls, one, other):
    less, more = sorted((one, other))
    frame = frames(calls)
    few, many = (simplified(*frame, share_of_nodes=share, share_of_transitions=1) for share in (less, more))
    assert set(few.nodes["node"]) <= set(many.nodes["node"])
    few, many = (simplified(*frame, share_of_nodes=1, share_of_transitions=share) for share in (less, more))
    assert set(drawn(few)[1]) <= set(drawn(many)[1])


def test_the_smallest_map_is_the_strongest_way_through_the_most_frequent_node():
    assert drawn(simplified(*frames(HELPLINE), share_of_nodes=0, share_of_transitions=0)) == ("abd", ["ab", "bd"])


def test_nodes_come_by_how_often_they_are_taken_and_bring_their_company():
    half, most, whole = (
        drawn(simplified(*frames(HELPLINE), share_of_nodes=share, share_of_transitions=0))[0] for share in (0.5, 0.7, 1)
    )
    assert (half, most, whole) == ("abd", "abcd", "abcdxy")
    # x alone would not lead to an end, and with y there are six.
    assert drawn(simplified(*frames(HELPLINE), share_of_nodes=5 / 6, share_of_transitions=0))[0] == "abcd"


def test_transitions_come_by_how_often_they_are_taken():
    calls = ["abc"] * 5 + ["ac"] * 3 + ["aac"]
    fewest, more, all_of_them = (
        drawn(simplified(*frames(calls), share_of_nodes=1, share_of_transitions=share))[1] for share in (0, 0.75, 1)
    )
    assert fewest == ["ab", "bc"]
    assert more == ["ab", "ac", "bc"]
    assert all_of_them == ["aa", "ab", "ac", "bc"]


def test_a_tie_keeps_the_order_of_the_frames():
    nodes, transitions = frames(["ab", "ac"])
    flow = simplified(nodes, transitions, share_of_nodes=2 / 3, share_of_transitions=1)
    assert drawn(flow)[0] == "ab"
    turned = simplified(nodes[::-1], transitions[::-1], share_of_nodes=2 / 3, share_of_transitions=1)
    assert drawn(turned)[0] == "ca"


def test_what_is_left_out_is_told():
    flow = simplified(*frames(HELPLINE), share_of_nodes=0.5, share_of_transitions=0)
    assert left_out(flow) == (
        "3 of 6 items and 2 of 5 transitions are drawn. "
        "Not shown: 5 of 31 steps and 5 of 19 moves from step to step. "
        "4 of 12 calls end on an item that is not drawn."
    )
    everything = simplified(*frames(HELPLINE), share_of_nodes=1, share_of_transitions=1)
    assert left_out(everything) == "All 6 items and all 5 transitions are drawn."
    calls = ["abc"] * 5 + ["ac"] * 3
    fewer = simplified(*frames(calls), share_of_nodes=1, share_of_transitions=0)
    assert left_out(fewer) == (
        "3 of 3 items and 2 of 3 transitions are drawn. Not shown: 3 of 13 moves from step to step."
    )


def test_an_item_that_no_call_takes_is_no_part_of_the_map():
    nodes, transitions = frames(HELPLINE)
    nodes.loc[len(nodes)] = ["z", "Nobody", 0, 0, 0, 0, True]
    flow = simplified(nodes, transitions, share_of_nodes=1, share_of_transitions=1)
    assert (drawn(flow)[0], flow.n_nodes) == ("abcdxy", 6)


def test_no_calls_give_an_empty_map():
    empty = simplified(
        pd.DataFrame(columns=NODES), pd.DataFrame(columns=TRANSITIONS), share_of_nodes=1, share_of_transitions=1
    )
    assert empty.nodes.empty and empty.transitions.empty


def test_frames_that_do_not_fit_are_refused():
    nodes, transitions = frames(HELPLINE)
    with pytest.raises(ValueError, match="nodes has no column reach"):
        simplified(nodes.drop(columns="reach"), transitions, share_of_nodes=1, share_of_transitions=1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        simplified(nodes, transitions, share_of_nodes=1.2, share_of_transitions=1)
    with pytest.raises(ValueError, match="'x'"):
        simplified(nodes[nodes["node"] != "x"], transitions, share_of_nodes=1, share_of_transitions=1)
