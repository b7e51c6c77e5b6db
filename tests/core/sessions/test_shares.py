import hashlib
import io
import re
import uuid
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LimitExceeded, SessionNotFound, SessionReadOnly
from core.sessions import EVERYONE, Owner, SessionStore, Share, Visitor, bundle, shares, uploads, utc_now

ANNA = Owner("browser:anna")
BY_ANNA = Visitor(frozenset({ANNA.key}))
BERT = Owner("browser:bert")
BY_BERT = Visitor(frozenset({BERT.key}))
UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def session(store):
    return store.create("Anna's", owner=ANNA)


def reader(token, keys=()):
    """Where a link leads, and who comes with it."""
    session_id, found = shares.read_token(token)
    return session_id, Visitor(frozenset(keys), share=found)


def opened(store, token, keys=()):
    session_id, visitor = reader(token, keys)
    return store.get(session_id, by=visitor)


def refusal(action):
    with pytest.raises(SessionNotFound) as caught:
        action()
    return str(caught.value), caught.value.args


def later(home, **how_much):
    """The store as it is seen from the future."""
    return SessionStore(home, now=lambda: utc_now() + timedelta(**how_much))


NEVER = refusal(lambda: (_ for _ in ()).throw(SessionNotFound()))


# What a link opens


@pytest.mark.parametrize("keys", [(), (BERT.key,)])
def test_a_link_opens_its_session_to_read_and_to_nothing_else(store, session, keys):
    token = shares.share(store, session.id)
    session_id, visitor = reader(token, keys)
    assert session_id == session.id
    assert store.get(session_id, by=visitor) == store.peek(session_id, by=visitor) == store.read(session.id)
    with pytest.raises(SessionReadOnly, match="shared with you to read"):
        store.owned(session_id, by=visitor)


def test_a_link_opens_no_other_session_of_the_same_owner(store, session):
    other = store.create("other", owner=ANNA)
    shares.share(store, other.id)
    _, visitor = reader(shares.share(store, session.id))
    assert refusal(lambda: store.get(other.id, by=visitor)) == NEVER
    assert refusal(lambda: store.owned(other.id, by=visitor)) == NEVER


def test_who_comes_by_a_link_finds_nothing_in_the_list(store, session):
    _, visitor = reader(shares.share(store, session.id))
    assert store.list_sessions(by=visitor) == []
    store.discard(session.id)
    assert store.list_discarded(by=visitor) == []
    assert refusal(lambda: store.get(session.id, by=visitor)) == NEVER
    assert refusal(lambda: store.restore(session.id, by=visitor)) == NEVER
    assert refusal(lambda: store.purge(session.id, by=visitor)) == NEVER
    store.restore(session.id, by=BY_ANNA)
    assert store.get(session.id, by=visitor).id == session.id


def test_the_owner_is_not_hindered_by_a_link(store, session):
    token = shares.share(store, session.id)
    assert store.owned(session.id, by=BY_ANNA) == store.owned(session.id, by=EVERYONE)
    session_id, as_reader_too = reader(token, (ANNA.key,))
    assert store.owned(session_id, by=as_reader_too).id == session.id


def test_a_link_gives_none_of_its_owners_rights_even_if_the_names_are_alike(store):
    session = store.create("one", owner=BERT)
    for share in (BERT.key, hashlib.sha256(BERT.key.encode()).hexdigest(), session.id, "shared", ""):
        assert refusal(lambda share=share: store.get(session.id, by=Visitor(share=share))) == NEVER


# When it ends


def test_a_link_that_is_taken_back_opens_nothing_and_the_others_go_on(store, session):
    first, second = shares.share(store, session.id), shares.share(store, session.id)
    revoked = shares.read_token(first)[1]
    after = shares.revoke(store, session.id, revoked)
    assert [one.hash for one in after.shares] == [shares.read_token(second)[1]]
    assert refusal(lambda: opened(store, first)) == NEVER
    assert opened(store, second).id == session.id


def test_taking_back_what_is_no_link_changes_nothing(store, session):
    token = shares.share(store, session.id)
    for unknown in ("", "x", "0" * 64, token):
        shares.revoke(store, session.id, unknown)
    assert opened(store, token).id == session.id


