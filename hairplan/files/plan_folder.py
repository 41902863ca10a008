"""The plan files in folders."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hairplan.errors import InputError
from hairplan.files.plan_file import PLAN_FILE_SUFFIX


def find_plan_files(named: Sequence[Path]) -> Iterator[Path]:
    """Return the plan files among those named and in folders, sorted; each once.

    Hidden files and folders are left out; a folder that cannot be read stands for what is in it.

    Raises:
        InputError: one of those named is not there; all of them.
    """
    missing = [f"{path}: is not there: name a folder or a plan file" for path in named
               if not path.exists()]  # fmt: skip
    if missing:
        raise InputError(*missing)
    return _paths(named)


def find_near_plan_files(folder: Path) -> list[Path]:
    """Return the plan files in a folder and in the folders in it, sorted; none that is hidden."""
    paths = (*folder.glob(f"*{PLAN_FILE_SUFFIX}"), *folder.glob(f"*/*{PLAN_FILE_SUFFIX}"))
    is_hidden = {path: any(part.startswith(".") for part in path.parts) for path in paths}
    return sorted(path for path in paths if path.is_file() and not is_hidden[path])


def _paths(named: Iterable[Path]) -> Iterator[Path]:
    seen: set[str] = set()
    for name in named:
        for path in _inside(name) if name.is_dir() else (name,):
            place = os.path.abspath(path)  # noqa: PTH100 - a text, ten times as fast for thousands
            if place not in seen:
                seen.add(place)
                yield path


def _inside(folder: Path) -> Iterator[Path]:
    """Yield the plan files in a folder, then those in its folders."""
    unread: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = (
            name for name in files if name.endswith(PLAN_FILE_SUFFIX) and not name.startswith(".")
        )
        paths = (Path(place, name) for name in sorted(names))
        # A pipe of that name would be waited for, for ever.
        yield from (path for path in paths if not path.is_fifo())
    yield from (Path(error.filename) for error in unread)
