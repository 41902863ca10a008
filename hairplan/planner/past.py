"""The past of a plan: the steps as it leaves them, and the days chosen for what is ahead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Final

from msgspec import Struct, structs

from hairplan.dates.spans import Period, shift, shift_days
from hairplan.errors import InputError
from hairplan.history import EMPTY_RECORD, Record, Spell
from hairplan.planner.availability import Availability
from hairplan.planner.ground import Chosen, Ground, Stuck
from hairplan.planner.layout import Frame, Layout, lay_out
from hairplan.planner.outside import lay_and_choose
from hairplan.planner.resolve import Resolved
from hairplan.planner.screening import RuleStanding, describe_rule, refused_days
from hairplan.planner.slot import Slot
from hairplan.planner.start import first_free
from hairplan.planner.steps import PlannedStep
from hairplan.protocol.figures import fact_ids
from hairplan.protocol.step import needed_steps, steps_kept_from
from hairplan.protocol.values import REFUSING
from hairplan.words import cite, name_by_step

_A_YEAR: Final = 366


class Repeats(Struct, frozen=True):
    """The sessions that late and early ones bring.

    Attributes:
        more: how many sessions more than asked for a step has, as some came too late.
        perhaps: how many more than that are conditional.
        uncounted: what took place and does not count, so that it is repeated.
    """

    more: Mapping[str, int] = {}
    perhaps: Mapping[str, int] = {}
    uncounted: frozenset[str] = frozenset()


class Selection(Struct, frozen=True):
    """The days selected for what is ahead of a plan with a past.

    Attributes:
        layout: the chain.
        steps: the steps that it was laid from.
        ground: what was chosen on.
        chosen: the chosen days.
        targets: the day that the protocol prefers, of each.
        baseline: the day of each place that windows count from.
        stuck: what finds no day at all; null for nothing.
        proposed: the day of each appointment that has one.
        overtaken: what is past and was not done, while something later was.
        at_first: the days before anything waited for what is overdue; null where nothing does.
    """

    layout: Layout
    steps: Sequence[PlannedStep]
    ground: Ground
    chosen: Sequence[Chosen]
    targets: Sequence[date]
    baseline: Mapping[int, date]
    stuck: Stuck | None = None
    proposed: Mapping[str, date] = {}
    overtaken: frozenset[str] = frozenset()
    at_first: "Selection | None" = None

    def window(self, at: int) -> tuple[date | None, date | None]:
        """Return the window of an appointment, as the protocol gives it."""
        slot = structs.replace(self.layout.slots[at], not_before=None)
        return self.ground.window(slot, self.targets[at], self.baseline.__getitem__)


def select_days(
    resolved: Resolved,
    record: Record,
    start: date,
    days: Availability,
    repeats: Repeats,
) -> Selection:
    """Choose days for the appointments ahead; one that finds none in its window is late.

    Args:
        resolved: what is asked for.
        record: what has happened.
        start: day 0.
        days: the days that are not free.
        repeats: the sessions that late and early ones bring.
    """
    rolling = resolved.request.anchor != "fixed"
    steps = [_step_after(step, record, repeats) for step in resolved.steps]
    frame = structs.replace(resolved.frame(start), record=record, rolling=rolling)
    # As long as nothing is recorded, only what is proposed again has another day from day to day.
    told = structs.replace(record, today=min(record.today, record.last)) if rolling else record
    again = frozenset({*record.missed, *record.cancelled}) if rolling else frozenset()
    selection = _selection(steps, structs.replace(frame, record=told, unsettled=again), days)
    if selection.stuck is not None:
        return selection
    if not rolling:
        chosen = _as_recorded(selection, record)
        proposed = _days_of(selection.layout, chosen)
        return structs.replace(selection, chosen=chosen, proposed=proposed)
    return _as_of_today(selection, record, resolved.today, days)


def _as_of_today(
    selection: Selection, record: Record, today: date, days: Availability
) -> Selection:
    """Return how days chosen when something was last recorded stand today.

    Args:
        selection: what was chosen then.
        record: what has happened, as of today.
        today: the day.
        days: the days that are not free.
    """
    told, again = selection.layout.frame.record or record, selection.layout.frame.unsettled
    overtaken = dict(_overtaken(selection, record, today))
    held = _followed(selection, told, today, days, overtaken)
    if again and told != record:
        # What keeps away from it gives way, but not into the past.
        giving_way = _giving_way(selection.steps, again)
        ahead = days.since(today) if giving_way else days
        frame = structs.replace(held.layout.frame, record=record)
        held = _gone_on(held, frame, ahead, before=today, free=giving_way)
    if held is selection:
        return selection
    proposed = {name: day for name, day in held.proposed.items() if name not in overtaken}
    past = frozenset(overtaken)
    return structs.replace(held, proposed=proposed, overtaken=past, at_first=selection)


def _followed(
    selection: Selection,
    record: Record,
    today: date,
    days: Availability,
    overtaken: Mapping[str, date],
) -> Selection:
    """Return the chosen days after each day on which something was passed.

    What counts from it begins to wait on that day; the rest keeps its day.

    Args:
        selection: what was chosen.
        record: what has happened.
        today: the day.
        days: the days that are not free.
        overtaken: what is past while something later was done, and since when.
    """
    while True:
        unsettled = selection.layout.frame.unsettled
        passed = {**dict(_passed_by(selection, record, today)), **overtaken}
        since = {
            name: max(day, record.last) for name, day in passed.items() if name not in unsettled
        }
        if not since:
            return selection
        day = min(since.values())
        by = frozenset(name for name, first in since.items() if first == day)
        # What was passed by then was known when the rest was chosen.
        free = frozenset(each.step.id for each in selection.steps if day == record.last)
        frame = structs.replace(selection.layout.frame, unsettled=unsettled | by)
        selection = _gone_on(selection, frame, days, before=day, free=free)


def _gone_on(
    selection: Selection,
    frame: Frame,
    days: Availability,
    *,
    before: date,
    free: AbstractSet[str],
) -> Selection:
    """Choose again, with the days that were chosen before.

    Args:
        selection: what was chosen before.
        frame: what is chosen in.
        days: the days that are not free.
        before: what lies behind this day keeps the day that it had, unless it is proposed again.
        free: the steps of which what is ahead may have another day.
    """
    record = frame.record or EMPTY_RECORD
    kept = {
        slot.id: chosen.planned
        for slot, chosen in zip(selection.layout.slots, selection.chosen, strict=True)
        if (chosen.planned < before or slot.step.id not in free) and record.again(slot.id) is None
    }
    return _selection(selection.steps, structs.replace(frame, kept=kept), days)


def _giving_way(steps: Sequence[PlannedStep], again: AbstractSet[str]) -> AbstractSet[str]:
    """Return the steps that keep away from what is proposed again, and what counts from them."""
    proposed = {name.rpartition("-")[0] for name in again}
    giving_way: set[str] = set()
    for step in (planned.step for planned in steps):
        if steps_kept_from(step) & proposed or needed_steps(step) & giving_way:
            giving_way.add(step.id)
    return giving_way


def _selection(steps: Sequence[PlannedStep], frame: Frame, days: Availability) -> Selection:
    """Lay steps out, and choose the days."""
    laid = lay_and_choose(
        lambda late: lay_out(steps, structs.replace(frame, late=late)), days, lambda _: True
    )
    layout, ground, choice = laid.layout, laid.ground, laid.choice
    if isinstance(choice, Stuck):
        return Selection(layout, steps, ground, (), (), {}, choice)
    baseline = {**layout.known, **{at: chosen.planned for at, chosen in enumerate(choice)}}
    targets = _targets(layout, baseline)
    proposed = _days_of(layout, choice)
    return Selection(layout, steps, ground, choice, targets, baseline, proposed=proposed)


def _days_of(layout: Layout, choice: Sequence[Chosen]) -> dict[str, date]:
    return {slot.id: chosen.planned for slot, chosen in zip(layout.slots, choice, strict=True)}


def _overtaken(selection: Selection, record: Record, today: date) -> Iterator[tuple[str, date]]:
    """Yield what is past and was not done, while something later was, and since when it is past.

    Later in the protocol, not by the day: neither what was done late nor what was done too early
    overtakes anything.
    """
    # What counts from nothing that took place has no target of its own.
    targets = {
        slot.id: target if slot.has_target else date.max
        for slot, target in zip(selection.layout.slots, selection.targets, strict=True)
        if not slot.is_at_home
    }
    done = (min(target, record.done.get(name, date.min)) for name, target in targets.items())
    last = max(done, default=date.min)
    recorded = {*record.done, *record.missed, *record.cancelled, *record.lost}
    for name, day in selection.proposed.items():
        if day < today and targets.get(name, date.max) < last and name not in recorded:
            yield name, shift_days(day, 1)


def _passed_by(selection: Selection, record: Record, today: date) -> Iterator[tuple[str, date]]:
    """Yield what nothing is known of though its window was over before today, and since when.

    The first day has no window of the protocol's: until it is recorded, it holds as it was asked
    for.
    """
    for at, chosen in enumerate(selection.chosen):
        slot, latest = selection.layout.slots[at], selection.window(at)[1]
        behind = None if latest is None else shift_days(max(latest, chosen.planned), 1)
        is_settled = slot.id in record.done or slot.id in record.lost
        if behind and behind <= today and not (slot.pinned or slot.is_at_home or is_settled):
            yield slot.id, behind


def _targets(layout: Layout, baseline: Mapping[int, date]) -> list[date]:
    """Return the days that the protocol prefers, whenever something can be booked again."""
    targets: list[date] = []
    for slot in layout.slots:
        counts_on = slot.on_target and slot.base >= 0 and layout.slots[slot.base].fixed is None
        targets.append(slot.preferred(targets[slot.base] if counts_on else baseline[slot.base]))
    return targets


def _as_recorded(selection: Selection, record: Record) -> list[Chosen]:
    """Return appointments as they were or are booked; what is ahead keeps its least distance."""
    days = dict(selection.layout.known)
    recorded = []
    for at, (slot, chosen) in enumerate(zip(selection.layout.slots, selection.chosen, strict=True)):
        day = record.fixed.get(slot.id)
        if day is None:
            since = max(record.not_before(slot.id) or date.min, _least(slot, days))
            day = chosen.planned if since <= chosen.planned else _free(selection, slot, since)
        # Nothing keeps away from the day for which something is proposed again.
        if record.again(slot.id) is None:
            days[at] = day
        recorded.append(structs.replace(chosen, planned=day))
    return recorded


def _least(slot: Slot, days: Mapping[int, date]) -> date:
    """Return the first day that is far enough from the appointment before, as it really was."""
    before = None if slot.follows is None else days.get(slot.follows)
    if before is None:
        return date.min
    following = shift_days(before, 1)
    return max(following, shift(before, slot.low)) if slot.low else following


def _free(selection: Selection, slot: Slot, since: date) -> date:
    """Return the first free day from a day on, or that day if none is within a year."""
    days = (shift_days(since, number) for number in range(_A_YEAR))
    return next((day for day in days if not selection.ground.blocked(slot, day)), since)


def _step_after(planned: PlannedStep, record: Record, repeats: Repeats) -> PlannedStep:
    """Return a step with what happened to it."""
    numbers, more = _numbers(planned, record), repeats.more.get(planned.step.id, 0)
    if not numbers and not more:
        return planned
    uncounted = frozenset(n for n, name in numbers.items() if name in repeats.uncounted)
    more += len(uncounted)
    done = [number for number, name in numbers.items() if name in record.done]
    skipped = frozenset(number for number, name in numbers.items() if name in record.skipped)
    lost = {number for number, name in numbers.items() if name in record.lost}
    aside = frozenset(range(1, max(done, default=0))) - skipped - lost.union(done)
    if planned.step.kind == "home":
        # Of what is not recorded it is taken that it was done.
        aside = frozenset()
    gone = skipped | aside
    highest = max(numbers, default=0)
    changes: dict[str, object] = {
        "skipped": skipped,
        "aside": aside,
        "uncounted": uncounted,
        "recorded": highest - sum(number <= highest for number in gone) + planned.is_open,
        "offsets": tuple(
            offset for place, offset in enumerate(planned.offsets, 1) if place not in gone
        ),
    }
    if any(name in record.fixed for name in numbers.values()):
        # What is booked or was done waits for nothing any more.
        changes["waits"] = None
    if planned.count is not None:
        most = planned.count + planned.more + more + repeats.perhaps.get(planned.step.id, 0)
        total = max(planned.count + more, min(highest, most))
        changes |= {"count": total - sum(number <= total for number in gone), "more": most - total}
    return structs.replace(planned, **changes)


def _numbers(planned: PlannedStep, record: Record) -> dict[int, str]:
    """Return what is recorded of a step's appointments, by their numbers."""
    names = {}
    for name in record.names:
        step, _, number = name.rpartition("-")
        if step == planned.step.id and number.isdecimal():
            names[int(number)] = name
    return names


