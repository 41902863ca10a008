"""`hairplan record`, `undo` and `history`: what happened to a plan, and what follows from it."""

import datetime as dt
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct, structs

from hairplan.cli.adoption import adopted_from, fitting
from hairplan.cli.clock import stamp_from, today_from, zone_here
from hairplan.cli.delivery import (
    STDOUT,
    chosen_format,
    deliver,
    is_rehearsal,
    render_document,
)
from hairplan.cli.desk import DESK_FORMS
from hairplan.cli.happenings import RecordOptions, happenings_from
from hairplan.cli.help import ShortHelp
from hairplan.cli.options import (
    Environment,
    PlanArgument,
    RehearsedResult,
    ResultOptions,
    ViewedResult,
    takes,
)
from hairplan.cli.plan_files import OpenedPlan, open_plan, opened_for
from hairplan.cli.terminal import say, say_faults
from hairplan.clinic.days import zone_of
from hairplan.clinic.options import ChangeableOptions, Flag
from hairplan.clinic.settings import load_clinic
from hairplan.errors import LOOK_AT_THIS, NO_DATES, REFUSED, InputError
from hairplan.files.plan_file import append_entry
from hairplan.follow.replaced import describe_replaced
from hairplan.follow.slips import refuse_slips
from hairplan.follow.taking_back import find_entry_to_undo, standing_without
from hairplan.follow.unready import describe_open, refuse_unready, refuse_unsettled
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
    replay_history,
)
from hairplan.words import format_date, join_words

if TYPE_CHECKING:
    from hairplan.plan import Break, Plan

FORMATS: Final = ("table", "plain", "json", "markdown")


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


class UndoOptions(EntryOptions, kw_only=True):
    """The plan file, and the entry to take back."""

    entry: Annotated[
        int | None,
        typer.Argument(
            help="The number of the entry, which `hairplan history` shows; the last if left out.",
            metavar="[ENTRY]",
            show_default=False,
        ),
    ] = None


_SHORT: Final = ShortHelp(
    (
        "hairplan record anna.plan.json --done course-1 --booked course-2=2026-12-17",
        "hairplan record A-17 --missed course-2",
        "hairplan record A-17 --away 2027-02-01..2027-02-14=travel --dry-run",
    ),
    (
        "reason", "by", "ended", "done", "booked", "missed", "cancelled", "skipped", "add",
        "answer", "event", "away", "time", "form", "dry_run", "force", "full",
    ),
)  # fmt: skip


@takes(EntryOptions, RecordOptions, ChangeableOptions, ViewedResult, Environment, short=_SHORT)
def record(
    entry_options: EntryOptions,
    happened: RecordOptions,
    changed: ChangeableOptions,
    result: ViewedResult,
    environment: Environment,
) -> None:
    """Record what happened to a plan, and show what follows from it.

    Several things recorded at once are one step, which `hairplan undo` takes back. --full shows all
    that changes; so do Markdown and JSON.
    """
    record_step(entry_options, happened, changed, result, environment)


def record_step(
    entry_options: EntryOptions,
    happened: RecordOptions,
    changed: ChangeableOptions,
    result: ViewedResult,
    environment: Environment,
) -> None:
    """Record one step of a plan's history, and show what follows from it.

    Raises:
        InputError: every fault of the options.
        typer.Exit: it cannot be, or what is ahead leaves the protocol.
    """
    form = chosen_format(result.form, result.output, FORMATS)
    with opened_for(entry_options.plan, result, load_clinic(environment.config)) as opened:
        today = opened.today(environment)
        before = opened.plan(today)
        adopted = adopted_from(happened, opened, environment)
        what = (*adopted, *happenings_from(happened, changed, opened, before, today))
        what += _zone_of(what, opened)
        if not result.force:
            refuse_slips(before, what, today)
        entry = _entry(entry_options, today, environment, what)
        entry = structs.replace(entry, clinic_days=opened.news_of_clinic(today))
        with fitting(adopted):
            after = opened.plan(today, entry)
        if after == before and not entry.reason and all(isinstance(each, _STATES) for each in what):
            say("nothing changes: nothing is recorded")
            return
        _refuse_dateless(after)
        _refuse_stopped(after, what)
        if not result.force:
            refuse_unready(after, what)
            refuse_unsettled(after, opened.protocol.steps, what)
        _refuse_bookings(after, entry, opened, result)
        step = _Step(opened, entry, before, after)
        _show(step, form, result)
        for line in (*describe_replaced(opened.request.events, what), *describe_open(after, what)):
            say(line)
        _finish(step, form, result)


