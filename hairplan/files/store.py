"""Writes files, for the whole package: each appears whole or not at all, for its owner only.

A file is written beside its target and renamed onto it; the target of a link is the file that it
leads to. An existing file is left alone, unless the caller forces it or the file is an earlier
export of the same plan. A plan file holds work that nothing else holds: whatever the caller forces,
it is only written anew by `replace_file`, which belongs to the program that read it.

A program that reads a file to write it anew holds its lock meanwhile, so that no change is lost.
The system releases the lock of a program that was killed; the next one to hold the lock removes
what that program left half written.
"""

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from hairplan.errors import InputError, OutputError
from hairplan.files.marks import Marks, has_marks, is_plan_file

MOST_BYTES: Final = 8 * 1024 * 1024
_MOST_AS_A_RULE: Final = 64 * 1024
_HEAD = 1024 * 1024
_OWNER: Final = 0o600
_OWNER_ONLY = 0o700

_ONLY_RECORD: Final = (
    "is a plan file, which holds what was recorded: it is changed by hairplan record alone, and"
    " nothing replaces it, not even --force; choose another name"
)


def write_file(
    path: Path, data: bytes, *, marks: Marks = (), force: bool = False, mode: int | None = None
) -> None:
    """Write a file.

    Args:
        path: the file. A device or a pipe is written to as it is.
        data: its content.
        marks: a file that has all of these in it is an earlier export, and is replaced.
        force: replace any other file as well.
        mode: the permissions of a new file, where one that is replaced keeps its own; by default
            it is its owner's alone.

    Raises:
        OutputError: it cannot be written, or would overwrite something else.
    """
    check_writable(path, marks=marks, force=force)
    with raise_as_output_error(path):
        if _is_special(path):
            with _open_special(path) as file:
                file.write(data)
        else:
            keeps = mode is not None and path.exists()
            _replace(path, data, path.stat().st_mode if keeps else mode)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file anew that was read under its lock; its permissions stay.

    Raises:
        OutputError: it cannot be written; what was there is there still.
    """
    with raise_as_output_error(path):
        _replace(path, data, path.stat().st_mode)


def write_new_file(path: Path, data: bytes) -> bool:
    """Write a file where there is none; return whether there was none.

    Of several programs that write one at the same moment, only one does.

    Raises:
        OutputError: it cannot be written.
    """
    with raise_as_output_error(path):
        try:
            with _replacing(_target(path), place=_claim) as file:
                file.write(data)
        except FileExistsError:
            return False
    return True


def _rename(path: Path, target: Path) -> None:
    """Rename a file, in place of one that has the new name."""
    path.replace(target)


def _claim(path: Path, target: Path) -> None:
    """Rename a file, if no file has the new name."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: an empty file holds the name until the whole one has it.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER))
        path.replace(target)
    else:
        path.unlink()


def write_files(folder: Path, files: Mapping[str, tuple[bytes, Marks]], *, force: bool) -> None:
    """Write files into a folder, made if it is not there; none if one of them may not be written.

    Args:
        folder: the folder.
        files: the content of each file by its name, and the marks of an earlier export of it.
        force: replace any other file as well.

    Raises:
        OutputError: every file that would overwrite something else; one that cannot be written.
    """
    check_all_writable(folder, {name: marks for name, (_, marks) in files.items()}, force=force)
    make_folder(folder)
    for name, (data, marks) in files.items():
        write_file(folder / name, data, marks=marks, force=force)


