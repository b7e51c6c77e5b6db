"""Every page and state, as a person would read it."""

import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from core import folder
from core.ingest.mapping import Role
from core.plan import header_groups
from core.service import PROJECT
from core.sessions import EVERYONE, SHARED, Failure, Job, JobState, Session, Status, utc_now
from core.text import isolate
from core.views import VIEWS, view
from pages.parts import frame, state
from pages.parts.text import literal, sentence

SUMMARY, PATHS = (frame.page_of(view(key)) for key in ("summary", "path-explorer"))
Show = Callable[..., AppTest]


def words(app: AppTest) -> str:
    """Everything that the page says in Markdown, headings and alerts included."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.error, app.warning, app.info)
    return "\n".join(str(one.value) for kind in kinds for one in kind)


def test_every_view_has_a_page() -> None:
    for one in VIEWS:
        assert (PROJECT / frame.page_of(one)).is_file()


def test_no_page_lies_directly_in_the_folder_that_streamlit_scans() -> None:
    assert list((PROJECT / "pages").glob("*.py")) == []


def test_the_first_screen_invites(show: Show) -> None:
    app = show()
    assert not app.exception
    assert app.title[0].value == "See where your callers go, get stuck and leave"
    assert [button.label for button in app.button] == ["Try sample calls", "Try sample shop visits"]


def test_a_dropped_file_is_on_disk_before_anything_else(show: Show) -> None:
    app = show()
    app.file_uploader[0].upload("march.csv", b"call_id,rule_id\nc1,1\nc1,2\n").run()
    assert not app.exception
    (session,) = state.service().store.list_sessions(by=EVERYONE)
    assert (session.name, session.n_files) == ("march", 1)
    state.service().runner.wait(session.id)
    app.run()
    assert session.id in app.query_params["session"]
    assert "Is this right?" in words(app)


def test_files_in_the_folder_that_the_operator_offers_can_be_taken(
    show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [box.label for box in show().multiselect] == [], "none is offered unless somebody says so"
    (tmp_path / "exports").mkdir()
    for month in ("march", "april"):
        (tmp_path / "exports" / f"{month}.csv").write_text(f"call_id,rule_id\nc1,{month}\nc1,2\n")
    monkeypatch.setenv("THROUGHLINE_FOLDER", str(tmp_path / "exports"))
    state.service.cache_clear()
    app = show()
    box = app.multiselect(key="folder_files")
    assert sorted(option.split(" · ")[:2] for option in box.options) == [
        [isolate(name), size] for name, size in (("april.csv", "30 bytes"), ("march.csv", "30 bytes"))
    ]
    box.set_value([folder.listed(tmp_path / "exports")[0]]).run()
    app.button(key="folder_take").click().run()
    assert not app.exception
    (session,) = state.service().store.list_sessions(by=EVERYONE)
    assert session.n_files == 1
    assert len(list((tmp_path / "exports").iterdir())) == 2


def test_what_was_found_is_shown_before_processing(show: Show) -> None:
    service = state.service()
    text = "call_id,call_date,rule_id,rule_text\nc1,3/1/2025,1,Menu\nc2,4/1/2025,2,Prices\n"
    session = service.create([("calls.csv", io.BytesIO(text.encode())), ("empty.csv", io.BytesIO(b""))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    app = show(frame.FILES, session=session.id)
    assert not app.exception
    said = words(app)
    assert "calls\\.csv" in said and "2 rows" in said and "comma" in said
    assert "The file is empty" in said
    assert f"Is {literal('3/1/2025')} in January or in March?" in said
    assert {box.value for box in app.selectbox if box.label.startswith("Role")} == {
        Role.CALL,
        Role.TIMESTAMP,
        Role.NODE,
        Role.LABEL,
    }
    assert any(button.label == "Process 2 rows" for button in app.button)


def test_files_that_a_crash_left_unseen_are_looked_at(show: Show) -> None:
    session = state.service().create([("odd.csv", io.BytesIO(b"wer,was\n1,A\n1,B\n"))], owner=SHARED)
    app = show(frame.FILES, session=session.id)
    assert not app.exception
    state.service().runner.wait(session.id)
    assert "Is this right?" in words(app.run())


def test_a_look_that_was_cancelled_can_be_begun_again(show: Show) -> None:
    service = state.service()
    session = service.create([("odd.csv", io.BytesIO(b"wer,was\n1,A\n1,B\n"))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.cancel(session.id, by=EVERYONE)
    app = show(frame.FILES, session=session.id)
    assert "Nothing is lost" in words(app)
    app.button(key="look").click().run()
    service.runner.wait(session.id)
    assert "Is this right?" in words(app.run())


def test_a_role_is_changed_by_hand_and_kept(show: Show) -> None:
    service = state.service()
    session = service.create([("odd.csv", io.BytesIO(b"wer,was\n1,A\n1,B\n"))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    app = show(frame.FILES, session=session.id)
    assert "which column is the" in words(app)
    for column, role in ((1, Role.CALL), (2, Role.NODE)):
        next(box for box in app.selectbox if box.label == f"Role of column {column}").select(role).run()
    assert "which column is the" not in words(app)
    again = show(frame.FILES, session=session.id)
    assert [box.value for box in again.selectbox if box.label.startswith("Role")] == [Role.CALL, Role.NODE]


def test_summary_reads_like_a_finding(show: Show, ready: Session) -> None:
    app = show(SUMMARY, session=ready.id)
    assert not app.exception
    said = words(app)
    assert "33\\% of calls end in the middle of the menu" in said
    assert "1 of 3 calls end on a menu item" in said
    assert {metric.label: metric.value for metric in app.metric} == {
        "Calls": "3",
        "Steps in a call": "2",
        "Different paths": "3",
        "Left mid-menu": "33.3%",
    }


def test_a_session_is_renamed_where_its_name_stands(show: Show, ready: Session) -> None:
    app = show(SUMMARY, session=ready.id)
    app.text_input(key=f"name:{ready.name}").input("  March  ").run()
    assert not app.exception
    assert state.service().store.read(ready.id).name == "March"
    assert show(SUMMARY, session=ready.id).text_input(key="name:March").value == "March"


def test_the_path_explorer_stands_where_the_address_says(show: Show, ready: Session) -> None:
    app = show(PATHS, session=ready.id, at="1")
    assert not app.exception
    assert "67\\% go on to" in words(app)
    app.button(key="back").click().run()
    assert "at" not in app.query_params
    assert "Every call begins with" in words(app)


def test_a_filter_in_the_address_is_shown_and_taken_away(show: Show, ready: Session) -> None:
    app = show(SUMMARY, **{"session": ready.id, "from": "2025-01-14"})
    assert not app.exception
    assert "2 of 3 calls, 67%" in words(app)
    assert "50\\% of calls end" in words(app)
    next(button for button in app.button if button.label == "from 14 Jan 2025").click().run()
    assert "from" not in app.query_params
    assert "All 3 calls" in words(app)


def test_a_filter_that_nothing_passes_is_said_not_an_error(show: Show, ready: Session) -> None:
    for page in (SUMMARY, PATHS):
        for unknown in ("7", "-1", "../x"):
            app = show(page, session=ready.id, file=unknown)
            assert not app.exception
            assert "No call" in words(app)


@pytest.mark.parametrize(("name", "value"), [("from", "soon"), ("weekday", "9"), ("at", "nobody")])
def test_an_address_that_cannot_be_read_says_so(show: Show, ready: Session, name: str, value: str) -> None:
    app = show(PATHS, **{"session": ready.id, name: value})
    assert not app.exception
    assert "cannot be read" in words(app) or "There is no menu item" in words(app)


def test_the_words_of_data_stay_words(show: Show, ready: Session) -> None:
    app = show(PATHS, session=ready.id, at="1,2,3")
    assert not app.exception
    for hostile in ("![x](", "<b>", "https://evil"):
        assert hostile not in words(app)
    assert literal("![x](https://evil.example/p.png) <b>Price</b>") in words(app)


def test_rows_that_are_no_steps_are_counted_and_offered(show: Show, ready: Session) -> None:
    app = show(frame.FILES, session=ready.id)
    assert not app.exception
    assert sentence("8 rows read = 7 steps + 0 declarations of a menu item + 1 rejected.") in words(app)


@pytest.mark.parametrize("wrong", ["00000000-0000-4000-8000-000000000000", "../x", "", "\x00", "A" * 10_000])
def test_an_unknown_session_has_its_own_page(show: Show, wrong: str) -> None:
    app = show(SUMMARY, session=wrong)
    assert not app.exception
    assert app.title[0].value == "Session not found"


def test_a_damaged_session_says_that_it_is_damaged(show: Show, ready: Session) -> None:
    record = state.service().store.folder(ready.id) / "session.json"
    record.write_bytes(record.read_bytes()[:-9])
    app = show(SUMMARY, session=ready.id)
    assert not app.exception
    assert "damaged" in app.title[0].value
    assert "earlier session" not in words(show(SUMMARY, session=ready.id))
    assert not show().exception, "and the list goes on without it"


def with_job(session: Session, job_state: JobState, status: Status, failure: Failure | None = None) -> Session:
    job = Job(kind="build", state=job_state, queued=utc_now(), failure=failure)
    return state.service().store.update(
        session.id, lambda now: msgspec.structs.replace(now, job=job, status=status, tables="")
    )


def test_a_failed_import_says_what_is_safe_and_what_can_be_done(show: Show, ready: Session) -> None:
    with_job(ready, JobState.FAILED, Status.FAILED, Failure(problem="It broke.", hint="Try again.", reference="ab12"))
    app = show(SUMMARY, session=ready.id)
    assert not app.exception
    said = words(app)
    assert "Nothing is lost" in said and "It broke" in said and "ab12" in said
    assert [button.label for button in app.button] == ["Process again", "Check files and columns"]
    state.service().process(ready.id, by=EVERYONE)
    state.service().runner.wait(ready.id)


def test_a_cancelled_import_can_be_begun_again(show: Show, ready: Session) -> None:
    with_job(ready, JobState.CANCELLED, Status.CANCELLED)
    app = show(SUMMARY, session=ready.id)
    app.button(key="again").click().run()
    assert state.service().runner.wait(ready.id).status is Status.READY
    app.run()
    assert "33\\% of calls end" in words(app)


def test_old_tables_serve_while_another_import_has_failed(show: Show, ready: Session) -> None:
    job = Job(kind="build", state=JobState.FAILED, queued=utc_now(), failure=Failure(problem="It broke."))
    state.service().store.update(ready.id, lambda now: msgspec.structs.replace(now, job=job, status=Status.FAILED))
    app = show(SUMMARY, session=ready.id)
    assert not app.exception
    assert "The last import stopped" in words(app)
    assert "33\\% of calls end" in words(app)


def test_a_first_screen_with_a_session_in_its_address_leads_to_the_session(show: Show, ready: Session) -> None:
    app = show(session=ready.id)
    assert not app.exception
    assert "33\\% of calls end" in words(app)


def test_figures_of_files_that_were_changed_since_say_so(show: Show, ready: Session) -> None:
    assert "were changed since" not in words(show(SUMMARY, session=ready.id))
    (group,) = header_groups(ready)
    state.service().set_role(ready.id, group.key, "popUpURL", Role.UNUSED, by=EVERYONE)
    assert "were changed since" in words(show(SUMMARY, session=ready.id))


def test_a_sample_that_was_cancelled_before_it_was_looked_at_can_be_begun_again(show: Show) -> None:
    service = state.service()
    session = service.sample("visits", owner=SHARED)
    service.cancel(session.id, by=EVERYONE)
    app = show(SUMMARY, session=session.id)
    app.button(key="again").click().run()
    assert not app.exception
    assert service.runner.wait(session.id).status is Status.READY


def test_days_outside_of_the_log_are_filtered_and_not_an_error(show: Show, ready: Session) -> None:
    app = show(SUMMARY, **{"session": ready.id, "from": "2020-01-01", "to": "2030-01-01"})
    assert not app.exception
    assert "3 of 3 calls" in words(app)
