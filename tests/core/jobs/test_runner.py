import io
import os
import signal
import threading

import msgspec
import pytest

from core.errors import SessionNotFound
from core.jobs.lease import is_held
from core.sessions import JobState, Status, uploads

replace = msgspec.structs.replace


BEGUN_TWICE = ("begin", "begin", "end")


def wishing(wish):
    return lambda session: replace(session, plan={"wish": wish})


def lines(home):
    """What the jobs told, but for their removing what is left over once they ended, which nobody waits for."""
    told = (home / "log").read_text().splitlines()
    return [one for n, one in enumerate(told) if one.replace("clear", "end", 1) not in told[:n] or one[:5] != "clear"]


def test_a_job_is_run_in_a_process_of_its_own_and_committed(runner, make, pipes):
    one, jobs = make("one"), runner()
    submitted = jobs.submit(one.id, "wait", wishing("all of it"))
    assert (submitted.status, submitted.job.state) == (Status.QUEUED, JobState.QUEUED)
    assert submitted.plan == {"wish": "all of it"}
    session_id, pid = pipes.started()
    assert (session_id, pid == os.getpid()) == (one.id, False)
    pipes.go(one)
    assert jobs.wait(one.id).status is Status.READY


def test_waiting_for_a_job_returns_how_it_ended(runner, make, home):
    one, jobs = make("one"), runner()
    jobs.submit(one.id, "succeed", wishing("all of it"))
    after = jobs.wait(one.id)
    assert (after.status, after.job.state, after.job.attempt) == (Status.READY, JobState.DONE, 1)
    assert after.found == {"result": "all of it"}
    assert lines(home) == ["begin one", "end one"]


def test_progress_is_seen_while_the_job_runs(runner, make, pipes):
    one, jobs, seen = make("one"), runner(), []

    def look(session):
        progress = session.job.progress
        if session.status is Status.PROCESSING and progress.total and not seen:
            seen.append((progress.stages, progress.stage, progress.done, progress.total, progress.unit))
            pipes.go(one)

    jobs.submit(one.id, "wait")
    assert jobs.wait(one.id, look).status is Status.READY
    assert seen == [(("first", "second"), 1, 4, 9, "rows")]


@pytest.mark.parametrize(
    ("kind", "problem"),
    [("refuse", "The file is empty."), ("stumble", "Something in Throughline failed during the import.")],
)
def test_a_job_that_fails_says_so_and_can_be_tried_again(runner, make, kind, problem):
    one, jobs = make("one"), runner()
    jobs.submit(one.id, kind)
    after = jobs.wait(one.id)
    assert (after.status, after.job.state, after.job.failure.problem) == (Status.FAILED, JobState.FAILED, problem)
    assert "secret" not in repr(after)
    jobs.submit(one.id, "succeed")
    after = jobs.wait(one.id)
    assert (after.status, after.job.failure) == (Status.READY, None)


def test_a_killed_process_is_told_in_words_and_the_upload_kept(store, runner, make, pipes, home, until):
    one, jobs = make("one"), runner()
    uploads.receive(store, one.id, "calls.csv", io.BytesIO(b"content"))
    jobs.submit(one.id, "wait")
    os.kill(pipes.started()[1], signal.SIGKILL)
    after = jobs.wait(one.id)
    assert (after.status, after.job.state) == (Status.FAILED, JobState.FAILED)
    assert after.job.failure.problem.startswith("The import was stopped by the system")
    assert "The files are kept" in after.job.failure.hint
    assert after.job.failure.reference == "exit -9"
    until(lambda: lines(home) == ["begin one", "clear one"])
    assert uploads.path_of(store, one.id, after.files[0]).read_bytes() == b"content"


def test_a_job_is_called_off_and_its_process_ends(runner, make, pipes, freed):
    one, jobs = make("one"), runner()
    jobs.submit(one.id, "wait")
    pipes.started()
    after = jobs.cancel(one.id)
    assert (after.status, after.job.state) == (Status.CANCELLED, JobState.CANCELLED)
    freed(one)
    assert jobs.wait(one.id) == after
    assert jobs.tend() == 0