@takes(UndoOptions, ViewedResult, Environment)
def undo(options: UndoOptions, result: ViewedResult, environment: Environment) -> None:
    """Take a step of a plan's history back, the last or the one named; it stays in the history."""
    form = chosen_format(result.form, result.output, FORMATS)
    with opened_for(options.plan, result, load_clinic(environment.config)) as opened:
        today = opened.today(environment)
        try:
            number = find_entry_to_undo(opened.file.history, options.entry)
        except InputError as error:
            raise InputError(*(f"{opened.path}: {fault}" for fault in error.faults)) from None
        entry = _entry(options, today, environment, (), undoes=number)
        before = opened.plan(today)
        with standing_without(number):
            after = opened.plan(today, entry)
        _refuse_dateless(after)
        step = _Step(opened, entry, before, after)
        _show(step, form, result)
        _finish(step, form, result)


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


def _zone_of(what: Sequence[Happening], opened: OpenedPlan) -> tuple[Happening, ...]:
    """Return the zone of a first time of day, as nobody gave one: the clinic's, or this machine's.

    Raises:
        InputError: no zone is known, or the settings are not valid.
    """
    is_timed = any(getattr(happening, "time", None) for happening in what)
    given = any(isinstance(happening, Changed) and happening.zone for happening in what)
    if not is_timed or given or replay_history(opened.file.request, opened.file.history)[0].zone:
        return ()
    stated = zone_of(opened.settings)
    name = stated or zone_here()
    origin = opened.settings.setting("zone").origin if stated else "this machine"
    say(f"zone: {name}, from {origin}")
    return (Changed(zone=name),)


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


def _refuse_stopped(after: "Plan", what: Sequence[Happening]) -> None:
    """Refuse a booking on a day on which the treatment is stopped.

    Raises:
        typer.Exit: there is one.
    """
    days = {session.id: session.planned for session in after.sessions}
    booked = [each.session for each in what if isinstance(each, Moved | Added)]
    stopped = [name for name in booked if days.get(name) is None]
    if after.problem is None or not stopped:
        return
    say_faults(
        (
            f"{join_words(stopped)}: nothing can be booked while the treatment is stopped:",
            *after.problem.why,
        )
    )
    say("nothing is recorded; an answer or an override lifts the stop")
    raise typer.Exit(REFUSED)


def _refuse_bookings(
    after: "Plan", entry: Entry, opened: OpenedPlan, result: RehearsedResult
) -> None:
    """Refuse a booking that the protocol or the clinic's days do not allow.

    Raises:
        typer.Exit: there is one, and nobody insists.
    """
    moved = {each.session for each in entry.what if isinstance(each, Moved | Added)}
    broken = [
        broken_rule
        for broken_rule in after.breaks
        if broken_rule.session in moved and broken_rule.what in {"early", "closed", "order"}
    ]
    if not broken or result.force:
        return
    for broken_rule in broken:
        say_faults((f"{broken_rule.session}: {broken_rule.says}",))
        if broken_rule.nearest:
            day = f"{broken_rule.session}={broken_rule.nearest}"
            say(f"the nearest day that can be: --booked {day}")
        if broken_rule.what == "order":
            _say_soonest(broken_rule.session, after, entry, opened)
    say("nothing is recorded; --force records it all the same")
    raise typer.Exit(NO_DATES)


