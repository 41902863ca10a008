"""A plan as a person reads it: the sessions first, then what to avoid, then the rest."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from hairplan.export.document import Document, Line, Mark, Row, Section
from hairplan.export.figure_lines import figure_lines
from hairplan.export.screening_lines import screening_lines
from hairplan.plan import (
    Plan,
    PlannedRestriction,
    PlannedTask,
    RestrictedPeriod,
    Session,
)
from hairplan.texts import plural, said_date, said_duration, said_range, sourced


def plan_document(plan: Plan) -> Document:
    """Lay a plan out as a document."""
    sections = [
        _sessions(plan),
        _restrictions(plan),
        Section("To note", lines=tuple(Line(note) for note in plan.notes)),
        _tasks(plan),
        Section("The patient's state", lines=tuple(screening_lines(plan.screening))),
        _results(plan),
        Section("Whom it is for", lines=tuple(Line(each) for each in plan.indications)),
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
    if plan.sessions:
        course = [each for each in plan.sessions if each.kind == "session"]
        first, last = plan.sessions[0], course[-1] if course else plan.sessions[-1]
        yield Line(
            f"{plural(len(course), 'session')} from {said_date(first.planned)}"
            f" to {said_date(last.planned)}{_said_time(first)}"
        )
    if plan.ref:
        yield Line(f"patient {plan.ref}")
    if plan.place:
        yield Line(f"at {plan.place}")
    choices = ", ".join(f"{name}={choice}" for name, choice in plan.options.items())
    if choices:
        yield Line(f"choices: {choices}")
    if plan.cost or plan.chair_time:
        yield Line(_said_cost(plan))
    if any(session.of is None for session in plan.sessions):
        yield Line(f"planned up to {said_date(plan.until)}; what lies further repeats")
    yield Line(f"plan {plan.id}", "least")


def _said_time(session: Session) -> str:
    at = f", at {session.time:%H:%M}" if session.time else ""
    zone = f" {session.zone}" if session.time and session.zone else ""
    length = f", {said_duration(session.duration)} each" if session.duration else ""
    return at + zone + length


def _said_cost(plan: Plan) -> str:
    total = plural(len(plan.sessions), "appointment")
    parts = [f"chair time {said_duration(plan.chair_time)}"] if plan.chair_time else []
    if plan.cost:
        cost = plan.cost
        course = ""
        if cost.course.sessions != len(plan.sessions):
            course = (
                f"; the course of {cost.course.sessions}:"
                f" {cost.course.min}..{cost.course.max} {cost.currency}"
            )
        parts.insert(0, f"{cost.min}..{cost.max} {cost.currency}{course}{sourced(cost.sources)}")
    return f"{total}: {', '.join(parts)}"


# ---- sessions ----


def _sessions(plan: Plan) -> Section:
    rows = tuple(_session_row(session) for session in plan.sessions)
    lines = [
        Line(f"{session.id}: {session.reason}", "moved")
        for session in plan.sessions
        if session.reason
    ]
    phases = {session.phase: session for session in plan.sessions}
    lines += [
        Line(_said_status(phase, session), "tentative")
        for phase, session in phases.items()
        if session.optional or session.status != "planned"
    ]
    columns = ("Session", "No.", "Date", "Day", "Window", "")
    return Section("Sessions", columns, rows, tuple(lines))


def _said_status(phase: str, session: Session) -> str:
    words = [f"{session.status}, to be settled nearer the time"] * (session.status != "planned")
    words += [f"optional{sourced(session.sources)}"] * session.optional
    return f"{phase} is {' and '.join(words)}"


def _session_row(session: Session) -> Row:
    number = f"{session.number}/{session.of}" if session.of else f"{session.number}"
    moved = f"moved {(session.planned - session.target).days:+d}"
    return Row(
        (
            session.id,
            number,
            said_date(session.planned),
            f"{session.day}",
            _window(session),
            moved if session.reason else session.status.replace("planned", ""),
        ),
        "moved" if session.reason else "tentative" if session.status != "planned" else "plain",
    )


def _window(session: Session) -> str:
    if session.earliest == session.latest:
        return "as asked for"
    if session.day == 0:
        return f"asked for {session.target}"
    return f"{session.earliest or 'no limit given'}..{session.latest or 'no limit given'}"


# ---- restrictions ----


def _restrictions(plan: Plan) -> Section:
    alike: dict[object, list[PlannedRestriction]] = {}
    for restriction in plan.restrictions:
        key = (restriction.at_least, restriction.ideal, restriction.only_if)
        alike.setdefault(key, []).append(restriction)
    found = [row for group in alike.values() for row in _period_rows(group)]
    rows = tuple(row for _, row in sorted(found, key=lambda each: each[0]))
    lines = tuple(Line(_legend(each), _legend_mark(each)) for each in plan.restrictions)
    columns = ("What", "How long", "From..to", "Resume on")
    return Section("What to avoid, and when to resume", columns, rows, lines)


def _legend_mark(restriction: PlannedRestriction) -> Mark:
    return "open" if restriction.applies == "unknown" else "plain"


def _legend(restriction: PlannedRestriction) -> str:
    only = f", only if {restriction.only_if}" if restriction.only_if else ""
    return f"{restriction.id}: {restriction.label}{only}{sourced(restriction.sources)}"


def _period_rows(
    group: list[PlannedRestriction],
) -> Iterator[tuple[tuple[date, str, int, date], Row]]:
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


def _period_row(name: str, length: str, period: RestrictedPeriod) -> Row:
    resume = said_date(period.resume_on)
    if period.resume_at:
        resume += f" {period.resume_at:%H:%M}"
    days = said_range(period.first, period.last)
    return Row((name, length, days, resume), "least" if length == "at least" else "plain")


# ---- the rest ----


def _tasks(plan: Plan) -> Section:
    blocking = [task for task in plan.tasks if task.blocks]
    others = [task for task in plan.tasks if not task.blocks]
    lines = [
        Line(f"before session 1 can take place: {task.label}{sourced(task.sources)}", "open")
        for task in blocking
    ]
    name = _task_name
    for _, group in groupby(sorted(others, key=lambda task: (name(task), task.id)), key=name):
        lines.append(_task_line(list(group)))
    return Section("To do", lines=tuple(lines))


def _task_name(task: PlannedTask) -> str:
    return task.id.partition(".")[0]


def _task_line(tasks: list[PlannedTask]) -> Line:
    task = tasks[0]
    each = "each session" if "." in task.id else f"by {said_date(task.due)}" if task.due else ""
    lead = f", {task.lead} before" if task.lead else ""
    if "." not in task.id:
        lead = f", {task.lead} before {task.session}" if task.lead else f", before {task.session}"
    optional = ", optional" if task.optional else ""
    only = f", only if {task.only_if}" if task.only_if else ""
    text = f"{each}{lead}: {task.label}{optional}{only}{sourced(task.sources)}"
    return Line(text.removeprefix(", "), "open" if task.only_if else "plain")


def _results(plan: Plan) -> Section:
    lines = [
        Line(f"{said_date(each.on)}: {each.label}{sourced(each.sources)}")
        for each in plan.milestones
    ]
    for each in plan.expectations:
        dates = f"{said_range(each.first, each.last)}: " if each.first and each.last else ""
        only = f", if {each.only_if}" if each.only_if else ""
        lines.append(Line(f"{dates}{each.label}{only}{sourced(each.sources)}"))
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