def test_a_process_that_does_not_even_look_at_its_job_is_ended_with_it(store, runner, command, make, until):
    one, commands = make("one"), [["sleep", "600"]]
    jobs = runner(command=lambda session_id: commands.pop() if commands else command(session_id))
    jobs.submit(one.id, "succeed", wishing("first"))
    assert commands == []
    jobs.cancel(one.id)
    jobs.submit(one.id, "succeed", wishing("second"))
    until(lambda: store.read(one.id).status is Status.READY)
    assert store.read(one.id).found == {"result": "second"}


def test_a_job_is_called_off_by_another_server_than_the_one_that_runs_it(store, runner, make, pipes, freed, home):
    one, jobs, elsewhere = make("one"), runner(), runner()
    jobs.submit(one.id, "wait")
    pipes.started()
    elsewhere.cancel(one.id)
    freed(one)
    assert store.read(one.id).status is Status.CANCELLED
    assert lines(home) == ["begin one"]


def test_calling_off_what_does_not_run_changes_nothing(store, runner, make):
    one, jobs = make("one"), runner()
    assert jobs.cancel(one.id) == one
    jobs.submit(one.id, "succeed")
    done = jobs.wait(one.id)
    assert jobs.cancel(one.id) == done


def test_a_job_that_waits_for_its_turn_can_be_called_off(runner, make, pipes, home):
    first, second, jobs = make("first"), make("second"), runner()
    jobs.submit(first.id, "wait")
    jobs.submit(second.id, "wait")
    pipes.started()
    assert jobs.cancel(second.id).status is Status.CANCELLED
    pipes.go(first)
    jobs.wait(first.id)
    assert jobs.tend() == 0
    assert lines(home) == ["begin first", "end first"]


def test_one_job_runs_at_once_and_the_others_follow_in_order(store, runner, make, pipes, home):
    jobs, sessions = runner(at_once=1), [make(name) for name in ("first", "second", "third")]
    for one in sessions:
        jobs.submit(one.id, "wait")
    assert [jobs.place(one.id) for one in sessions] == [0, 1, 2]
    for place, one in enumerate(sessions):
        assert pipes.started()[0] == one.id
        assert jobs.tend() == 3 - place
        assert [store.read(later.id).job.state for later in sessions[place + 1 :]] == [JobState.QUEUED] * (2 - place)
        pipes.go(one)
    for one in sessions:
        assert jobs.wait(one.id).status is Status.READY
    assert jobs.place(sessions[0].id) == 0
    assert lines(home) == [f"{what} {one.name}" for one in sessions for what in ("begin", "end")]


def test_two_jobs_run_at_once_where_that_is_set(store, runner, make, pipes):
    jobs, sessions = runner(at_once=2), [make(name) for name in ("first", "second", "third")]
    for one in sessions:
        jobs.submit(one.id, "wait")
    running = {pipes.started()[0], pipes.started()[0]}
    assert running == {sessions[0].id, sessions[1].id}
    assert jobs.tend() == 3
    assert store.read(sessions[2].id).job.state is JobState.QUEUED
    pipes.go(sessions[1])
    assert pipes.started()[0] == sessions[2].id
    assert store.read(sessions[0].id).job.state is JobState.RUNNING
    for one in (sessions[0], sessions[2]):
        pipes.go(one)
        assert jobs.wait(one.id).status is Status.READY


def test_the_queue_goes_on_after_a_job_that_fails_or_dies(runner, make, home):
    jobs, names = runner(), ("die", "refuse", "stumble", "succeed")
    sessions = {name: make(name) for name in names}
    for name, one in sessions.items():
        jobs.submit(one.id, name)
    assert [jobs.wait(one.id).status for one in sessions.values()] == [Status.FAILED] * 3 + [Status.READY]


