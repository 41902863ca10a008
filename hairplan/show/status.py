"""Where a patient is in a plan on a day, as a person reads it."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from hairplan.files.plan_file import PlanFile
from hairplan.follow.status import (
    Ahead,
    Beginning,
    InForce,
    PatientStatus,
    open_questions,
    status_of,
)
from hairplan.plan import Break, Plan, PlannedTask
from hairplan.show.document import Document, Line, Mark, Section
from hairplan.show.due import describe_days_away
from hairplan.show.screening import question_lines
from hairplan.words import format_date, only_if, plural


def status_document(plan: Plan, plan_file: PlanFile, on: date) -> Document:
    """Lay out where a patient is on a day.

    Args:
        plan: the plan, made with that day as today.
        plan_file: what it is made of.
        on: the day.
    """
    found = status_of(plan, plan_file, on)
    sections = [
        Section("Needs a hand", lines=tuple(_needs(found))),
        Section("In force", lines=tuple(map(_in_force_line, found.in_force))),
        Section("Within a week", lines=tuple(_beginning_lines(found.begins))),
        Section("Awaited before a session", lines=tuple(map(_task_line, found.blocking))),
        Section("Questions to settle", lines=tuple(question_lines(open_questions(plan)))),
        Section("Where it leaves the protocol", lines=tuple(map(_break_line, found.breaks))),
        Section("Waiting", lines=tuple(_waiting_lines(found))),
    ]
    return Document(
        title=f"{plan.protocol.name}: where it stands on {format_date(on)}",
        lines=tuple(_head(found)),
        sections=tuple(each for each in sections if each.lines),
    )


def _head(found: PatientStatus) -> Iterator[Line]:
    if found.problem:
        yield Line(found.problem, "refused")
    if found.ref:
        yield Line(f"patient {found.ref}")
    done = ", ".join(f"{each.session} on {format_date(each.on)}" for each in found.done)
    yield Line(f"done: {done or 'nothing yet'}", "good" if done else "plain")
    if found.next:
        yield Line(f"next: {_describe_ahead(found.next)}")
    elif not found.problem:
        yield Line("next: nothing that has a day")
    changed = f", last recorded in on {format_date(found.changed)}" if found.changed else ""
    yield Line(f"plan {found.plan}, made on {format_date(found.made)}{changed}", "least")


def _describe_ahead(each: Ahead) -> str:
    assert each.day is not None, f"{each.session} has no day"
    assert each.days is not None, f"{each.session} has no day"
    at = f" at {each.time:%H:%M}" if each.time else ""
    how = "booked for" if each.booked else "proposed for"
    says = f"; {each.says}" if each.says else ""
    day = f"{how} {format_date(each.day)}{at}, {describe_days_away(each.days)}"
    return f"{each.session}, {day}; {_describe_window_left(each)}{says}"


def _describe_window_left(each: Ahead) -> str:
    if each.open_days is None:
        return f"window {each.window}"
    if each.open_days < 0:
        return f"window {each.window}, over since {plural(-each.open_days, 'day')}"
    return f"window {each.window}, open for {plural(each.open_days, 'day')} more"


def _needs(found: PatientStatus) -> Iterator[Line]:
    """Yield what needs a hand: overdue, to be booked again, past without a record."""
    for each in found.overdue:
        over = plural(-(each.open_days or 0), "day")
        yield Line(f"{each.session}: overdue for {over}: window {each.window}", "refused")
    for each in found.again:
        is_ahead = each.day is not None and each.day >= found.on
        proposed = f", proposed for {format_date(each.day)}" if each.day and is_ahead else ""
        yield Line(f"{each.session}: {each.status}: to be booked again{proposed}", "moved")
    for each in found.unrecorded:
        assert each.day is not None, f"{each.session} has no day"
        day = f"was {'booked' if each.booked else 'proposed'} for {format_date(each.day)}"
        yield Line(
            f"{each.session}: {day}: done, missed or moved? {_describe_window_left(each)}", "moved"
        )


def _in_force_line(each: InForce) -> Line:
    what = f"{'; '.join(each.labels)}{only_if(each.only_if)}"
    over = f"resume on {format_date(each.resume_on)}"
    if each.resume_at:
        over += f" at {each.resume_at:%H:%M}"
    mark: Mark = "open" if each.only_if else "plain"
    return Line(f"{what}: since {format_date(each.since)}, {_describe_until(each)}; {over}", mark)


def _describe_until(each: InForce) -> str:
    ideal = format_date(each.ideal)
    if each.at_least == each.ideal:
        return f"until {ideal}"
    if each.at_least:
        return f"at least until {format_date(each.at_least)}, ideally until {ideal}"
    if each.next_at_least:
        return f"at least from {format_date(each.next_at_least)}, ideally until {ideal}"
    return f"ideally until {ideal}, its least length is over"


def _beginning_lines(begins: Sequence[Beginning]) -> Iterator[Line]:
    """Yield what begins or is due, a line for each day and kind."""
    for (on, what), group in groupby(begins, key=lambda each: (each.on, each.what)):
        if what == "session":
            says = "; ".join(f"{each.id}: {each.says}" for each in group)
        else:
            word = "begins" if what in {"restriction", "routine"} else "due"
            says = f"{word}: {'; '.join(each.says for each in group)}"
        yield Line(f"{format_date(on)}: {says}")


def _task_line(task: PlannedTask) -> Line:
    due = f", by {format_date(task.due)}" if task.due else ""
    return Line(f"{task.session}: {task.label}{due}{only_if(task.only_if)}", "open")


def _break_line(each: Break) -> Line:
    nearest = f"; the nearest day is {format_date(each.nearest)}" if each.nearest else ""
    return Line(f"{each.session}: {each.says}{nearest}", "moved")


def _waiting_lines(found: PatientStatus) -> Iterator[Line]:
    by_reason: dict[str, list[str]] = {}
    for session, reason in found.waiting.items():
        by_reason.setdefault(reason, []).append(session)
    for reason, sessions in by_reason.items():
        yield Line(f"{', '.join(sessions)}: {reason}", "open")
