"""Feeds: calendars that a web server offers, and so has to read.

A new one is readable by all; one that is there keeps the permissions that somebody gave it.
"""

import stat
from pathlib import Path
from typing import Final

from hairplan.files.store import Folder, raise_as_output_error

FEED_MODE: Final = 0o644


def mode_of_feed(path: Path) -> int:
    """Return the permissions that a feed has, or is to have where there is none yet."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else FEED_MODE


def write_feed(folder: Folder, name: str, data: bytes) -> None:
    """Write a feed into a folder.

    Raises:
        OutputError: it cannot be written.
    """
    path = folder.path / name
    mode = mode_of_feed(path)
    folder.write(name, data)
    with raise_as_output_error(path):
        path.chmod(mode)
