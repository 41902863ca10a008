"""`hairplan new`: a small protocol of the clinic's own to start from."""

import datetime as dt
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Annotated, Final, get_args

import typer
from msgspec import Struct

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import STDOUT, deliver
from hairplan.cli.new_course import (
    NewCourse,
    ask_course,
    read_duration,
    read_interval,
    read_sessions,
    write_course,
)
from hairplan.cli.options import Environment, Force, Output, ResultOptions, takes
from hairplan.cli.terminal import is_terminal, say
from hairplan.clinic.options import COURSE, Flag
from hairplan.clinic.readers import OptionReader
from hairplan.errors import InputError


class NewOptions(Struct, kw_only=True):
    """The name of the protocol, and the file that it goes to."""

    name: Annotated[
        str,
        typer.Argument(
            help="The protocol's short name, such as prp-scalp.", metavar="NAME", show_default=False
        ),
    ]
    sessions: Annotated[
        str | None, Flag("How many sessions: 3, 3..5 or open.", "N", COURSE, "-n")
    ] = None
    every: Annotated[
        str | None, Flag('How far apart they are, such as "1 month".', "SPAN", COURSE)
    ] = None
    duration: Annotated[str | None, Flag("How long one lasts, such as 45m.", "SPAN", COURSE)] = None
    maintenance: Annotated[
        str | None,
        Flag('After the course, one every so often, such as "6 months".', "SPAN", COURSE),
    ] = None
    output: Output = None
    force: Force = False


@takes(NewOptions, Environment)
def new(options: NewOptions, environment: Environment) -> None:
    """Write a small protocol to start from: NAME.toml, with a comment on each part.

    With --sessions and --every, or with answers in a terminal, it has that course alone.
    """
    today = today_from(environment.today)
    name = _checked(options.name)
    output = options.output or Path(f"{name}.toml")
    title = name.replace("-", " ").capitalize()
    course = _course(options)
    text = (
        write_course(name, title, today, course)
        if course
        else _TEMPLATE.substitute(id=name, name=title, date=today)
    )
    deliver(text, ResultOptions(output=output, force=options.force), "a first protocol")
    if output != STDOUT:
        _say_next(output)


def _course(options: NewOptions) -> NewCourse | None:
    """Return the course that is said or asked for; None for the example.

    Raises:
        InputError: every fault in what is said, or what it lacks.
    """
    given = (options.sessions, options.every, options.duration, options.maintenance)
    if not any(text is not None for text in given):
        is_asked = is_terminal(sys.stdin) and is_terminal(sys.stderr)
        return ask_course() if is_asked else None
    reader = OptionReader(dt.date.min)
    sessions = reader.one("--sessions", options.sessions, read_sessions)
    every = reader.one("--every", options.every, read_interval)
    duration = reader.one("--duration", options.duration, read_duration)
    maintenance = reader.one("--maintenance", options.maintenance, read_interval)
    faults = reader.faults or list(_lacking(options, sessions))
    if faults or sessions is None:
        raise InputError(*faults)
    return NewCourse(sessions, every, duration, maintenance)


def _lacking(options: NewOptions, sessions: tuple[int, ...] | None) -> Iterator[str]:
    """Yield what a course lacks, or says in vain."""
    if sessions is None:
        yield "--sessions: missing: how many, such as 3, 3..5 or open?"
    if sessions == (1,) and options.every:
        yield "--every: of one session alone: say how many there are"
    if sessions != (1,) and options.every is None:
        yield "--every: missing: how far apart are the sessions, such as '1 month'?"
    if sessions == () and options.maintenance:
        yield "--maintenance: of a course without an end nothing follows"


def _checked(name: str) -> str:
    from hairplan.protocol.values import Id

    _, limits = get_args(Id)
    if not re.fullmatch(limits.pattern, name) or len(name) > limits.max_length:
        raise InputError(
            f"NAME: '{name}' is not {limits.description}, of {limits.max_length} characters at most"
        )
    return name


def _say_next(output: Path) -> None:
    # A name alone would be looked for among the treatments.
    path = output if len(output.parts) > 1 else f"./{output}"
    check, schedule = shlex.quote(str(output)), shlex.quote(str(path))
    say(f"next: hairplan validate {check}, then hairplan schedule {schedule}")
    say("hairplan schema -o hairplan.schema.json lets your editor check it")


_TEMPLATE: Final = Template("""\
#:schema ./hairplan.schema.json
# A protocol of the clinic's own. Its figures are examples: put your own in their place.
# `hairplan schema -f markdown` lists every key that there is.
# strength = "clinic" says that a figure is the clinic's own and comes from no published source.
format = 1
id = "$id"
version = "1.0"
date = $date
name = "$name"
summary = "3 sessions a month apart, then maintenance twice a year"
# How far maintenance is planned, if nothing else is asked for.
horizon = "2 years"
strength = "clinic"

# The course: how many sessions, and how far apart. The dates stay between min and max.
[[steps]]
id = "course"
name = "session"
count = 3
spacing = { min = "3 weeks", preferred = "4 weeks", max = "6 weeks" }
duration = "45 minutes"
strength = "clinic"

# Maintenance: "open" repeats it, counted from the last session of the course.
[[steps]]
id = "maintenance"
name = "maintenance session"
kind = "maintenance"
count = "open"
anchor = "course.last"
spacing = { min = "5 months", preferred = "6 months", max = "8 months" }
duration = "45 minutes"
strength = "clinic"

# What to avoid before and after each session, at least and ideally for so long.
[restrictions.sun]
label = "avoid sun on the scalp"
before = { at_least = "1 day", ideal = "3 days" }
after = { at_least = "3 days", ideal = "1 week" }
strength = "clinic"

# What to do for a session: here, two days before each one.
[tasks.wash]
label = "wash the hair with a mild shampoo, and come without styling products"
lead = "2 days"
strength = "clinic"

# What is asked of the patient ...
[questions.anticoagulant]
ask = "Do you take medicines that thin the blood?"

# ... and what it means if the answer is yes: "caution" is a note in the plan, "postpone" and
# "contraindicated" refuse the treatment.
[rules.anticoagulant]
question = "anticoagulant"
outcome = "caution"
says = "more bleeding and bruising: ask the doctor who prescribes it, and stop nothing on your own"
strength = "clinic"
""")
