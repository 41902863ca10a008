"""The end of a plan: nothing takes place from its day on, and nothing is left to do after it.

Conventions:

* What was done stays, with what is to be avoided after it.
* What has no day, and what is not recorded as done by the time that the end has come, is called
  off as well: nobody is to be asked about it any more.
"""

from datetime import date

from msgspec import structs

from hairplan.dates.spans import shift_days
from hairplan.history import Ending
from hairplan.plan import Plan, Problem, Session
from hairplan.words import format_date


def is_called_off(session: Session, ending: Ending, today: date) -> bool:
    """Return whether an appointment does not take place, as the plan ends."""
    if session.status in {"done", "skipped"}:
        return False
    return session.planned is None or today >= ending.since or session.planned >= ending.since


def call_off_session(session: Session, why: str) -> Session:
    """Return an appointment that does not take place, and for which no new date is awaited."""
    return structs.replace(
        session,
        status="cancelled",
        planned=None,
        day=None,
        reason=None,
        moved=None,
        booked=False,
        off_by=None,
        flag=None,
        waits_for=why,
    )


def describe_end(ending: Ending, today: date) -> str:
    """Say that a plan ended, and why, such as "ended on Thu 2026-12-10: moved away"."""
    verb = "ended" if ending.since <= today else "ends"
    why = f": {ending.reason}" if ending.reason else ""
    return f"{verb} on {format_date(ending.since)}{why}"


def end_plan(plan: Plan, ending: Ending, today: date) -> Plan:
    """Return a plan whose appointments were called off where it ends, without what went on."""
    why = describe_end(ending, today)
    sessions = tuple(
        call_off_session(session, why)
        if session.planned is None and session.status != "skipped"
        else session
        for session in plan.sessions
    )
    left = {session.id for session in sessions if session.planned is not None}
    return structs.replace(
        cut_off(plan, ending.since),
        sessions=sessions,
        problem=Problem(kind="ended", what=why, why=()),
        breaks=tuple(broken for broken in plan.breaks if broken.session in left),
    )


def cut_off(plan: Plan, since: date) -> Plan:
    """Return a plan without the results and the routines from a day on."""
    eve = shift_days(since, -1) if since > date.min else date.min
    routines = [
        structs.replace(
            routine,
            last=min(routine.last or eve, eve),
            count=None,
            pauses=tuple(pause for pause in routine.pauses if pause.first < since),
        )
        for routine in plan.routines
        if routine.first < since
    ]
    remarks = tuple(remark for remark in plan.remarks if remark.code != "beyond")
    return structs.replace(
        plan,
        milestones=tuple(milestone for milestone in plan.milestones if milestone.on < since),
        routines=tuple(routines),
        notes=tuple(remark.text for remark in remarks),
        remarks=remarks,
    )
