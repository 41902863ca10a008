import errno
import os
import stat
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import pytest

from hairplan.errors import InputError, OutputError
from hairplan.files import store
from hairplan.files.store import locked, read_bytes, write_file

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="this system has other rights and links")


def refused(path: Path, *, force: bool = False) -> str:
    with pytest.raises(OutputError) as error:
        write_file(path, b"new", marks=("abc", "smp"), force=force)
    return error.value.faults[0].removeprefix(f"{path}: ")


def test_a_file_is_readable_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    write_file(path, "é\n".encode(), marks=("abc", "smp"), force=False)
    assert path.read_bytes() == "é\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "force", "expected"),
    [
        ("other", False, "other"),
        ("abc of another", False, "abc of another"),
        ("other", True, "new"),
        ("plan abc of smp, before", False, "new"),
    ],
)
def test_only_an_earlier_export_of_the_same_plan_is_overwritten(
    tmp_path: Path, content: str, *, force: bool, expected: str
) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(content)
    if expected != "new":
        assert refused(path) == "exists already: choose another name, or --force"
    else:
        write_file(path, b"new", marks=("abc", "smp"), force=force)
    assert path.read_text() == expected
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_an_earlier_export_of_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("other")
    with pytest.raises(OutputError):
        write_file(path, b"new")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path, force=True) == "is a folder: name a file in it"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "no" / "x.txt") == "cannot be written: No such file or directory"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_device_takes_nothing() -> None:
    assert refused(Path("/dev/full")) == "cannot be written: No space left on device"


def test_a_device_is_written_to_as_it_is() -> None:
    write_file(Path(os.devnull), b"x", marks=("abc", "smp"), force=False)
    assert not Path(os.devnull).is_file()


def test_a_disk_that_fills_in_the_middle_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("plan abc of smp, before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert refused(path) == "cannot be written: No space left on device"
    assert path.read_text() == "plan abc of smp, before"
    assert list(tmp_path.iterdir()) == [path]


def no_room(*_: Any, **__: Any) -> None:
    raise OSError(28, "No space left on device")


class FullFile:
    """A file on a full disk."""

    def __init__(self, handle: int, _: str) -> None:
        self.handle = handle

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.handle)

    write = no_room


@pytest.mark.parametrize(
    ("owner", "name", "fails"),
    [
        (tempfile, "mkstemp", no_room),
        (os, "fdopen", FullFile),
        (os, "fsync", no_room),
        (Path, "replace", no_room),
    ],
)
def test_a_full_disk_loses_nothing_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, fails: Any
) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("before")
    monkeypatch.setattr(owner, name, fails)
    assert refused(path, force=True) == "cannot be written: No space left on device"
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@POSIX
def test_the_new_name_is_written_down_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda handle: kept.append(_is_folder(handle)))
    write_file(tmp_path / "plan.txt", b"new")
    assert kept == [False, True]


def _is_folder(handle: int) -> bool:
    return stat.S_ISDIR(os.fstat(handle).st_mode)


def test_a_system_that_cannot_write_names_down_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_files(handle: int) -> None:
        if _is_folder(handle):
            raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", only_files)
    write_file(tmp_path / "plan.txt", b"new")
    assert (tmp_path / "plan.txt").read_bytes() == b"new"


@POSIX
def test_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "shared" / "plan.txt", tmp_path / "plan.txt"
    target.parent.mkdir()
    link.symlink_to(target)
    for content in (b"one", b"two"):
        write_file(link, content, force=True)
        assert link.is_symlink()
        assert target.read_bytes() == content
    with locked(link):
        assert (target.parent / ".plan.txt.lock").exists()


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    path = tmp_path / "a\0b"
    assert refused(path) == "cannot be written: embedded null byte"
    with pytest.raises(OutputError), locked(path):
        pytest.fail("there can be no such lock")


# ---- reading ----


def unreadable(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_bytes(path)
    return error.value.faults[0].removeprefix(f"{path}: ")


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"\0\r\n")
    assert read_bytes(path) == b"\0\r\n"


@POSIX
def test_a_pipe_is_written_to_if_somebody_reads_it_and_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OutputError, match="no program reads from this pipe"):
        write_file(pipe, b"x", force=True)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(pipe, b"x", force=True)
    assert os.read(reader, 9) == b"x"
    os.close(reader)


