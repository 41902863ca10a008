"""The options that say what happened to a plan, and their way to entries of its history."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Annotated, Final, get_args

from msgspec import structs

from hairplan.cli.endings import EndOptions, endings_from
from hairplan.cli.plan_files import OpenedPlan
from hairplan.cli.proposals import days_proposed, one_by_one
from hairplan.cli.terminal import say
from hairplan.clinic.days import date_order_of
from hairplan.clinic.options import ChangeableOptions, Flag
from hairplan.clinic.readers import OptionReader, read_span
from hairplan.clinic.request_from import changes_from
from hairplan.dates.clock import time_of_day
from hairplan.errors import InputError, nearest
from hairplan.history import (
    Added,
    Cancelled,
    Changed,
    Done,
    Happening,
    Missed,
    Moved,
    Skipped,
    Ticked,
)
from hairplan.plan import ADDED
from hairplan.protocol.values import OF_COURSE, StepKind
from hairplan.words import format_date, join_words, name_by_step

if TYPE_CHECKING:
    from hairplan.plan import Plan
    from hairplan.protocol.model import Protocol

BookedDays = dict[str, tuple[dt.date, dt.time | None]]
"""The day of each session, and the time where one is given."""

KINDS_TO_ADD: Final[dict[str, StepKind]] = {
    kind: kind for kind in get_args(StepKind) if kind not in OF_COURSE
}
"""The kinds that an added appointment may have: one of a course is the protocol's, to count."""

_HAPPENED: Final = "What happened"
_SESSION: Final = "SESSION"


class RecordOptions(EndOptions, kw_only=True):
    """The things that happened to a plan."""

    done: Annotated[
        list[str] | None,
        Flag(
            "A session took place, or a task is done: course-2, or course-2=2026-12-17; on its day"
            " if that is past, else today.",
            "SESSION[=DATE]",
            _HAPPENED,
        ),
    ] = None
    counted: Annotated[
        bool | None,
        Flag(
            "Whether the sessions done count; one that does not is to be repeated.",
            panel=_HAPPENED,
            name="--counted/--not-counted",
        ),
    ] = None
    booked: Annotated[
        list[str] | None,
        Flag(
            "Sessions are booked as proposed: course-1,course-2; or one for a day:"
            " course-3=2027-01-09, or =2027-01-09T14:30.",
            "SESSION[=DATE[TTIME]]",
            _HAPPENED,
            "--moved",
            "--booked",
        ),
    ] = None
    missed: Annotated[
        list[str] | None,
        Flag(
            "A session did not take place, and is to be booked again, or counts all the same where"
            " the protocol says so.",
            _SESSION,
            _HAPPENED,
        ),
    ] = None
    cancelled: Annotated[
        list[str] | None,
        Flag("A session is called off and awaits a new date.", _SESSION, _HAPPENED),
    ] = None
    skipped: Annotated[
        list[str] | None,
        Flag("A session is given up.", _SESSION, _HAPPENED),
    ] = None
    add: Annotated[
        list[str] | None,
        Flag(
            "An appointment that the protocol does not have: extra=2027-02-01.",
            "NAME=DATE[TTIME]",
            _HAPPENED,
        ),
    ] = None
    as_kind: Annotated[
        str | None,
        Flag(
            "What is added: a touch-up, if left out, or maintenance, with all that is to be avoided"
            " around it; a review, consultation or visit, with nothing.",
            "KIND",
            _HAPPENED,
            name="--as",
        ),
    ] = None
    extend: Annotated[
        list[str] | None,
        Flag(
            "For this patient a restriction lasts longer after an appointment than its least:"
            ' sun="10 days".',
            "NAME=SPAN",
            _HAPPENED,
        ),
    ] = None
    finding: Annotated[
        list[str] | None,
        Flag(
            "What a conditional step waits for: regrowth=2027-03-01, lesion=yes.",
            "NAME=DATE|ANSWER",
            _HAPPENED,
        ),
    ] = None


