"""What an owner chose for a header is where their next session begins, and nobody else's."""

import io
import stat
from pathlib import Path

import pytest

from core.habits import MOST_BYTES, MOST_OWNERS
from core.ingest.mapping import Content, Role, key_of
from core.plan import choices, header_groups, mapping_of
from core.service import Service
from core.sessions import EVERYONE, SHARED, Owner, Session
from core.settings import Access, Settings

MINE, YOURS = Owner("browser:1"), Owner("browser:2")
HEADER = "call_id,call_date,rule_id,city\n"
TIE = HEADER + "".join(f"c{day},{day}/{day}/2025,1,Haifa\n" for day in range(1, 5)) + "c5,3/1/2025,1,Eilat\n"
OTHER = HEADER + "d1,2/1/2025,1,Jaffa\nd2,2/2/2025,2,Jaffa\n"
MONTH_FIRST = HEADER + "".join(f"d{day},1/{day}/2025,1,Haifa\n" for day in range(13, 29))
KEY = key_of(HEADER.strip().split(","))


def looked_at(service: Service, text: str, owner: Owner = MINE) -> Session:
    session = service.create([("log.csv", io.BytesIO(text.encode()))], owner=owner)
    service.look(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def told(session: Session) -> tuple[str, dict[str, str]]:
    """The date format and the roles, column -> role."""
    (group,) = header_groups(session)
    mapping = mapping_of(session, group)
    return mapping.date_format, {name: role.value for name, role in mapping.roles.items()}


def chosen(service: Service, owner: Owner = MINE) -> Session:
    """A session in which its owner chose the agent, and month first."""
    session = looked_at(service, TIE, owner)
    service.set_role(session.id, KEY, "city", Role.AGENT, by=EVERYONE)
    return service.set_date_format(session.id, KEY, "%m/%d/%Y", by=EVERYONE)


def test_a_later_session_of_the_same_owner_begins_with_what_was_chosen(service: Service) -> None:
    assert told(chosen(service)) == ("%m/%d/%Y", told(looked_at(service, OTHER))[1])
    later = looked_at(service, OTHER)
    assert (told(later)[0], told(later)[1]["city"]) == ("%m/%d/%Y", "agent")
    found = choices(later, KEY)
    assert found.roles == {} and found.before is not None, "it is known that this was chosen another time"


def test_what_was_chosen_is_nobody_elses(service: Service) -> None:
    chosen(service)
    for other in (YOURS, SHARED):
        session = looked_at(service, OTHER, other)
        assert told(session)[1]["city"] == "attribute"
        assert KEY not in session.plan


def test_sessions_of_nobody_have_no_habits_but_in_one_team(home: Path) -> None:
    service = Service(Settings(home=home))
    chosen(service, SHARED)
    assert told(looked_at(service, OTHER, SHARED))[1]["city"] == "attribute"
    team = Service(Settings(home=home, access=Access.SHARED))
    chosen(team, SHARED)
    assert told(looked_at(team, OTHER, SHARED))[1]["city"] == "agent"


def test_choosing_differently_overwrites_and_guessing_forgets(service: Service) -> None:
    chosen(service)
    second = looked_at(service, OTHER)
    service.set_role(second.id, KEY, "city", Role.CUSTOMER, by=EVERYONE)
    third = looked_at(service, OTHER)
    assert (told(third)[0], told(third)[1]["city"]) == ("%m/%d/%Y", "customer")
    forgotten = service.forget_choices(third.id, KEY, by=EVERYONE)
    assert told(forgotten)[1]["city"] == "attribute"
    assert told(looked_at(service, OTHER))[1]["city"] == "attribute"
    assert told(service.store.read(second.id))[1]["city"] == "customer", "a session keeps what was chosen in it"


def test_what_a_file_holds_is_remembered_too(service: Service) -> None:
    session = looked_at(service, "rule_id,rule_text\n1,Main\n2,Prices\n")
    (group,) = header_groups(session)
    assert mapping_of(session, group).content is Content.MENU
    service.set_content(session.id, group.key, Content.CALLS, by=EVERYONE)
    later = looked_at(service, "rule_id,rule_text\n1,Main\n3,Hours\n")
    assert mapping_of(later, *header_groups(later)).content is Content.CALLS


def test_a_remembered_date_format_does_not_go_against_dates_that_tell_it_themselves(service: Service) -> None:
    session = looked_at(service, TIE)
    service.set_date_format(session.id, KEY, "%d/%m/%Y", by=EVERYONE)
    assert told(looked_at(service, OTHER))[0] == "%d/%m/%Y"
    assert told(looked_at(service, MONTH_FIRST))[0] == "%m/%d/%Y"


def test_a_session_that_is_under_way_is_not_changed_from_outside(service: Service) -> None:
    session = looked_at(service, TIE)
    chosen(service)
    service.add(session.id, [("more.csv", io.BytesIO(MONTH_FIRST.encode()))], by=EVERYONE)
    service.look(session.id, by=EVERYONE)
    assert told(service.runner.wait(session.id))[1]["city"] == "attribute"


def test_an_import_without_a_look_begins_with_what_was_chosen_and_is_up_to_date(service: Service) -> None:
    chosen(service)
    session = service.create([("log.csv", io.BytesIO(OTHER.encode()))], owner=MINE)
    service.process(session.id, by=EVERYONE)
    session = service.runner.wait(session.id)
    assert service.open(session).row("SELECT count(agent) FROM calls") == (2,)


def test_no_name_and_no_value_is_kept_and_the_file_is_nobody_elses_to_read(service: Service, home: Path) -> None:
    chosen(service)
    (file,) = (home / "choices").glob("*.json")
    text = file.read_text()
    assert "city" not in text and "Haifa" not in text and MINE.key not in str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_file_is_guessed_anew_and_written_again(service: Service, home: Path) -> None:
    chosen(service)
    (file,) = (home / "choices").glob("*.json")
    file.write_bytes(b'{"x": [' + b"\xff")
    assert told(looked_at(service, OTHER))[1]["city"] == "attribute"
    chosen(service)
    assert told(looked_at(service, OTHER))[1]["city"] == "agent"


def test_the_oldest_choices_go_where_there_are_too_many(service: Service, home: Path) -> None:
    session = chosen(service)
    (file,) = (home / "choices").glob("*.json")
    many = ", ".join(f'"{number}": {{"roles": {{"0": "agent"}}}}' for number in range(MOST_BYTES // 16))
    file.write_text("{" + many + "}")
    service.habits.remember(session, KEY)
    assert file.stat().st_size <= MOST_BYTES
    assert f'"{KEY}"' in file.read_text() and not file.read_text().startswith('{"0":')


def test_the_files_of_too_many_owners_make_room(service: Service, home: Path) -> None:
    (home / "choices").mkdir(mode=0o700)
    for number in range(MOST_OWNERS):
        (home / "choices" / f"{number}.json").write_text("{}")
    chosen(service)
    assert len(list((home / "choices").glob("*.json"))) == MOST_OWNERS
    assert told(looked_at(service, OTHER))[1]["city"] == "agent"


def test_a_disk_that_takes_no_more_does_not_stop_the_choice(service: Service, home: Path) -> None:
    (home / "choices").write_text("a file where the folder should be")
    assert told(chosen(service))[1]["city"] == "agent"
    assert told(looked_at(service, OTHER))[1]["city"] == "attribute"


@pytest.mark.parametrize("header", ["call_id,call_date,city,rule_id\n", "call_id,call_date,rule_id,City\n"])
def test_another_header_is_another_matter(service: Service, header: str) -> None:
    chosen(service)
    session = looked_at(service, header + "c1,1/2/2025,1,2\n")
    assert "agent" not in told(session)[1].values()