def first_session_day(resolved: Resolved, days: Availability, record: Record) -> date | None:
    """Return day 0: the first session's, as it was or is booked, or the first that can be."""
    # A course at home begins with the visit, and moves none by having begun.
    visits = [step for step in resolved.pinned if step.step.kind != "home"]
    pinned = [_step_after(step, record, Repeats()) for step in visits or resolved.pinned]
    firsts = [step.name_of(1)[0] for step in pinned]
    fixed = [record.fixed[name] for name in firsts if name in record.fixed]
    if fixed:
        return min(fixed)
    # Where later ones count from where it should have been, the start stays as it was asked for.
    is_rolling = resolved.request.anchor != "fixed"
    again = [day for name in firsts if is_rolling and (day := record.not_before(name))]
    return first_free(resolved, days, max([resolved.request.start, *again]))


def refuse_unknown(selection: Selection, record: Record) -> None:
    """Refuse a history of sessions that the plan does not have.

    Raises:
        InputError: every one of them.
    """
    known = {slot.id for slot in selection.layout.slots} | {added.session for added in record.added}
    known |= {slot.id for slot, _ in selection.layout.waiting if slot.after}
    known |= {
        f"{planned.step.id}-{number}"
        for planned in selection.steps
        for number in planned.skipped | planned.aside
    }
    waiting = {slot.id for slot, _ in selection.layout.waiting}
    there = ", ".join(name_by_step(sorted(known)))
    faults = [
        f"history: {name} has no day yet: it can be booked, done or given up"
        if name in waiting
        else f"history: no session {name}; there are: {there}"
        for name in sorted(set(record.names) - known)
    ]
    if faults:
        raise InputError(*faults)


