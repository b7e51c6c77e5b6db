"""What was found in the files, as a person reads and changes it before anything is computed."""

import io
import zipfile
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.ingest.mapping import Content, Role
from core.plan import header_groups, mapping_of
from core.sessions import EVERYONE, Owner, Session
from core.text import isolate
from pages.parts import frame, state
from pages.parts.text import literal, sentence

Show = Callable[..., AppTest]
MENU = "id,parent_id,name\n1,0,Main\n2,1,Prices\n3,1,Hours\n"
LOG = "session,node\n" + "".join(f"s{n // 2},{n % 2 + 1}\n" for n in range(40))
ODD = "wer,was\n1,A\n1,B\n"
HOSTILE = "![x](https://evil.example/p.png)"


def words(app: AppTest) -> str:
    """Everything that the page says in Markdown, headings and alerts included."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.error, app.warning, app.info)
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def box(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    (found,) = (one for one in app.selectbox if one.label == label)
    return found


def button(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(one for one in app.button if one.label == label)


def shown(show: Show, session: Session) -> AppTest:
    app = show(frame.FILES, session=session.id)
    assert not app.exception
    return app


def test_each_column_says_how_sure_its_role_is_and_why(show: Show, looked_at: Callable[..., Session]) -> None:
    said = words(shown(show, looked_at(log=LOG)))
    assert sentence("Its name says so; each value stands on 2.0 rows on average") in said
    assert sentence("Its name says so; its 2 values come again and again") in said
    assert f"{literal('s0')} · {literal('s1')}" in said and sentence("20 different") in said


def test_a_column_that_is_needed_and_not_guessed_is_asked_for(show: Show, looked_at: Callable[..., Session]) -> None:
    session = looked_at(odd=ODD)
    app = shown(show, session)
    assert "Which column is the call?" in words(app) and "Which column is the step?" in words(app)
    assert button(app, "Process 2 rows").disabled
    box(app, "Column that is the call").select("wer").run()
    app = box(app, "Column that is the step").select("was").run()
    assert not app.exception
    assert "Which column is the" not in words(app)
    assert not button(app, "Process 2 rows").disabled
    assert box(app, "Role of column 1").value is Role.CALL
    assert "As you chose" in words(app)


def test_a_menu_beside_a_log_says_so_and_can_be_said_to_be_none(show: Show, looked_at: Callable[..., Session]) -> None:
    session = looked_at(menu=MENU, log=LOG)
    app = shown(show, session)
    said = words(app)
    assert f"{literal('menu.csv')} describes the menu" in said and f"{literal('log.csv')} holds calls" in said
    assert sentence("it has menu items with their parents and labels, and no call") in said
    assert not button(app, "Process 43 rows").disabled
    choice = next(one for one in app.segmented_control if one.value is Content.MENU)
    app = choice.select(Content.CALLS).run()
    assert f"which column is the call of {literal('menu.csv')}" in words(app)
    assert button(app, "Process 43 rows").disabled


def test_files_without_calls_say_what_is_missing(show: Show, looked_at: Callable[..., Session]) -> None:
    app = shown(show, looked_at(menu=MENU))
    assert "where are the calls?" in words(app)
    assert button(app, "Process 3 rows").disabled


def test_what_was_chosen_last_time_is_told_and_can_be_undone(show: Show, looked_at: Callable[..., Session]) -> None:
    first = looked_at(odd=ODD)
    app = shown(show, first)
    box(app, "Column that is the call").select("wer").run()
    box(app, "Column that is the step").select("was").run()
    later = looked_at(odd="wer,was\n7,A\n7,C\n8,A\n")
    app = shown(show, later)
    said = words(app)
    assert "as you chose last time" in said and "Which column is the" not in said
    assert not button(app, "Process 3 rows").disabled
    app = button(app, "Use the guesses instead").click().run()
    assert "Which column is the call?" in words(app) and "as you chose last time" not in words(app)
    assert "Which column is the call?" in words(shown(show, looked_at(odd="wer,was\n9,A\n")))


def test_the_file_of_a_zip_is_chosen_on_its_card(show: Show, owner: Owner) -> None:
    sizes = {"log.csv": len(LOG), f"{HOSTILE}.csv": len(ODD)}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("log.csv", LOG)
        packed.writestr(f"{HOSTILE}.csv", ODD)
    service = state.service()
    session = service.create([("both.zip", io.BytesIO(archive.getvalue()))], owner=owner)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    app = shown(show, session)
    choice = box(app, "File in the archive")
    assert choice.value == "log.csv"
    assert choice.options == [f"{isolate(name)} · {n} bytes" for name, n in sizes.items()]
    choice.select(f"{HOSTILE}.csv").run()
    service.runner.wait(session.id)
    app = shown(show, session)
    assert "Which column is the call?" in words(app) and button(app, "Process 2 rows").disabled


def test_of_many_columns_those_without_a_role_stand_in_a_table(show: Show, looked_at: Callable[..., Session]) -> None:
    names = [f"field {number}" for number in range(47)]
    text = ",".join(["case", "activity", HOSTILE, *names]) + "\n" + ",".join(["1", "A", *["x"] * 48]) + "\n"
    session = looked_at(wide=text)
    app = shown(show, session)
    of_roles = [box for box in app.selectbox if "Left out" in box.options]
    assert len(of_roles) == 2, "two columns have a role, so two cards"
    assert "The other 48 columns" in words(app)
    table = app.get("data_editor")[0].value
    assert list(table["Column"]) == [HOSTILE, *names]
    assert set(table["Role"]) == {"Kept with the call"}
    app = button(app, "Leave all out").click().run()
    assert not app.exception
    group = header_groups(state.service().store.read(session.id))[0]
    roles = mapping_of(state.service().store.read(session.id), group).roles
    assert [roles[name] for name in ("case", names[0], names[46])] == [Role.CALL, Role.UNUSED, Role.UNUSED]


def test_names_of_columns_stay_words(show: Show, looked_at: Callable[..., Session]) -> None:
    session = looked_at(odd=f"{HOSTILE},was\n{HOSTILE},B\n1,C\n")
    app = shown(show, session)
    assert "![x](" not in words(app)
    assert literal(HOSTILE)[:20] in words(app)


def test_rows_that_were_merged_into_steps_are_told(show: Show, looked_at: Callable[..., Session]) -> None:
    rows = "".join(f"c,{n},{word}\n" for n in range(20) for word in ("start", "complete")) + "c,1,paused?\n"
    session = looked_at(log="case,activity,lifecycle\n" + rows)
    state.service().process(session.id, by=EVERYONE)
    state.service().runner.wait(session.id)
    said = words(shown(show, session))
    counted = "41 rows read = 21 steps + 20 merged into them + 0 declarations of a menu item + 0 rejected."
    assert sentence(counted) in said
    assert "1 row told in words that are not known" in said and literal("paused?") in said


def test_who_may_only_read_can_change_nothing(show: Show, looked_at: Callable[..., Session]) -> None:
    service = state.service()
    session = looked_at(menu=MENU, log=LOG)
    token = service.share(session.id, by=EVERYONE)
    app = show(frame.FILES, known_by=service.keyring.issue(), share=token)
    assert not app.exception
    assert all(one.disabled for one in app.selectbox) and len(app.selectbox) == 5 + 2 * 4
    assert not [one for one in app.button if one.label.startswith(("Process", "Remove"))]


def test_the_clocks_that_tell_days_and_hours_are_chosen(show: Show, looked_at: Callable[..., Session]) -> None:
    timed = "session,node,time\n" + "".join(f"s{n // 2},{n % 2 + 1},2025-05-14T{n % 24:02}:00:00Z\n" for n in range(40))
    app = shown(show, looked_at(log=timed))
    assert sentence("Times are told in UTC, by the offsets in the files.") in words(app)
    app = box(app, "Time zone").set_value("Asia/Jerusalem").run()
    assert not app.exception
    assert sentence("by the clocks of Asia/Jerusalem") in words(app) and box(app, "Time zone").value == "Asia/Jerusalem"
    assert sentence("told in UTC") in words(box(app, "Time zone").set_value("").run())
    assert "clocks" not in words(shown(show, looked_at(log=LOG))), "a log without times has none"
