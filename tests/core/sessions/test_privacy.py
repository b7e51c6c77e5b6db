import inspect
import io
import stat
from datetime import timedelta

import pytest

from core.errors import SessionDamaged, SessionNotFound, SessionReadOnly, SessionTooNew
from core.ingest.facts import Wish
from core.ingest.mapping import Content, Role
from core.service import Service
from core.sessions import EVERYONE, SHARED, Owner, Place, SessionStore, Visitor, shares, uploads, utc_now
from core.settings import Settings

leaves_damage = pytest.mark.leaves_damage
ANNA = Owner("browser:anna")
BY_ANNA = Visitor(frozenset({ANNA.key}))
UNKNOWN = "11111111-1111-4111-8111-111111111111"

STRANGERS = {
    "another browser": Visitor(frozenset({"browser:bert", "user:bert"})),
    "nobody": Visitor(),
    "with a made-up link": Visitor(frozenset({"browser:bert"}), share="0" * 64),
    "who names the owner as a link": Visitor(share=ANNA.key),
    "with a part of the owner's name": Visitor(frozenset({"browser:", "anna", "browser:ann", "browser:anna2", "*"})),
    "with an empty name": Visitor(frozenset({""})),
}

PLACE = Place(page="overview", name="kept")

# Name -> what it does with a session's id, for a visitor.
STORE = {
    "get": lambda store, session_id, by: store.get(session_id, by=by),
    "peek": lambda store, session_id, by: store.peek(session_id, by=by),
    "owned": lambda store, session_id, by: store.owned(session_id, by=by),
    "restore": lambda store, session_id, by: store.restore(session_id, by=by),
    "purge": lambda store, session_id, by: store.purge(session_id, by=by),
}
LISTS = {"list_sessions", "list_discarded"}
SERVICE = {
    "add": lambda service, session_id, by: service.add(session_id, [("b.csv", io.BytesIO(b"b"))], by=by),
    "look": lambda service, session_id, by: service.look(session_id, by=by),
    "process": lambda service, session_id, by: service.process(session_id, by=by),
    "cancel": lambda service, session_id, by: service.cancel(session_id, by=by),
    "remove_file": lambda service, session_id, by: service.remove_file(session_id, "f" * 32, by=by),
    "rename": lambda service, session_id, by: service.rename(session_id, "Bert's", by=by),
    "discard": lambda service, session_id, by: service.discard(session_id, by=by),
    "delete": lambda service, session_id, by: service.delete(session_id, by=by),
    "restore": lambda service, session_id, by: service.restore(session_id, by=by),
    "copy": lambda service, session_id, by: service.copy(session_id, by=by, owner=Owner("browser:bert")),
    "share": lambda service, session_id, by: service.share(session_id, by=by),
    "revoke": lambda service, session_id, by: service.revoke(session_id, "0" * 64, by=by),
    "stand": lambda service, session_id, by: service.stand(session_id, PLACE, by=by),
    "save_view": lambda service, session_id, by: service.save_view(session_id, PLACE, by=by),
    "drop_view": lambda service, session_id, by: service.drop_view(session_id, "kept", by=by),
    "set_role": lambda service, session_id, by: service.set_role(session_id, "key", "a", Role.CALL, by=by),
    "set_column_roles": lambda service, session_id, by: service.set_column_roles(
        session_id, "key", {"a": Role.CALL}, by=by
    ),
    "set_content": lambda service, session_id, by: service.set_content(session_id, "key", Content.MENU, by=by),
    "forget_choices": lambda service, session_id, by: service.forget_choices(session_id, "key", by=by),
    "set_date_format": lambda service, session_id, by: service.set_date_format(session_id, "key", "%Y", by=by),
    "set_zone": lambda service, session_id, by: service.set_zone(session_id, "UTC", by=by),
    "set_roles": lambda service, session_id, by: service.set_roles(session_id, {}, by=by),
    "set_pseudonyms": lambda service, session_id, by: service.set_pseudonyms(session_id, "key", {"a": True}, by=by),
    "hide": lambda service, session_id, by: service.hide(session_id, ["a"], ["b"], by=by),
    "forget_uploads": lambda service, session_id, by: service.forget_uploads(session_id, by=by),
    "choose_part": lambda service, session_id, by: service.choose_part(session_id, "f" * 32, "Sheet 1", by=by),
    "choose_writing": lambda service, session_id, by: service.choose_writing(session_id, "f" * 32, Wish(), by=by),
    "profile": lambda service, session_id, by: service.profile(session_id, by=by),
}
ELSEWHERE = {"take"}
"""What begins with the uploads of a visitor rather than with a session, and is tried with these."""
ACTIONS = {
    **{f"store.{name}": lambda service, *given, do=do: do(service.store, *given) for name, do in STORE.items()},
    **{f"service.{name}": do for name, do in SERVICE.items()},
}
CHANGES = {*ACTIONS} - {"store.get", "store.peek", "service.copy"}
TAKES_DELETED = {"store.restore", "store.purge", "service.restore"}
DELETES = {"service.discard", "service.delete"}

