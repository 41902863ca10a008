"""A plan for scripts: one record a line, a key word first, days in ISO, nothing wrapped or cut.

Conventions:

* Two spaces or more part the fields; within a field there are single ones. What is empty is `-`.
* Fields are only ever added at the end of a record, and records under new key words.
* Every appointment is a record, and every period of the course; a timeline has 90 columns.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from hairplan.dates.weekdays import WEEKDAY_NAMES
from hairplan.plan import Plan, PlannedRoutine, Session
from hairplan.plan_parts import ChargedCost, Instruction, RestrictedPeriod
from hairplan.show.avoid import AvoidGroup, avoid_groups, later_sessions
from hairplan.show.desk_head import chair_time, choices, course_cost, course_of, each_length
from hairplan.show.errands import Commands, Errand, errands, questions
from hairplan.show.segments import Look, columns_of, pad, render_segments
from hairplan.show.timeline import draw_timeline, timeline_lines
from hairplan.show.warnings import plan_warnings
from hairplan.words import format_count, format_range, replace_controls

_KEY: Final = 9
_WIDTH: Final = 90
_Fields = Sequence[object]


def render_records(plan: Plan, today: date, commands: Commands) -> str:
    """Render a plan as records, a line each.

    Args:
        plan: the plan.
        today: the day that the timeline marks.
        commands: how to go on.
    """
    groups = avoid_groups(plan)
    lines = [
        *(_line(key, fields) for key, fields in _head(plan)),
        *(_line("warning", [line]) for warning in plan_warnings(plan) for line in warning),
        *_table("session", list(map(_session, plan.sessions))),
        *_timeline(plan, groups, today),
        *_table("avoid", [fields for group in groups for fields in _avoid(group)]),
        *_table("then", [fields for group in groups for fields in _stages(group)]),
        *_table("as-told", [fields for told in plan.instructions for fields in _told(told)]),
        *(
            _line("later", [run, "the same again", "dates nearer the time"])
            for run in later_sessions(groups)
        ),
        *(_line("todo", _errand(errand)) for errand in errands(plan)),
        *(_line("home", _routine(routine)) for routine in plan.routines),
        *(_line(key, fields) for key, fields in _ask(plan, commands)),
        _line("more", ["--full", commands.show]),
    ]
    return "\n".join(lines) + "\n"


def _line(key: str, fields: _Fields) -> str:
    cells = map(_cell, fields)
    return f"{key:<{_KEY}} {'  '.join(cells)}".rstrip()


def _cell(field: object) -> str:
    """Return a field as it is written: what parts fields is never within one."""
    return replace_controls(" ".join(str(field or "").split())) or "-"


def _table(key: str, rows: Sequence[_Fields]) -> list[str]:
    """Write records whose first fields are as wide as each other."""
    width = max((columns_of(_cell(row[0])) for row in rows), default=0)
    return [
        f"{key:<{_KEY}} {pad(_cell(row[0]), width)}  {'  '.join(map(_cell, row[1:]))}"
        for row in rows
    ]


def _head(plan: Plan) -> Iterator[tuple[str, _Fields]]:
    course = course_of(plan)
    protocol = plan.protocol
    yield "treatment", [protocol.name, f"({protocol.id} {protocol.version})"]
    if plan.ref:
        yield "patient", [plan.ref]
    yield "plan", [plan.id]
    dated = course.dated
    days = format_range(dated[0].on, dated[-1].on) if dated else None
    count = format_count(len(course.all), course.noun)
    zone = next((session.zone for session in dated if session.zone), None)
    home = f"{course.at_home} at home" if course.at_home else None
    missed = f"{course.used_up} missed" if course.used_up else None
    yield (
        "course",
        [count, days, each_length(course), chair_time(course), zone, *filter(None, [home, missed])],
    )
    if cost := course_cost(plan):
        yield "cost", [cost]
    if plan.cost:
        yield from (("charge", _charge(each, plan.cost.currency)) for each in plan.cost.charges)
    if plan.place:
        yield "place", [plan.place]
    yield from (("choice", [choice]) for choice in choices(plan)[0])


def _charge(charged: ChargedCost, currency: str) -> _Fields:
    amount = f"{format_range(charged.min, charged.max)} {currency}"
    number = format_count(charged.appointments, "appointment")
    return [charged.label, amount, number, charged.only_if and f"if {charged.only_if}"]


def _session(session: Session) -> _Fields:
    window = f"{session.earliest or ''}..{session.latest or ''}"
    return [
        session.id,
        session.planned,
        session.planned and WEEKDAY_NAMES[session.planned.weekday()][:3],
        session.time and f"{session.time:%H:%M}",
        window if session.earliest or session.latest else None,
        session.status,
        "booked" if session.booked else None,
        session.moved and f"{session.moved.days:+d}",
        session.flag or session.reason or session.waits_for,
        session.details,
        *(["at home"] if session.kind == "home" else []),
    ]


def _timeline(plan: Plan, groups: Sequence[AvoidGroup], today: date) -> list[str]:
    labels = [",".join(group.names) + ("?" if group.only_if else "") for group in groups]
    width = max(map(columns_of, ("sessions", *labels))) + 1
    timeline = draw_timeline(plan, groups, labels, today, _WIDTH - width)
    if timeline is None:
        return []
    drawn = render_segments(timeline_lines(timeline, width), Look(ascii=True))
    return [f"{'timeline':<{_KEY}} {line}".rstrip() for line in drawn.splitlines()]


def _avoid(group: AvoidGroup) -> Iterator[_Fields]:
    lengths = [("ideal", group.ideal), ("least", group.least)]
    if group.ideal == group.least:
        lengths = [("both", group.ideal)]
    name = ",".join(group.names) + ("?" if group.only_if else "")
    for length, periods in lengths:
        for period in periods:
            days = f"{period.first}..{'' if period.goes_on else period.last}"
            begin = period.begin_at and f"from {period.begin_at:%H:%M}"
            only = group.only_if and f"if {group.only_if}"
            yield [name, days, length, _resume(period), only, begin]


def _stages(group: AvoidGroup) -> Iterator[_Fields]:
    """Yield what is allowed again in turn, for each appointment."""
    name = ",".join(group.names) + ("?" if group.only_if else "")
    for stage in group.stages:
        lengths = [("ideal", stage.ideal), ("least", stage.at_least)]
        if stage.ideal == stage.at_least:
            lengths = [("both", stage.ideal)]
        for length, periods in lengths:
            for period in periods:
                begin = period.begin_at and f"from {period.begin_at:%H:%M}"
                yield [name, f"{period.first}..{period.last or ''}", length, stage.label, begin]


def _told(told: Instruction) -> Iterator[_Fields]:
    """Yield what to avoid as long as the clinic says, for each appointment."""
    for begin, session in zip(told.begins, told.sessions, strict=True):
        only = told.only_if and f"if {told.only_if}"
        yield [told.id, f"{begin}..", told.how_long, session, only]


def _resume(period: RestrictedPeriod) -> str | None:
    if period.resume_on is None:
        return None
    at = f" {period.resume_at:%H:%M}" if period.resume_at else ""
    return f"resume {period.resume_on}{at}"


def _errand(errand: Errand) -> _Fields:
    kind = "blocks" if errand.blocks else "optional" if errand.optional else "needed"
    return [
        kind,
        errand.due,
        errand.sessions,
        errand.label,
        errand.how_far,
        errand.only_if and f"if {errand.only_if}",
    ]


def _routine(routine: PlannedRoutine) -> _Fields:
    days = f"{routine.first}..{routine.last or ''}"
    pauses = " ".join(f"{pause.first}..{pause.last}" for pause in routine.pauses)
    return [
        routine.rhythm,
        days,
        routine.label,
        routine.only_if and f"if {routine.only_if}",
        *([f"but not {pauses}"] if pauses else []),
    ]


def _ask(plan: Plan, commands: Commands) -> Iterator[tuple[str, _Fields]]:
    asked = questions(plan)
    for question in asked:
        yield "ask", [question.name, "could refuse" if question.could_refuse else "adds care"]
    if asked:
        yield "ask-with", [commands.ask]
