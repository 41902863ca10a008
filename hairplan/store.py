"""The one place that writes: a file appears whole or not at all, readable for its owner only.

A file is written beside its target and renamed onto it. A file that exists is left alone unless it
is to be replaced, or is an earlier export of the same plan.
"""

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hairplan.errors import OutputError

_HEAD = 1024 * 1024
_OWNER_ONLY = 0o700

Marks = Sequence[str | tuple[str, ...]]
"""What an earlier export has in it: every one of these; of a tuple any."""


def write(
    path: Path, data: bytes, *, marks: Marks = (), force: bool = False, keep_mode: bool = False
) -> None:
    """Write a file.

    Args:
        path: where to. A device or a pipe is written to as it is.
        data: what to write.
        marks: a file that has all of these in it is an earlier export, and is replaced.
        force: replace any other file as well.
        keep_mode: who may read a file that is replaced may read the new one.

    Raises:
        OutputError: it cannot be written, or would overwrite something else.
    """
    check(path, marks=marks, force=force)
    with _in_words(path):
        if _is_special(path):
            path.write_bytes(data)
        else:
            _replace(path, data, path.stat().st_mode if keep_mode and path.exists() else None)


def write_all(folder: Path, files: Mapping[str, tuple[bytes, Marks]], *, force: bool) -> None:
    """Write files into a folder, made if it is not there; none if one of them may not be written.

    Args:
        folder: where to.
        files: the content of each file by its name, and the marks of an earlier export of it.
        force: replace any other file as well.

    Raises:
        OutputError: every file that would overwrite something else; one that cannot be written.
    """
    check_all(folder, {name: marks for name, (_, marks) in files.items()}, force=force)
    with _in_words(folder):
        folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    for name, (data, marks) in files.items():
        write(folder / name, data, marks=marks, force=force)


def check_all(folder: Path, files: Mapping[str, Marks], *, force: bool) -> None:
    """Check that files may be written into a folder, which need not be there.

    Raises:
        OutputError: every file that would overwrite something else; the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: is a file: name a folder")
    faults: list[str] = []
    for name, marks in files.items():
        try:
            check(folder / name, marks=marks, force=force)
        except OutputError as error:
            faults += error.faults
    if faults:
        raise OutputError(*faults)


def check(path: Path, *, marks: Marks = (), force: bool = False) -> None:
    """Check that a file may be written.

    Raises:
        OutputError: it is a folder, or another file that is not to be overwritten.
    """
    with _in_words(path):
        if path.is_dir():
            raise OutputError(f"{path}: is a folder: name a file in it")
        if not path.exists() or _is_special(path) or force or _is_earlier(path, marks):
            return
    raise OutputError(f"{path}: exists already: choose another name, or --force")


def _is_special(path: Path) -> bool:
    return path.exists() and not stat.S_ISREG(path.stat().st_mode)


def _is_earlier(path: Path, marks: Marks) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    groups = [(mark,) if isinstance(mark, str) else mark for mark in marks]
    return bool(groups) and all(any(mark.encode() in head for mark in group) for group in groups)


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    # mkstemp makes the file readable for its owner only.
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            Path(name).chmod(stat.S_IMODE(mode))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Say what the system says as our own error."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None
