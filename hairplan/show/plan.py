"""A plan as a person reads it: the sessions first, then what to avoid, then the rest."""

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Final

from hairplan.plan import (
    ADDED,
    Figure,
    Plan,
    PlannedExpectation,
    PlannedMilestone,
    PlannedRestriction,
    Session,
)
from hairplan.plan_parts import ChargedCost, Cost, Instruction, RestrictedPeriod
from hairplan.planner.restrictions import alike
from hairplan.planner.stages import describe_stage
from hairplan.protocol.catalog import protocol_names
from hairplan.show.desk_head import Course, course_of, split_appointments
from hairplan.show.document import Document, Line, Mark, Section, TableRow, build_document
from hairplan.show.screening import screening_lines
from hairplan.show.tasks import task_lines
from hairplan.show.undated import undated_lines
from hairplan.words import (
    GOES_ON,
    at_time,
    cite,
    describe_difference,
    describe_window,
    format_count,
    format_date,
    format_duration,
    format_moment,
    format_range,
    only_if,
)

_STRENGTHS: Final = {
    "sourced": "sourced",
    "read": "read (the source is vague, and this is how it is read)",
    "default": "default (no source says it; it is ours and can be changed)",
    "clinic": "the clinic's own",
    "chosen": "asked for",
}
_RULES: Final = {
    "anchor": "anchor", "on_late": "a late", "on_early": "an early", "on_missed": "a missed",
}  # fmt: skip


def plan_document(plan: Plan) -> Document:
    """Lay a plan out as a document."""
    sections = [
        _sessions(plan),
        _restrictions(plan),
        Section("To note", lines=tuple(map(Line, plan.notes))),
        Section("How it goes on", lines=tuple(_rule_lines(plan))),
        Section("To do", lines=tuple(task_lines(plan))),
        Section("The patient's state", lines=tuple(screening_lines(plan.screening))),
        Section("Results, and what to expect", lines=tuple(_result_lines(plan))),
        Section("Indications", lines=tuple(map(Line, plan.indications))),
        Section("Where sources differ", lines=tuple(_difference_lines(plan))),
        Section("Where the figures come from", lines=tuple(_figure_lines(plan.figures))),
        Section("Sources", lines=tuple(_source_lines(plan))),
    ]
    title = f"{plan.protocol.name} ({plan.protocol.id} {plan.protocol.version})"
    return build_document(title, _summary_lines(plan), sections)


def _summary_lines(plan: Plan) -> Iterator[Line]:
    if plan.problem:
        yield Line(plan.problem.what, "refused")
        yield from (Line(reason, "refused") for reason in plan.problem.why)
    course = course_of(plan)
    if course.all:
        yield Line(_describe_course(course))
    elif not (plan.problem or plan.sessions):
        yield Line(f"from {format_date(plan.start)}, without appointments")
    if plan.ref:
        yield Line(f"patient {plan.ref}")
    if plan.place:
        yield Line(f"at {plan.place}")
    choices = ", ".join(f"{name}={choice}" for name, choice in plan.options.items())
    if choices:
        yield Line(f"choices: {choices}")
    if plan.cost or plan.chair_time:
        yield Line(_describe_cost(plan))
    if plan.cost:
        yield from (_charge_line(charged, plan.cost.currency) for charged in plan.cost.charges)
    if any(session.of is None for session in plan.dated):
        yield Line(f"planned up to {format_date(plan.until)}; repeats go on beyond it")
    yield Line(f"plan {plan.id}", "least")


def _describe_course(course: Course) -> str:
    """Say how many sessions there are, or else appointments, from when to when and how long."""
    if not course.dated:
        return f"{format_count(len(course.awaited), course.noun)} to be arranged"
    uncounted = sum(not session.counted for session in course.dated)
    repeated = f" ({uncounted} not counted)" if uncounted else ""
    count = f"{format_count(len(course.dated), course.noun)}{repeated}"
    first, last = format_date(course.dated[0].on), format_date(course.dated[-1].on)
    days = f"on {first}" if first == last else f"from {first} to {last}"
    more = f", and {len(course.awaited)} more to be arranged" if course.awaited else ""
    home = f"; {course.at_home} at home" if course.at_home else ""
    missed = f"; {course.used_up} missed" if course.used_up else ""
    return f"{count} {days}{_describe_time(course.dated)}{more}{home}{missed}"