def happenings_from(
    options: RecordOptions,
    changed: ChangeableOptions,
    opened: OpenedPlan,
    plan: "Plan",
    today: dt.date,
) -> tuple[Happening, ...]:
    """Return the things that happened, in the order of the options.

    Raises:
        InputError: every fault of the options; there is nothing to record.
    """
    reader = OptionReader(today, date_order_of(opened.settings))
    of_sessions = _of_sessions(reader, options, plan, opened.followed)
    added = _added(reader, options, plan, {step.id for step in opened.followed.steps})
    endings = endings_from(options, reader, opened.file)
    booked = {each.session: each.to for each in of_sessions if isinstance(each, Moved)}
    reader.faults += endings.booking_faults("--booked", booked, today)
    on = {each.name: each.on for each in added}
    reader.faults += endings.booking_faults("--add", on, today)
    findings = _findings(reader, options.finding, opened.followed)
    extend = reader.named("--extend", options.extend, "NAME=SPAN", read_span)
    changes = structs.replace(changes_from(reader, changed, findings), extend=extend)
    if reader.faults:
        raise InputError(*reader.faults)
    changed_at_all = [changes] if changes != Changed() else []
    happenings = (*endings.resumed, *of_sessions, *added, *changed_at_all, *endings.ended)
    if not (happenings or options.protocol or options.newest):
        raise InputError(
            "nothing to record: say what happened, such as --done course-2 or"
            " --booked course-3=2027-01-09"
        )
    return happenings


def _of_sessions(
    reader: OptionReader, options: RecordOptions, plan: "Plan", protocol: "Protocol"
) -> list[Happening]:
    """Return what happened to the sessions and the tasks; every fault goes to the reader."""
    ids = [session.id for session in plan.sessions]
    done = [*one_by_one(options.done)]
    days = _days(reader, "--done", done, _days_done(plan, reader.today))
    booked = _days(reader, "--booked", [*one_by_one(options.booked)], days_proposed(plan, reader))
    reader.faults += _day_faults(days, booked, reader.today)
    missed, cancelled, skipped = (
        [name.strip() for name in one_by_one(names)]
        for names in (options.missed, options.cancelled, options.skipped)
    )
    named = [*booked, *missed, *cancelled, *skipped]
    tasks = _task_names(plan, protocol)
    reader.faults += _name_faults([*days, *named], ids, {*days} - {*named}, tasks)
    reader.faults += _done_faults(days, ids)
    reader.faults += _counted_faults(days, plan, options.counted)
    return [
        *(
            Done(name, day, at, options.counted) if name in ids else Ticked(name, day)
            for name, (day, at) in days.items()
        ),
        *(Moved(name, day, at) for name, (day, at) in booked.items()),
        *map(Missed, missed),
        *map(Cancelled, cancelled),
        *map(Skipped, skipped),
    ]


def _days_done(plan: "Plan", today: dt.date) -> Callable[[str], dt.date]:
    """Return how to find the day on which a session was done that is named without one.

    It is the day that was booked or proposed, if that is past, and then it is said; else today.
    """
    days = {session.id: session.planned for session in plan.sessions}
    # What waits has no day, and what is late was put off to today as nobody had recorded it.
    unsure = {
        each.id
        for each in plan.sessions
        if each.planned is None or (each.latest and each.latest < today)
    }

    def find(name: str) -> dt.date:
        day = days.get(name) or today
        if day >= today:
            if name in unsure:
                on = f"{format_date(today)}, today"
                say(f"{name}: done on {on}; on another day: --done {name}=DATE")
            return today
        say(f"{name}: done on {format_date(day)}, as planned; on another day: --done {name}=DATE")
        return day

    return find


def _day_faults(days: BookedDays, booked: BookedDays, today: dt.date) -> Iterator[str]:
    """Yield the faults of days that are ahead and days that are past."""
    for name, (day, _) in days.items():
        if day > today:
            yield f"--done {name}: {day} is after today, {today}"
    for name, (day, _) in booked.items():
        if day < today:
            yield (
                f"--booked {name}: {day} is before today, {today}; if it took place then:"
                f" --done {name}={day}"
            )


def _days(
    reader: OptionReader,
    option: str,
    texts: Sequence[str] | None,
    missing: Callable[[str], dt.date] | None,
) -> dict[str, tuple[dt.date, dt.time | None]]:
    """Read texts such as SESSION=DATE or SESSION=DATETTIME; `missing` tells a day left out."""
    days: dict[str, tuple[dt.date, dt.time | None]] = {}
    for text in texts or ():
        name, is_given, rest = text.partition("=")
        name = name.strip()
        if not name or not (is_given or missing):
            reader.faults.append(f"{option}: '{text}' is not of the form SESSION=DATE")
        elif name in days:
            reader.faults.append(f"{option}: {name} is given twice")
        elif not is_given and missing:
            days[name] = (missing(name), None)
        else:
            _read_day(reader, f"{option} {name}", rest, days, name)
    return days


def _read_day(
    reader: OptionReader,
    where: str,
    text: str,
    days: dict[str, tuple[dt.date, dt.time | None]],
    name: str,
) -> None:
    parts = re.fullmatch(r"(.*?)(?:T(?=\d)(.+)|\s(\d{1,2}(?::\d\d|h\d{0,2})))", text.strip())
    day_text, time_text = (parts[1], parts[2] or parts[3]) if parts else (text, None)
    day = reader.one(where, day_text, reader.date)
    at = reader.one(where, time_text, time_of_day)
    if day is not None:
        days[name] = (day, at)


