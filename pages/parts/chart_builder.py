"""Putting a chart together: what is chosen stands in the address, and the engine adds up what is drawn."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.builder import HOW, KINDS, Draft, Drawn, Field, Sort, fields_of
from core.builder.draft import OF_NUMBERS, PREFIX
from core.charts import theme
from core.charts.drafted import drafted, labelled
from core.errors import ViewError
from core.sessions import Place, Session
from core.text import clean, cut, isolate, number, plural
from pages.parts import cache, exports, snapshots, state, view, viewport
from pages.parts.pagefiles import CHARTS_KEY, FILES
from pages.parts.text import sentence

EXPLAINED = (
    "A figure of any table of this session, by one, two or three of its columns. It is in the address, so a link to "
    "this page shows it. Of words, the most frequent stand by themselves, the others together; numbers fall into "
    "ranges. Filters of the other pages do not count here."
)
NONE = "–"
_SHORT = 60


def draw(session: Session) -> None:
    """The chart that the address asks for, or the first that is suggested, with what it is made of."""
    offered = state.service().offered(session)
    if not offered:
        st.markdown("There are no tables yet: look at the columns of a file, or process the files.")
        st.page_link(FILES, label="Files & columns", icon=":material/table_view:", query_params=state.this_session())
        return
    snapshots.ready()
    asked = Draft.from_query(state.everything())
    table = _table(list(offered), asked)
    known = fields_of(offered[table])
    suggested = cache.suggested(session, table)
    if not known or not suggested:
        st.markdown("No column of this table can be drawn.")
        return
    draft = asked if asked and asked.table == table else suggested[0]
    _suggestions(suggested)
    _choices(draft, known)
    try:
        drawn = cache.drawn(session, draft)
    except ViewError as error:
        st.warning(sentence(str(error)), icon=":material/tune:")
        return
    _chart(session, draft, drawn)


def _table(names: list[str], asked: Draft | None) -> str:
    """The table that is drawn, which can be changed."""
    first = next((name for name in names if name.startswith("rows")), names[0])
    chosen = asked.table if asked and asked.table in names else first
    if len(names) > 1:
        _pick("Table", names, chosen, lambda name: _show(Draft(name, "")))
    return chosen


def _suggestions(suggested: Sequence[Draft]) -> None:
    with st.container(horizontal=True, gap="small"):
        for one in suggested:
            st.button(
                sentence(one.title),
                key=f"draft:{one.as_query()}",
                type="tertiary",
                icon=":material/insights:",
                on_click=lambda one=one: _show(one),
            )


def _choices(draft: Draft, known: dict[str, Field]) -> None:
    """What the chart is made of, each of which can be changed."""
    every = list(known)
    numbers = [name for name, one in known.items() if one.sort is Sort.NUMBER]
    hows = [how for how in HOW if numbers or how not in OF_NUMBERS]
    with st.container(border=True), st.grid(3, min_column_width=180):
        _pick("Show", hows, draft.how, lambda how: _show(_with_how(draft, how, every, numbers)), HOW.__getitem__)
        if draft.how != "rows":
            _pick("Of", numbers if draft.how in OF_NUMBERS else every, draft.y, _changing(draft, "y"), isolate)
        _pick("By", every, draft.x, _changing(draft, "x"), isolate)
        others = ["", *(name for name in every if name != draft.x)]
        _pick("Parted by colour", others, draft.colour, _changing(draft, "colour"), _or_none)
        _pick("Side by side", others, draft.facet, _changing(draft, "facet"), _or_none)
        _pick("As", list(KINDS), draft.kind, _changing(draft, "kind"), KINDS.__getitem__)


def _with_how(draft: Draft, how: str, every: list[str], numbers: list[str]) -> Draft:
    """The draft with another figure, of a column that this can be of."""
    fitting = [] if how == "rows" else numbers if how in OF_NUMBERS else every
    y = draft.y if draft.y in fitting else next(iter(fitting), "")
    return Draft(**{**vars(draft), "how": how, "y": y})


def _changing(draft: Draft, part: str) -> Callable[[str], None]:
    return lambda value: _show(Draft(**{**vars(draft), part: value}))


def _show(draft: Draft) -> None:
    empty = {f"{PREFIX}{part}": "" for part in Draft.__dataclass_fields__}
    state.put(empty | draft.as_query())


def _or_none(name: str) -> str:
    return isolate(name) if name else NONE


def _pick(
    label: str, options: list[str], chosen: str, to: Callable[[str], None], shown: Callable[[str], str] = str
) -> None:
    """A list to choose from; its key holds what the address says, so that it shows that, whichever way it came."""
    key = f"pick:{label}:{chosen}"
    place = options.index(chosen) if chosen in options else None
    settings: dict[str, Any] = {"format_func": shown, "on_change": lambda: to(st.session_state[key])}
    st.selectbox(label, options, index=place, key=key, **settings)


def _chart(session: Session, draft: Draft, drawn: Drawn) -> None:
    palette, window = theme.palette(state.mode()), viewport.window()
    missing = f" {plural(drawn.n_missing, 'row')} without it are left out." if drawn.n_missing else ""
    with view.card(draft.title, f"{plural(drawn.n_rows, 'row')}.{missing}"):
        view.chart(drafted(drawn, draft, palette, width=viewport.room(window)), clean(draft.title), key="drafted")
    with st.container(horizontal=True, vertical_alignment="center"):
        if state.is_mine():
            st.button(
                "Save chart",
                icon=":material/bookmark_add:",
                type="primary",
                on_click=_save,
                args=(session, draft),
                disabled=any(one.query == _place(draft).query for one in session.views),
            )
        exports.table("chart", labelled(drawn, draft))
    with st.expander("The figures behind it", icon=":material/table_rows:"):
        st.dataframe(labelled(drawn, draft), hide_index=True, width="stretch", placeholder=NONE)


def _save(session: Session, draft: Draft) -> None:
    """Keep the chart among the saved views, under a name that none of them has."""
    name = cut(clean(draft.title), 8 * _SHORT, 14)
    taken = {one.name for one in session.views}
    names = (name if again == 1 else f"{name} ({number(again)})" for again in range(1, len(taken) + 2))
    free = next(one for one in names if one not in taken)
    state.service().save_view(session.id, _place(draft, free), by=state.visitor())
    st.toast("Saved. It is in the list of saved views.", icon=":material/bookmark_added:")


def _place(draft: Draft, name: str = "") -> Place:
    return Place(page=CHARTS_KEY, query=draft.as_query(), name=name)