def test_a_link_opens_until_its_very_end(home, session):
    moment = utc_now().replace(microsecond=0)
    made = Share(hash=hashlib.sha256(b"secret").hexdigest(), made=moment, expires=moment + timedelta(hours=1))
    SessionStore(home).update(session.id, lambda now: msgspec.structs.replace(now, shares=(made,)))
    token = uuid.UUID(session.id).hex + "secret"

    def at(seconds):
        return SessionStore(home, now=lambda: moment + timedelta(seconds=seconds))

    assert opened(at(3599), token).id == session.id
    assert refusal(lambda: opened(at(3600), token)) == NEVER
    assert refusal(lambda: opened(at(1e7), token)) == NEVER


def test_a_link_lasts_as_long_as_was_asked_for_or_for_ever(store, session, home):
    short, endless = shares.share(store, session.id, lasts=timedelta(days=7)), shares.share(store, session.id)
    week, ever = store.read(session.id).shares
    assert week.expires - week.made == timedelta(days=7)
    assert ever.expires is None
    assert opened(later(home, days=6, hours=23), short).id == session.id
    assert refusal(lambda: opened(later(home, days=7, hours=1), short)) == NEVER
    assert opened(later(home, days=30), endless).id == session.id


@pytest.mark.parametrize("lasts", [timedelta(0), timedelta(seconds=-1), timedelta(days=-400)])
def test_a_link_for_no_time_at_all_opens_nothing(store, session, lasts):
    token = shares.share(store, session.id, lasts=lasts)
    assert refusal(lambda: opened(store, token)) == NEVER


def test_a_link_to_a_session_that_has_expired_opens_nothing(store, session, home):
    token = shares.share(store, session.id)
    assert opened(later(home, days=89), token).id == session.id
    assert refusal(lambda: opened(later(home, days=89 + 91), token)) == NEVER


def test_a_link_to_a_session_that_is_deleted_opens_nothing(store, session):
    token = shares.share(store, session.id)
    store.delete(session.id)
    assert refusal(lambda: opened(store, token)) == NEVER


@pytest.mark.leaves_damage
def test_a_link_to_a_session_that_is_damaged_opens_nothing(store, session):
    token = shares.share(store, session.id)
    path = store.folder(session.id) / "session.json"
    path.write_bytes(path.read_bytes()[:-9])
    assert refusal(lambda: opened(store, token)) == NEVER


# Tokens

HEX = UNKNOWN.replace("-", "")

NO_TOKENS = [
    "",
    "x",
    "\0",
    "." * 32,
    HEX,
    HEX[:-1] + "s",
    f"{HEX}secret",
    f"{HEX.upper()}secret",
    f"{UNKNOWN}secret",
    f"{{{UNKNOWN}}}secret",
    f"urn:uuid:{UNKNOWN}secret",
    f"0x{HEX[2:]}secret",
    f"+{HEX[1:]}secret",
    f" {HEX} secret",
    f"{HEX[:15]}_{HEX[16:]}secret",
    "1" * 32 + "secret",
    "g" * 32 + "secret",
    "../" * 12 + "secret",
    "x" * 10_000,
    HEX + "x" * 10_000,
    HEX.replace("1", "١") + "secret",
    HEX.replace("1", "１") + "secret",
    f"{HEX}סוד",
    f"{HEX}\udcff",
    "\udcff" * 40,
    f"{HEX}\0",
    f"{HEX}\n",
]


@pytest.mark.parametrize("token", NO_TOKENS, ids=lambda one: ascii(one)[:40])
def test_what_is_no_token_gets_the_same_answer_as_an_unknown_session(store, session, token):
    shares.share(store, session.id)
    assert refusal(lambda: opened(store, token)) == NEVER


def test_every_change_to_a_token_makes_it_none(store, session):
    token = shares.share(store, session.id)
    for place in range(32, len(token)):
        letter = "A" if token[place] != "A" else "B"
        for changed in (token[:place], token[:place] + token[place + 1 :], token[:place] + letter + token[place + 1 :]):
            assert refusal(lambda changed=changed: opened(store, changed)) == NEVER
    for changed in (token + "x", token + " ", token + "\n", " " + token, token + token, token.swapcase()):
        assert refusal(lambda changed=changed: opened(store, changed)) == NEVER
    assert opened(store, token).id == session.id


def test_the_secret_of_one_session_does_not_open_another(store, session):
    other = store.create("other", owner=ANNA)
    token, foreign = shares.share(store, session.id), shares.share(store, other.id)
    for mixed in (token[:32] + foreign[32:], foreign[:32] + token[32:]):
        assert refusal(lambda mixed=mixed: opened(store, mixed)) == NEVER