def _task_names(plan: "Plan", protocol: "Protocol") -> list[str]:
    """Return the names by which tasks can be said to be done.

    One that holds good for a time is done whichever appointment is the next.
    """
    names = [task.id for task in plan.tasks]
    stems = (name.partition(".")[0] for name in names)
    lasting = (name for name in stems if name in protocol.tasks and protocol.tasks[name].valid)
    return list(dict.fromkeys((*names, *lasting)))


def _name_faults(
    named: Sequence[str], ids: Sequence[str], done: Collection[str], tasks: Sequence[str]
) -> Iterator[str]:
    """Yield what is named twice, and what is no session, nor a task where it is done."""
    for name in dict.fromkeys(named):
        if named.count(name) > 1:
            yield f"{name}: two things are said of it at once"
        known = [*ids, *tasks] if name in done else list(ids)
        if name in known:
            continue
        if name in done and tasks:
            there_are = f"sessions: {', '.join(name_by_step(ids))}; tasks: {_list_tasks(tasks)}"
            yield f"no session or task '{name}'{nearest(name, known)}; {there_are}"
        else:
            there_are = ", ".join(name_by_step(ids))
            yield f"no session '{name}'{nearest(name, known)}; there are: {there_are}"


def _list_tasks(tasks: Sequence[str]) -> str:
    """List tasks, each once, with an example of how one is named that many sessions have."""
    names = ", ".join(dict.fromkeys(task.partition(".")[0] for task in tasks))
    example = next((task for task in tasks if "." in task), None)
    return f"{names}, of one session: {example}" if example else names


def _done_faults(days: BookedDays, ids: Sequence[str]) -> Iterator[str]:
    """Yield what is said of a task and only a session can have."""
    for name, (_, at) in days.items():
        if at and name not in ids:
            yield f"--done {name}: {at:%H:%M}: a task is done on a day: leave the time out"


def _counted_faults(days: BookedDays, plan: "Plan", counted: bool | None) -> Iterator[str]:  # noqa: FBT001
    """Yield that nothing was done of which it can be said that it counts, or does not."""
    # What the protocol does not have counts for nothing in it.
    in_protocol = {session.id for session in plan.sessions if session.phase != ADDED}
    if counted is not None and in_protocol.isdisjoint(days):
        option = "--counted" if counted else "--not-counted"
        yield f"{option}: says of a session done whether it counts: add --done SESSION=DATE"


def _findings(
    reader: OptionReader, texts: Sequence[str] | None, protocol: "Protocol"
) -> tuple[list[str], list[str]]:
    """Return findings as answers and as events: a date is an event's, else it is an answer."""
    answers: list[str] = []
    events: list[str] = []
    for text in texts or ():
        name, _, rest = text.partition("=")
        if name in protocol.questions and rest.strip().lower() in {"yes", "no", "unknown"}:
            answers.append(text)
        elif name in protocol.events:
            events.append(text)
        else:
            known = [*protocol.questions, *protocol.events]
            reader.faults.append(
                f"--finding: '{text}' is not NAME=DATE of an event or NAME=yes|no of a question"
                f"{nearest(name, known)}; there are: {', '.join(known)}"
            )
    return answers, events


def _kind_added(reader: OptionReader, options: RecordOptions) -> StepKind:
    """Return the kind of the appointments that are added."""
    if options.as_kind is None:
        return "touch-up"
    if not options.add:
        reader.faults.append("--as: says what is added: give it with --add")
    kind = KINDS_TO_ADD.get(options.as_kind.strip().lower())
    if kind is None:
        known = join_words([*KINDS_TO_ADD], "or")
        reader.faults.append(f"--as: '{options.as_kind}' is not {known}")
    return kind or "touch-up"


def _added(
    reader: OptionReader, options: RecordOptions, plan: "Plan", steps: Collection[str]
) -> list[Added]:
    """Return appointments beside the protocol's, each with an id that no other has or will get."""
    kind = _kind_added(reader, options)
    taken = {session.id for session in plan.sessions}
    added: list[Added] = []
    for name, (day, at) in _days(reader, "--add", options.add, None).items():
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "extra"
        # A step gives its numbers to appointments that are not planned yet.
        stem = f"extra-{stem}" if stem in steps else stem
        number = next(free for free in count(1) if f"{stem}-{free}" not in taken)
        taken.add(f"{stem}-{number}")
        added.append(Added(f"{stem}-{number}", name, day, at, kind))
    return added