@POSIX
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("no.json", "there is no such file"),
        (".", "is a folder: name a file in it"),
        ("plan.json/x", "cannot be read: Not a directory"),
        ("a\0b", "cannot be read: embedded null byte"),
        ("large.json", "larger than 8 MiB, which no such file needs to be"),
        ("/dev/zero", "larger than 8 MiB, which no such file needs to be"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, expected: str) -> None:
    (tmp_path / "plan.json").write_bytes(b"{}")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert unreadable(tmp_path / name) == expected


def test_a_file_that_one_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert unreadable(tmp_path / "x") == "cannot be read: Permission denied"


# ---- locks ----


def locked_elsewhere(path: Path) -> list[str]:
    """Return why somebody else cannot lock a file now; nothing if they can."""

    def lock() -> list[str]:
        try:
            with locked(path, wait=0.01):
                return []
        except OutputError as error:
            return list(error.faults)

    with ThreadPoolExecutor(1) as somebody:
        return somebody.submit(lock).result()


def test_a_lock_keeps_others_out_until_it_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "anna.plan.json"
    busy = [f"{path}: another hairplan is changing it: try again"]
    with locked(path):
        assert locked_elsewhere(path) == busy
        assert locked_elsewhere(tmp_path / "berta.plan.json") == []
    assert locked_elsewhere(path) == []
    with pytest.raises(OSError, match="of the work itself"), locked(path):
        raise OSError("of the work itself")
    assert locked_elsewhere(path) == []


def test_there_is_no_lock_where_there_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "no" / "plan.json"
    with pytest.raises(OutputError) as error, locked(path):
        pytest.fail("there can be no such lock")
    assert error.value.faults == (f"{path}: cannot be written: No such file or directory",)
    assert list(tmp_path.iterdir()) == []


@POSIX
@pytest.mark.parametrize(
    ("mode", "expected"), [(None, 0o600), (0o600, 0o600), (0o660, 0o660), (0o400, 0o600)]
)
def test_whoever_may_write_a_file_may_lock_it(
    tmp_path: Path, mode: int | None, expected: int
) -> None:
    path = tmp_path / "plan.json"
    if mode is not None:
        path.touch()
        path.chmod(mode)
    with locked(path):
        assert stat.S_IMODE((tmp_path / ".plan.json.lock").stat().st_mode) == expected


def half_written(path: Path) -> Path:
    """Leave what a program leaves that is killed while it writes a file, and return it."""
    before = set(path.parent.iterdir())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", no_room)
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        refused(path, force=True)
    (found,) = set(path.parent.iterdir()) - before
    return found


LONG = "a" * 40


def test_what_was_left_half_written_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / f"{LONG}.plan.json"
    stale = [half_written(path), half_written(path)]
    others = {
        half_written(tmp_path / "berta.plan.json"),
        half_written(tmp_path / f"{LONG}.other.json"),
        *(tmp_path / name for name in (path.name, f".{path.name}.swp", f"{stale[0].name}x")),
    }
    for each in others:
        each.touch()
    folder = tmp_path / f"{stale[0].name[:-12]}aaaaaaaa.tmp"
    folder.mkdir()
    with locked(path):
        lock = tmp_path / f".{path.name}.lock"
        assert set(tmp_path.iterdir()) == {*others, folder, lock}


# ---- very many files ----


def test_a_file_of_many_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = store.Folder(tmp_path)
    folder.write("a", b"1" * 100_000)
    assert folder.read("a") == b"1" * 100_000
    assert folder.read("b") is None

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError) as error:
        folder.write("a", b"2")
    assert error.value.faults == (f"{tmp_path}/a: cannot be written: No space left on device",)
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert folder.read("a") == b"1" * 100_000


def test_a_long_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with store.open_for_writing(path) as file:
        file.write(b"1")
    (tmp_path / f"{store._prefix(path)}abcdefgh.tmp").write_bytes(b"half")  # noqa: SLF001

    def broken() -> None:
        with store.open_for_writing(path, force=True) as file:
            file.write(b"2")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a": b"1"}
    with pytest.raises(OutputError) as error, store.open_for_writing(tmp_path / "x" / "y"):
        pass
    assert error.value.faults == (f"{tmp_path}/x/y: cannot be written: No such file or directory",)
