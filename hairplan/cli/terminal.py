"""Output to the terminal: data on stdout, words on stderr."""

import os
import shutil
import sys
from typing import NoReturn, TextIO

from hairplan.errors import OutputError
from hairplan.words import replace_controls

_BROKEN_PIPE = 141


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
    # Python would try to flush stdout once more on its way out, and complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