# ---- an answer that stops ----


class LastingRefusal(Struct, frozen=True):
    """A rule that refuses for good, and from when on."""

    standing: RuleStanding
    since: date


def stops_of(resolved: Resolved, record: Record) -> list[LastingRefusal]:
    """Return the rules that refuse for good, each from its own day or that of the answer."""
    answered = {spell.question: spell.since for spell in record.spells if spell.until is None}
    return [
        LastingRefusal(
            standing, standing.first or answered.get(standing.rule.question or "", date.min)
        )
        for standing in resolved.standings
        if standing.refuses and standing.until is None
    ]


def call_off_bookings(resolved: Resolved, record: Record) -> Record:
    """Return a record in which the bookings that a stop called off await a new date.

    Lifting a stop revives nothing: the days were given away meanwhile.
    """
    off: dict[str, date] = {}
    for spell, lifted, day in _lifted(resolved, record):
        for name, booking in record.booked.items():
            if booking.day >= spell.since and record.numbers[name] < lifted:
                off[name] = day
    booked = {name: booking for name, booking in record.booked.items() if name not in off}
    return structs.replace(record, booked=booked, cancelled={**record.cancelled, **off})


def _lifted(resolved: Resolved, record: Record) -> Iterator[tuple[Spell, int, date]]:
    """Yield the spells that stopped the plan and no longer do, with the entry that lifted them."""
    for spell in record.spells:
        for standing in resolved.standings:
            if standing.rule.question != spell.question or standing.rule.outcome not in REFUSING:
                continue
            if spell.until and spell.lifted:
                yield spell, spell.lifted, spell.until
            elif standing.name in record.overridden:
                yield spell, *record.overridden[standing.name]


def refused_by(resolved: Resolved, record: Record, stops: Sequence[LastingRefusal]) -> list[Period]:
    """Return the days that are refused for a time: by rules, by past answers, by a rest."""
    stopping = [stop.standing for stop in stops]
    dated = refused_days(standing for standing in resolved.standings if standing not in stopping)
    return [*dated, *_past_answers(resolved, record.spells), *record.rests]


def _past_answers(resolved: Resolved, spells: Iterable[Spell]) -> Iterator[Period]:
    for spell in spells:
        for standing in resolved.standings:
            refuses = standing.rule.outcome in REFUSING and standing.overridden is None
            is_asked = standing.rule.question == spell.question
            if is_asked and refuses and spell.until and spell.since < spell.until:
                last = shift_days(spell.until, -1)
                reason = describe_rule(standing.rule) + cite(fact_ids(standing.rule.source))
                yield Period(spell.since, last, reason)
