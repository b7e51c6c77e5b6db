import hashlib
import re
import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ThroughlineError
from core.files import make_folder
from core.sessions import EVERYONE, SHARED, Keyring, Visitor
from core.sessions.owners import hashed, signed_in

KEYRING = Keyring(bytes(range(32)))
SECRET = KEYRING.issue()
LATER = 3600.0


def twisted(secret):
    """Whatever is almost the secret: `name -> text`."""
    drawn, mac = secret.split(".")
    other_drawn, other_mac = KEYRING.issue().split(".")
    return {
        "empty": "",
        "a dot": ".",
        "half": drawn,
        "a half and a dot": f"{drawn}.",
        "the mac alone": f".{mac}",
        "turned round": f"{mac}.{drawn}",
        "the mac of another": f"{drawn}.{other_mac}",
        "the draw of another": f"{other_drawn}.{mac}",
        "twice": secret + secret,
        "twice with a dot": f"{secret}.{mac}",
        "a dot in front": f".{secret}",
        "a dot behind": f"{secret}.",
        "two dots": f"{drawn}..{mac}",
        "a blank in front": f" {secret}",
        "a blank behind": f"{secret} ",
        "a line end": f"{secret}\n",
        "NUL": f"{secret}\0",
        "upper case": secret.upper(),
        "lower case": secret.lower(),
        "padding": f"{secret}=",
        "quoted": f'"{secret}"',
        "10,000 letters": "x" * 10_000,
        "10,000 letters behind": secret + "x" * 10_000,
        "10,000 dots": "." * 10_000,
        "full width": "".join(chr(ord(one) + 0xFEE0) for one in secret),
        "an Arabic digit": f"{drawn}.{mac[:-1]}١",
        "half a surrogate": f"{drawn}.{mac}\udcff",
        "half surrogates alone": "\udcff.\udcff",
        "Hebrew": "סוד.סוד",
    }


# The key


def test_the_key_is_made_once_and_is_nobody_elses_to_read(home):
    first = Keyring.at(home)
    kept = (home / "key").read_bytes()
    second = Keyring.at(home)
    assert first == second
    assert (home / "key").read_bytes() == kept == first.key
    assert len(set(kept)) > 8
    assert len(kept) == 32
    assert [stat.S_IMODE(one.stat().st_mode) for one in (home, home / "key")] == [0o700, 0o600]
    assert {path.name for path in home.iterdir()} == {"key", "key.lock"}


def test_the_key_is_not_shown_where_a_keyring_is_printed(home):
    keyring = Keyring.at(home)
    assert repr(keyring.key) not in repr(keyring)
    assert str(keyring) == repr(keyring) == "Keyring()"


def test_threads_that_race_to_make_the_key_have_the_same_one(home):
    ready, found = threading.Barrier(16), []

    def make():
        ready.wait()
        found.append(Keyring.at(home))

    threads = [threading.Thread(target=make) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Keyring.at(home)] * 16


def test_processes_that_race_to_make_the_key_recognise_each_others_secrets(home, write):
    makers = [write("at_once", "issue") for _ in range(4)]
    assert [maker.stdout.read(1) for maker in makers] == ["."] * 4
    for maker in makers:
        maker.stdin.close()
    secrets = [maker.stdout.read() for maker in makers]
    assert [maker.wait() for maker in makers] == [0] * 4
    keyring = Keyring.at(home)
    owners = [keyring.owner(secret) for secret in secrets]
    assert None not in owners
    assert len({owner.key for owner in owners}) == 4


@pytest.mark.parametrize("left", [b"", b"x", bytes(15)])
def test_with_a_key_that_was_cut_off_no_secret_can_be_made_up(home, left):
    Keyring.at(home)
    (home / "key").write_bytes(left)
    try:
        keyring = Keyring.at(home)
    except ThroughlineError:
        return
    assert keyring.owner(Keyring(left).issue()) is None


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_a_key_that_is_no_plain_file_is_not_used(home, tmp_path, kind):
    make_folder(home)
    (tmp_path / "elsewhere").write_bytes(bytes(32))
    (home / "key").symlink_to(tmp_path / "elsewhere") if kind == "link" else (home / "key").mkdir()
    with pytest.raises(ThroughlineError) as caught:
        Keyring.at(home)
    assert str(home) not in str(caught.value)


def test_two_servers_have_two_cookies_and_do_not_know_each_others_visitors(tmp_path):
    one, other = Keyring.at(tmp_path / "one"), Keyring.at(tmp_path / "other")
    assert one.name != other.name
    assert other.owner(one.issue()) is None
    assert one.owner(other.issue()) is None
    assert not other.admits(one.ticket("read", LATER), "read")


def test_the_cookies_name_stays_and_is_one_that_a_cookie_may_have(home):
    name = Keyring.at(home).name
    assert re.fullmatch(r"throughline_[a-z0-9]{8}", name)
    assert Keyring.at(home).name == name


# Secrets


def test_a_secret_is_known_to_every_process_on_the_same_home(home):
    secret = Keyring.at(home).issue()
    assert Keyring.at(home).owner(secret) == Keyring.at(home).owner(secret) is not None


def test_a_secret_holds_256_random_bits_and_is_never_given_twice(home):
    keyring = Keyring.at(home)
    secrets = {keyring.issue() for _ in range(1000)}
    assert len(secrets) == len({keyring.owner(secret) for secret in secrets}) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}", secret) for secret in secrets)  # 43 * 6 >= 256


