"""`hairplan record`, `undo` and `history`: what happened to a plan, and what follows from it."""

import datetime as dt
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct

from hairplan.cli.clock import stamp_from, today_from, zone_here
from hairplan.cli.delivery import chosen_format, deliver, is_rehearsal, render_document
from hairplan.cli.options import (
    Environment,
    PlanArgument,
    RehearsedResult,
    ResultOptions,
    takes,
)
from hairplan.cli.plan_files import OpenedPlan, open_plan, opened_for
from hairplan.cli.terminal import say, say_faults
from hairplan.clinic.options import ChangeableOptions, Flag
from hairplan.clinic.readers import OptionReader, read_zone
from hairplan.clinic.request_from import changes_from
from hairplan.dates.clock import time_of_day
from hairplan.dates.typed import typed_date
from hairplan.errors import LOOK_AT_THIS, NO_DATES, InputError, nearest
from hairplan.files.plan_file import append_entry
from hairplan.follow.slips import refuse_slips
from hairplan.history import (
    Added,
    Cancelled,
    Changed,
    Done,
    Entry,
    Happening,
    Missed,
    Moved,
    Skipped,
    last_entry_in_force,
    replay_history,
)

if TYPE_CHECKING:
    from hairplan.plan import Break, Plan
    from hairplan.protocol.model import Protocol

BookedDays = dict[str, tuple[dt.date, dt.time | None]]
"""The day of each session, and the time where one is given."""

FORMATS: Final = ("table", "plain", "json", "markdown")
_HAPPENED: Final = "What happened"
_SESSION: Final = "SESSION"


