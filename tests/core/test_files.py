import errno
import os
import resource
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.errors import StorageError, StorageFull, StorageReadOnly
from core.files import atomic_write, locked, make_folder, read_regular, remove_folder, storage_errors

HOLDER = """
import sys
from pathlib import Path
from core.files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def umask():
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def write(path, data):
    with atomic_write(path) as file:
        file.write(data)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_written_file_is_whole_and_nobody_elses_to_read(tmp_path, umask, mask):
    umask(mask)
    write(tmp_path / "record", b"first, and longer")
    write(tmp_path / "record", b"second")
    assert (tmp_path / "record").read_bytes() == b"second"
    assert mode(tmp_path / "record") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["record"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError])
def test_a_write_that_is_cut_off_keeps_the_old_file_and_no_other(tmp_path, error):
    write(tmp_path / "record", b"old")
    with pytest.raises(error), atomic_write(tmp_path / "record") as file:
        file.write(b"new")
        raise error
    assert (tmp_path / "record").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["record"]


def test_what_a_dead_writer_left_is_replaced_and_a_link_in_its_place_not_followed(tmp_path):
    (tmp_path / "bystander").write_bytes(b"mine")
    (tmp_path / ".record.tmp").symlink_to(tmp_path / "bystander")
    write(tmp_path / "record", b"new")
    assert (tmp_path / "bystander").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bystander", "record"]


def test_a_file_that_does_not_fit_is_refused_and_the_old_one_stands(tmp_path):
    write(tmp_path / "record", b"old")
    code = f"""
import resource
from pathlib import Path
from core.files import atomic_write
from core.errors import StorageFull
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, {resource.RLIM_INFINITY}))
try:
    with atomic_write(Path({str(tmp_path / "record")!r})) as file:
        file.write(b"x" * 1_000_000)
except StorageFull as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "The disk is full, so nothing was changed. Free some space and try again; what was there is kept.\n"
    assert (tmp_path / "record").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["record"]


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that even root cannot write to")
def test_a_folder_that_cannot_be_written_to_is_told_in_words():
    with pytest.raises(StorageReadOnly, match=r"^The storage folder cannot be written to\."):
        write(Path("/sys/kernel/record"), b"new")
    with pytest.raises(StorageReadOnly):
        make_folder(Path("/sys/kernel/throughline/sessions"))


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EFBIG, StorageFull),
        (errno.EROFS, StorageReadOnly),
        (errno.EACCES, StorageReadOnly),
        (errno.EIO, StorageError),
    ],
)
def test_every_refusal_of_the_disk_is_typed_and_names_no_path(number, kind):
    with pytest.raises(StorageError) as caught, storage_errors():
        raise OSError(number, "no", "/home/someone/secret")
    assert type(caught.value) is kind
    assert "secret" not in str(caught.value)


def test_only_a_regular_file_is_read(tmp_path):
    (tmp_path / "file").write_bytes(b"text")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert read_regular(tmp_path / "file") == b"text"
    for name in ("link", "folder", "pipe", "nothing"):
        with pytest.raises(OSError):
            read_regular(tmp_path / name)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs a list of the open descriptors")
def test_refusing_to_read_leaves_nothing_open(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    before = sorted(Path("/proc/self/fd").iterdir())
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(OSError):
            read_regular(path)
    assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_a_lock_excludes_other_threads(tmp_path):
    had = []

    def attempt():
        with locked(tmp_path / "lock", timeout=0) as mine:
            had.append(mine)

    with locked(tmp_path / "lock") as mine:
        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()
        assert mine
    attempt()
    assert had == [False, True]


def test_a_lock_excludes_other_processes_and_is_free_when_its_holder_is_killed(tmp_path):
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with locked(path, timeout=0) as mine:
            assert not mine
        holder.kill()
    with locked(path, timeout=0) as mine:
        assert mine
    assert mode(path) == 0o600


def test_a_lock_makes_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError), locked(tmp_path / "gone" / "lock", timeout=0):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_folders_are_nobody_elses_to_enter(tmp_path, umask, mask):
    umask(mask)
    made = make_folder(tmp_path / "one" / "two")
    assert [mode(path) for path in (made, made.parent)] == [0o700, 0o700]


def test_making_a_folder_that_is_there_changes_nothing(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o750)
    make_folder(tmp_path / "shared")
    assert mode(tmp_path / "shared") == 0o750


def test_a_folder_without_its_parent_or_in_the_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for path, parents in ((tmp_path / "gone" / "folder", False), (tmp_path / "file" / "folder", True)):
        with pytest.raises(StorageError):
            make_folder(path, parents=parents)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_removing_a_folder_takes_all_in_it_and_minds_no_missing_one(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"x")
    remove_folder(tmp_path / "a")
    remove_folder(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
