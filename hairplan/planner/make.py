"""A protocol, a request and a history make a plan: a pure function, for one as for a million.

The clock is an argument. The dates of a plan never depend on today; statuses, notes and offered
starts do.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from hairplan.dates.spans import pure_date
from hairplan.history import Entry, read_history
from hairplan.plan import Plan, Screened
from hairplan.planner.assemble import plan_of, refuse_skipped_times, session_of, when, without_dates
from hairplan.planner.availability import Availability
from hairplan.planner.brief import Brief
from hairplan.planner.choose import Chosen, Ground, Stuck, choose
from hairplan.planner.layout import Layout
from hairplan.planner.reasons import start_moved, why_moved
from hairplan.planner.resolve import resolve
from hairplan.planner.screening import refusals
from hairplan.planner.start import first_free, is_visited, start_taken
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest


def make_plan(
    protocol: Protocol,
    request: PlanRequest,
    history: Sequence[Entry] | None = None,
    *,
    today: date | None = None,
) -> Plan:
    """Make the plan of one patient's treatment.

    Where screening refuses, or no dates keep to the protocol, the plan has a `problem` and no
    sessions. With a history there are always dates: what cannot keep to the protocol any more is
    flagged, and stands in `breaks`.

    Args:
        protocol: the treatment, from `load_protocol`.
        request: what is asked for.
        history: what happened since, which may be nothing yet; null for a plan that is not under
            way, whose days nobody is waiting for.
        today: the day it is made, by default the start asked for; only statuses, notes, offered
            starts and whether an event is past depend on it.

    Raises:
        InputError: the request or the history and the protocol do not fit, every fault; a region
            without known holidays; a time that summer time skips.
        OutOfRangeError: a date leaves the calendar.
    """
    today = request.start if today is None else pure_date(today, "today")
    if history is not None:
        from hairplan.planner.replan import replanned

        request, record = read_history(request, history)
        template = resolve(protocol, request, today)
        return replanned(Brief(template, request, today, has_begun=True), record)
    brief = Brief(resolve(protocol, request, today), request, today)
    clinic = Availability(request)
    start = first_free(brief, clinic, request.start)
    if start is None:
        from hairplan.planner.problems import never_open

        return without_dates(brief, request.start, never_open(request.start))
    refusing = refusals(brief.template.standings, start) if is_visited(brief) else ()
    if refusing:
        from hairplan.planner.problems import refused

        return without_dates(brief, start, refused(brief, clinic, refusing, start))
    days = Availability(request, brief.template.refused) if brief.template.refused else clinic
    layout = brief.layout(start)
    ground = Ground(layout.slots, layout.known, days.taken, layout.frame.until)
    found = choose(ground)
    if isinstance(found, Stuck):
        from hairplan.planner.problems import no_dates

        return without_dates(brief, start, no_dates(brief, days, ground, found, start))
    return _with_dates(brief, layout, ground, found, clinic)


def screen_patient(
    protocol: Protocol, request: PlanRequest, *, today: date | None = None
) -> tuple[Screened, ...]:
    """Say how each rule on the patient's state stands on the day of the start, the gravest first.

    Args:
        protocol: the treatment.
        request: the patient's state, and the start that it is asked for.
        today: tells past events from planned ones; by default the start asked for.

    Raises:
        InputError: the request and the protocol do not fit; every fault.
    """
    today = request.start if today is None else pure_date(today, "today")
    template = resolve(protocol, request, today)
    return tuple(each.over([request.start]) for each in template.verdicts)


def _with_dates(
    brief: Brief, layout: Layout, ground: Ground, found: Sequence[Chosen], clinic: Availability
) -> Plan:
    start, asked = ground.start, brief.request.start
    moved = start_moved(asked, start, partial(start_taken, brief, clinic))
    sessions = []
    for slot, chosen in zip(layout.slots, found, strict=True):
        if slot.pinned:
            given = Chosen(asked, asked, chosen.latest, chosen.planned)
            sessions.append(session_of(brief, slot, given, start, moved))
        else:
            reason = why_moved(chosen, partial(ground.blocked, slot))
            sessions.append(session_of(brief, slot, chosen, start, reason))
    sessions.sort(key=when)
    refuse_skipped_times(sessions)
    known = {**layout.known, **{at: chosen.planned for at, chosen in enumerate(found)}}
    return plan_of(brief, layout, known, sessions)