def _describe_time(sessions: Sequence[Session]) -> str:
    session = sessions[0]
    at = f",{at_time(session.time)}" if session.time else ""
    zone = f" {session.zone}" if session.time and session.zone else ""
    length = f", {_describe_length(session.shortest, session.duration)} each"
    lengths = {(session.shortest, session.duration) for session in sessions}
    return at + zone + (length if session.duration and len(lengths) == 1 else "")


def _describe_length(shortest: str | None, longest: str | None) -> str:
    """Say a length, such as "2 h" or "45 min..1 h"."""
    return "..".join(format_duration(length) for length in (shortest, longest) if length)


def _describe_cost(plan: Plan) -> str:
    sessions = [session for part in split_appointments(plan) for session in part]
    at_home = sum(session.kind == "home" for session in sessions)
    total = format_count(len(sessions) - at_home, "appointment")
    total += f", {at_home} at home" if at_home else ""
    chair_time = _describe_length(plan.least_chair_time, plan.chair_time)
    parts = [f"chair time {chair_time}"] if chair_time else []
    if plan.cost:
        parts.insert(0, _describe_price(plan.cost, len(sessions), at_home))
    return f"{total}: {', '.join(parts)}"


def _describe_price(cost: Cost, appointments: int, at_home: int) -> str:
    """Say what all appointments cost, and what those of the course do where there are others."""
    course = cost.course
    share = ""
    if course.sessions and course.sessions != appointments:
        amount = format_range(course.min, course.max)
        share = f"; the course of {course.sessions}: {amount} {cost.currency}"
    if cost.priced < appointments:
        verb = "has" if cost.priced == 1 else "have"
        of = appointments if at_home else format_count(appointments, "appointment")
        share += f"; {cost.priced} of {of} {verb} a price"
    return f"{format_range(cost.min, cost.max)} {cost.currency}{share}{cite(cost.sources)}"


def _charge_line(charged: ChargedCost, currency: str) -> Line:
    """Say what is charged beside the prices of the steps, and for how many appointments."""
    amount = format_range(charged.min, charged.max)
    number = format_count(charged.appointments, "appointment")
    only = f"{only_if(charged.only_if)}{cite(charged.sources)}"
    text = f"of it {charged.label}: {amount} {currency} for {number}{only}"
    return Line(text, "open" if charged.only_if else "plain")


def _rule_lines(plan: Plan) -> Iterator[Line]:
    sessions = {session.phase for session in plan.sessions if session.kind == "session"}
    for name, rule in plan.rules.items():
        kind, _, step = name.partition(".")
        of = f" {'session' if step in sessions else 'one'} of {step}" if step else ""
        yield Line(f"{_RULES[kind]}{of}: {rule}")


# ---- sessions ----


def _sessions(plan: Plan) -> Section:
    course = course_of(plan)
    usual = course.all[0].time if course.all else None
    rows = tuple(_session_row(session, usual) for session in plan.sessions)
    lines = [
        Line(f"{session.id}: {session.reason}", "moved")
        for session in plan.sessions
        if session.reason
    ]
    phases = {session.phase: session for session in plan.dated}
    lines += [
        Line(_describe_doubt(phase, session), "tentative")
        for phase, session in phases.items()
        if session.optional or session.status == "tentative"
    ]
    lines += _detail_lines(plan)
    lines += _waiting_lines(plan)
    columns = ("Session", "No.", "Date", "Day", "Window", "")
    return Section("Sessions", columns, rows, tuple(lines))


def _describe_doubt(phase: str, session: Session) -> str:
    """Say that the sessions of a phase are tentative, optional or both."""
    words = ["tentative, to be settled nearer the time"] * (session.status == "tentative")
    words += [f"optional{cite(session.sources)}"] * session.optional
    return f"{phase} is {' and '.join(words)}"


def _detail_lines(plan: Plan) -> Iterator[Line]:
    """Yield what is particular of appointments, those of which the same holds together."""
    by_details: dict[tuple[str, str], list[str]] = {}
    for session in plan.sessions:
        if session.details:
            by_details.setdefault((session.phase, session.details), []).append(session.id)
    for (_, details), ids in by_details.items():
        yield Line(f"{', '.join(ids)}: {details}")


