"""Setting the filter, seeing what is filtered, taking it away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from core.flow.filter import MISSING, Filter
from core.sessions import Session
from core.views import VIEWS
from pages.parts import state
from pages.parts.pagefiles import CALLS, page_of
from tests.core.flow.made_calls import make, passes

Show = Callable[..., AppTest]
MADE = make()
EXPLORER = next(page_of(view) for view in VIEWS if view.key == "path-explorer")
PARTS = {
    "days": (Filter(first=date(2025, 3, 4), last=date(2025, 3, 18)), "4 Mar – 18 Mar 2025"),
    "weekdays": (Filter(weekdays=(1, 7)), "Mon, Sun"),
    "hours": (Filter(hours=(8, 9, 10, 14)), "08:00–10:59, 14:00–14:59"),
    "intents": (Filter(intents=("2", "nowhere")), "Called for ⁨מחיר ביקור⁩ or ⁨nowhere⁩"),
    "via": (Filter(via=("1", "4")), "Passes ⁨Main menu⁩ and ⁨\\=Price⁩"),
    "links": (Filter(links=("https://example.org/x",)), "Passes ⁨https\\:"),
    "starts": (Filter(starts=("1",)), "Begins with ⁨Main menu⁩"),
    "ends": (Filter(ends=("3", "5", "4", "1")), "or 1 more"),
    "transitions": (Filter(transitions=(("1", "2"),)), "Goes ⁨Main menu⁩ :material/arrow_forward: ⁨מחיר ביקור⁩"),
    "begins": (Filter(begins=("1", "2", "4", "1", "2")), "Path ⁨Main menu⁩ › ⁨מחיר ביקור⁩ › … › ⁨מחיר ביקור⁩"),
    "lengths": (Filter(shortest=2, longest=4), "2 to 4 steps"),
    "column:outcome": (Filter(values=(("outcome", ("left",)),)), "⁨Outcome⁩: ⁨left⁩"),
    "column:files": (Filter(values=(("files", (MISSING, "a")),)), "⁨files⁩: ⁨none⁩ or ⁨a⁩"),
    "column:ticket": (Filter(values=(("ticket", ("T7",)),)), "⁨ticket⁩: ⁨T7⁩"),
}


def passing(where: Filter) -> int:
    return sum(passes(call, where) for call in MADE)


def query(app: AppTest) -> dict[str, str]:
    """The parameters of the app's address."""
    told = {name: one if isinstance(one, str) else "".join(one[-1:]) for name, one in app.query_params.items()}
    assert all(told.values()), "no parameter without a value is left behind"
    return told


def badge(app: AppTest) -> str:
    return next(str(one.value) for one in app.markdown if "-badge" in str(one.value))


@pytest.mark.parametrize(("part", "where", "words"), [(part, *told) for part, told in PARTS.items()])
def test_each_part_is_told_and_one_click_takes_it_alone_away(
    show: Show, made: Session, part: str, where: Filter, words: str
) -> None:
    other = Filter(values=(("region", ("South", "north")),))
    app = show(EXPLORER, session=made.id, at="1", **where.as_query(), **other.as_query())
    assert not app.exception
    chip = app.button(key=f"chip:{part}")
    assert words in chip.label
    both = passing(replace(where, values=tuple(sorted((*where.values, *other.values)))))
    assert f"{both} of 240 calls" in badge(app)
    chip.click().run()
    assert not app.exception
    assert query(app) == {"session": made.id, "at": "1", **other.as_query()}, "page and drill position stay"
    assert f"{passing(other)} of 240 calls" in badge(app)


def test_all_of_it_is_cleared_with_one_click(show: Show, made: Session) -> None:
    where = Filter(weekdays=(1,), intents=("2",), values=(("outcome", ("left",)),))
    app = show(EXPLORER, session=made.id, at="1", **where.as_query())
    assert sum((button.key or "").startswith("chip:") for button in app.button) == 4
    app.button(key="chip:all").click().run()
    assert "All 240 calls" in badge(app)
    assert set(query(app)) == {"session", "at"}


def test_a_filter_by_a_column_that_is_not_there_says_so(show: Show, made: Session) -> None:
    app = show(CALLS, session=made.id, **{"a.colour": "red"})
    assert not app.exception
    assert any("no column" in title.value for title in app.title)


@pytest.mark.parametrize("name", ["![x](https://evil.example/p.png)", "**bold** :red[x] `y`", "$x$ <b>"])
def test_what_the_address_says_stays_text(show: Show, made: Session, name: str) -> None:
    app = show(CALLS, session=made.id, **Filter(intents=(name,), values=(("outcome", (name,)),)).as_query())
    for key in ("chip:intents", "chip:column:outcome"):
        label = app.button(key=key).label
        assert name not in label
        assert label.replace("\\", "").replace("\N{WORD JOINER}", "").endswith(f"⁨{name}⁩")


def opened() -> None:
    """The drawer by itself: an app test runs the whole script at every turn, which would close it."""
    from pages.parts import cache, filters, state

    session, _ = state.bind()
    assert session is not None
    filters.drawer(cache.log(session), state.where())


@pytest.fixture
def drawer(secret: str, home: object) -> Callable[..., AppTest]:
    def run(session: Session, where: Filter = Filter(), **query: str) -> AppTest:  # noqa: B008
        app = AppTest.from_function(opened, default_timeout=60)
        app.session_state["throughline.secret"] = secret
        for name, value in {"session": session.id, **where.as_query(), **query}.items():
            app.query_params[name] = value
        return app.run()

    return run


