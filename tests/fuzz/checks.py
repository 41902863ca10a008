"""The limits and the laws that hold whatever the input is: time, memory, outputs, files."""

import csv
import io
import re
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from hairplan.errors import HairplanError
from hairplan.files.plan_file import PLAN_FILE_SUFFIX, PlanFile, decode

MOST_SECONDS = 5.0
MOST_BYTES = 1024**3

STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal, or turn a text around; lines end with a line feed."""

IN_CALENDARS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters that a calendar must not have: it may hold tabs, and its reader turns text."""

FORMULA = re.compile(r"[=+@\t\r]|-(?!\d+$)")
"""The beginning of a cell that a spreadsheet takes for a formula; a number below 0 is none."""

CSV_HEADERS = ("plan,", "path,", "ref,")


class TooSlowError(BaseException):
    """An input took longer than any may; nothing in the program takes it for a fault of its own."""


class BrokenLawError(AssertionError):
    """An input ended in what must not be."""


@contextmanager
def limited_time(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer than any input may."""

    def interrupt(*_: object) -> None:
        raise TooSlowError

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def limited_memory() -> Iterator[None]:
    """See that no input takes this process beyond the memory that it may have.

    Raises:
        BrokenLawError: the process never had so much before.
    """
    before = peak_bytes()
    yield
    if (peak := peak_bytes()) > max(before, MOST_BYTES):
        raise BrokenLawError(f"{peak // 1024**2} MB of memory")


def peak_bytes() -> int:
    """Return the most memory that this process ever had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


# ---- outputs ----


def check_text(text: str, what: str, steering: re.Pattern[str] = STEERING) -> None:
    """See that a text for a person or a program steers no terminal.

    Raises:
        BrokenLawError: it has a control character.
    """
    if found := steering.search(text):
        around = text[max(0, found.start() - 40) : found.end() + 20]
        raise BrokenLawError(f"a control character in {what}: {around!a}")


def check_csv(text: str, what: str) -> None:
    """See that no cell is a formula, and that nothing steers a terminal.

    Raises:
        BrokenLawError: a cell is, or something does.
    """
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            if FORMULA.match(cell):
                raise BrokenLawError(f"a formula in {what}: {cell!a}")
            check_text(cell, what)


def check_output(data: bytes, what: str) -> None:
    """See that an output is text, and harmless; CSV and calendars may have their line ends.

    Raises:
        BrokenLawError: it is not.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BrokenLawError(f"{what}: {error}") from None
    if text.startswith("BEGIN:VCALENDAR"):
        check_text(text.replace("\r\n", "\n"), what, IN_CALENDARS)
    elif text.startswith(CSV_HEADERS):
        check_csv(text, what)
        check_text(text.replace("\r\n", "\n"), what)
    else:
        check_text(text, what)


# ---- files ----

Files = Mapping[str, bytes]


def changed_files(before: Files, after: Files) -> list[str]:
    """Return the names of files that are there no more, or with another content."""
    return [name for name, data in before.items() if after.get(name) != data]


def check_recording(before: bytes, after: bytes | None, name: str) -> None:
    """See that a plan file that was changed still holds all that it held.

    Raises:
        BrokenLawError: it does not.
    """
    old, new = opened_plan(before, name), opened_plan(after or b"", name)
    if old is None or new is None:
        raise BrokenLawError(f"{name}: a plan file was damaged, or a damaged one was changed")
    if new.history[: len(old.history)] != old.history:
        raise BrokenLawError(f"{name}: an entry of its history is gone")
    if (new.id, new.made, new.protocol, new.request) != (
        old.id, old.made, old.protocol, old.request,
    ):  # fmt: skip
        raise BrokenLawError(f"{name}: what a plan was made from was changed")


def opened_plan(data: bytes, name: str) -> PlanFile | None:
    """Return what a plan file holds; None for one that is refused."""
    with suppress(HairplanError):
        return decode(data, name)
    return None


def is_plan_name(name: str) -> bool:
    """Return whether a file is called as plan files are."""
    return name.endswith(PLAN_FILE_SUFFIX)
