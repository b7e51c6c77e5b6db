import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.service import PROJECT, Service
from core.sessions import EVERYONE, SHARED, Status
from core.settings import Settings

CALLS = """call_id,call_date,rule_id,rule_parent_id,rule_text,popUpURL
1,2026-05-01 10:00:00,10,0,Main,NULL
1,2026-05-01 10:00:05,11,10,Prices,
2,2026-05-02 11:00:00,10,0,Main,NULL
2,2026-05-02 11:00:09,12,10,=Hours,https://example.com/hours
3,2026-05-02 12:00:00,10,0,Main,NULL
,2026-05-02 12:00:00,,10,neither a call nor a menu item,
NULL,NULL,13,10,Fax,
4,2026-05-03 09:00:00,10
"""
FOREIGN = "Wer;Wann;Taste\nx;31.05.2026;1\nx;31.05.2026;2\ny;01.06.2026;1\n"
SAMPLE = PROJECT / "sample_data" / "clinic_helpline.csv"
UNKNOWN = "11111111-1111-4111-8111-111111111111"


class Core:
    """`python -m core` on a home."""

    def __init__(self, home, **environment):
        self.home = home
        self.environment = {**os.environ, "THROUGHLINE_HOME": str(home), **environment}

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "core", *map(os.fsencode, arguments)],
            cwd=PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *arguments, code=0):
        """What the command printed, and what it told on the standard error."""
        process = self.start(*arguments)
        printed, told = process.communicate()
        assert process.returncode == code, told.decode()
        assert b"Traceback" not in told
        return printed.decode(), told.decode()

    def json(self, *arguments):
        return json.loads(self(*arguments, "--json")[0])


@pytest.fixture
def core(home):
    return Core(home)


@pytest.fixture
def folder(tmp_path):
    """Files to import."""
    (tmp_path / "may.csv").write_text(CALLS)
    (tmp_path / "fremd.csv").write_text(FOREIGN)
    (tmp_path / "empty.csv").write_text("")
    return tmp_path


@pytest.fixture
def session_id(service):
    """A session that was received and not processed."""
    return service.create([("may.csv", io.BytesIO(CALLS.encode()))], owner=SHARED).id


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A home with one session that is ready, for tests that only look at it; and what the import printed."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "may.csv").write_text(CALLS)
    core = Core(folder / "home")
    return core, core.json("import", str(folder / "may.csv"), "--name", "Mai")


def test_an_import_prints_what_was_found(imported):
    _, told = imported
    assert (told["name"], told["status"], told["refused"]) == ("Mai", "ready", [])
    assert told["address"] == f"http://localhost:8501/summary?session={told['id']}"
    found = told["found"]
    assert [found[name] for name in ("n_rows", "n_steps", "n_declarations", "n_rejected", "n_calls")] == [8, 5, 1, 2, 3]
    assert told["roles"][0]["rule_id"] == "node"


def test_sessions_are_listed_as_json_and_for_reading(imported):
    core, told = imported
    (one,) = core.json("sessions")
    assert (one["id"], one["name"], one["status"], one["n_files"]) == (told["id"], "Mai", "ready", 1)
    assert one["size"] == len(CALLS)
    (line,) = core("sessions")[0].splitlines()
    assert line.startswith(f"{told['id']}  ready ")
    assert line.endswith(f"1 file, {len(CALLS)} bytes  Mai")


def test_what_is_imported_is_the_same_session_for_a_server_on_that_home(imported):
    core, told = imported
    service = Service(Settings(home=core.home))
    session = service.store.get(told["id"], by=EVERYONE)
    assert session.found == told["found"]
    assert service.open(session).about.found.n_calls == 3


def test_a_question_in_sql_is_answered(imported):
    core, told = imported
    asked = "SELECT n_steps, count(*) AS n FROM calls GROUP BY ALL ORDER BY ALL"
    answer = json.loads(core("sql", "--session", told["id"], "--format", "json", asked)[0])
    assert sum(row["n"] for row in answer) == 3
    assert sum(row["n"] * row["n_steps"] for row in answer) == 5