def applied(app: AppTest) -> Filter:
    app.button(key="filter:apply").click().run()
    assert not app.exception
    return Filter.from_query(query(app))


Drawer = Callable[..., AppTest]


def test_every_choice_is_applied_together_and_the_button_says_what_comes(drawer: Drawer, made: Session) -> None:
    app = drawer(made)
    assert app.button(key="filter:apply").label == "Show 240 calls"
    app.date_input(key="filter:days").set_value((date(2025, 3, 2), date(2025, 3, 18)))
    app.button_group(key="filter:weekdays").set_value([1, 2, 3, 4, 5])
    app.multiselect(key="filter:hours").set_value(list(range(6, 22)))
    second = list(state.service().open(made).files)[1]
    app.multiselect(key="filter:files").set_value([second])
    app.multiselect(key="filter:via").set_value(["1", "2"])
    app.multiselect(key="filter:ends").set_value(["3", "5", "1"])
    app.selectbox(key="filter:shortest").set_value(2)
    app.selectbox(key="filter:longest").set_value(5)
    app.multiselect(key="filter:columns").set_value(["outcome", "region"]).run()
    assert not app.exception
    app.multiselect(key="filter:column:outcome").set_value(["left", MISSING]).run()
    assert "from" not in app.query_params, "nothing is filtered before it is applied"
    where = Filter(
        first=date(2025, 3, 2),
        last=date(2025, 3, 18),
        weekdays=(1, 2, 3, 4, 5),
        hours=tuple(range(6, 22)),
        files=("2",),
        via=("1", "2"),
        ends=("3", "5", "1"),
        shortest=2,
        longest=5,
        values=(("outcome", (MISSING, "left")),),
    )
    assert app.button(key="filter:apply").label == f"Show {passing(where)} calls"
    assert applied(app) == replace(where, files=(second,))


def test_what_only_a_click_can_set_is_kept_and_so_is_the_place(drawer: Drawer, made: Session) -> None:
    where = Filter(transitions=(("1", "2"),), begins=("1",), links=("https://example.org/x",), intents=("2",))
    app = drawer(made, where, at="1")
    app.multiselect(key="filter:intents").set_value([])
    app.multiselect(key="filter:starts").set_value(["1"]).run()
    assert applied(app) == replace(where, intents=(), starts=("1",))
    assert query(app)["at"] == "1"


def test_applying_without_a_change_changes_nothing(drawer: Drawer, made: Session) -> None:
    where = Filter(
        first=date(2020, 1, 1),
        last=date(2030, 1, 1),
        weekdays=(1, 2),
        hours=(9,),
        intents=("nowhere", "2"),
        ends=("4",),
        shortest=99,
        values=(("agent", ("Noa", "Nobody")), ("region", (MISSING,)), ("ticket", ("T7",))),
    )
    app = drawer(made, where)
    assert not app.exception
    assert applied(app) == where


def test_choices_with_the_same_words_are_two_choices(drawer: Drawer, made: Session) -> None:
    app = drawer(made)
    options = app.multiselect(key="filter:ends").options
    assert len(set(options)) == len(options) == 5
    for node in ("3", "5"):
        app.multiselect(key="filter:ends").set_value([node]).run()
        assert app.button(key="filter:apply").label == f"Show {passing(Filter(ends=(node,)))} calls"


def test_each_choice_has_the_number_of_calls_that_it_would_give(drawer: Drawer, made: Session) -> None:
    where = Filter(via=("1",), intents=("2",))
    app = drawer(made, where)
    shown = app.multiselect(key="filter:column:outcome") if "filter:column:outcome" in app.session_state else None
    assert shown is None, "values are asked for once a column is chosen"
    app.multiselect(key="filter:columns").set_value(["outcome"]).run()
    counts = [passing(where.with_values("outcome", [value])) for value in ("solved", "left", MISSING)]
    expected = {f"⁨{value}⁩ · {n}" for value, n in zip(("solved", "left", "none"), counts, strict=True)}
    assert set(app.multiselect(key="filter:column:outcome").options) == expected
    at_least = [passing(replace(where, shortest=steps)) for steps in (2, 3)]
    options = app.selectbox(key="filter:shortest").options
    assert [f"2 steps · {at_least[0]}", f"3 steps · {at_least[1]}"] == options[:2]


def test_a_log_without_times_files_or_columns_asks_for_none_of_them(drawer: Drawer, ready: Session) -> None:
    app = drawer(ready)
    assert not app.exception
    keys = {box.key for box in app.multiselect}
    assert keys == {"filter:intents", "filter:starts", "filter:via", "filter:ends"}
    assert [str(box.key) for box in app.date_input] == ["filter:days"]


def test_days_are_taken_away_by_choosing_all_of_them(drawer: Drawer, made: Session) -> None:
    app = drawer(made, Filter(first=date(2025, 3, 4)))
    app.date_input(key="filter:days").set_value((date(2025, 3, 1), date(2025, 3, 20))).run()
    assert applied(app) == Filter()


def test_clearing_in_the_drawer_clears_all(drawer: Drawer, made: Session) -> None:
    app = drawer(made, Filter(first=date(2025, 3, 4), begins=("1",)), at="1")
    app.button(key="filter:clear").click().run()
    assert set(query(app)) == {"session", "at"}
