"""A small protocol file of a few answers: how many sessions, how far apart, and what follows."""

import re
import sys
from collections.abc import Callable
from datetime import date
from string import Template
from typing import Final, TypeVar

from msgspec import Struct

from hairplan.cli.terminal import say
from hairplan.dates.typed_spans import typed_span
from hairplan.errors import InputError
from hairplan.words import format_count

T = TypeVar("T")

_MOST: Final = 10_000
_OPEN: Final = "open"


class NewCourse(Struct, frozen=True):
    """The content of a small protocol.

    Attributes:
        sessions: how many: one number, the fewest and the most, or none for a course without end.
        every: how far apart they are; null for a single one.
        duration: how long one lasts; null where that is not said.
        maintenance: how far apart the sessions are that follow without end; null for none.
    """

    sessions: tuple[int, ...]
    every: str | None
    duration: str | None
    maintenance: str | None


# ---- reading ----


def read_sessions(text: str) -> tuple[int, ...]:
    """Read how many sessions: a number, two as in 3..5, or open.

    Raises:
        InputError: it is none of these.
    """
    if text.strip().lower() == _OPEN:
        return ()
    if match := re.fullmatch(r"\s*([0-9]{1,5})\s*(?:(?:\.\.|-)\s*([0-9]{1,5})\s*)?", text):
        counts = tuple(dict.fromkeys(int(number) for number in match.groups() if number))
        if 1 <= counts[0] <= counts[-1] <= _MOST:
            return counts
    raise InputError(f"'{text}' is not a number of sessions such as 3, 3..5 or open")


def read_interval(text: str) -> str:
    """Read how far apart appointments are, in whole days or more.

    Raises:
        InputError: it is no such span.
    """
    length = typed_span(text)
    if length.minutes or not length.count:
        raise InputError(f"'{text}' is not an interval such as '10 days' or '1 month'")
    return str(length)


def read_duration(text: str) -> str:
    """Read how long an appointment lasts.

    Raises:
        InputError: it is no such length.
    """
    length = typed_span(text, of_appointment=True)
    if not length.minutes:
        raise InputError(f"'{text}' is not a length of an appointment such as 45m or 2h")
    return str(length)


# ---- asking ----


def ask_course() -> NewCourse | None:
    """Ask in the terminal for what a course needs; None where the example is wanted instead."""
    sessions = ask(
        "How many sessions (3, 3..5 or open; nothing for an example with a comment on each part)?",
        read_sessions,
    )
    if sessions is None:
        return None
    every = None
    while every is None and sessions != (1,):
        every = ask("How far apart (10 days, 4 weeks, 1 month)?", read_interval)
    duration = ask("How long is a session (45 min; nothing to leave it open)?", read_duration)
    maintenance = None
    if sessions:
        then = "And after the course, one every (6 months; nothing for none)?"
        maintenance = ask(then, read_interval)
    return NewCourse(sessions, every, duration, maintenance)


def ask(question: str, read: Callable[[str], T]) -> T | None:
    """Ask until the answer can be read; None for an empty one."""
    while True:
        say(question)
        line = sys.stdin.readline()
        if not line:
            raise InputError("no answer: the input has ended")
        try:
            return read(line.strip()) if line.strip() else None
        except InputError as error:
            for fault in error.faults:
                say(fault)


# ---- writing ----


def write_course(name: str, title: str, today: date, course: NewCourse) -> str:
    """Return a protocol file that plans as it is."""
    lines = [_HEAD.substitute(id=name, name=title, date=today, summary=_summary(course))]
    lines += [f"count = {_count(course.sessions)}"] if course.sessions != (1,) else []
    lines += [f'spacing = "{course.every}"'] if course.every else []
    lines += [f'duration = "{course.duration}"'] if course.duration else []
    lines += [_MAINTENANCE.substitute(every=course.maintenance)] if course.maintenance else []
    return "\n".join(lines) + "\n"


def _count(sessions: tuple[int, ...]) -> str:
    if not sessions:
        return f'"{_OPEN}"'
    low, high = sessions[0], sessions[-1]
    return str(low) if low == high else f"{{ min = {low}, max = {high} }}"


def _summary(course: NewCourse) -> str:
    numbers = course.sessions
    count = format_count(numbers[0], "session") if len(numbers) == 1 else "sessions"
    count = f"{numbers[0]} to {numbers[-1]} sessions" if len(numbers) > 1 else count
    apart = f", {course.every} apart" if course.every else ""
    then = f", then one every {course.maintenance}" if course.maintenance else ""
    return f"{count}{apart}{then}"


_HEAD: Final = Template(
    """\
#:schema ./hairplan.schema.json
# `hairplan schema -f markdown` lists every key that there is.
format = 1
id = "$id"
version = "1.0"
date = $date
name = "$name"
summary = "$summary"
strength = "clinic"

[[steps]]
id = "course"
name = "session"
""".rstrip()
)
_MAINTENANCE: Final = Template("""
[[steps]]
id = "maintenance"
name = "maintenance session"
kind = "maintenance"
count = "open"
anchor = "course.last"
spacing = "$every"\
""")
