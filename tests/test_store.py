import os
import stat
from pathlib import Path

import pytest

from hairplan.errors import OutputError
from hairplan.store import write


def refused(path: Path, *, force: bool = False) -> str:
    with pytest.raises(OutputError) as error:
        write(path, b"new", marks=("abc", "smp"), force=force)
    return error.value.faults[0].removeprefix(f"{path}: ")


def test_a_file_is_readable_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    write(path, "é\n".encode(), marks=("abc", "smp"), force=False)
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
        write(path, b"new", marks=("abc", "smp"), force=force)
    assert path.read_text() == expected
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_an_earlier_export_of_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("other")
    with pytest.raises(OutputError):
        write(path, b"new")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path, force=True) == "is a folder: name a file in it"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "no" / "x.txt") == "cannot be written: No such file or directory"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_device_takes_nothing() -> None:
    assert refused(Path("/dev/full")) == "cannot be written: No space left on device"


def test_a_device_is_written_to_as_it_is() -> None:
    write(Path(os.devnull), b"x", marks=("abc", "smp"), force=False)
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
