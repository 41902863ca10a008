"""The status of a patient in a plan on a day, as a person reads it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from hairplan.follow.status import Ahead, Beginning, InForce, PatientStatus, Visited, open_questions
from hairplan.plan import Break, Plan, PlannedTask
from hairplan.plan_parts import ends_with
from hairplan.show.document import Document, Line, Mark, Section, build_document
from hairplan.show.screening import question_lines
from hairplan.words import (
    GOES_ON,
    at_time,
    by_date,
    describe_days_away,
    format_count,
    format_date,
    only_if,
)

_WORDS: Final = {"restriction": "begins", "routine": "begins", "stage": "allowed"}


def status_document(plan: Plan, status: PatientStatus) -> Document:
    """Lay out where a patient is on a day.

    Args:
        plan: the plan, made with that day as today.
        status: where the patient is in it.
    """
    sections = [
        Section("Needs a hand", lines=tuple(_urgent_lines(status))),
        Section("In force", lines=tuple(map(_in_force_line, status.in_force))),
        Section("Within a week", lines=tuple(_beginning_lines(status.begins))),
        Section("Awaited before a session", lines=tuple(map(_task_line, status.blocking))),
        Section("Questions to settle", lines=tuple(question_lines(open_questions(plan)))),
        Section("Where it leaves the protocol", lines=tuple(map(_break_line, status.breaks))),
        Section("Waiting", lines=tuple(_waiting_lines(status.waiting))),
    ]
    title = f"{plan.protocol.name}: where it stands on {format_date(status.on)}"
    return build_document(title, _summary_lines(status), sections)


def _summary_lines(status: PatientStatus) -> Iterator[Line]:
    if status.problem:
        yield Line(status.problem, "refused")
    if status.newer:
        yield Line(status.newer, "open")
    if status.ref:
        yield Line(f"patient {status.ref}")
    done = ", ".join(map(_describe_visit, status.done))
    yield Line(f"done: {done or 'nothing yet'}", "good" if done else "plain")
    if status.used_up:
        yield Line(f"missed, and counts all the same: {', '.join(status.used_up)}")
    if status.next:
        yield Line(f"next: {_describe_ahead(status.next)}")
    elif not status.problem:
        yield Line("next: nothing that has a day")
    for course in status.at_home:
        following = f", next on {format_date(course.next)}" if course.next else ""
        yield Line(f"at home: {course.step}, {course.past} of {course.of} by now{following}")
    changed = f", last recorded in on {format_date(status.changed)}" if status.changed else ""
    yield Line(f"plan {status.plan}, made on {format_date(status.made)}{changed}", "least")


def _describe_visit(visit: Visited) -> str:
    uncounted = "" if visit.counted else " (not counted)"
    return f"{visit.session} on {format_date(visit.on)}{uncounted}"


def _describe_ahead(ahead: Ahead) -> str:
    assert ahead.day is not None, f"{ahead.session} has no day"
    assert ahead.days is not None, f"{ahead.session} has no day"
    how = "booked for" if ahead.booked else "proposed for"
    day = f"{how} {format_date(ahead.day)}{at_time(ahead.time)}, {describe_days_away(ahead.days)}"
    says = f"; {ahead.says}" if ahead.says else ""
    return f"{ahead.session}, {day}; {_describe_window_left(ahead)}{says}"


def _describe_window_left(ahead: Ahead) -> str:
    if ahead.open_days is None:
        return f"window {ahead.window}"
    if ahead.open_days < 0:
        return f"window {ahead.window}, over since {format_count(-ahead.open_days, 'day')}"
    return f"window {ahead.window}, open for {format_count(ahead.open_days, 'day')} more"


def _urgent_lines(status: PatientStatus) -> Iterator[Line]:
    """Yield what is overdue, what is to be booked again, and what is past without a record."""
    for late in status.overdue:
        over = format_count(-(late.open_days or 0), "day")
        yield Line(f"{late.session}: overdue for {over}: window {late.window}", "refused")
    for again in status.again:
        is_ahead = again.day is not None and again.day >= status.on
        proposed = f", proposed for {format_date(again.day)}" if again.day and is_ahead else ""
        yield Line(f"{again.session}: {again.status}: to be booked again{proposed}", "moved")
    for past in status.unrecorded:
        assert past.day is not None, f"{past.session} has no day"
        day = f"was {'booked' if past.booked else 'proposed'} for {format_date(past.day)}"
        window = _describe_window_left(past)
        yield Line(f"{past.session}: {day}: done, missed or moved? {window}", "moved")


def _in_force_line(group: InForce) -> Line:
    what = f"{'; '.join(group.labels)}{only_if(group.only_if)}"
    mark: Mark = "open" if group.only_if else "plain"
    if group.goes_on:
        return Line(f"{what}: since {format_date(group.since)}; {GOES_ON}", mark)
    over = f"it ends with {ends_with(group.sessions)}"
    if group.resume_on:
        over = f"resume on {format_date(group.resume_on)}{at_time(group.resume_at)}"
    since = f"since {format_date(group.since)}"
    return Line(f"{what}: {since}, {_describe_until(group)}; {over}", mark)


def _describe_until(group: InForce) -> str:
    ideal = format_date(group.ideal)
    if group.at_least == group.ideal:
        return f"until {ideal}"
    if group.at_least:
        return f"at least until {format_date(group.at_least)}, ideally until {ideal}"
    if group.next_at_least:
        return f"at least from {format_date(group.next_at_least)}, ideally until {ideal}"
    return f"ideally until {ideal}, its least length is over"


def _beginning_lines(begins: Sequence[Beginning]) -> Iterator[Line]:
    """Yield what begins or is due, a line for each day and kind."""
    for (on, what), group in groupby(begins, key=lambda item: (item.on, item.what)):
        if what == "session":
            says = "; ".join(f"{session.id}: {session.says}" for session in group)
        else:
            word = _WORDS.get(what, "due")
            says = f"{word}: {'; '.join(item.says for item in group)}"
        yield Line(f"{format_date(on)}: {says}")


def _task_line(task: PlannedTask) -> Line:
    return Line(f"{task.session}: {task.label}{by_date(task.due)}{only_if(task.only_if)}", "open")


def _break_line(broken: Break) -> Line:
    nearest = f"; the nearest day is {format_date(broken.nearest)}" if broken.nearest else ""
    return Line(f"{broken.session}: {broken.says}{nearest}", "moved")


def _waiting_lines(waiting: dict[str, str]) -> Iterator[Line]:
    by_reason: dict[str, list[str]] = {}
    for session, reason in waiting.items():
        by_reason.setdefault(reason, []).append(session)
    for reason, sessions in by_reason.items():
        yield Line(f"{', '.join(sessions)}: {reason}", "open")
