"""Output to the terminal: data on stdout, words on stderr."""

import os
import shutil
import sys
from io import StringIO, TextIOWrapper
from typing import NoReturn, TextIO

from hairplan.errors import OutputError
from hairplan.words import replace_controls

_BROKEN_PIPE = 141


def open_streams() -> None:
    """Give the program streams that it can use, whichever the shell has closed.

    Nobody reads what is said to a closed stderr, and nothing comes from a closed stdin; `put`
    refuses a closed stdout. A file name that is no UTF-8 is written with escapes.
    """
    # Under pythonw or a closed descriptor a stream is None, whatever its type says.
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - until the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stdout is None:
        sys.stdout = _ClosedOutput()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class _ClosedOutput(StringIO):
    """Stands for a stdout that the shell has closed."""


def is_terminal(stream: TextIO) -> bool:
    """Return whether a person reads a stream in a terminal."""
    return stream.isatty()


def shows_color(stream: TextIO) -> bool:
    """Return whether a stream shows colours: NO_COLOR and TERM=dumb say no, FORCE_COLOR yes."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Return the terminal's width in columns, 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def say(message: str) -> None:
    """Say something to the person at the terminal, on stderr."""
    sys.stderr.write(f"{replace_controls(message)}\n")


def say_faults(faults: tuple[str, ...]) -> None:
    """Say what is wrong, a line for each fault, on stderr."""
    for fault in faults:
        say(f"error: {fault}")


def put(data: str | bytes) -> None:
    """Put data on stdout, whole; bytes as they are, whatever the system's line ends are.

    Raises:
        OutputError: stdout takes no more, for instance on a full disk.
    """
    if isinstance(sys.stdout, _ClosedOutput):
        raise OutputError("standard output is closed: name a file with -o")
    try:
        if isinstance(data, bytes):
            sys.stdout.buffer.write(data)
        else:
            sys.stdout.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()
    except OSError as error:
        drop_rest()
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from None


def leave_quietly() -> NoReturn:
    """End as a program does whose reader has gone: nobody is left to tell."""
    drop_rest()
    sys.exit(_BROKEN_PIPE)


def drop_rest() -> None:
    """Forget what is still to be written to stdout."""
    if isinstance(sys.stdout, _ClosedOutput):
        return
    # Python would try to flush stdout once more on its way out, and complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