@given(st.text(st.characters(exclude_categories=())))
def test_reading_a_token_never_fails_in_another_way(token):
    try:
        session_id, found = shares.read_token(token)
    except SessionNotFound:
        return
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", session_id)
    assert re.fullmatch(r"[0-9a-f]{64}", found)


def test_a_token_holds_256_random_bits_and_no_two_are_alike(store, session):
    tokens = [shares.share(store, session.id) for _ in range(50)]
    assert len(set(tokens)) == len({token[32:] for token in tokens}) == 50
    head = uuid.UUID(session.id).hex
    assert all(re.fullmatch(head + r"[A-Za-z0-9_-]{43}", token) for token in tokens)  # 43 * 6 >= 256


def test_only_the_hash_of_a_token_is_kept(store, session, home):
    token = shares.share(store, session.id, lasts=timedelta(days=1))
    secret = token[32:]
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    names = "".join(map(str, home.rglob("*")))
    assert hashlib.sha256(secret.encode()).hexdigest().encode() in kept
    for piece in (secret, secret[:16], secret[16:32], secret[-16:], uuid.UUID(session.id).hex):
        assert piece.encode() not in kept
        assert piece not in names


def test_making_and_using_a_link_writes_nothing_of_it_into_the_log(store, session, home, caplog):
    with caplog.at_level(0):
        token = shares.share(store, session.id)
        opened(store, token)
        revoked = shares.read_token(token)[1]
        shares.revoke(store, session.id, revoked)
        refusal(lambda: opened(store, token))
    assert token[32:] not in caplog.text
    assert revoked not in caplog.text


# Copies


def test_a_copy_of_a_shared_session_is_the_copiers_alone(store, session):
    uploads.receive(store, session.id, "calls.csv", io.BytesIO(b"1,2\n"))
    token = shares.share(store, session.id)
    session_id, visitor = reader(token, (BERT.key,))
    copy = bundle.copy(store, store.get(session_id, by=visitor), owner=BERT, name="mine")
    assert (copy.owner, copy.shares, copy.name) == (BERT.key, (), "mine")
    assert store.owned(copy.id, by=BY_BERT) == copy
    kept = b"".join(path.read_bytes() for path in store.folder(copy.id).rglob("*") if path.is_file())
    for secret in (ANNA.key, shares.read_token(token)[1], token[32:], session.id):
        assert secret.encode() not in kept
    for stranger in (BY_ANNA, Visitor(share=visitor.share)):
        assert refusal(lambda stranger=stranger: store.get(copy.id, by=stranger)) == NEVER
    assert opened(store, token).owner == ANNA.key


def test_a_copy_goes_on_when_the_link_is_taken_back(store, session):
    session_id, visitor = reader(shares.share(store, session.id))
    copy = bundle.copy(store, store.get(session_id, by=visitor), owner=BERT, name="mine")
    shares.revoke(store, session.id, visitor.share)
    store.delete(session.id)
    assert store.owned(copy.id, by=BY_BERT) == copy


# How many


def test_a_session_has_at_most_a_hundred_links_and_those_that_ended_do_not_count(store, session):
    for _ in range(3):
        shares.share(store, session.id, lasts=timedelta(microseconds=1))
    tokens = [shares.share(store, session.id) for _ in range(100)]
    with pytest.raises(LimitExceeded, match=r"^A session has at most 100 links\. Revoke some"):
        shares.share(store, session.id)
    assert [one.hash for one in store.read(session.id).shares] == [shares.read_token(one)[1] for one in tokens]
    shares.revoke(store, session.id, shares.read_token(tokens[0])[1])
    shares.share(store, session.id)
    assert len(store.read(session.id).shares) == 100


def test_a_link_to_a_session_that_is_not_there_is_not_made(store):
    for unknown in (UNKNOWN, "", "../x", "x" * 10_000):
        assert refusal(lambda unknown=unknown: shares.share(store, unknown)) == NEVER
        assert refusal(lambda unknown=unknown: shares.revoke(store, unknown, "0" * 64)) == NEVER


def test_the_list_tells_how_many_links_a_session_has(store, session):
    assert [one.n_shares for one in store.list_sessions(by=BY_ANNA)] == [0]
    tokens = [shares.share(store, session.id) for _ in range(3)]
    assert [one.n_shares for one in store.list_sessions(by=BY_ANNA)] == [3]
    shares.revoke(store, session.id, shares.read_token(tokens[1])[1])
    assert [one.n_shares for one in store.list_sessions(by=BY_ANNA)] == [2]
