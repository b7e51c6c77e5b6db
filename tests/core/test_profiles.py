"""The columns of a session's files, looked at beside its imports: made once, kept apart, gone with the file."""

import io
import os
from collections.abc import Callable

import pytest

from core.errors import NotReady
from core.plan import header_groups, unprofiled
from core.service import Service, is_profiling, is_working
from core.sessions import EVERYONE, SHARED, JobState, Session, Status, bundle

WEATHER = "day,city,rain\n2025-01-01,Haifa,0.5\n2025-01-02,Haifa,\n"
CALLS = "call_id,call_date,rule_id\n1,1/2/2025,10\n1,1/2/2025,11\n2,2/2/2025,10\n"


@pytest.fixture
def looked_at(service: Service) -> Callable[..., Session]:
    def make(*texts: str) -> Session:
        files = [(f"{number}.csv", io.BytesIO(text.encode())) for number, text in enumerate(texts)]
        session = service.create(files, owner=SHARED)
        service.look(session.id, by=EVERYONE)
        return service.runner.wait(session.id)

    return make


def profiled(service: Service, session: Session) -> Session:
    service.profile(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def folders(service: Service, session: Session) -> set[str]:
    folder = service.store.folder(session.id) / "profiles"
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_columns_are_looked_at_beside_the_session_s_own_way(
    service: Service, looked_at: Callable[..., Session]
) -> None:
    before = looked_at(WEATHER, CALLS)
    session = service.profile(before.id, by=EVERYONE)
    assert is_profiling(session)
    assert not is_working(session)
    session = service.runner.wait(session.id)
    assert session.job.state is JobState.DONE
    assert session.status is before.status is Status.RECEIVING
    weather, calls = (service.open_rows(session.id, file.profile) for file in session.files)
    assert weather.page(0, 5)["rain"].tolist()[0] == 0.5
    assert calls.names == ("call_id", "call_date", "rule_id")
    assert service.profile(session.id, by=EVERYONE).version == session.version  # nothing is left to do


def test_an_import_takes_the_place_of_a_profile_and_never_the_other_way_round(
    service: Service, looked_at: Callable[..., Session]
) -> None:
    session = looked_at(CALLS)
    service.profile(session.id, by=EVERYONE)
    service.process(session.id, by=EVERYONE)
    assert service.profile(session.id, by=EVERYONE).job.kind == "build"
    session = service.runner.wait(session.id)
    assert session.status is Status.READY
    service.profile(session.id, by=EVERYONE)
    session = service.cancel(session.id, by=EVERYONE)
    assert (session.status, session.job.state) == (Status.READY, JobState.CANCELLED)


def test_other_dates_make_other_rows(service: Service, looked_at: Callable[..., Session]) -> None:
    session = profiled(service, looked_at(CALLS))
    first = folders(service, session)
    (group,) = header_groups(session)
    session = service.set_date_format(session.id, group.key, "%m/%d/%Y", by=EVERYONE)
    assert unprofiled(session)
    session = profiled(service, session)
    days = service.open_rows(session.id, session.files[0].profile).page(0, 3)["call_date"]
    assert [day.month for day in days] == [1, 1, 2]
    assert folders(service, session) - first == {session.files[0].profile}


def test_rows_go_with_their_file_and_stay_with_a_copy(service: Service, looked_at: Callable[..., Session]) -> None:
    session = profiled(service, looked_at(WEATHER, CALLS))
    copied = service.copy(session.id, by=EVERYONE, owner=SHARED)
    gone, kept = session.files
    session = service.remove_file(session.id, gone.id, by=EVERYONE)
    assert folders(service, session) == {kept.profile}
    assert folders(service, copied) == {gone.profile, kept.profile}
    assert service.open_rows(copied.id, gone.profile).profile.rows == 2
    assert not unprofiled(copied)
    again, _ = bundle.unpack(service.store, io.BytesIO(b"".join(bundle.pack(service.store, copied))), owner=SHARED)
    assert [file.profile for file in again.files] == ["", ""]
    with pytest.raises(NotReady):
        service.open_rows(again.id, gone.profile)


def test_what_no_record_names_is_swept_and_what_is_lost_is_told(
    service: Service, looked_at: Callable[..., Session]
) -> None:
    session = profiled(service, looked_at(WEATHER))
    profiles = service.store.folder(session.id) / "profiles"
    (profiles / ".half.part").mkdir()
    os.utime(profiles / ".half.part", (0, 0))
    assert service.store.sweep().removed == (".half.part",)
    (profiles / session.files[0].profile).rename(profiles.parent / "elsewhere")
    assert [one.detail for one in service.store.check()] == [
        f"the profile of the upload {session.files[0].id} is missing"
    ]
    (profiles.parent / "elsewhere").rename(profiles / session.files[0].profile)