def check_all_writable(folder: Path, files: Mapping[str, Marks], *, force: bool) -> None:
    """Check that files may be written into a folder, which need not be there.

    Raises:
        OutputError: every file that would overwrite something else; the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file: name a folder")
    faults: list[str] = []
    for name, marks in files.items():
        try:
            check_writable(folder / name, marks=marks, force=force)
        except OutputError as error:
            faults += error.faults
    if faults:
        raise OutputError(*faults)


def check_writable(path: Path, *, marks: Marks = (), force: bool = False) -> None:
    """Check that a file may be written.

    Raises:
        OutputError: it is a folder, or another file that is not to be overwritten.
    """
    with raise_as_output_error(path):
        if path.is_dir():
            raise OutputError(f"{path}: is a folder: name a file in it")
        if not path.exists() or _is_special(path):
            return
        with path.open("rb") as file:
            content = file.read(_HEAD)
        if is_plan_file(content):
            raise OutputError(f"{path}: {_ONLY_RECORD}")
        if force or has_marks(content, marks):
            return
    raise OutputError(f"{path}: exists already: choose another name, or --force")


def _is_special(path: Path) -> bool:
    return path.exists() and not stat.S_ISREG(path.stat().st_mode)


def _open_special(path: Path) -> IO[bytes]:
    """Open a device or a pipe; a pipe that nobody reads is an error, and is not waited for."""
    if not stat.S_ISFIFO(path.stat().st_mode):
        return path.open("wb")
    file = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    os.set_blocking(file, True)
    return os.fdopen(file, "wb")


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    with _replacing(_target(path), mode) as file:
        file.write(data)


def _beside(target: Path) -> tuple[int, str]:
    """Open a new file beside another, readable for its owner only, and return its name."""
    import tempfile

    return tempfile.mkstemp(_SUFFIX, _prefix(target), target.parent)


def _target(path: Path) -> Path:
    """Return where a link leads to, as far as it does."""
    return Path(os.path.realpath(path))


def _keep_name(folder: Path) -> None:
    """Have the system put a file's new name on the disk, where it can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# ---- a long file, piece by piece ----


@contextmanager
def open_for_writing(path: Path, *, marks: Marks = (), force: bool = False) -> Iterator[IO[bytes]]:
    """Write a file piece by piece: it appears at the end, or after an error not at all.

    A writer that was killed may have left much of it: that is removed first.

    Args:
        path: the file. A device or a pipe is written to as it is.
        marks: a file that has all of these in it is an earlier one, and is replaced.
        force: replace any other file as well.

    Raises:
        OutputError: it cannot be written, or would overwrite something else.
    """
    check_writable(path, marks=marks, force=force)
    with raise_as_output_error(path):
        if _is_special(path):
            with _open_special(path) as file:
                yield file
            return
        target = _target(path)
        with locked(path, wait=1.0):
            try:
                with _replacing(target) as file:
                    yield file
            finally:
                # Nobody reads such a file to write it anew, so its lock need not stay.
                with suppress(OSError):
                    _lock_of(target).unlink()


@contextmanager
def _replacing(
    target: Path, mode: int | None = None, place: Callable[[Path, Path], object] = _rename
) -> Iterator[IO[bytes]]:
    """Write a file beside another one, and give it that one's place at the end."""
    handle, name = _beside(target)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            Path(name).chmod(stat.S_IMODE(mode))
        place(Path(name), target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _keep_name(target.parent)


# ---- very many files ----

_PART: Final = ".hairplan-part-"


class Folder:
    """An existing folder that takes many files, each written whole or not at all.

    A program that is killed loses no file that has its name already. If the power fails, a file
    that the system had not yet put on the disk may be empty: the writer keeps digests to see that.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None if there is none.

        Raises:
            OutputError: it exists and cannot be read, so it must not be replaced.
        """
        try:
            with open(f"{self.path}{os.sep}{name}", "rb") as file:  # noqa: PTH123 - twice as fast
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"{self.path / name}: cannot be read: {_reason(error)}") from None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, in place of one of that name.

        Raises:
            OutputError: it cannot be written.
        """
        # Each process writes one file at a time.
        part = f"{self.path}{os.sep}{_PART}{os.getpid()}"
        try:
            with os.fdopen(_open_anew(part), "wb", buffering=0) as file:
                rest = memoryview(data)
                while rest:
                    rest = rest[file.write(rest) :]
            os.replace(part, f"{self.path}{os.sep}{name}")  # noqa: PTH105 - a third faster
        except (OSError, ValueError) as error:
            with suppress(OSError):
                Path(part).unlink()
            raise OutputError(f"{self.path / name}: cannot be written: {_reason(error)}") from None


def open_new_file(path: Path) -> IO[bytes]:
    """Open a file that replaces one of its name, readable for its owner only.

    Raises:
        OSError: it cannot be opened.
    """
    return os.fdopen(_open_anew(os.fspath(path)), "wb")


def _open_anew(path: str) -> int:
    """Make a file, in place of one that was left; where a link of its name leads is left alone."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER)
    except FileExistsError:
        os.unlink(path)  # noqa: PTH108
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER)