def test_a_job_that_is_replaced_while_it_runs_counts_only_as_the_last(runner, make, pipes, home):
    one, jobs = make("one"), runner()
    jobs.submit(one.id, "wait", wishing("first"))
    pipes.started()
    jobs.submit(one.id, "wait", wishing("second"))
    _, pid = pipes.started()
    pipes.go(one)
    after = jobs.wait(one.id)
    assert (after.status, after.found) == (Status.READY, {"result": "second"})
    assert lines(home) == ["begin one", "begin one", "end one"]
    assert pid == pipes.pids[-1] != pipes.pids[0]


def test_a_job_that_is_called_off_and_submitted_again_counts_only_as_the_last(runner, make, pipes, home):
    one, jobs = make("one"), runner()
    jobs.submit(one.id, "wait", wishing("first"))
    pipes.started()
    jobs.cancel(one.id)
    jobs.submit(one.id, "succeed", wishing("second"))
    after = jobs.wait(one.id)
    assert (after.status, after.found) == (Status.READY, {"result": "second"})
    assert lines(home) == ["begin one", "begin one", "end one"]


def test_a_session_deleted_while_its_job_runs_leaves_nothing_and_the_queue_goes_on(store, runner, make, pipes, home):
    first, second, jobs = make("first"), make("second"), runner()
    jobs.submit(first.id, "wait")
    jobs.submit(second.id, "succeed")
    pipes.started()
    store.delete(first.id)
    assert jobs.wait(second.id).status is Status.READY
    with pytest.raises(SessionNotFound):
        jobs.wait(first.id)
    assert [path.name for path in (home / "sessions").iterdir()] == [second.id]
    assert lines(home) == ["begin first", "begin second", "end second"]


