"""A pager for what is longer than the terminal that it is for, as git has one.

It is the program that `PAGER` names, else less, which ends by itself where all fits and leaves the
text on the screen. With `PAGER=cat` or where there is no such program, the text
is put out as it is.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hairplan.cli.terminal import put

_LESS: Final = "FRX"
"""Ends where all fits on one screen, shows colours, and leaves the text on the screen."""


def put_paged(text: str) -> None:
    """Put a text on stdout, through a pager where it is longer than the terminal.

    Raises:
        OutputError: stdout takes no more.
    """
    pager = _pager()
    is_long = text.count("\n") >= shutil.get_terminal_size((80, 24)).lines
    if pager and is_long:
        _show(text, pager)
    else:
        put(text)


def _pager() -> list[str]:
    """Return the command of the pager; nothing for none."""
    try:
        command = shlex.split(os.environ.get("PAGER", "less"))
    except ValueError:
        return []
    found = bool(command) and command[0] != "cat" and shutil.which(command[0])
    return command if found and os.environ.get("TERM") != "dumb" else []


def _show(text: str, pager: list[str]) -> None:
    sys.stdout.flush()
    data = text.encode(sys.stdout.encoding, "backslashreplace")
    try:
        with _without_interrupts():
            subprocess.run(pager, input=data, env={"LESS": _LESS, **os.environ}, check=False)  # noqa: S603 - the user names it
    except OSError:
        put(text)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Leave Ctrl-C to the pager, which would inherit that it is ignored."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