every_action = pytest.mark.parametrize("action", ACTIONS)
every_stranger = pytest.mark.parametrize("stranger", STRANGERS)


@pytest.fixture
def session(service):
    """A session of Anna's with a file, a saved place, a name and a link."""
    made = service.create([("calls.csv", io.BytesIO(b"1,2\n"))], owner=ANNA, name="Anna's private name")
    service.save_view(made.id, Place(page="paths", name="kept"), by=BY_ANNA)
    service.share(made.id, by=BY_ANNA)
    return service.store.read(made.id)


def answer(action, service, session_id, by):
    """The type and the words of the refusal, without what it came from."""
    with pytest.raises(Exception) as caught:
        ACTIONS[action](service, session_id, by)
    error = caught.value
    return type(error), str(error), error.args, vars(error)


def never(action, service, by):
    """What is answered for a session that never was."""
    return answer(action, service, UNKNOWN, by)


def snapshot(home):
    """Every path below `home` with what it is and holds, and when it was changed."""
    return {
        str(path.relative_to(home)): (
            path.read_bytes() if path.is_file() else stat.S_IFMT(path.lstat().st_mode),
            path.lstat().st_mtime_ns if path.is_file() else 0,
        )
        for path in sorted(home.rglob("*"))
    }


def cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def made_newer(path):
    # The checksum is BLAKE2b of "3:{}", 16 bytes long.
    path.write_bytes(b'{"schema":3,"checksum":"5e5d6abf2f630d205060513b0e874080","length":2,"record":{}}')


def made_a_folder(path):
    path.unlink()
    path.mkdir()


def later(home, **how_much):
    """Throughline as it is seen from the future."""
    service = Service(Settings(home=home))
    service.store = SessionStore(home, now=lambda: utc_now() + timedelta(**how_much))
    return service


def test_everything_that_asks_by_whom_it_is_done_is_tried_here():
    def asking(kind):
        methods = inspect.getmembers(kind, inspect.isfunction)
        return {name for name, one in methods if "by" in inspect.signature(one).parameters and not name.startswith("_")}

    assert asking(SessionStore) == {*STORE} | LISTS
    assert asking(Service) == {*SERVICE} | ELSEWHERE


@every_action
@every_stranger
def test_a_stranger_with_the_id_gets_the_answer_for_a_session_that_never_was(service, session, home, action, stranger):
    by = STRANGERS[stranger]
    before = snapshot(home)
    assert answer(action, service, session.id, by) == never(action, service, by)
    assert answer(action, service, session.id, by)[0] is SessionNotFound
    assert snapshot(home) == before


@every_action
def test_the_answer_names_nothing_that_was_asked_for(service, session, action):
    _, text, args, attributes = answer(action, service, session.id, Visitor())
    for private in (session.id, session.name, ANNA.key, "calls.csv", session.shares[0].hash):
        assert private not in f"{text} {args} {attributes}"