def test_a_view_is_printed_as_json_csv_and_table(imported):
    core, told = imported
    of = ("--session", told["id"])
    summary = json.loads(core("view", "summary", *of, "--format", "json")[0])
    assert (summary["n_calls"], summary["n_steps"], summary["median_length"]) == (3, 5, 2)

    rows = json.loads(core("view", "path-explorer", *of, "--prefix", "10", "--format", "json")[0])
    assert {(row["node"], row["label"], row["n_calls"]) for row in rows} == {
        ("11", "Prices", 1),
        ("12", "=Hours", 1),
        (None, "Ended here", 1),
    }

    text = core("view", "path-explorer", *of, "--prefix", "10", "--format", "csv")[0]
    assert text.startswith("\ufeffnode,label,n_calls,share,n_ended\r\n")
    assert {row["label"] for row in csv.DictReader(io.StringIO(text))} == {"Prices", "'=Hours", "Ended here"}

    assert "n_calls" in core("view", "summary", *of)[0]
    assert core("view", "path-explorer", *of, "--prefix", "10", "--limit", "1")[0].count("\n") == 2
    assert json.loads(core("view", "path-explorer", *of, "--limit", "0", "--format", "json")[0]) == []


METRICS = {
    "summary": "n_files, n_calls, n_steps, n_nodes, n_variants, first_day, last_day, mean_length, median_length, "
    "p90_length, p95_length, min_length, max_length, n_rejected",
    "top-intents": "node, label, n_calls, share",
    "leaf-frequency": "node, label, n_calls, share",
    "path-explorer": "node, label, n_calls, share, n_ended",
    "top-paths": "rank, nodes, labels, n_calls, share, cumulative_share",
    "node-funnel": "node, label, reach, transitions, drop_off, n_calls",
    "depth-funnel": "depth, n_calls, share, drop",
    "dead-ends": "node, label, reach, terminations, termination_rate, has_children",
    "entropy": "node, label, n, entropy_bits, perplexity, branching_factor",
    "coverage": "node, label, n, top1_share, top2_share",
    "anomalies": "source, source_label, target, target_label, n, kind",
    "unreachable": "node, label",
    "duplicates": "label, nodes, n_nodes",
    "weekday-trends": "weekday, n_calls, n_days, calls_per_day",
    "url-engagement": "url, n_steps, n_calls",
}
"""The columns of the fifteen views. The log below has a row for each of them."""
EVERY_VIEW = """call_id,call_date,rule_id,rule_parent_id,rule_text,popUpURL,outcome,agent,city
1,2026-05-04 10:00:00,10,0,Main,NULL,,Noa,Haifa
1,2026-05-04 10:00:05,11,10,Prices,http://x,solved,,
2,2026-05-05 11:00:00,10,0,Main,NULL,,Ben,
2,2026-05-05 11:00:09,11,10,Prices,http://x,,,
2,2026-05-05 11:00:19,10,0,Main,NULL,left,,
3,,12,10,prices,NULL,,,"Haifa, harbour"
,,13,10,Fax,,,,
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Prints a view of a session that has a row for each view; and the id of its one file."""
    folder = tmp_path_factory.mktemp("shown")
    (folder / "calls.csv").write_text(EVERY_VIEW)
    core = Core(folder / "home")
    told = core.json("import", str(folder / "calls.csv"))
    ((file_id, name),) = told["files"].items()
    assert name == "calls.csv"

    def show(key, *arguments, code=0):
        return core("view", key, "--session", told["id"], *arguments, code=code)[code and 1]

    return show, file_id


@pytest.mark.parametrize("key", METRICS)
def test_every_view_prints_its_columns_as_json(shown, key):
    show, _ = shown
    columns = METRICS[key].split(", ")
    printed = json.loads(show(key, "--format", "json"))
    rows = [printed] if key == "summary" else printed
    assert rows and all(list(row) == columns for row in rows)
    for row in rows:
        lists = {name for name, value in row.items() if isinstance(value, list)}
        assert lists == {"nodes", "labels"} & set(columns)


