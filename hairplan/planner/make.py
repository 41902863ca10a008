"""A protocol, a request and a history make a plan: a pure function, for one as for a million.

The clock is an argument. The dates of a plan never depend on today; statuses, notes and offered
starts do. An event has come where its day is not after the start, or the last recording.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from msgspec import structs

from hairplan.dates.spans import pure_date
from hairplan.history import EMPTY_RECORD, Entry
from hairplan.plan import Plan, Session
from hairplan.planner.assemble import assemble, plan_without_dates, with_remarks
from hairplan.planner.availability import Availability
from hairplan.planner.choose import choose
from hairplan.planner.default_windows import may_be_exceeded
from hairplan.planner.ground import Chosen, Ground, Stuck
from hairplan.planner.layout import Layout, lay_out
from hairplan.planner.resolve import Resolved, resolve
from hairplan.planner.screening import refusals
from hairplan.planner.session import (
    days_outside,
    describe_outside,
    flag_remarks,
    refuse_skipped_times,
    session_of,
    session_order,
    why_moved,
    why_start_moved,
)
from hairplan.planner.slot import Slot
from hairplan.planner.start import first_free, is_visited, start_taken
from hairplan.protocol.model import Protocol
from hairplan.protocol.values import OF_COURSE
from hairplan.remarks import WhyMoved
from hairplan.request import ALWAYS_OPEN, ClinicDays, PlanRequest, lay_over
from hairplan.standing import Screened


def make_plan(
    protocol: Protocol,
    request: PlanRequest,
    history: Sequence[Entry] | None = None,
    *,
    today: date | None = None,
    clinic: ClinicDays = ALWAYS_OPEN,
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
        clinic: the clinic's days as they are by now, which are laid over the request.

    Raises:
        InputError: the request or the history and the protocol do not fit, every fault; a region
            without known holidays; a time that summer time skips.
        OutOfRangeError: a date leaves the calendar.
    """
    today = request.start if today is None else pure_date(today, "today")
    if history is not None:
        from hairplan.planner.under_way import Outset, plan_under_way

        return plan_under_way(Outset(protocol, request, clinic), history, today, clinic)
    return _first_plan(resolve(protocol, lay_over(request, clinic), today))


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
    resolved = resolve(protocol, request, today)
    verdicts = tuple(verdict.over([request.start]) for verdict in resolved.verdicts)
    return verdicts + resolved.open_points


def _first_plan(resolved: Resolved) -> Plan:
    """Return a plan that has no past."""
    request = resolved.request
    clinic = Availability(request)
    start = first_free(resolved, clinic, request.start)
    if start is None:
        from hairplan.planner.problems import never_open

        return plan_without_dates(
            resolved,
            request.start,
            never_open(request.start, start_taken(resolved, clinic, request.start)),
        )
    refusing = refusals(resolved.standings, start) if is_visited(resolved) else ()
    if refusing:
        from hairplan.planner.problems import refused

        return plan_without_dates(resolved, start, refused(resolved, clinic, refusing, start))
    days = Availability(request, resolved.refused) if resolved.refused else clinic
    layout = lay_out(resolved.steps, resolved.frame(start))
    ground = Ground.of(layout, days.taken, days.taken_at_home)
    choice: Sequence[Chosen] | Stuck = choose(ground)
    if isinstance(choice, Stuck):
        from hairplan.planner.outside import lay_and_choose

        frame = structs.replace(resolved.frame(start), record=EMPTY_RECORD)
        laid = lay_and_choose(
            lambda late: lay_out(resolved.steps, structs.replace(frame, late=late)),
            days,
            lambda slot: slot.step.kind not in OF_COURSE or may_be_exceeded(slot),
        )
        layout, ground, choice = laid.layout, laid.ground, laid.choice
    if isinstance(choice, Stuck):
        from hairplan.planner.problems import no_dates

        return plan_without_dates(resolved, start, no_dates(resolved, days, ground, choice, start))
    return _with_dates(resolved, layout, ground, choice, clinic)


def _with_dates(
    resolved: Resolved,
    layout: Layout,
    ground: Ground,
    choice: Sequence[Chosen],
    clinic: Availability,
) -> Plan:
    if ground.stages:
        from hairplan.planner.choice_stages import settle

        layout, ground = settle(layout, ground, choice)
    start, asked = ground.start, resolved.request.start
    start_moved = why_start_moved(asked, start, partial(start_taken, resolved, clinic))
    days = {**layout.known, **{at: chosen.planned for at, chosen in enumerate(choice)}}
    sessions = []
    for at, (slot, chosen) in enumerate(zip(layout.slots, choice, strict=True)):
        shown = chosen
        if slot.pinned:
            shown, moved = Chosen(asked, asked, chosen.latest, chosen.planned), start_moved
        else:
            if slot.not_before:
                shown = _as_the_protocol_has_it(slot, chosen, ground, days)
            moved = why_moved(shown, partial(ground.blocked, slot))
        if moved and moved.code == "course":
            from hairplan.planner.forced import explain_course

            moved = explain_course(moved, ground, at)
        session = session_of(resolved, slot, None, shown, start)
        sessions.append(_with_reason(session, moved, shown) if moved else session)
    sessions.sort(key=session_order)
    refuse_skipped_times(sessions)
    plan = assemble(resolved, layout, days, sessions)
    flags = flag_remarks(sessions)
    return with_remarks(plan, (*flags, *plan.remarks)) if flags else plan


def _with_reason(session: Session, moved: WhyMoved, shown: Chosen) -> Session:
    """Return an appointment with the reason for its day, and how far that is off its window."""
    off = days_outside(shown)
    flag = describe_outside(shown, off) if off else None
    return structs.replace(session, reason=moved.says, off_by=off or None, flag=flag, moved=moved)


def _as_the_protocol_has_it(
    slot: Slot, chosen: Chosen, ground: Ground, days: Mapping[int, date]
) -> Chosen:
    """Return an appointment outside its window with the target and the window that it has left."""
    high = None if may_be_exceeded(slot) else slot.high
    kept = structs.replace(slot, not_before=None, high=high)
    target = kept.target(days[kept.base])
    return Chosen(target, *ground.window(kept, target, days.__getitem__), chosen.planned)