def _say_soonest(name: str, after: "Plan", entry: Entry, opened: OpenedPlan) -> None:
    """Say from when on an appointment could be, if what it comes after took place today."""
    before = next(session.after for session in after.sessions if session.id == name)
    assert before is not None, f"{name} comes after nothing that is to be settled"
    then = opened.plan(entry.on, structs.replace(entry, what=(Done(before, entry.on),)))
    # With the other one done there may be fewer repeats up to the horizon, or none with a window.
    first = next((each.earliest for each in then.sessions if each.id == name), None)
    if first is not None:
        say(f"if {before} takes place today, {name} can be from {format_date(first)} on")


_STATES: Final = (Done, Moved, Missed, Cancelled, Skipped)
"""The entries that say how a session stands: repeated, they say nothing new."""


class _Step(Struct, frozen=True):
    """A step of a plan's history: what is recorded, and the plan before and after it."""

    opened: OpenedPlan
    entry: Entry
    before: "Plan"
    after: "Plan"

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions of which something is recorded."""
        kinds = Done | Moved | Missed | Cancelled | Skipped | Added
        return frozenset(each.session for each in self.entry.what if isinstance(each, kinds))


def _show(step: _Step, form: str, result: ViewedResult) -> None:
    """Print what changes."""
    from hairplan.follow.diff import find_changes
    from hairplan.follow.newer_protocol import find_version_change

    before, after = step.before, step.after
    changes = (*find_version_change(before, after), *find_changes(before, after))
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(changes)
    elif _is_short(form, result):
        from hairplan.show.diff_desk import DiffView, diff_desk

        view = DiffView(
            before=before, after=after, changes=changes, recorded=step.sessions,
            today=step.entry.on, path=step.opened.path, exported=bool(step.opened.file.exports),
            plain=form == "plain",
        )  # fmt: skip
        text = render_document(diff_desk(view), form, result.output)
    else:
        from hairplan.show.diff import diff_document

        text = render_document(diff_document(changes), form, result.output)
    # What is rehearsed is the recording; what would change is shown in any case.
    shown = ResultOptions(form=form, output=result.output, force=result.force)
    # Through no pager: nothing is recorded before it ends, and the plan file is locked meanwhile.
    deliver(text, shown, "what changes")


def _is_short(form: str, result: ViewedResult) -> bool:
    """Return whether what changes is said in a few lines."""
    return form in DESK_FORMS and not result.full


def _finish(step: _Step, form: str, result: ViewedResult) -> None:
    """Save, and say what there is to look at, unless the view on stdout has said it.

    Raises:
        typer.Exit: what is ahead leaves the protocol where it did not before.
    """
    from hairplan.show.diff_desk import broken_bookings

    opened, before, after = step.opened, step.before, step.after
    number = len(opened.file.history) + 1
    if not is_rehearsal(result):
        opened.save(append_entry(opened.file, step.entry))
        say(f"recorded as entry {number} of {opened.path}")
    known = {broken.says for broken in before.breaks}
    new = [broken for broken in after.breaks if broken.says not in known]
    ahead = [broken for broken in new if not broken.is_done]
    if is_rehearsal(result) and after.problem is None:
        say(_feasible(ahead))
    is_said = _is_short(form, result) and result.output in {None, STDOUT}
    said = broken_bookings(before, after) if is_said else []
    for broken in new if not is_rehearsal(result) else ():
        if broken not in said:
            say(f"{broken.session}: {broken.says}")
    if after.problem is not None and before.problem is None and not is_said:
        for line in (after.problem.what, *after.problem.why):
            say(line)
    if ahead:
        raise typer.Exit(LOOK_AT_THIS)


def _feasible(ahead: Sequence["Break"]) -> str:
    if not ahead:
        return "feasible: what is ahead keeps to the protocol; nothing is recorded"
    return f"not feasible: {ahead[0].session}: {ahead[0].says}; nothing is recorded"