def test_jobs_of_one_session_by_several_runners_at_once_are_done_once(runner, make, home):
    one, servers = make("one"), [runner(at_once=2) for _ in range(3)]
    servers[0].submit(one.id, "succeed")
    threads = [threading.Thread(target=server.tend) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for server in servers:
        assert server.wait(one.id).job.attempt == 1
    assert lines(home) == ["begin one", "end one"]


# Processes that die


def test_a_job_whose_server_died_is_not_begun_again_while_its_own_process_lives(
    store, runner, make, pipes, start, home
):
    one = make("one")
    server = start("parent", home, one.id)
    pipes.started()
    server.kill()
    server.wait()
    begun = []
    jobs = runner(command=lambda session_id: begun.append(session_id) or ["true"])
    assert [jobs.tend() for _ in range(3)] == [1, 1, 1]
    pipes.go(one)
    after = jobs.wait(one.id)
    assert (after.status, after.job.attempt) == (Status.READY, 1)
    assert begun == []
    assert lines(home) == ["begin one", "end one"]


def test_a_job_that_died_with_its_server_is_picked_up_by_the_next(store, runner, make, pipes, start, freed, home):
    one = make("one")
    server = start("parent", home, one.id)
    _, pid = pipes.started()
    server.kill()
    server.wait()
    os.kill(pid, signal.SIGKILL)
    freed(one)
    assert store.read(one.id).job.state is JobState.RUNNING
    jobs = runner()
    assert jobs.tend() == 1
    pipes.started()
    pipes.go(one)
    after = jobs.wait(one.id)
    assert (after.status, after.job.state, after.job.attempt) == (Status.READY, JobState.DONE, 2)
    assert lines(home) == ["begin one", "begin one", "end one"]


def test_what_a_dead_server_left_is_begun_again_by_one_of_two_that_start_at_once(make, pipes, start, freed, home):
    for name in ("first", "second"):
        one = make(name)
        dead = start("parent", home, one.id)
        _, pid = pipes.started()
        dead.kill()
        dead.wait()
        os.kill(pid, signal.SIGKILL)
        freed(one)
        servers = [start("server", home, one.id) for _ in range(2)]
        assert [server.stdout.readline() for server in servers] == ["ready\n"] * 2
        for server in servers:
            server.stdin.close()
        assert pipes.started()[0] == one.id
        pipes.go(one)
        assert [server.stdout.readline() for server in servers] == ["ready 2\n"] * 2
        assert [line for line in lines(home) if line.endswith(name)] == [f"{what} {name}" for what in BEGUN_TWICE]


def test_a_process_that_hangs_is_ended_and_its_job_begun_again(runner, make, pipes, home, until):
    one, jobs = make("one"), runner(patience=2)
    jobs.submit(one.id, "wait")
    _, first = pipes.started()
    os.kill(first, signal.SIGSTOP)
    until(lambda: jobs.tend() and lines(home).count("begin one") == 2)
    _, second = pipes.started()
    assert second != first
    pipes.go(one)
    after = jobs.wait(one.id)
    assert (after.status, after.job.attempt, lines(home).count("end one")) == (Status.READY, 2, 1)


def test_a_process_that_hangs_and_whose_server_died_is_ended_by_the_next(runner, make, pipes, start, home, until):
    one = make("one")
    server = start("parent", home, one.id)
    _, first = pipes.started()
    os.kill(first, signal.SIGSTOP)
    server.kill()
    server.wait()
    jobs = runner(patience=2)
    until(lambda: jobs.tend() and lines(home).count("begin one") == 2)
    pipes.started()
    pipes.go(one)
    assert (jobs.wait(one.id).status, lines(home).count("end one")) == (Status.READY, 1)


def test_a_queue_whose_server_died_goes_on_with_the_next(store, runner, make, pipes, start, freed, home):
    first, second = make("first"), make("second")
    waiting = runner(at_once=1)
    server = start("parent", home, first.id)
    _, pid = pipes.started()
    waiting.submit(second.id, "succeed")
    assert store.read(second.id).job.state is JobState.QUEUED
    server.kill()
    server.wait()
    os.kill(pid, signal.SIGKILL)
    freed(first)
    jobs = runner()
    jobs.tend()
    pipes.started()
    pipes.go(first)
    for one in (first, second):
        assert jobs.wait(one.id).status is Status.READY


def test_a_job_that_takes_its_process_and_server_with_it_is_begun_three_times(store, runner, make, child, home, start):
    one, jobs = make("one"), runner()
    runner(at_once=0).submit(one.id, "die")
    for attempt in (1, 2, 3):
        assert start("work", home, one.id).wait() == -signal.SIGKILL
        now = store.read(one.id).job
        assert (now.state, now.attempt) == (JobState.RUNNING, attempt)
    jobs.tend()
    after = jobs.wait(one.id)
    assert (after.status, after.job.failure.problem) == (
        Status.FAILED,
        "The import stopped 3 times without saying why.",
    )
    assert lines(home) == ["begin one"] * 3


def test_a_process_that_cannot_even_begin_is_told_and_not_started_for_ever(store, runner, make, home):
    one, jobs = make("one"), runner(command=lambda session_id: ["false"])
    jobs.submit(one.id, "succeed")
    after = jobs.wait(one.id)
    assert (after.status, after.job.failure.reference) == (Status.FAILED, "exit 1")
    assert not is_held(store.folder(one.id))


def test_a_job_that_dies_while_the_disk_is_full_is_begun_again_when_there_is_room(make, pipes, start, home):
    one = make("one")
    server = start("parent", home, one.id)
    _, pid = pipes.started()
    print("full", file=server.stdin, flush=True)
    assert server.stdout.readline() == "full\n"
    os.kill(pid, signal.SIGKILL)
    assert f"how the job of {one.id} ended could not be written: The disk is full" in server.stdout.readline()
    print("wait", file=server.stdin, flush=True)
    pipes.started()
    pipes.go(one)
    assert server.stdout.readline() == "ready\n"
    assert lines(home) == ["begin one", "begin one", "end one"]
