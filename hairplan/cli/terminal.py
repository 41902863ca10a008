"""Output to the terminal: data on stdout, words on stderr."""

import os
import shutil
import sys
from contextlib import suppress
from errno import EBADF
from io import TextIOWrapper
from typing import Final, NoReturn, TextIO

from hairplan.errors import OutputError
from hairplan.words import replace_controls

_BROKEN_PIPE = 141

COMPLETING: Final = "_HAIRPLAN_COMPLETE"
"""The variable in which a shell says which it is, as it asks how a command line goes on."""


def open_streams() -> None:
    """Give the program a stream in place of each that the shell has closed.

    Nothing comes from a closed stdin, nobody reads what is said to a closed stderr, and writing to
    a closed stdout is an error. A file name that is no UTF-8 is written with escapes.
    """
    # In this order each gets the number that was closed, which no later file gets then.
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY))
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def is_completing() -> bool:
    """Return whether a shell asks how a command line goes on."""
    return COMPLETING in os.environ


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


def shows_glyphs(stream: TextIO, glyphs: str) -> bool:
    """Return whether a stream shows glyphs: TERM=dumb and other encodings may not."""
    if os.environ.get("TERM") == "dumb":
        return False
    try:
        glyphs.encode(stream.encoding)
    except UnicodeEncodeError:
        return False
    return True


def width() -> int:
    """Return the terminal's width in columns, 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def say(message: str, *, to_copy: bool = False) -> None:
    """Say something to the person at the terminal, on stderr.

    Args:
        message: a sentence, of one line.
        to_copy: leave it whole, so that the terminal gives it back as one line.
    """
    text = replace_controls(message)
    # Who closes the pipe of messages has not called off the work: what is recorded is kept.
    with suppress(BrokenPipeError):
        sys.stderr.write(f"{text if to_copy else between_words(text)}\n")


def between_words(text: str) -> str:
    """Break a line that a terminal would break inside a word; in a pipe it stays whole."""
    if not is_terminal(sys.stderr) or len(text) <= width():
        return text
    from textwrap import fill  # costs a start nothing where nothing is too long

    indent = " " * (len(text) - len(text.lstrip()))
    return fill(
        text,
        width(),
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


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
        if error.errno == EBADF:
            raise OutputError("standard output is closed: name a file with -o") from None
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from None


def leave_quietly() -> NoReturn:
    """End as a program does whose reader has gone: nobody is left to tell."""
    drop_rest()
    sys.exit(_BROKEN_PIPE)


def drop_rest() -> None:
    """Forget what is still to be written to stdout."""
    # Python would try to flush stdout once more on its way out, and complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
