"""The one place that writes: a file appears whole or not at all, readable for its owner only.

A file is written beside its target and renamed onto it. A file that exists is left alone unless it
is to be replaced, or is an earlier export of the same plan.
"""

import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hairplan.errors import OutputError

_HEAD = 1024 * 1024


def write_text(path: Path, text: str, *, marks: Sequence[str], force: bool) -> None:
    """Write a text to a file as UTF-8.

    Args:
        path: where to. A device or a pipe is written to as it is.
        text: what to write.
        marks: a file that has all of these in it is an earlier export, and is replaced.
        force: replace any other file as well.

    Raises:
        OutputError: it cannot be written, or would overwrite something else.
    """
    data = text.encode("utf-8")
    try:
        if path.is_dir():
            raise OutputError(f"{path}: is a folder: name a file in it")
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            path.write_bytes(data)
            return
        if path.exists() and not force and not _is_earlier(path, marks):
            raise OutputError(f"{path}: exists already: choose another name, or --force")
        _replace(path, data)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None


def _is_earlier(path: Path, marks: Sequence[str]) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return bool(marks) and all(mark.encode() in head for mark in marks)


def _replace(path: Path, data: bytes) -> None:
    # mkstemp makes the file readable for its owner only.
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