def test_a_path_is_printed_as_lists_of_ids_and_labels(shown):
    show, _ = shown
    first, *_ = json.loads(show("top-paths", "--format", "json", "--limit", "1"))
    assert (first["nodes"], first["labels"]) == (["10", "11"], ["Main", "Prices"])
    header, line = show("top-paths", "--format", "csv", "--limit", "1").splitlines()
    assert header.removeprefix("\ufeff").split(",") == METRICS["top-paths"].split(", ")
    assert line.startswith("1,10 | 11,Main | Prices,1,")
    header, line = show("top-paths", "--limit", "1").splitlines()
    assert header.split() == METRICS["top-paths"].split(", ")
    assert line.split()[:8] == ["1", "10", "|", "11", "Main", "|", "Prices", "1"]


def test_the_figures_of_summary_are_printed_below_each_other(shown):
    show, _ = shown
    lines = dict(line.split() for line in show("summary").splitlines())
    assert list(lines) == METRICS["summary"].split(", ")
    assert (lines["n_calls"], lines["first_day"]) == ("3", "2026-05-04")


@pytest.mark.parametrize(
    ("filters", "n_calls"),
    [
        ([], 3),
        (["from=2026-05-05", "to=2026-05-05", "hour=11"], 1),
        (["weekday=1", "weekday=2", "file={file}"], 2),
        (["file=1"], 0),
        (["next=10,11", "next=11,10", "min=2"], 1),
        (["outcome=solved", "outcome=left", "agent=Noa"], 1),
        (["outcome=,", "a.city=Haifa\\, harbour"], 1),
    ],
)
def test_a_filter_is_that_of_an_address_and_may_be_given_again(shown, filters, n_calls):
    show, file_id = shown
    given = [part for one in filters for part in ("--filter", one.format(file=file_id))]
    assert json.loads(show("summary", "--format", "json", *given))["n_calls"] == n_calls


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("weekday", "--filter 'weekday' is not of the form NAME=VALUE."),
        ("day=1", "There is no filter named 'day'. There are: from, to, weekday, hour, file, "),
        ("from=yesterday", "The filter from='yesterday' cannot be read."),
        ("a.region=north", "This session has no column 'region' to filter by."),
    ],
)
def test_a_filter_that_cannot_be_had_is_refused_in_words(shown, given, words):
    show, _ = shown
    assert show("summary", "--filter", given, code=1).startswith(f"throughline: {words}")


def test_a_view_that_cannot_be_had_is_refused_in_words(imported):
    core, told = imported
    of = ("--session", told["id"])
    assert core("view", "path-explorer", "--session", UNKNOWN, code=1)[1].startswith("throughline: Session not found.")
    assert "takes no 'prefix'" in core("view", "summary", *of, "--prefix", "10", code=1)[1]
    assert "invalid choice" in core("view", "nonsense", *of, code=2)[1]
    assert "'-1' is not a whole number" in core("view", "path-explorer", *of, "--limit", "-1", code=2)[1]


def test_a_whole_store_is_found_whole(imported):
    core, _ = imported
    assert core("check") == ("1 session looked at, 0 problems found.\n", "")


def test_columns_of_other_names_are_mapped_by_hand(core, folder):
    told = core.json("import", str(folder / "fremd.csv"), "--map", "call=Wer", "--map", "node=Taste")
    assert (told["found"]["n_calls"], told["found"]["n_steps"], told["found"]["last_day"]) == (2, 3, "2026-06-01")
    assert told["roles"] == [{"Wer": "call", "Wann": "timestamp", "Taste": "node"}]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "No column is marked as the call. Choose one of: Wer, Wann, Taste."),
        (["--map", "call"], "--map 'call' is not of the form ROLE=COLUMN."),
        (["--map", "caller=Taste"], "There is no role named 'caller'."),
        (["--map", "call=Ort"], "No column is marked as the call. Choose one of: Wer, Wann, Taste."),
    ],
)
def test_an_import_that_cannot_be_mapped_says_what_is_missing(core, folder, given, words):
    printed, told = core("import", str(folder / "fremd.csv"), *given, code=1)
    assert printed == ""
    assert told.startswith(f"throughline: {words}")


