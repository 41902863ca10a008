"""A plan as a person reads it: the sessions first, then what to avoid, then the rest."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from hairplan.plan import (
    ADDED,
    Plan,
    PlannedRestriction,
    PlannedRoutine,
    PlannedTask,
    RestrictedPeriod,
    Session,
)
from hairplan.planner.restrictions import alike
from hairplan.protocol.model import TREATING
from hairplan.show.document import Document, Line, Mark, Section, TableRow
from hairplan.show.figure_lines import figure_lines
from hairplan.show.screening import screening_lines
from hairplan.words import cite, format_date, format_duration, format_range, only_if, plural


def plan_document(plan: Plan) -> Document:
    """Lay a plan out as a document."""
    sections = [
        _sessions(plan),
        _restrictions(plan),
        Section("To note", lines=tuple(Line(note) for note in plan.notes)),
        Section("How it goes on", lines=tuple(Line(each) for each in _rule_lines(plan))),
        _tasks(plan),
        Section("The patient's state", lines=tuple(screening_lines(plan.screening))),
        _results(plan),
        Section("Indications", lines=tuple(Line(each) for each in plan.indications)),
        Section("Where sources differ", lines=tuple(_differences(plan))),
        Section("Where the figures come from", lines=tuple(figure_lines(plan.figures))),
        Section("Sources", lines=tuple(_documents(plan))),
    ]
    return Document(
        title=f"{plan.protocol.name} ({plan.protocol.id} {plan.protocol.version})",
        lines=tuple(_head(plan)),
        sections=tuple(section for section in sections if section.rows or section.lines),
    )


def _head(plan: Plan) -> Iterator[Line]:
    if plan.problem:
        yield Line(plan.problem.what, "refused")
        yield from (Line(reason, "refused") for reason in plan.problem.why)
    if plan.dated:
        course = [each for each in plan.dated if each.kind == "session"]
        first, last = (course or plan.dated)[0], (course or plan.dated)[-1]
        what = plural(len(course), "session") if course else plural(len(plan.dated), "appointment")
        days = f"from {format_date(first.on)} to {format_date(last.on)}"
        if first.on == last.on:
            days = f"on {format_date(first.on)}"
        yield Line(f"{what} {days}{_format_time(course or plan.dated)}")
    if plan.ref:
        yield Line(f"patient {plan.ref}")
    if plan.place:
        yield Line(f"at {plan.place}")
    choices = ", ".join(f"{name}={choice}" for name, choice in plan.options.items())
    if choices:
        yield Line(f"choices: {choices}")
    if plan.cost or plan.chair_time:
        yield Line(_format_cost(plan))
    if any(session.of is None for session in plan.dated):
        yield Line(f"planned up to {format_date(plan.until)}; repeats go on beyond it")
    yield Line(f"plan {plan.id}", "least")


def _format_time(sessions: Sequence[Session]) -> str:
    session = sessions[0]
    at = f", at {session.time:%H:%M}" if session.time else ""
    zone = f" {session.zone}" if session.time and session.zone else ""
    lengths = {each.duration for each in sessions}
    length = f", {format_duration(session.duration)} each" if session.duration else ""
    return at + zone + (length if len(lengths) == 1 else "")


def _format_cost(plan: Plan) -> str:
    total = plural(len(plan.dated), "appointment")
    parts = [f"chair time {format_duration(plan.chair_time)}"] if plan.chair_time else []
    if plan.cost:
        cost = plan.cost
        course = ""
        if cost.course.sessions and cost.course.sessions != len(plan.dated):
            course = (
                f"; the course of {cost.course.sessions}:"
                f" {_format_amount(cost.course.min, cost.course.max)} {cost.currency}"
            )
        amount = _format_amount(cost.min, cost.max)
        parts.insert(0, f"{amount} {cost.currency}{course}{cite(cost.sources)}")
    return f"{total}: {', '.join(parts)}"


def _format_amount(low: int, high: int) -> str:
    return f"{low}..{high}" if low != high else f"{low}"


def _rule_lines(plan: Plan) -> Iterator[str]:
    for name, rule in plan.rules.items():
        step = name.removeprefix("on_late.")
        yield f"anchor: {rule}" if name == "anchor" else f"a late session of {step}: {rule}"


# ---- sessions ----


def _sessions(plan: Plan) -> Section:
    rows = tuple(_session_row(session) for session in plan.sessions)
    lines = [
        Line(f"{session.id}: {session.reason}", "moved")
        for session in plan.sessions
        if session.reason
    ]
    phases = {session.phase: session for session in plan.dated}
    lines += [
        Line(_describe_status(phase, session), "tentative")
        for phase, session in phases.items()
        if session.optional or session.status == "tentative"
    ]
    lines += _waiting(plan)
    columns = ("Session", "No.", "Date", "Day", "Window", "")
    return Section("Sessions", columns, rows, tuple(lines))


def _describe_status(phase: str, session: Session) -> str:
    words = ["tentative, to be settled nearer the time"] * (session.status == "tentative")
    words += [f"optional{cite(session.sources)}"] * session.optional
    return f"{phase} is {' and '.join(words)}"


def _waiting(plan: Plan) -> Iterator[Line]:
    """Yield what conditional appointments wait for, those with the same reason together."""
    alike: dict[tuple[str, str], list[Session]] = {}
    for session in plan.sessions:
        if session.waits_for:
            kind = session.phase if session.status == "conditional" else session.status
            alike.setdefault((kind, session.waits_for), []).append(session)
    for (_, reason), found in alike.items():
        ids = ", ".join(each.id for each in found)
        status = found[0].status
        sources = cite(found[0].sources) if status == "conditional" else ""
        yield Line(f"{ids}: {status}: {reason}{sources}", "open")


def _session_row(session: Session) -> TableRow:
    number = f"{session.number}/{session.of}" if session.of else f"{session.number}"
    if session.planned is None or session.target is None:
        return _dateless_row(session, number)
    return TableRow(
        (
            session.id,
            number,
            format_date(session.planned),
            f"{session.day}",
            _window(session),
            _mark(session),
        ),
        _row_mark(session),
    )


def _dateless_row(session: Session, number: str) -> TableRow:
    """Return the row of an appointment without a day."""
    if session.status == "conditional":
        target = f"~ {session.target}" if session.target else "to be agreed"
        return TableRow((session.id, number, target, "", _window(session), "waits"), "open")
    mark: Mark = "least" if session.status == "skipped" else "open"
    return TableRow((session.id, number, "-", "", _window(session), session.status), mark)


def _mark(session: Session) -> str:
    """Say what is particular about an appointment, in a word or two: "tentative", "moved -1"."""
    off = f" {session.off_by:+d}" if session.off_by else ""
    if session.status not in {"planned", "tentative"} or off:
        return f"{session.status}{off}"
    if session.booked:
        return "booked"
    if session.reason and session.planned and session.target:
        return f"moved {(session.planned - session.target).days:+d}"
    return session.status.replace("planned", "")


def _row_mark(session: Session) -> Mark:
    if session.status == "done":
        return "good"
    if session.status in {"missed", "overdue", "cancelled"} or session.flag:
        return "open"
    return "moved" if session.reason else "tentative" if session.status != "planned" else "plain"


def _window(session: Session) -> str:
    if session.planned and session.earliest and session.earliest == session.latest:
        return "as asked for" if session.day == 0 else f"{session.earliest}"
    if session.reason and session.earliest == session.target and session.latest == session.planned:
        return f"asked for {session.target}"
    if session.status == "skipped" or session.phase == ADDED:
        return ""
    if not (session.earliest or session.latest):
        return "not known yet" if session.waits_for and not session.target else "no limit given"
    if session.latest is None:
        return f"from {session.earliest}"
    return f"{session.earliest}..{session.latest}" if session.earliest else f"to {session.latest}"


# ---- restrictions ----


def _restrictions(plan: Plan) -> Section:
    found = [row for group in alike(plan.restrictions) for row in _period_rows(group)]
    rows = tuple(row for _, row in sorted(found, key=lambda each: each[0]))
    lines = tuple(Line(_legend(each), _legend_mark(each)) for each in plan.restrictions)
    columns = ("What", "How long", "From..to", "Resume on")
    return Section("What to avoid, and when to resume", columns, rows, lines)


def _legend_mark(restriction: PlannedRestriction) -> Mark:
    return "open" if restriction.applies == "unknown" else "plain"


def _legend(restriction: PlannedRestriction) -> str:
    only = only_if(restriction.only_if)
    return f"{restriction.id}: {restriction.label}{only}{cite(restriction.sources)}"


def _period_rows(
    group: list[PlannedRestriction],
) -> Iterator[tuple[tuple[date, str, int, date], TableRow]]:
    """Yield the rows of restrictions with the same periods, with a key that sorts them by date."""
    first = group[0]
    doubt = "?" if first.applies == "unknown" else ""
    names = ", ".join(each.id + doubt for each in group)
    if first.at_least == first.ideal:
        for period in first.ideal:
            yield (period.first, names, 0, period.first), _period_row(names, "", period)
        return
    for period in first.ideal:
        key = period.first
        yield (key, names, 0, key), _period_row(names, "ideally", period)
        for least in first.at_least:
            if period.first <= least.first <= period.last:
                yield (key, names, 1, least.first), _period_row("", "at least", least)


def _period_row(name: str, length: str, period: RestrictedPeriod) -> TableRow:
    resume = format_date(period.resume_on)
    if period.resume_at:
        resume += f" {period.resume_at:%H:%M}"
    days = format_range(period.first, period.last)
    if period.begin_at:
        days = f"{period.first} {period.begin_at:%H:%M}..{period.last}"
    return TableRow((name, length, days, resume), "least" if length == "at least" else "plain")


# ---- the rest ----


def _tasks(plan: Plan) -> Section:
    treating = sum(session.kind in TREATING for session in plan.dated)
    ordered = sorted(plan.tasks, key=lambda task: (not task.blocks, _task_name(task), task.id))
    lines = [
        _task_line(list(group), treating)
        for _, group in groupby(ordered, key=lambda task: (not task.blocks, _task_name(task)))
    ]
    lines += [_routine_line(each) for each in plan.routines]
    return Section("To do", lines=tuple(lines))


def _routine_line(routine: PlannedRoutine) -> Line:
    """Say what is done at home again and again, in one line."""
    until = f" to {format_date(routine.last)}" if routine.last else " on, without an end"
    total = f", {plural(routine.count, 'time')} in all" if routine.count else ""
    only = only_if(routine.only_if)
    return Line(
        f"at home, {routine.rhythm} from {format_date(routine.first)}{until}{total}:"
        f" {routine.label}{only}{cite(routine.sources)}",
        "open" if routine.only_if else "plain",
    )


def _task_name(task: PlannedTask) -> str:
    return task.id.partition(".")[0]


def _task_line(tasks: list[PlannedTask], treating: int) -> Line:
    """Say a task once, with the appointments that it is for."""
    task = tasks[0]
    optional = ", optional" if task.optional else ""
    only = only_if(task.only_if)
    text = f"{_task_when(tasks, treating)}: {task.label}{optional}{only}{cite(task.sources)}"
    return Line(text, "open" if task.only_if or task.blocks else "plain")


def _task_when(tasks: list[PlannedTask], treating: int) -> str:
    """Say when a task is due, and before which appointments."""
    task = tasks[0]
    lead = f"{task.lead} before" if task.lead else "before"
    if task.blocks and "." not in task.id:
        due = f", by {format_date(task.due)}" if task.due else ""
        return f"before session 1 can take place{due}"
    if "." not in task.id:
        due = f"by {format_date(task.due)}, " if task.due else ""
        return f"{due}{lead} {task.session}"
    needed = ", which cannot take place without it" if task.blocks else ""
    if len(tasks) == treating:
        return f"each session{f', {lead}' if task.lead else ''}{needed}"
    sessions = ", ".join(each.session for each in tasks)
    days = ", ".join(format_date(each.due) for each in tasks if each.due)
    return f"{f'by {days}, ' if task.lead else ''}{lead} {sessions}{needed}"


def _results(plan: Plan) -> Section:
    lines = [
        Line(f"{format_date(each.on)}: {each.label}{cite(each.sources)}")
        for each in plan.milestones
    ]
    for each in plan.expectations:
        dates = f"{format_range(each.first, each.last)}: " if each.first and each.last else ""
        only = f", if {each.only_if}" if each.only_if else ""
        lines.append(Line(f"{dates}{each.label}{only}{cite(each.sources)}"))
    return Section("Results, and what to expect", lines=tuple(lines))


def _differences(plan: Plan) -> Iterator[Line]:
    for each in plan.differences:
        says = "; ".join(f"{source}: {text}" for source, text in each.says.items())
        yield Line(f"{each.topic}: {says}. Here: {each.holds}")


def _documents(plan: Plan) -> Iterator[Line]:
    by_document: dict[str, list[str]] = {}
    for each in plan.sources:
        by_document.setdefault(each.document, []).append(each.id)
    for document, ids in by_document.items():
        yield Line(f"{', '.join(ids)}: {document}")
    if plan.sources:
        yield Line(f"what each of them says: hairplan show {plan.protocol.id}", "least")
