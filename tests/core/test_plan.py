"""What a person chose stays; what was guessed is guessed anew from all files."""

import io
from pathlib import Path

import pytest

from core.ingest.mapping import Role
from core.plan import header_groups, mapping_of
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
