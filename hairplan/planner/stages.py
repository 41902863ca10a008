"""The stages of a restriction: forbidden at first, then allowed in part, then free.

A stage begins where what comes before it is over, and ends with its own length, or where the next
appointment forbids all of it again. The days on which all is free are those of the restriction.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import structs

from hairplan.plan import PlannedRestriction
from hairplan.plan_parts import PlannedStage, RestrictedPeriod, StagePeriod
from hairplan.planner.compile import ReadyStage
from hairplan.planner.restrictions import Visit, periods
from hairplan.words import format_date, format_moment, format_range

_DAY: Final = timedelta(days=1)


def planned_stages(
    stages: Sequence[ReadyStage], visits: Sequence[Visit]
) -> tuple[PlannedStage, ...]:
    """Return the stages of a restriction around appointments, with their days."""
    planned = []
    for stage in stages:
        least, ideal = (
            tuple(
                _between(
                    periods(stage.before[length], visits),
                    periods(stage.until[length], visits) if stage.until else None,
                )
            )
            for length in (0, 1)
        )
        planned.append(PlannedStage(stage.label, least, ideal))
    return tuple(planned)


def _between(
    before: Sequence[RestrictedPeriod], until: Sequence[RestrictedPeriod] | None
) -> Iterator[StagePeriod]:
    """Yield the days between what comes before a stage and the end of it."""
    following = [*(period.first - _DAY for period in before[1:]), None]
    for period, again in zip(before, following, strict=True):
        assert period.resume_on is not None, "a stage comes after a length that has an end"
        first, at = period.resume_on, period.resume_at
        ends = [again] if again else []
        ends += [one.last for one in until or () if one.first <= period.first <= one.last]
        last = min(ends, default=None)
        if last is None or first <= last:
            yield StagePeriod(period.sessions[-1], first, last, at)


def stage_without(stage: PlannedStage, sessions: Collection[str]) -> PlannedStage:
    """Return a stage without the days after some appointments."""
    least, ideal = (
        tuple(period for period in periods if period.session not in sessions)
        for periods in (stage.at_least, stage.ideal)
    )
    return structs.replace(stage, at_least=least, ideal=ideal)


def describe_stage(stage: PlannedStage) -> str:
    """Say a stage with all its days, such as "then 2027-01-08..2027-01-10: wash gently"."""
    least, ideal = (
        ", ".join(map(_describe_period, periods)) for periods in (stage.at_least, stage.ideal)
    )
    days = ideal if least == ideal else f"ideally {ideal or 'never'}, at least {least or 'never'}"
    return f"then {days or 'never'}: {stage.label}"


def _describe_period(period: StagePeriod) -> str:
    if period.last is None:
        return f"from {format_moment(period.first, period.begin_at)} on"
    return format_range(period.first, period.last, period.begin_at)


def describe_stages(stages: Sequence[PlannedStage], within: RestrictedPeriod) -> Iterator[str]:
    """Say what is allowed again in turn after a period of a restriction, or before its end."""
    for stage in stages:
        for period in stage.ideal:
            if within.first <= period.first <= within.last + _DAY:
                last = f" to {format_date(period.last)}" if period.last else " on"
                begin = format_moment(period.first, period.begin_at)
                yield f"from {begin}{last}: {stage.label}"


def has_steps(restriction: PlannedRestriction) -> bool:
    """Return whether something is allowed again before all of it is."""
    return any(
        whole.first <= period.first <= whole.last
        for stage in restriction.stages
        for period in stage.ideal
        for whole in restriction.ideal
    )


def label_on(restriction: PlannedRestriction, on: date) -> str:
    """Return what a restriction says on a day: what to avoid, or what is allowed by then."""
    for stage in reversed(restriction.stages):
        for period in stage.ideal:
            if period.first <= on and (period.last is None or on <= period.last):
                return stage.label
    return restriction.label