class RecordOptions(Struct, kw_only=True):
    """The things that happened to a plan."""

    done: Annotated[
        list[str] | None,
        Flag(
            "A session took place: course-2, or course-2=2026-12-17; today if left out.",
            "SESSION[=DATE]",
            _HAPPENED,
        ),
    ] = None
    moved: Annotated[
        list[str] | None,
        Flag(
            "A session is booked for a day: course-3=2027-01-09, or =2027-01-09T14:30.",
            "SESSION=DATE[TTIME]",
            _HAPPENED,
        ),
    ] = None
    missed: Annotated[
        list[str] | None,
        Flag("A session did not take place, and is to be booked again.", _SESSION, _HAPPENED),
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
    finding: Annotated[
        list[str] | None,
        Flag(
            "What a conditional step waits for: regrowth=2027-03-01, lesion=yes.",
            "NAME=DATE|ANSWER",
            _HAPPENED,
        ),
    ] = None


class EntryOptions(PlanArgument, kw_only=True):
    """The plan file, and why something is recorded in it, and by whom."""

    reason: Annotated[
        str | None,
        Flag("Why, in your words: it stays in the history.", "TEXT"),
    ] = None
    by: Annotated[
        str | None,
        Flag("Who records it (also HAIRPLAN_BY).", "NAME"),
    ] = None


@takes(EntryOptions, RecordOptions, ChangeableOptions, RehearsedResult, Environment)
def record(
    entry_options: EntryOptions,
    happened: RecordOptions,
    changed: ChangeableOptions,
    result: RehearsedResult,
    environment: Environment,
) -> None:
    """Record what happened to a plan, and show what follows from it.

    Several things recorded at once are one step, which `hairplan undo` takes back.
    """
    form = chosen_format(result.form, result.output, FORMATS)
    today = today_from(environment.today)
    with opened_for(entry_options.plan, result) as opened:
        before = opened.plan(today)
        what = _happenings(happened, changed, opened, before, today)
        what += _zone_of(what, opened, environment)
        if not result.force:
            refuse_slips(before, what)
        entry = _entry(entry_options, today, environment, what)
        after = opened.plan(today, entry)
        _refuse_dateless(after)
        _refuse_bookings(after, what, result)
        _show(before, after, form, result)
        _finish(opened, entry, before, after, result)


@takes(EntryOptions, RehearsedResult, Environment)
def undo(entry_options: EntryOptions, result: RehearsedResult, environment: Environment) -> None:
    """Take the last step of a plan's history back; it stays in the history."""
    form = chosen_format(result.form, result.output, FORMATS)
    today = today_from(environment.today)
    with opened_for(entry_options.plan, result) as opened:
        number = last_entry_in_force(opened.file.history)
        if number is None:
            raise InputError(f"{opened.path}: nothing is recorded that could be taken back")
        entry = _entry(entry_options, today, environment, (), undoes=number)
        before, after = opened.plan(today), opened.plan(today, entry)
        _refuse_dateless(after)
        _show(before, after, form, result)
        _finish(opened, entry, before, after, result)


@takes(PlanArgument, ResultOptions, Environment)
def history(argument: PlanArgument, result: ResultOptions, environment: Environment) -> None:
    """Show what was recorded of a plan: when, by whom, and why."""
    today_from(environment.today)
    form = chosen_format(result.form, result.output, FORMATS)
    opened = open_plan(argument.plan)
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(opened.file.history)
    else:
        from hairplan.show.history import history_document

        text = render_document(history_document(opened.file), form, result.output)
    deliver(text, result, "the history")


# ---- what is recorded ----


def _happenings(
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
    reader = OptionReader(today)
    ids = [session.id for session in plan.sessions]
    days = _days(reader, "--done", options.done, today)
    booked = _days(reader, "--moved", options.moved, None)
    reader.faults += _day_faults(days, booked, today)
    added = _days(reader, "--add", options.add, None)
    plain: dict[str, list[str]] = {
        name: [name.strip() for name in getattr(options, name) or ()]
        for name in ("missed", "cancelled", "skipped")
    }
    named = [*days, *booked, *(name for names in plain.values() for name in names)]
    reader.faults += _name_faults(named, ids)
    findings = _findings(reader, options.finding, opened.protocol)
    changes = changes_from(reader, changed, findings)
    if reader.faults:
        raise InputError(*reader.faults)
    happenings: list[Happening] = [Done(name, day, at) for name, (day, at) in days.items()]
    happenings += [Moved(name, day, at) for name, (day, at) in booked.items()]
    happenings += [Missed(name) for name in plain["missed"]]
    happenings += [Cancelled(name) for name in plain["cancelled"]]
    happenings += [Skipped(name) for name in plain["skipped"]]
    happenings += _added(added, ids, {step.id for step in opened.protocol.steps})
    happenings += [changes] if changes != Changed() else []
    if not happenings:
        raise InputError(
            "nothing to record: say what happened, such as --done course-2 or"
            " --moved course-3=2027-01-09"
        )
    return tuple(happenings)


def _zone_of(
    what: Sequence[Happening], opened: OpenedPlan, environment: Environment
) -> tuple[Happening, ...]:
    """Return the zone of a first time of day, as nobody gave one: the clinic's, or this machine's.

    Raises:
        InputError: no zone is known, or the settings are not valid.
    """
    is_timed = any(getattr(happening, "time", None) for happening in what)
    given = any(isinstance(happening, Changed) and happening.zone for happening in what)
    if not is_timed or given or replay_history(opened.file.request, opened.file.history)[0].zone:
        return ()
    from hairplan.clinic.settings import load_settings

    settings = load_settings(environment.config, environment.protocols, opened.protocol.id)
    setting = settings.setting("zone", opened.protocol.id)
    name = read_zone(setting.value) if setting.value else zone_here()
    say(f"zone: {name}, from {setting.origin if setting.value else 'this machine'}")
    return (Changed(zone=name),)


def _day_faults(days: BookedDays, booked: BookedDays, today: dt.date) -> Iterator[str]:
    """Yield the faults of days that are ahead and days that are past."""
    for name, (day, _) in days.items():
        if day > today:
            yield f"--done {name}: {day} is after today, {today}"
    for name, (day, _) in booked.items():
        if day < today:
            yield (
                f"--moved {name}: {day} is before today, {today}; if it took place then:"
                f" --done {name}={day}"
            )


def _days(
    reader: OptionReader, option: str, texts: Sequence[str] | None, missing: dt.date | None
) -> dict[str, tuple[dt.date, dt.time | None]]:
    """Read texts such as SESSION=DATE or SESSION=DATETTIME."""
    days: dict[str, tuple[dt.date, dt.time | None]] = {}
    for text in texts or ():
        name, is_given, rest = text.partition("=")
        name = name.strip()
        if not name or not (is_given or missing):
            reader.faults.append(f"{option}: '{text}' is not of the form SESSION=DATE")
        elif name in days:
            reader.faults.append(f"{option}: {name} is given twice")
        elif not is_given and missing:
            days[name] = (missing, None)
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
    parts = re.fullmatch(r"(.*?)(?:T| )(\d{1,2}:\d\d)", text.strip())
    day_text, time_text = parts.groups() if parts else (text, None)
    day = reader.one(where, day_text, lambda typed: typed_date(typed, reader.today))
    at = reader.one(where, time_text, time_of_day)
    if day is not None:
        days[name] = (day, at)


def _name_faults(named: Sequence[str], ids: Sequence[str]) -> Iterator[str]:
    for name in dict.fromkeys(named):
        if named.count(name) > 1:
            yield f"{name}: two things are said of it at once"
        if name not in ids:
            yield f"no session '{name}'{nearest(name, list(ids))}; there are: {', '.join(ids)}"


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


def _added(
    added: Mapping[str, tuple[dt.date, dt.time | None]], ids: Sequence[str], steps: Collection[str]
) -> Iterator[Added]:
    """Yield appointments beside the protocol's, each with an id that no other has or will get."""
    taken = set(ids)
    for name, (day, at) in added.items():
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "extra"
        # A step gives its numbers to appointments that are not planned yet.
        stem = f"extra-{stem}" if stem in steps else stem
        number = next(free for free in count(1) if f"{stem}-{free}" not in taken)
        taken.add(f"{stem}-{number}")
        yield Added(f"{stem}-{number}", name, day, at)


def _entry(
    entry_options: EntryOptions,
    today: dt.date,
    environment: Environment,
    what: tuple[Happening, ...],
    undoes: int | None = None,
) -> Entry:
    return Entry(
        at=stamp_from(environment.today),
        on=today,
        by=entry_options.by or os.environ.get("HAIRPLAN_BY") or _user(),
        reason=(entry_options.reason or "").strip() or None,
        what=what,
        undoes=undoes,
    )


def _user() -> str | None:
    """Return the name of this machine's user, if it has one."""
    import getpass

    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return None


# ---- what follows ----


def _refuse_dateless(after: "Plan") -> None:
    """Refuse an entry that leaves a plan without any dates.

    Raises:
        typer.Exit: it does.
    """
    if after.problem is not None and after.problem.kind == "no dates":
        say_faults((after.problem.what, *after.problem.why))
        say("nothing is recorded")
        raise typer.Exit(NO_DATES)


def _refuse_bookings(after: "Plan", what: Sequence[Happening], result: RehearsedResult) -> None:
    """Refuse a booking that the protocol or the clinic's days do not allow.

    Raises:
        typer.Exit: there is one, and nobody insists.
    """
    moved = {happening.session for happening in what if isinstance(happening, Moved | Added)}
    broken = [
        broken_rule
        for broken_rule in after.breaks
        if broken_rule.session in moved and broken_rule.what in {"early", "closed"}
    ]
    if not broken or result.force:
        return
    for broken_rule in broken:
        say_faults((f"{broken_rule.session}: {broken_rule.says}",))
        if broken_rule.nearest:
            say(f"the nearest day that can be: --moved {broken_rule.session}={broken_rule.nearest}")
    say("nothing is recorded; --force records it all the same")
    raise typer.Exit(NO_DATES)


def _show(before: "Plan", after: "Plan", form: str, result: RehearsedResult) -> None:
    """Print what changes."""
    from hairplan.follow.diff import find_changes

    changes = find_changes(before, after)
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(changes)
    else:
        from hairplan.show.diff import diff_document

        text = render_document(diff_document(changes), form, result.output)
    # What is rehearsed is the recording; what would change is shown in any case.
    deliver(
        text, ResultOptions(form=form, output=result.output, force=result.force), "what changes"
    )


def _finish(
    opened: OpenedPlan, entry: Entry, before: "Plan", after: "Plan", result: RehearsedResult
) -> None:
    """Save, and say what there is to look at.

    Raises:
        typer.Exit: what is ahead leaves the protocol where it did not before.
    """
    number = len(opened.file.history) + 1
    if not is_rehearsal(result):
        opened.save(append_entry(opened.file, entry))
        say(f"recorded as entry {number} of {opened.path}")
    known = {broken.says for broken in before.breaks}
    new = [broken for broken in after.breaks if broken.says not in known]
    ahead = [broken for broken in new if not broken.is_done]
    if is_rehearsal(result) and after.problem is None:
        say(_feasible(ahead))
    for broken in new if not is_rehearsal(result) else ():
        say(f"{broken.session}: {broken.says}")
    if after.problem is not None and before.problem is None:
        for line in (after.problem.what, *after.problem.why):
            say(line)
    if ahead:
        raise typer.Exit(LOOK_AT_THIS)


def _feasible(ahead: Sequence["Break"]) -> str:
    if not ahead:
        return "feasible: what is ahead keeps to the protocol; nothing is recorded"
    return f"not feasible: {ahead[0].session}: {ahead[0].says}; nothing is recorded"
