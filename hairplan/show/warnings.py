"""The warnings of a plan, at the desk and in a pipe: all that has to be settled, nothing else."""

from collections.abc import Iterator
from typing import Final

from hairplan.plan import Plan, Session
from hairplan.words import format_count, format_date, format_moment

_UNSETTLED: Final = {"missed": "was missed", "cancelled": "was called off"}


def plan_warnings(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Yield each warning, the gravest first, with what there is to say below it; days are ISO."""
    if plan.problem:
        yield (plan.problem.what, *plan.problem.why)
    unsettled = {} if plan.problem else _unsettled(plan)
    yield from ((text,) for text in unsettled.values())
    for remark in plan.remarks:
        if remark.kind == "warning" and remark.session not in unsettled:
            yield (remark.text,)
    for screened in plan.screening:
        if screened.overridden and screened.applies != "no":
            yield (f"{screened.rule}: overridden by the practitioner: {screened.overridden}",)


def _unsettled(plan: Plan) -> dict[str, str]:
    """Return what to say of each appointment that did not take place, by its id."""
    return {
        session.id: _describe_unsettled(session)
        for session in plan.sessions
        if session.status in {*_UNSETTLED, "overdue"}
    }


def _describe_unsettled(session: Session) -> str:
    if session.status == "overdue":
        last = f", its latest day was {format_date(session.latest)}" if session.latest else ""
        return f"{session.id} is overdue{last}: done, missed or moved?"
    again = f"{session.id} {_UNSETTLED[session.status]}: book it again"
    if session.planned is None:
        return again
    day = format_moment(session.planned, session.time)
    if session.latest is None:
        return f"{again}, proposed {day}"
    latest = format_date(session.latest)
    days = (session.planned - session.latest).days
    if days > 0:
        return f"{again}; {day} is {format_count(days, 'day')} after its latest day, {latest}"
    return f"{again}, proposed {day}, at the latest {latest}"
