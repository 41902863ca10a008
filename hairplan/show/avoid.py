"""The list of things to avoid at the desk: from when, until when, again from when.

Conventions:

* Things with the same periods are one row. What surrounds far-off appointments has no dates.
* Where more than four periods are alike, a rule says them: "each session: that day and 1 day
  after".
* "at least" is said beside the ideal end where the two begin together, else on a line of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from hairplan.plan import Plan, Session
from hairplan.plan_parts import PlannedStage, RestrictedPeriod
from hairplan.planner.restrictions import alike
from hairplan.planner.stages import stage_without
from hairplan.show.desk_days import GAP, say_day, say_days
from hairplan.show.segments import columns_of
from hairplan.words import GOES_ON, format_count, join_words, name_by_step, name_run

_MOST_PERIODS: Final = 4
_MOST_LEAST: Final = 3
_LONG: Final = 330
"""From so many days on a list tells years."""


class AvoidGroup(Struct, frozen=True):
    """Restrictions with the same periods, as far as they surround sessions that are drawn.

    Attributes:
        names: the ids of the restrictions.
        least: the periods by the least length.
        ideal: the periods by the ideal length.
        only_if: the answers that it hangs on, while they are open.
        later: the tentative appointments that it surrounds as well.
        stages: what is allowed again in turn.
    """

    names: tuple[str, ...]
    least: tuple[RestrictedPeriod, ...]
    ideal: tuple[RestrictedPeriod, ...]
    only_if: str | None
    later: tuple[str, ...]
    stages: tuple[PlannedStage, ...] = ()

    def label(self, width: int) -> str:
        """Name what to avoid in a number of columns, such as "exercise +2"."""
        labels = (self._label(shown) for shown in range(len(self.names), 1, -1))
        return next((label for label in labels if columns_of(label) <= width), self._label(1))

    def _label(self, shown: int) -> str:
        left = len(self.names) - shown
        more = f" +{left}" if left else ""
        return f"{', '.join(self.names[:shown])}{more}{'?' if self.only_if else ''}"


class AvoidRow(Struct, frozen=True):
    """A row of the list; a rule or the least periods stand in place of the columns.

    Attributes:
        label: what to avoid; empty below the first row of it.
        first: from when.
        until: until when, by both lengths.
        again: from when it may be again.
        sessions: the appointments that it is for.
        rule: what stands across the columns.
    """

    label: str
    first: str = ""
    until: str = ""
    again: str = ""
    sessions: str = ""
    rule: str = ""


def drawn_sessions(plan: Plan) -> list[Session]:
    """Return the appointments that a timeline has: those with a day that are not far off."""
    return [session for session in plan.dated if session.status != "tentative"]


def avoid_groups(plan: Plan) -> list[AvoidGroup]:
    """Return what to avoid around the sessions that are drawn, those with equal periods as one."""
    drawn = {session.id for session in drawn_sessions(plan)}
    # Without any appointment that is drawn, all there is to avoid is told.
    tentative = {session.id for session in plan.dated} - drawn if drawn else set()
    groups = []
    for group in alike(plan.restrictions):
        least, ideal = (
            tuple(period for period in periods if not tentative.issuperset(period.sessions))
            for periods in (group[0].at_least, group[0].ideal)
        )
        around = (name for period in group[0].ideal for name in period.sessions)
        later = tuple(name for name in around if name in tentative)
        names = tuple(restriction.id for restriction in group)
        if ideal:
            stages = tuple(stage_without(stage, tentative) for stage in group[0].stages)
            groups.append(AvoidGroup(names, least, ideal, group[0].only_if, later, stages))
    return groups


def later_sessions(groups: Sequence[AvoidGroup]) -> list[str]:
    """Name the far-off appointments around which the same is to be avoided, step by step."""
    return name_by_step(name for group in groups for name in group.later)


class AvoidList(Struct, frozen=True):
    """The list of what to avoid.

    Attributes:
        groups: what to avoid.
        days: the day of each appointment.
        label_width: how wide a label may be.
        is_narrow: the least day is told without its weekday.
    """

    groups: Sequence[AvoidGroup]
    days: Mapping[str, date]
    label_width: int
    is_narrow: bool = False

    @property
    def tells_years(self) -> bool:
        """Whether a day without its year could be that of another year."""
        periods = [period for group in self.groups for period in group.ideal]
        first = min(period.first for period in periods)
        return (max(period.last for period in periods) - first).days > _LONG

    def rows(self, drawn: int) -> Iterator[AvoidRow]:
        """Yield the rows; `drawn` is how many appointments are drawn."""
        for group in self.groups:
            label = group.label(self.label_width)
            rule = self._rule(group, drawn) if len(group.ideal) > _MOST_PERIODS else None
            if rule:
                yield AvoidRow(label, rule=rule)
                yield from self._stages(group)
                continue
            for at, period in enumerate(group.ideal):
                yield self._row("" if at else label, group, period)
            if least := self._least(group):
                yield AvoidRow("", rule=least)
            yield from self._stages(group)

    def _stages(self, group: AvoidGroup) -> Iterator[AvoidRow]:
        """Yield from when on something of it is allowed again, and how."""
        for stage in group.stages:
            after = {
                (one.first - self.days.get(one.session, one.first)).days for one in stage.ideal
            }
            days = join_words([self._day(one.first).strip() for one in stage.ideal])
            number = after.pop() if len(after) == 1 else None
            if number and len(stage.ideal) > _MOST_LEAST:
                days = f"{format_count(number, 'day')} after each session"
            if stage.ideal:
                yield AvoidRow("", rule=f"from {days} on: {stage.label}")

    def _row(self, label: str, group: AvoidGroup, period: RestrictedPeriod) -> AvoidRow:
        least = [one for one in group.least if period.first <= one.first <= period.last]
        until = self._day(period.last)
        if not group.least:
            until += " (ideally)"
        elif not self._needs_line(group) and least[0].last != period.last:
            end = self._day(least[0].last, weekday=not self.is_narrow)
            until += f" ({end.replace(f'{GAP}{GAP}', GAP).lstrip(GAP) if self.is_narrow else end})"
        if period.goes_on:
            until = ""
        first = self._day(period.first)
        return AvoidRow(
            label,
            first + (f"{GAP}{period.begin_at:%H:%M}" if period.begin_at else ""),
            until,
            self._again(period),
            name_run(period.sessions),
        )

    def _again(self, period: RestrictedPeriod) -> str:
        """Say from when it may be again; no source says that of what ends with its appointment."""
        if period.goes_on:
            return GOES_ON
        if period.resume_on is None:
            return "ends with it"
        at = f"{GAP}{period.resume_at:%H:%M}" if period.resume_at else ""
        return f"{self._day(period.resume_on)}{at}"

    def _day(self, day: date, *, weekday: bool = True) -> str:
        return say_day(day, weekday=weekday, year=self.tells_years, padded=True)

    def _needs_line(self, group: AvoidGroup) -> bool:
        """Return whether the least periods do not simply end sooner than the ideal ones."""
        starts = [period.first for period in group.ideal]
        return bool(group.least) and starts != [period.first for period in group.least]

    def _least(self, group: AvoidGroup) -> str | None:
        """Say the least periods, where they do not stand beside the ideal ones."""
        if not self._needs_line(group):
            return None
        if len(group.least) > _MOST_LEAST and (reach := self._reach(group.least)):
            return f"at least {_describe_reach(*reach)} each session"
        days = (say_days(one.first, one.last, year=self.tells_years) for one in group.least)
        return f"at least {', '.join(days)}"

    def _reach(self, periods: Sequence[RestrictedPeriod]) -> tuple[int, int] | None:
        """Return how far periods reach before and after their appointments; None if it differs."""
        around = {name for period in periods for name in period.sessions}
        if not around or not around <= self.days.keys():
            return None
        ends = {
            (
                (self.days[period.sessions[0]] - period.first).days,
                (period.last - self.days[period.sessions[-1]]).days,
            )
            for period in periods
        }
        reach, *others = ends
        # What is over before its appointment begins is told by its days.
        return None if others or reach[1] < 0 else reach

    def _rule(self, group: AvoidGroup, drawn: int) -> str | None:
        """Say periods that are alike by a rule; None if they are not."""
        around = [period.sessions for period in group.ideal]
        reach, least = self._reach(group.ideal), self._reach(group.least)
        times = {period.resume_at and period.resume_at.time() for period in group.ideal}
        again = {
            (period.resume_on - period.last).days if period.resume_on else None
            for period in group.ideal
        }
        is_alike = len(times) == len(again) == max(map(len, around)) == 1
        if reach is None or not is_alike or (group.least and least is None):
            return None
        ids = [name for names in around for name in names]
        which = "each session" if len(ids) == drawn else name_run(ids)
        days = f"{which}: {_describe_reach(*reach, whole=True)}"
        if group.least != group.ideal:
            days += f" (at least {_describe_reach(*least, whole=True)})" if least else " (ideally)"
        gap, at = again.pop(), times.pop()
        if gap is None:
            return f"{days}; it ends with the appointment"
        if gap == 0 and at:
            return f"{days}, until {at:%H:%M}"
        after = format_count(reach[1] + gap, "day")
        return f"{days}; again {after} after{f' at {at:%H:%M}' if at else ''}"


def _describe_reach(before: int, after: int, *, whole: bool = False) -> str:
    """Say how far a period reaches, such as "1 day before and 2 days after"."""
    if before < 0:
        first = f"{-before} to " if -before < after else ""
        return f"{first}{format_count(after, 'day')} after"
    reaches = ((before, "before"), (after, "after"))
    sides = [f"{format_count(days, 'day')} {side}" for days, side in reaches if days]
    return join_words(["that day", *sides] if whole else sides or ["on the day of"])