def test_files_that_cannot_be_used_are_told_and_the_others_go_on(core, folder):
    printed, told = core("import", str(folder / "empty.csv"), str(folder / "may.csv"), str(folder / "may.csv"))
    assert told.splitlines() == [
        "empty.csv: The file is empty. Export it again; it should hold a header line and a row for each step.",
        "may.csv was added twice, so it is counted once.",
    ]
    lines = printed.splitlines()
    assert lines[1:4] == [
        "3 calls, 5 steps, 3 different paths, 4 menu items",
        "8 rows read: 5 steps, 1 declaration, 2 rejected",
        "2026-05-01 to 2026-05-02",
    ]
    assert core.json("sessions")[0]["id"] == lines[0]


def test_an_import_without_a_file_that_can_be_used_fails(core, folder):
    printed, told = core("import", str(folder / "empty.csv"), code=1)
    assert printed == ""
    assert [line.split(". ")[0] for line in told.splitlines()] == [
        "empty.csv: The file is empty",
        "throughline: None of the files can be used",
    ]


@pytest.mark.parametrize("name", ["nothing.csv", "."])
def test_a_file_that_cannot_be_read_stops_the_import_before_there_is_a_session(core, folder, name):
    told = core("import", str(folder / "may.csv"), str(folder / name), code=1)[1]
    assert " cannot be read: " in told
    assert core.json("sessions") == []


def test_files_beyond_a_limit_are_told_with_it(home, folder):
    (folder / "large.csv").write_text(CALLS + " " * 1024 * 1024)
    core = Core(home, THROUGHLINE_FILE_MB="1")
    told = core("import", str(folder / "large.csv"), str(folder / "may.csv"))[1]
    assert told.startswith("large.csv is larger than the 1 MB")
    assert core("import", str(folder / "large.csv"), code=1)[1].startswith("throughline: large.csv is larger than")
    assert len(core.json("sessions")) == 1


def test_a_view_of_a_session_that_was_not_processed_is_refused_in_words(core, session_id):
    told = core("view", "summary", "--session", session_id, code=1)[1]
    assert told.startswith("throughline: This session has not been processed yet.")


def test_a_name_of_any_bytes_is_taken(core, folder):
    assert core.json("import", str(folder / "may.csv"), "--name", os.fsdecode(b"\xd7\xa9\xff"))["name"] == "ש?"


def test_a_deleted_session_is_gone(core, session_id, home):
    assert core("delete", session_id) == (f"Deleted {session_id}.\n", "")
    assert core("delete", session_id, code=1)[1].startswith("throughline: Session not found.")
    assert core("delete", "../home", code=1)[1].startswith("throughline: Session not found.")
    assert list((home / "sessions").iterdir()) == []


def test_a_session_is_packed_and_made_again_on_another_home(imported, tmp_path):
    core, told = imported
    archive = tmp_path / "session.zip"
    assert core("pack", told["id"], str(archive))[0].startswith(f"{archive}: ")
    other = Core(tmp_path / "other")
    printed, _ = other("unpack", str(archive))
    assert "3 calls, 5 steps" in printed
    (again,) = other.json("sessions")
    assert (again["name"], again["status"], again["id"] == told["id"]) == ("Mai", "ready", False)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["session.zip"]