@leaves_damage
@every_action
@pytest.mark.parametrize("damage", [cut, made_newer, made_a_folder])
def test_a_stranger_is_not_told_that_a_session_is_damaged(service, session, home, action, damage):
    damage(service.store.folder(session.id) / "session.json")
    by = STRANGERS["another browser"]
    before = snapshot(home)
    assert answer(action, service, session.id, by) == never(action, service, by)
    assert snapshot(home) == before


@leaves_damage
@pytest.mark.parametrize("action", sorted({*ACTIONS} - TAKES_DELETED - DELETES))
@pytest.mark.parametrize(("damage", "told"), [(cut, SessionDamaged), (made_newer, SessionTooNew)])
def test_the_owner_is_told_that_a_session_is_damaged(service, session, home, action, damage, told):
    damage(service.store.folder(session.id) / "session.json")
    before = snapshot(home)
    for by in (BY_ANNA, EVERYONE):
        found, text, *_ = answer(action, service, session.id, by)
        assert (found, str(home) in text) == (told, False)
    assert snapshot(home) == before


@leaves_damage
@pytest.mark.parametrize("action", sorted(DELETES))
@pytest.mark.parametrize("damage", [cut, made_newer, made_a_folder])
def test_the_owner_can_delete_a_damaged_session(service, session, action, damage):
    damage(service.store.folder(session.id) / "session.json")
    ACTIONS[action](service, session.id, BY_ANNA)
    assert not service.store.folder(session.id).exists()
    assert service.store.list_sessions(by=EVERYONE) == []


@leaves_damage
def test_a_damaged_session_whose_owner_cannot_be_read_is_nobodys_but_the_teams(service, session):
    for name in ("session.json", ".owner"):
        cut(service.store.folder(session.id) / name)
    for by in (BY_ANNA, STRANGERS["another browser"], STRANGERS["nobody"]):
        assert answer("store.get", service, session.id, by) == never("store.get", service, by)
        assert service.store.list_sessions(by=by) == []
    with pytest.raises(SessionDamaged):
        service.store.get(session.id, by=EVERYONE)
    assert [one.damaged for one in service.store.list_sessions(by=EVERYONE)] == [True]


@every_action
@pytest.mark.parametrize("by", [BY_ANNA, *STRANGERS.values()], ids=["its owner", *STRANGERS])
def test_an_expired_session_is_as_one_that_never_was_even_for_its_owner(service, session, home, action, by):
    future = later(home, days=91)
    before = snapshot(home)
    assert answer(action, future, session.id, by) == never(action, future, by)
    assert snapshot(home) == before


@every_action
@every_stranger
def test_a_deleted_session_is_as_one_that_never_was(service, session, home, action, stranger):
    by = STRANGERS[stranger]
    service.discard(session.id, by=BY_ANNA)
    before = snapshot(home)
    assert answer(action, service, session.id, by) == never(action, service, by)
    assert snapshot(home) == before
    service.restore(session.id, by=BY_ANNA)
    assert service.store.get(session.id, by=BY_ANNA).views == session.views


@pytest.mark.parametrize("action", sorted(CHANGES - TAKES_DELETED))
def test_who_comes_by_a_link_changes_nothing_and_is_told_why(service, session, home, action):
    by = Visitor(frozenset({"browser:bert"}), share=session.shares[0].hash)
    before = snapshot(home)
    found, text, *_ = answer(action, service, session.id, by)
    assert found is SessionReadOnly
    assert text.startswith("This session is shared with you to read")
    assert snapshot(home) == before


@pytest.mark.parametrize("action", sorted(TAKES_DELETED))
def test_who_comes_by_a_link_brings_nothing_back_and_purges_nothing(service, session, home, action):
    by = Visitor(share=session.shares[0].hash)
    service.discard(session.id, by=BY_ANNA)
    before = snapshot(home)
    assert answer(action, service, session.id, by) == never(action, service, by)
    assert snapshot(home) == before


