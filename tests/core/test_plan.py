"""What a person chose stays; what was guessed is guessed anew from all files."""

import io
from pathlib import Path

import pytest

from core.errors import ThroughlineError
from core.ingest.mapping import Role
from core.plan import clocks, fingerprint, header_groups, mapping_of, zone_of
from core.service import Service
from core.sessions import EVERYONE, SHARED, Session
from core.settings import Settings

HEADER = "call_id,call_date,rule_id,city\n"
TIE = HEADER + "".join(f"c{day},{day}/{day}/2025,1,Haifa\n" for day in range(1, 5)) + "c5,3/1/2025,1,Eilat\n"
MONTH_FIRST = HEADER + "".join(f"d{day},1/{day}/2025,1,Haifa\n" for day in range(13, 29))


@pytest.fixture
def made(tmp_path: Path) -> tuple[Service, Session]:
    service = Service(Settings(home=tmp_path / "home"))
    session = service.create([("tie.csv", io.BytesIO(TIE.encode()))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    return service, service.runner.wait(session.id)


def date_format(session: Session) -> str:
    (group,) = header_groups(session)
    return mapping_of(session, group).date_format


def test_a_later_file_settles_the_dates_of_an_earlier_one(made: tuple[Service, Session]) -> None:
    service, session = made
    assert date_format(session) == "%d/%m/%Y"
    service.add(session.id, [("more.csv", io.BytesIO(MONTH_FIRST.encode()))], by=EVERYONE)
    service.look(session.id, by=EVERYONE)
    assert date_format(service.runner.wait(session.id)) == "%m/%d/%Y"


def test_what_a_person_chose_is_not_guessed_away(made: tuple[Service, Session]) -> None:
    service, session = made
    (group,) = header_groups(session)
    service.set_date_format(session.id, group.key, "%d/%m/%Y", by=EVERYONE)
    service.set_role(session.id, group.key, "city", Role.AGENT, by=EVERYONE)
    service.add(session.id, [("more.csv", io.BytesIO(MONTH_FIRST.encode()))], by=EVERYONE)
    service.look(session.id, by=EVERYONE)
    session = service.runner.wait(session.id)
    (group,) = header_groups(session)
    assert date_format(session) == "%d/%m/%Y"
    assert mapping_of(session, group).roles["city"] is Role.AGENT
    assert mapping_of(session, group).roles["call_id"] is Role.CALL


def test_a_role_can_move_and_move_back(made: tuple[Service, Session]) -> None:
    service, session = made
    (group,) = header_groups(session)
    service.set_role(session.id, group.key, "city", Role.CALL, by=EVERYONE)
    assert mapping_of(service.store.read(session.id), group).column(Role.CALL) == "city"
    session = service.set_role(session.id, group.key, "call_id", Role.CALL, by=EVERYONE)
    mapping = mapping_of(session, group)
    assert (mapping.column(Role.CALL), mapping.roles["city"]) == ("call_id", Role.ATTRIBUTE)


def test_a_date_format_is_remembered_for_the_column_that_it_reads(made: tuple[Service, Session]) -> None:
    service, session = made
    (group,) = header_groups(session)
    service.set_date_format(session.id, group.key, "%m/%d/%Y", by=EVERYONE)
    session = service.set_role(session.id, group.key, "call_date", Role.UNUSED, by=EVERYONE)
    assert date_format(session) == ""
    assert date_format(service.set_role(session.id, group.key, "call_date", Role.TIMESTAMP, by=EVERYONE)) == "%m/%d/%Y"


def test_a_time_zone_is_chosen_for_the_session_and_counts_once_it_is_processed_again(tmp_path: Path) -> None:
    service = Service(Settings(home=tmp_path / "home"))
    text = "call_id,call_date,rule_id\nc1,2025-03-28T23:30:00Z,1\nc1,2025-03-28T23:40:00Z,2\n"
    session = service.create([("log.csv", io.BytesIO(text.encode()))], owner=SHARED)
    service.process(session.id, by=EVERYONE)
    session = service.runner.wait(session.id)
    assert clocks(session, "") == "Times are told in UTC, by the offsets in the files."
    before = fingerprint(session)
    with pytest.raises(ThroughlineError, match="no time zone named"):
        service.set_zone(session.id, "Berlin", by=EVERYONE)
    session = service.set_zone(session.id, "Europe/Berlin", by=EVERYONE)
    assert (zone_of(session), fingerprint(session) == before) == ("Europe/Berlin", False)
    assert service.open(session).about.found.first_day == "2025-03-28", "what was processed stays as it is"
    service.process(session.id, by=EVERYONE)
    log = service.open(service.runner.wait(session.id))
    assert (log.about.zone, log.about.found.first_day) == ("Europe/Berlin", "2025-03-29")
    assert clocks(session, log.about.zone) == "Days and hours are told by the clocks of Europe/Berlin."
    assert zone_of(service.set_zone(session.id, "", by=EVERYONE)) == ""