@pytest.mark.parametrize("name", ["", "..", "nothing/session.zip", "full"])
def test_a_session_that_cannot_be_packed_there_is_told_in_words(imported, tmp_path, name):
    core, told = imported
    (tmp_path / "full").mkdir()
    assert core("pack", told["id"], str(tmp_path / name), code=1)[1].startswith("throughline: ")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_what_is_no_session_or_no_file_is_not_packed(imported, tmp_path):
    core, told = imported
    assert core("pack", UNKNOWN, str(tmp_path / "x.zip"), code=1)[1].startswith("throughline: Session not found.")
    assert core("pack", told["id"], ".", code=1)[1].startswith("throughline: . is a folder.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["may.csv", "empty.csv", "nothing.zip", "."])
def test_what_is_no_archive_is_not_unpacked_and_told_in_words(core, folder, name):
    printed, told = core("unpack", str(folder / name), code=1)
    assert (printed, told.startswith("throughline: ")) == ("", True)
    assert core.json("sessions") == []


def test_a_sweep_tells_what_it_removed_and_what_it_kept(core, service, session_id, home):
    old = service.create([("old.csv", io.BytesIO(CALLS.encode()))], owner=SHARED).id
    os.utime(home / "sessions" / old / ".lock", (1, 1))
    (home / "trash" / "leftover").mkdir(parents=True)
    record = home / "sessions" / session_id / "session.json"
    record.write_bytes(record.read_bytes()[:-1])
    assert core("sweep")[0].splitlines() == [
        f"{old}: expired, removed",
        "leftover: belonged to nothing, removed",
        f"{session_id}: damaged, kept as it is",
        "1 session expired, 1 leftover removed, 1 damaged session kept.",
    ]
    core("delete", session_id)
    assert core("sweep")[0] == "0 sessions expired, 0 leftovers removed, 0 damaged sessions kept.\n"


def test_damage_is_found_listed_and_can_be_deleted(core, session_id, home):
    record = home / "sessions" / session_id / "session.json"
    record.write_bytes(record.read_bytes()[:-1])
    printed, _ = core("check", code=1)
    assert printed.splitlines()[0].startswith(f"{session_id}: the record cannot be read")
    assert printed.endswith("1 session looked at, 1 problem found.\n")
    assert core("sessions")[0] == f"{session_id}  damaged\n"
    assert "is damaged" in core("view", "summary", "--session", session_id, code=1)[1]
    assert core("delete", session_id)[0] == f"Deleted {session_id}.\n"
    assert core("check")[0] == "0 sessions looked at, 0 problems found.\n"


def test_a_setting_that_cannot_be_read_is_told_by_name(home):
    told = Core(home, THROUGHLINE_JOBS_AT_ONCE="many")("sessions", code=1)[1]
    assert told == "throughline: THROUGHLINE_JOBS_AT_ONCE is 'many'. It must be a whole number, 1 or more.\n"


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that even root cannot write to")
def test_a_home_that_cannot_be_written_to_is_told_in_words():
    told = Core("/sys/kernel/throughline")("sessions", code=1)[1]
    assert told.startswith("throughline: The storage folder cannot be written to.")


def test_there_is_no_command_without_a_name(core):
    assert "usage: python -m core" in core(code=2)[1]
    assert "usage: python -m core" in core("nonsense", code=2)[1]


# An import that is cut off


@pytest.fixture
def building(core, service, until):
    """An import whose tables are being built, and its session."""
    process = core.start("import", str(SAMPLE))
    with process:
        until(lambda: any(one.status is Status.PROCESSING for one in service.store.list_sessions(by=EVERYONE)))
        yield process, service.store.list_sessions(by=EVERYONE)[0].id
        process.kill()


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_an_import_whose_process_was_killed_is_finished_by_the_next_server(building, service):
    process, session_id = building
    process.kill()
    process.wait()
    service.runner.tend()
    after = service.runner.wait(session_id)
    assert (after.status, after.found["n_calls"], after.job.attempt) == (Status.READY, 10_000, 1)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs a list of the child processes")
def test_an_import_whose_processes_were_all_killed_is_finished_by_the_next_server(building, service):
    process, session_id = building
    os.kill(process.pid, signal.SIGSTOP)  # so that it cannot see its child die
    for pid in children(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.kill()
    process.wait()
    assert service.store.read(session_id).status is Status.PROCESSING
    service.runner.tend()
    after = service.runner.wait(session_id)
    assert (after.status, after.found["n_calls"], after.job.attempt) == (Status.READY, 10_000, 2)


def test_an_import_that_a_person_stops_keeps_what_was_received(building, service):
    process, session_id = building
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert (process.returncode, told.decode()) == (130, "throughline: stopped. What was received is kept.\n")
    assert service.runner.wait(session_id).found["n_calls"] == 10_000