def remove_half_written(path: Path) -> None:
    """Remove the files that a killed writer left half written in a folder; needs its lock.

    Raises:
        OutputError: one of them cannot be removed.
    """
    for part in path.glob(f"{_PART}*"):
        with raise_as_output_error(part):
            part.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder, readable for its owner only, if it does not exist.

    Raises:
        OutputError: it is a file, or cannot be made.
    """
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path}: is a file: name a folder")
    with raise_as_output_error(path):
        path.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)


# ---- half-written files ----

_SUFFIX: Final = ".tmp"


def _prefix(target: Path) -> str:
    """Return the beginning of the names of a file's half-written forms, and of no other file's."""
    return f".{target.name[:40]}.{sha256(os.fsencode(target.name)).hexdigest()[:8]}."


def _remove_half_written(target: Path) -> None:
    """Remove the half-written forms of a file that a killed program left; needs its lock."""
    ours = re.compile(rf"{re.escape(_prefix(target))}[a-z0-9_]{{8}}{re.escape(_SUFFIX)}")
    with suppress(OSError):
        for path in target.parent.iterdir():
            if ours.fullmatch(path.name) and path.is_file():
                path.unlink(missing_ok=True)


# ---- a file that is read and written anew ----


def read_bytes(path: Path) -> bytes:
    """Read a file of at most 64 MiB.

    Raises:
        InputError: it is missing, a folder, unreadable, or too large.
    """
    try:
        with path.open("rb") as file:
            # Python allocates as much as is asked for, which for megabytes is slow.
            data = file.read(_MOST_AS_A_RULE)
            if len(data) == _MOST_AS_A_RULE:
                data += file.read(MOST_BYTES + 1 - _MOST_AS_A_RULE)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder: name a file in it") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {_reason(error)}") from None
    if len(data) > MOST_BYTES:
        raise InputError(f"{path}: larger than 8 MiB, which no such file needs to be")
    return data


@contextmanager
def locked(path: Path, wait: float = 10.0) -> Iterator[None]:
    """Hold the lock of a file, so that nobody else changes it meanwhile.

    Args:
        path: the file, which need not exist. The lock is a hidden file beside it, which stays.
        wait: how many seconds to wait for another program that holds it.

    Raises:
        OutputError: the other program still holds it then, or its folder cannot hold a lock.
    """
    from filelock import FileLock, Timeout

    with raise_as_output_error(path):
        target = _target(path)
        target.parent.stat()  # FileLock would make a missing folder
        # Whoever may write the file may lock it.
        mode = _OWNER | (stat.S_IMODE(target.stat().st_mode) if target.exists() else 0)
        lock = FileLock(_lock_of(target), mode=mode)
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise OutputError(f"{path}: another hairplan is changing it: try again") from None
    try:
        _remove_half_written(target)
        yield
    finally:
        lock.release()


def _lock_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.lock")


@contextmanager
def raise_as_output_error(path: Path) -> Iterator[None]:
    """Raise an error of the system as our own, with the path."""
    try:
        yield
    except (OSError, ValueError) as error:  # of a name with a NUL
        raise OutputError(f"{path}: cannot be written: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    if getattr(error, "errno", None) == errno.ENXIO:
        return "no program reads from this pipe"
    return getattr(error, "strerror", None) or str(error)
