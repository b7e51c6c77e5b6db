import pandas as pd
import pytest

from core.charts.composition import MOST_KINDS, composition, kinds_of
from core.charts.funnel_plot import Person, funnel_plot
from core.charts.interval_rows import Measure, interval_rows
from core.charts.theme import DARK, LIGHT

ROWS = [
    Measure("Prices <b>", 0.6, 0.5, 0.7, ("60%", "90"), "sure", "a"),
    Measure("מחיר ביקור", 0.4, 0.35, 0.45, ("40%", "300"), "stop", "b"),
    Measure("Hours", 0.41, 0.2, 0.65, ("41%", "20"), "unsure", "c"),
]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_each_row_has_its_dot_its_interval_and_its_words(palette) -> None:
    figure = interval_rows(ROWS, palette, width=700, headings=("Share", "Calls"), reference=0.45)
    lines = {
        trace.line.color: list(trace.x)
        for trace in figure.data
        if trace.type == "scatter" and trace.mode == "lines" and len(trace.x) == 3
    }
    assert lines == {
        palette.accent: [0.5, 0.7, None], palette.stop: [0.35, 0.45, None], palette.destination: [0.2, 0.65, None],
    }  # fmt: skip
    assert [list(one) for one in figure.data[-1].customdata] == [["a"], ["b"], ["c"]]
    words = [note.text for note in figure.layout.annotations]
    assert {"60%", "90", "Share", "Calls", "\u2068Prices &lt;b&gt;\u2069"} <= set(words)
    low, high = figure.layout.xaxis.range
    assert low < 0.2 and high > 0.7
    assert (figure.data[-1].base, list(figure.data[-1].x)) == (low, [high - low] * 3)  # the whole row takes the click


@pytest.mark.parametrize("width", [280, 390, 1200])
def test_labels_and_words_leave_room_for_the_intervals(width: int) -> None:
    figure = interval_rows(ROWS, LIGHT, width=width, headings=("Share", "Calls"), reference=0.45)
    margin = figure.layout.margin
    assert width - margin.l - margin.r >= 80
    assert all(str(row.label[:5]) in note.text for row, note in zip(ROWS, figure.layout.annotations, strict=False))


def test_differences_are_told_in_points() -> None:
    row = Measure("x", -0.02, -0.03, -0.01, ("−2.0",), "sure", "x")
    figure = interval_rows([row], LIGHT, width=700, headings=("Points",), reference=0.0, points=True)
    assert set(figure.layout.xaxis.ticktext) >= {"−3", "−2", "−1", "0"}


def test_no_rows_give_a_quiet_figure() -> None:
    for figure in (
        interval_rows([], LIGHT, width=700, headings=(), reference=0.0),
        funnel_plot([], LIGHT, width=700, height=300, mean=0.0, spread=0.0, share=True),
    ):
        assert figure.layout.annotations[0].text == "Nothing to show here"


def test_agents_lie_in_a_funnel_that_narrows_with_their_calls() -> None:
    people = [Person("Noa", 100, 0.5, False, ""), Person("Ben", 400, 0.9, True, "")]
    figure = funnel_plot(people, LIGHT, width=700, height=300, mean=0.6, spread=0.49, share=True)
    low, high = figure.data[0].y, figure.data[1].y
    assert high[0] - low[0] > high[-1] - low[-1]
    # At 100 calls 95 % lie within 1.96 * 0.49 / 10 of the mean.
    places = figure.data[0].x
    near = min(range(len(places)), key=lambda place: abs(places[place] - 100))
    assert high[near] == pytest.approx(0.6 + 1.96 * 0.49 / places[near] ** 0.5)
    dots = next(trace for trace in figure.data if trace.mode == "markers")
    assert dict(zip((one[0] for one in dots.customdata), dots.marker.color, strict=True)) == {
        "Ben": LIGHT.accent, "Noa": LIGHT.destination,
    }  # fmt: skip


def test_parts_of_a_group_add_up_and_what_is_rare_is_one_part() -> None:
    kinds = [f"end {n}" for n in range(MOST_KINDS + 2)]
    counts = list(range(len(kinds), 0, -1))
    frame = pd.DataFrame({"group": "g", "label": "G", "n_calls": sum(counts), "kind": kinds, "n": counts})
    assert kinds_of(frame) == kinds[:MOST_KINDS]
    figure = composition(frame, kinds_of(frame), LIGHT, width=700)
    parts = [trace.x[0] for trace in figure.data if trace.type == "bar"][:-1]
    assert len(parts) == MOST_KINDS + 1 and sum(parts) == pytest.approx(1)
    assert parts[-1] == pytest.approx((1 + 2) / sum(counts))