def test_the_name_of_an_owner_is_a_hash_and_tells_nothing_of_the_secret():
    for _ in range(100):
        secret = KEYRING.issue()
        key = KEYRING.owner(secret).key
        assert key == "browser:" + hashlib.sha256(secret.split(".")[0].encode()).hexdigest()
        assert not any(secret[start : start + 8] in key for start in range(len(secret) - 7))


@pytest.mark.parametrize("name", twisted(SECRET))
def test_what_is_almost_a_secret_is_none(name):
    assert KEYRING.owner(twisted(SECRET)[name]) is None


def test_a_secret_with_one_letter_changed_or_missing_is_none():
    for place in range(len(SECRET)):
        for letter in "A_-0.=":
            changed = SECRET[:place] + letter + SECRET[place + 1 :]
            assert changed == SECRET or KEYRING.owner(changed) is None
        assert KEYRING.owner(SECRET[:place] + SECRET[place + 1 :]) is None
        assert KEYRING.owner(SECRET[:place]) is None
    assert KEYRING.owner(SECRET) is not None


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_that_was_not_issued_is_a_secret_or_a_ticket(text):
    assert KEYRING.owner(text) is None
    assert not KEYRING.admits(text, "read")


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_two_texts_with_a_dot_between_are_no_secret(drawn, mac):
    assert KEYRING.owner(f"{drawn}.{mac}") is None


def test_a_ticket_is_no_secret_and_a_secret_no_ticket():
    assert KEYRING.owner(KEYRING.ticket("owner", LATER)) is None
    assert not KEYRING.admits(SECRET, "")
    assert not KEYRING.admits(SECRET, "owner")


# Tickets


@pytest.mark.parametrize("purpose", ["read", "", "a:b", "download:x:", "קריאה", "x" * 10_000])
def test_a_ticket_admits_its_purpose_and_no_other(purpose):
    ticket = KEYRING.ticket(purpose, LATER)
    assert KEYRING.admits(ticket, purpose)
    for other in ("write", f"{purpose} ", f" {purpose}", f"{purpose}:", f":{purpose}", purpose[:-1] + "?"):
        assert not KEYRING.admits(ticket, other)


@pytest.mark.parametrize("seconds", [-1, -2, -LATER, -1e9])
def test_a_ticket_that_has_run_out_admits_nothing(seconds):
    assert not KEYRING.admits(KEYRING.ticket("read", seconds), "read")


def test_nobody_can_lengthen_a_tickets_life():
    until, mac = KEYRING.ticket("read", -LATER).split(".")
    for changed in (
        f"{int(until) + 100_000}",
        f"{until}0",
        f"9{until}",
        f"{until}:read",
        "9" * 5000,
        "inf",
        "1e99",
        "",
    ):
        assert not KEYRING.admits(f"{changed}.{mac}", "read")


@pytest.mark.parametrize(("purpose", "asked"), [("a:b", "b"), ("a:b:c", "c"), ("1:b", "b"), (":b", "b"), ("a:", "")])
def test_a_ticket_is_not_taken_for_one_whose_purpose_ends_alike(purpose, asked):
    until, mac = KEYRING.ticket(purpose, LATER).split(".")
    start = purpose.removesuffix(asked).removesuffix(":")
    assert not KEYRING.admits(f"{until}:{start}.{mac}", asked)


@pytest.mark.parametrize("name", twisted(KEYRING.ticket("read", LATER)))
def test_what_is_almost_a_ticket_admits_nothing(name):
    ticket = KEYRING.ticket("read", LATER)
    assert not KEYRING.admits(twisted(ticket)[name], "read")


def test_a_ticket_with_one_letter_changed_or_missing_admits_nothing():
    ticket = KEYRING.ticket("read", LATER)
    for place in range(len(ticket)):
        for letter in "A_-0.=":
            changed = ticket[:place] + letter + ticket[place + 1 :]
            assert changed == ticket or not KEYRING.admits(changed, "read")
        assert not KEYRING.admits(ticket[:place] + ticket[place + 1 :], "read")


# Whose a session is


def test_a_visitor_owns_what_is_under_their_keys_and_what_is_nobodys():
    visitor = Visitor(frozenset({"browser:a", "user:b"}), share="c")
    owned = {one for one in ("browser:a", "user:b", "shared", "browser:c", "c", "", "browser:") if visitor.owns(one)}
    assert owned == {"browser:a", "user:b", "shared"}


def test_whoever_has_no_keys_owns_only_what_is_nobodys():
    assert [Visitor().owns(one) for one in (SHARED.key, "", "browser:a")] == [True, False, False]


def test_a_trusted_team_owns_everything():
    assert all(EVERYONE.owns(one) for one in ("", "shared", "browser:a", "user:b"))


def test_a_user_is_the_same_wherever_they_sign_in_and_another_at_another_provider():
    one = signed_in("https://id.example", "7")
    assert one == signed_in("https://id.example", "7")
    others = [
        signed_in("https://id.example", "8"),
        signed_in("https://id.example", "77"),
        signed_in("https://other.example", "7"),
        signed_in("", "7"),
        signed_in("https://id.example7", ""),
    ]
    assert len({one.key, *(other.key for other in others)}) == 6
    assert re.fullmatch(r"user:[0-9a-f]{64}", one.key)


def test_a_provider_and_a_name_are_not_taken_for_others_that_read_alike():
    assert signed_in("a\nb", "c") != signed_in("a", "b\nc")


def test_a_signed_in_user_is_no_browser():
    for _ in range(10):
        drawn = KEYRING.issue().split(".")[0]
        assert signed_in("", drawn).key != f"browser:{hashed(drawn)}"
        assert not Visitor(frozenset({signed_in("", drawn).key})).owns(f"browser:{hashed(drawn)}")