def _waiting_lines(plan: Plan) -> Iterator[Line]:
    """Yield what conditional appointments wait for, those with the same reason together."""
    by_reason: dict[tuple[str, str], list[Session]] = {}
    for session in plan.sessions:
        if session.waits_for:
            kind = session.phase if session.status == "conditional" else session.status
            by_reason.setdefault((kind, session.waits_for), []).append(session)
    for (_, reason), sessions in by_reason.items():
        ids = ", ".join(session.id for session in sessions)
        status = sessions[0].status
        sources = cite(sessions[0].sources) if status == "conditional" else ""
        yield Line(f"{ids}: {status}: {reason}{sources}", "open")


def _session_row(session: Session, usual: time | None) -> TableRow:
    """Return the row of an appointment; its time is shown where it is not the usual one."""
    number = f"{session.number}/{session.of}" if session.of else f"{session.number}"
    if session.planned is None:
        return _dateless_row(session, number)
    own_time = f" {session.time:%H:%M}" if session.time and session.time != usual else ""
    day, window = f"{format_date(session.planned)}{own_time}", _describe_window(session)
    cells = (session.id, number, day, f"{session.day}", window, _describe_standing(session))
    return TableRow(cells, _session_mark(session))


def _dateless_row(session: Session, number: str) -> TableRow:
    """Return the row of an appointment without a day."""
    window = _describe_window(session)
    if session.status == "conditional":
        target = f"~ {session.target}" if session.target else "to be agreed"
        return TableRow((session.id, number, target, "", window, "waits"), "open")
    mark: Mark = "least" if session.status == "skipped" else "open"
    standing = "missed, counts" if session.used_up else session.status
    return TableRow((session.id, number, "-", "", window, standing), mark)


def _describe_standing(session: Session) -> str:
    """Say what is particular about an appointment, in a word or two: "tentative", "moved -1"."""
    off = f" {session.off_by:+d}" if session.off_by else ""
    if not session.counted:
        return f"{session.status}{off}, not counted"
    if session.status not in {"planned", "tentative"} or off:
        return f"{session.status}{off}"
    if session.booked:
        return "booked"
    if session.reason and session.planned and session.target:
        return f"moved {(session.planned - session.target).days:+d}"
    return session.status.replace("planned", "at home" if session.kind == "home" else "")


def _session_mark(session: Session) -> Mark:
    if session.status == "done":
        return "good"
    if session.status in {"missed", "overdue", "cancelled"} or session.flag:
        return "open"
    return "moved" if session.reason else "tentative" if session.status != "planned" else "plain"


def _describe_window(session: Session) -> str:
    first, last = session.earliest, session.latest
    if session.planned and first and first == last:
        return "as asked for" if session.day == 0 else f"{first}"
    if session.reason and first == session.target and last == session.planned:
        return f"asked for {session.target}"
    if session.status == "skipped" or session.phase == ADDED or (session.after and first is None):
        return ""
    if first and last:
        # An appointment that has no day shows both ends, also where they are the same.
        return f"{first}..{last}"
    is_unknown = session.waits_for and not session.target
    unlimited = "not known yet" if is_unknown else "no limit given"
    return describe_window(first, last, since="from {}", until="to {}", unlimited=unlimited)


# ---- restrictions ----


def _restrictions(plan: Plan) -> Section:
    dated = [row for group in alike(plan.restrictions) for row in _period_rows(group)]
    rows = tuple(row for _, row in sorted(dated, key=lambda dated_row: dated_row[0]))
    columns = ("What", "How long", "From..to", "Resume on")
    title = "What to avoid, and when to resume"
    lines = [line for each in plan.restrictions for line in _restriction_lines(each)]
    lines += [*map(_instruction_line, plan.instructions)]
    lines += undated_lines(plan.undated, {"restriction"})
    return Section(title, columns if rows else (), rows, tuple(lines))


