from hypothesis import given, settings
from hypothesis import strategies as st

from core.charts.variants import Step, Variant, folded, group_hover, path_hover, steps_of


def path(*labels, stops=False):
    return Variant(3, tuple((f"id{i}", label) for i, label in enumerate(labels)), 12, 0.25, 0.5, "#075B73", stops)


def plain(words):
    return words.replace("\u2068", "").replace("\u2069", "")


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(3, 12))
def test_folding_keeps_every_step_in_order_and_the_last_one_by_itself(n, most):
    steps = [Step(position, str(position), "x") for position in range(1, n + 1)]
    groups = folded(steps, most)
    assert [step for group in groups for step in group] == steps
    assert len(groups) <= most and len(groups[-1]) == 1
    assert [len(group) for group in groups if len(group) > 1] in ([], [n - most + 1])


def test_skipped_steps_keep_the_numbers_of_the_others_and_the_last_step_stays():
    assert [step.position for step in steps_of(path("a", "b", "c"), 1)] == [2, 3]
    assert [step.label for step in steps_of(path("a"), 1)] == ["a"]


def test_hover_gives_the_whole_label_the_id_and_the_path():
    long = "שלוחה " * 33 + "סוף"
    one = path("a", long, stops=True)
    said = plain(group_hover(one, (Step(2, "id1", long),)))
    assert "סוף" in said and "Step 2 · id id1" in said and "Path 3: 12 calls, 25.0%" in said
    assert said.endswith("They end here, although the menu goes on")
    assert "end here" not in group_hover(one, (Step(1, "id0", "a"),))


def test_a_path_lists_its_steps_and_not_too_many_of_them():
    said = plain(path_hover(path("<b>", "b")))
    assert "1. &lt;b&gt;" in said and "2. b" in said and "<b>Path 3: 12 calls" in said
    many = plain(path_hover(path(*"abcdefghijklmnopq")))
    assert "12. l" in many and "13. m" not in many and "and 5 more" in many


def test_folded_steps_are_listed_under_their_numbers():
    steps = (Step(4, "x", "Four"), Step(5, "y", "Five"))
    said = plain(group_hover(path(*"abcdefg"), steps))
    assert said.startswith("<b>2 steps</b><br>4. Four<br>5. Five")