@pytest.mark.parametrize("action", ["store.get", "store.peek"])
def test_who_comes_by_a_link_is_not_shown_it_once_it_is_taken_back(service, session, action):
    by = Visitor(share=session.shares[0].hash)
    assert ACTIONS[action](service, session.id, by).id == session.id
    service.revoke(session.id, session.shares[0].hash, by=BY_ANNA)
    assert answer(action, service, session.id, by) == never(action, service, by)


# Lists


def listed(store, by):
    return {(one.name, one.damaged) for one in store.list_sessions(by=by)}


def test_everyone_sees_their_own_and_what_is_nobodys(store):
    for name, owner in (("Anna's", ANNA), ("Bert's", Owner("browser:bert")), ("nobody's", SHARED)):
        store.create(name, owner=owner)
    assert listed(store, BY_ANNA) == {("Anna's", False), ("nobody's", False)}
    assert listed(store, Visitor(frozenset({"browser:bert"}))) == {("Bert's", False), ("nobody's", False)}
    both = Visitor(frozenset({ANNA.key, "browser:bert"}))
    assert listed(store, both) == {("Anna's", False), ("Bert's", False), ("nobody's", False)}
    assert listed(store, Visitor()) == {("nobody's", False)}
    assert len(listed(store, EVERYONE)) == 3


@leaves_damage
@pytest.mark.parametrize("damage", [cut, made_newer, made_a_folder])
def test_a_damaged_session_is_listed_for_its_owner_and_the_team_only(store, damage):
    made = store.create("Anna's", owner=ANNA)
    assert len(listed(store, EVERYONE)) == 1
    damage(store.folder(made.id) / "session.json")
    for fresh in (store, SessionStore(store.folder(made.id).parent.parent)):
        for by in (BY_ANNA, EVERYONE):
            assert [(one.id, one.owner, one.damaged) for one in fresh.list_sessions(by=by)] == [
                (made.id, ANNA.key, True)
            ]
        assert all(fresh.list_sessions(by=by) == [] for by in STRANGERS.values())


@leaves_damage
def test_a_damaged_session_of_nobody_is_listed_for_all(store):
    made = store.create("nobody's", owner=SHARED)
    cut(store.folder(made.id) / "session.json")
    assert all([one.id for one in store.list_sessions(by=by)] == [made.id] for by in STRANGERS.values())
    with pytest.raises(SessionDamaged):
        store.get(made.id, by=Visitor())


@leaves_damage
def test_what_was_deleted_is_listed_for_its_owner_only_also_when_it_is_damaged(store):
    whole, hurt = store.create("whole", owner=ANNA), store.create("hurt", owner=ANNA)
    cut(store.folder(hurt.id) / "session.json")
    for one in (whole, hurt):
        store.discard(one.id)
    for by in (BY_ANNA, EVERYONE):
        assert {(one.id, one.damaged) for one in store.list_discarded(by=by)} == {(whole.id, False), (hurt.id, True)}
        assert store.list_sessions(by=by) == []
    assert all(store.list_discarded(by=by) == [] for by in STRANGERS.values())


def test_a_copy_made_by_link_does_not_make_the_original_anyones(service, session):
    by = Visitor(frozenset({"browser:bert"}), share=session.shares[0].hash)
    copy = service.copy(session.id, by=by, owner=Owner("browser:bert"))
    assert [one.id for one in service.store.list_sessions(by=by)] == [copy.id]
    assert [one.id for one in service.store.list_sessions(by=BY_ANNA)] == [session.id]
    service.delete(copy.id, by=by)
    (file,) = service.store.get(session.id, by=BY_ANNA).files
    assert uploads.path_of(service.store, session.id, file).read_bytes() == b"1,2\n"


def test_a_link_made_by_a_stranger_for_a_session_of_theirs_opens_nobody_elses(service, session):
    bert = Visitor(frozenset({"browser:bert"}))
    own = service.create([("b.csv", io.BytesIO(b"b"))], owner=Owner("browser:bert"))
    token = service.share(own.id, by=bert)
    _, found = shares.read_token(token)
    by = Visitor(share=found)
    assert service.store.get(own.id, by=by).id == own.id
    assert answer("store.get", service, session.id, by) == never("store.get", service, by)