def _instruction_line(instruction: Instruction) -> Line:
    """Say what to avoid as long as the clinic says, and from which days on."""
    begins = zip(instruction.begins, instruction.sessions, strict=True)
    days = ", ".join(f"{format_date(day)} ({session})" for day, session in begins)
    only = f"{only_if(instruction.only_if)}{cite(instruction.sources)}"
    text = f"{instruction.id}: {instruction.label}, {instruction.how_long}, from {days} on{only}"
    return Line(text, "open" if instruction.applies == "unknown" else "plain")


def _restriction_lines(restriction: PlannedRestriction) -> Iterator[Line]:
    """Yield what to avoid, and what is allowed again in turn."""
    only = only_if(restriction.only_if)
    mark: Mark = "open" if restriction.applies == "unknown" else "plain"
    yield Line(f"{restriction.id}: {restriction.label}{only}{cite(restriction.sources)}", mark)
    for stage in restriction.stages:
        yield Line(f"{restriction.id}, {describe_stage(stage)}", mark)


def _period_rows(
    group: list[PlannedRestriction],
) -> Iterator[tuple[tuple[date, str, int, date], TableRow]]:
    """Yield the rows of restrictions with the same periods, with a key that sorts them by date."""
    first = group[0]
    doubt = "?" if first.applies == "unknown" else ""
    names = ", ".join(restriction.id + doubt for restriction in group)
    if first.at_least == first.ideal:
        for period in first.ideal:
            row = _period_row(names, first.hours or "", period)
            yield (period.first, names, 0, period.first), row
        return
    for period in first.ideal:
        key = period.first
        yield (key, names, 0, key), _period_row(names, "ideally", period)
        for least in first.at_least:
            if period.first <= least.first <= period.last:
                yield (key, names, 1, least.first), _period_row("", "at least", least)


def _period_row(name: str, length: str, period: RestrictedPeriod) -> TableRow:
    resume = GOES_ON if period.goes_on else f"until {period.ends_with}"
    if period.resume_on:
        resume = format_moment(period.resume_on, period.resume_at)
    last = "" if period.goes_on else period.last
    days = format_range(period.first, last, period.begin_at)
    return TableRow((name, length, days, resume), "least" if length == "at least" else "plain")


# ---- the rest ----


def _result_lines(plan: Plan) -> Iterator[Line]:
    """Yield milestones and expectations in date order, then what has no date."""
    undated = {each.id for each in plan.undated if each.kind == "expectation"}
    results = [(milestone.on, _milestone_line(milestone)) for milestone in plan.milestones]
    results += [
        (expected.first or expected.last or date.max, _expectation_line(expected))
        for expected in plan.expectations
        if expected.id not in undated
    ]
    yield from (line for _, line in sorted(results, key=lambda result: result[0]))
    yield from undated_lines(plan.undated, {"milestone", "expectation"})


def _milestone_line(milestone: PlannedMilestone) -> Line:
    return Line(f"{format_date(milestone.on)}: {milestone.label}{cite(milestone.sources)}")


def _expectation_line(expected: PlannedExpectation) -> Line:
    first, last = expected.first, expected.last
    window = describe_window(first, last, since="from {} on", until="until {}", unlimited="")
    dates = f"{window}: " if window else ""
    only = f", if {expected.only_if}" if expected.only_if else ""
    return Line(f"{dates}{expected.label}{only}{cite(expected.sources)}")


def _difference_lines(plan: Plan) -> Iterator[Line]:
    for conflict in plan.differences:
        yield Line(describe_difference(conflict.topic, conflict.says, conflict.holds))


def _figure_lines(figures: Sequence[Figure]) -> Iterator[Line]:
    """Yield the figures, a line for each strength."""
    for strength, meaning in _STRENGTHS.items():
        values = [
            f"{figure.figure} {figure.value}{cite(figure.sources)}"
            for figure in figures
            if figure.strength == strength
        ]
        if values:
            yield Line(f"{meaning}: {'; '.join(values)}")


def _source_lines(plan: Plan) -> Iterator[Line]:
    by_document: dict[str, list[str]] = {}
    for source in plan.sources:
        by_document.setdefault(source.document, []).append(source.id)
    for document, ids in by_document.items():
        yield Line(f"{', '.join(ids)}: {document}")
    if plan.sources:
        is_known = plan.protocol.id in protocol_names()
        name = plan.protocol.id if is_known else "with the protocol's file"
        yield Line(f"what each of them says: hairplan show {name}", "least")
