"""What a plan has to say beside its dates: pauses that should have begun, days without relief."""

from collections.abc import Iterator, Sequence
from datetime import date

from hairplan.dates.spans import shift
from hairplan.plan import PlannedRestriction, Session
from hairplan.planner.brief import Brief
from hairplan.planner.template import ActiveRestriction
from hairplan.texts import said_date


def plan_notes(
    brief: Brief, sessions: Sequence[Session], restrictions: Sequence[PlannedRestriction]
) -> Iterator[str]:
    """Yield the notes of a plan, the most pressing first."""
    start = sessions[0].planned
    if start < brief.today:
        yield f"the start, {said_date(start)}, is before today, {said_date(brief.today)}"
    yield from _late_pauses(brief, restrictions, start)
    yield from _late_tasks(brief, start)
    for restriction in restrictions:
        yield from _without_relief(restriction)
    yield from _events_ahead(brief, sessions)
    if brief.request.time and not brief.request.zone and any(map(_in_hours, restrictions)):
        yield "no time zone is given: hours are counted without a change of summer time"
    yield from _beyond(brief, sessions)
    yield from brief.template.notes


def _late_pauses(
    brief: Brief, restrictions: Sequence[PlannedRestriction], start: date
) -> Iterator[str]:
    """Say which pause before the first session should have begun already."""
    active = {each.name: each for each in brief.template.restrictions}
    for planned in restrictions:
        ideal, least = planned.ideal[0].first, planned.at_least[0].first
        if ideal < brief.today <= start:
            yield _said_late(brief, active[planned.id], ideal, least)


def _said_late(brief: Brief, restriction: ActiveRestriction, ideal: date, least: date) -> str:
    who = f" (if {restriction.only_if})" if restriction.only_if else ""
    should = f"{restriction.label}{who}: should have begun on {said_date(ideal)}"
    before = restriction.ideal.before
    first_ideal = shift(brief.today, before) if before else brief.today
    if least >= brief.today:
        return f"{should}, ideally; a start on {said_date(first_ideal)} or later keeps it whole"
    before = restriction.at_least.before
    first_least = shift(brief.today, before) if before else brief.today
    return (
        f"{should} (at the latest on {said_date(least)}); the first start that keeps it is"
        f" {said_date(first_least)}, ideally {said_date(first_ideal)}"
    )


def _late_tasks(brief: Brief, start: date) -> Iterator[str]:
    for active in brief.template.tasks:
        if active.task.session == "first" and active.lead and start >= brief.today:
            due = shift(start, active.lead, -1)
            if due < brief.today:
                who = f" (if {active.only_if})" if active.only_if else ""
                yield f"{active.task.label}{who}: was due on {said_date(due)}"


def _without_relief(restriction: PlannedRestriction) -> Iterator[str]:
    """Say where appointments leave no free day between their restrictions."""
    who = f" (if {restriction.only_if})" if restriction.only_if else ""
    for length, periods in (("at least", restriction.at_least), ("ideally", restriction.ideal)):
        for period in periods:
            if len(period.sessions) > 1:
                yield (
                    f"{restriction.label}{who}: {length} without a free day"
                    f" from {period.first} to {period.last},"
                    f" through {period.sessions[0]}..{period.sessions[-1]}"
                )


def _in_hours(restriction: PlannedRestriction) -> bool:
    return any(period.resume_at for period in restriction.ideal)


def _events_ahead(brief: Brief, sessions: Sequence[Session]) -> Iterator[str]:
    """Say which appointment is the last before an event that has rules for later days only."""
    protocol = brief.template.protocol
    end = brief.until(sessions[0].planned)
    for name, day in sorted(brief.request.events.items()):
        before = [each for each in sessions if each.planned < day]
        begins = [rule.begins for rule in protocol.rules.values() if rule.event == name]
        if protocol.events[name].begins and before and all(begins) and day <= end:
            yield (
                f"{protocol.events[name].label} planned for {said_date(day)}: {before[-1].id} on"
                f" {said_date(before[-1].planned)} is the last appointment before it,"
                " and the protocol does not say how long before it one may be"
            )


def _beyond(brief: Brief, sessions: Sequence[Session]) -> Iterator[str]:
    """Say which maintenance begins beyond the horizon that was asked for."""
    shown = {session.phase for session in sessions}
    end = said_date(brief.until(sessions[0].planned))
    for run in brief.template.runs:
        if run.count is None and run.step.id not in shown:
            yield f"{run.step.name}: the first would be after {end}, the end of what is planned"
