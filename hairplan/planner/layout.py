"""The third stage: the steps of a plan laid one after another, as appointments without dates.

How far a step goes is counted on the protocol's own dates, before any is moved: an appointment, or
a group by its first, is in if its target lies in the step's bound. The end of a length does not
belong to it, unless the file says so: 12 weekly sessions last 12 weeks, the last on day 77.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct, structs

from hairplan.dates.seasons import nth_season
from hairplan.dates.spans import Span, shift, span
from hairplan.errors import InputError
from hairplan.history import EMPTY_RECORD, Record
from hairplan.planner.apart import aparts_of, behind_all, kept_apart
from hairplan.planner.default_windows import has_default_window
from hairplan.planner.series import Series, places_at, with_other
from hairplan.planner.slot import START, WAITING, Apart, Bound, Slot
from hairplan.planner.steps import PlannedStep
from hairplan.protocol.values import is_place_of_step, step_of_place

MOST_SLOTS: Final = 10_000
MOST_CONDITIONAL: Final = 6
MOST_WAITING: Final = 100

_UNSHOWN: Final = 2 * WAITING

Events = Mapping[str, tuple[date, ...]]
"""The days that events are known to have, in order."""


class Frame(Struct, frozen=True):
    """The start, the end and the events between which steps are laid.

    Attributes:
        start: day 0.
        until: the last day for a target of a repeating step.
        events: the days that are known of events.
        at_least_one: a repeating step has its first appointment (or group) in any case.
        record: what has happened so far; null for a plan without a past.
        unsettled: what did not take place and has no day agreed on: nothing counts from it.
        kept: the days that appointments keep, though nothing is recorded of them.
        late: from when on what finds no day in its window is looked for, by its id.
        rolling: what follows counts from a session really done, not from where it should have been.
    """

    start: date
    until: date
    events: Events
    at_least_one: bool
    record: Record | None = None
    unsettled: frozenset[str] = frozenset()
    kept: Mapping[str, date] = {}
    late: Mapping[str, date] = {}
    rolling: bool = True


class Layout(Struct, frozen=True):
    """All appointments, without dates.

    Attributes:
        frame: what they are laid into.
        slots: the chain, each after those that it refers to.
        waiting: what is conditional, each with the reason.
        known: the days that are known beforehand, by their number below 0.
        unshown: how many conditional ones more there may be, by step.
        places: the appointments of each step, or what stands for them where it has none.
        stages: the places before which all that comes earlier is chosen first, by itself.
    """

    frame: Frame
    slots: list[Slot]
    waiting: list[tuple[Slot, str]]
    known: dict[int, date]
    unshown: dict[str, int]
    places: dict[str, list[int]]
    stages: tuple[int, ...] = ()


def lay_out(steps: Iterable[PlannedStep], frame: Frame) -> Layout:
    """Lay the appointments of steps, each after those that it counts from, one after another.

    Raises:
        InputError: more than 10,000 appointments.
        OutOfRangeError: a date leaves the calendar.
    """
    laying = _Laying(frame)
    for planned in steps:
        laying.lay(planned)
    return laying.layout()


class _Laying:
    """The appointments laid so far, with the dates that the protocol itself gives them."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.slots: list[Slot] = []
        self.waiting: list[tuple[Slot, str]] = []
        self.unshown: dict[str, int] = {}
        self.known = {START: frame.start}
        self.places: dict[str, list[int]] = {"start": [START]}
        for name, days in frame.events.items():
            first = START - len(self.known)
            self.places[f"events.{name}"] = [first - place for place in range(len(days))]
            self.known.update(zip(self.places[f"events.{name}"], days, strict=True))
        self.targets = dict(self.known)
        self.stages: list[int] = []
        self._away_from: tuple[Apart, ...] = ()
        self._sessions_before = 0

    def layout(self) -> Layout:
        """Return what is laid so far."""
        slots = kept_apart(self.slots) if self.stages else self.slots
        laid = (self.frame, slots, self.waiting, self.known, self.unshown, self.places)
        return Layout(*laid, tuple(self.stages))

    def lay(self, planned: PlannedStep) -> None:
        """Lay a step; its conditional appointments lie beside the chain."""
        anchors = self._anchors(planned.step.anchor)
        self._away_from = aparts_of(planned.step, self.places, self._anchors)
        if self._away_from or planned.other:
            self.stages.append(len(self.slots))
        if self.waiting and not planned.waits and (place := self._conditional_place(planned)):
            planned = structs.replace(planned, waits=f"{place} is conditional")
        has_target = planned.is_pinned or planned.step.has_rhythm
        if not has_target or not anchors or anchors[0] not in self.targets:
            # What took place and does not count has another after it, which waits.
            for number in range(1, 2 + len(planned.uncounted)):
                self._wait(planned, anchors, number)
            return
        placed: list[int] = []
        for anchor in anchors:
            series = self._series(planned, anchor, len(placed))
            placed += series.places
            if not planned.waits and anchor == anchors[-1]:
                self._wait_for_more(series, len(placed))
                self._check_length(series)
        self.places[planned.step.id] = placed or anchors[-1:]
        self._number(planned, placed)

    def _conditional_place(self, planned: PlannedStep) -> str | None:
        """Return a conditional place that a step counts from; None if there is none."""
        places = (planned.step.anchor, *(limit.anchor for limit in planned.step.bounding_limits))
        return next((place for place in places if self._is_conditional(self._anchors(place))), None)

    def _is_conditional(self, anchors: Sequence[int]) -> bool:
        """Return whether the first of some places waits for more than for what is before it."""
        return bool(anchors) and anchors[0] >= WAITING and self._slot(anchors[0]).after is None

    def _anchors(self, place: str) -> list[int]:
        """Return the appointments or days of a place: an event may have several days, or none."""
        if not is_place_of_step(place):
            return self.places.get(place, [])
        return self._at(place, self.places.get(step_of_place(place), []))

    def _at(self, place: str, places: list[int]) -> list[int]:
        """Return the appointment that a place such as "course.last" or "course-4" names."""
        if self.frame.record is None or "." in place:
            return places_at(place, places)
        # What was given up has left its number: only the id tells which one it is.
        chain = [(at, self._slot(at)) for at in places if at >= 0]
        # Of one that was repeated, the repetition is the last.
        return [at for at, slot in chain if (slot.role or slot.id) == place][-1:]

    def _slot(self, place: int) -> Slot:
        """Return the appointment at a place, in the chain or beside it."""
        return self.slots[place] if place < WAITING else self.waiting[place - WAITING][0]

    def _wait(self, planned: PlannedStep, anchors: list[int], number: int) -> None:
        """Lay a step that has no day to count from, or no rhythm, as one appointment that waits."""
        reason = planned.waits or "to be agreed: no day of its window is preferred"
        if not anchors:
            reason = planned.waits or f"{planned.step.anchor} is not known yet"
        after = anchors[-1:] if not planned.step.lies_before_anchor else []
        slot = Slot(
            id=f"{planned.step.id}-{number}",
            step=planned.step,
            number=1,
            of=planned.of_all or None,
            follows=after[0] if after else None,
            low=planned.beats[0].low if after else None,
            high=planned.beats[0].high if after else None,
            bounds=self._bounds(planned, [], anchors[-1] if anchors else None),
            has_target=False,
            counted=number not in planned.uncounted,
            role=f"{planned.step.id}-1",
        )
        day = self.frame.record.fixed.get(slot.id) if self.frame.record else None
        if day is not None:
            # Nothing says when it should be; but it is booked, or was done.
            slot, reason = structs.replace(slot, fixed=day), ""
            if any(place >= WAITING or self._gap(place) for place in slot.references):
                slot = self._apart(slot, self._unsettled_before(slot))
        if number not in planned.skipped:
            self.places[planned.step.id] = [self._add(slot, day, reason)]

    def _series(self, planned: PlannedStep, anchor: int, before: int) -> Series:
        """Lay a step from one anchor on; the numbers go on from those before."""
        series = Series(planned, anchor, before)
        if planned.step.total:
            kind = "home" if planned.step.kind == "home" else "session"
            sessions = (slot for slot in self.slots if slot.step.kind == kind)
            self._sessions_before = sum(slot.counted for slot in sessions)
        while not self._is_full(series):
            if series.places and not planned.step.has_rhythm:
                # One alone that is to be repeated: nothing says how soon.
                self._wait(planned, series.places, planned.number_at(before + len(series) + 1))
                series.places += self.places[planned.step.id]
                continue
            slot, target = self._next(series, before + len(series) + 1)
            if (slot.bounds or slot.apart) and not planned.waits:
                slot, target = self._within_limits(slot, target, series)
            if self._is_over(series, target) and before + len(series) >= planned.recorded:
                break
            after = self._unsettled_before(slot) if not planned.waits else None
            if self.frame.record and not planned.waits:
                is_fixed = slot.id in self.frame.record.fixed
                if is_fixed or not after:
                    slot, target = self._as_it_was(slot, target, series, self.frame.record)
                slot = self._apart(slot, after) if after else slot
            waits = f"after {after}" if after and slot.fixed is None else planned.waits
            series.places.append(self._add(slot, target, waits))
        return series

    def _within_limits(self, slot: Slot, target: date, series: Series) -> tuple[Slot, date]:
        """Return an appointment whose target a limit puts later: it is the limit's first day.

        Else the ones before would be hurried to let it come nearer to a day that it cannot be on.
        """
        if slot.by is None or slot.other or series.planned.offsets or series.is_inside_group:
            return slot, target
        for base, low in self._lower_limits(slot, target, series):
            first = shift(self.targets[base], low)
            if first > target and not self._is_too_late(slot, first):
                rule = {"base": base, "by": low, "times": 1, "plus": 0}
                if has_default_window(slot.step):
                    rule["high"] = None
                slot, target = structs.replace(slot, **rule, on_target=False), first
                series.count_from(len(self.slots))
        return slot, target

    def _lower_limits(self, slot: Slot, target: date, series: Series) -> Iterator[tuple[int, Span]]:
        """Yield what keeps an appointment from being earlier, and by how much."""
        yield from ((bound.base, bound.low) for bound in slot.bounds if bound.low)
        if not series.places and (behind := behind_all(slot.apart, target, self.targets)):
            yield behind

    def _is_too_late(self, slot: Slot, day: date) -> bool:
        """Return whether a day is too far from the appointment before."""
        if slot.follows is None or slot.high is None or has_default_window(slot.step):
            return False
        return day > shift(self.targets[slot.follows], slot.high)

    def _unsettled_before(self, slot: Slot) -> str | None:
        """Return what did not take place, of all that an appointment counts from; None for none."""
        if not self.frame.unsettled:
            return None
        return next((name for at in (*slot.references, slot.base) if (name := self._gap(at))), None)

    def _apart(self, slot: Slot, after: str | None) -> Slot:
        """Return an appointment that counts from nothing that has no day of its own."""
        known = tuple(
            bound for bound in slot.bounds if bound.base < WAITING and not self._gap(bound.base)
        )
        return Slot(
            id=slot.id,
            step=slot.step,
            number=slot.number,
            of=slot.of,
            anchor=slot.anchor,
            fixed=slot.fixed,
            bounds=known,
            has_target=False,
            after=after,
            apart=slot.apart,
            counted=slot.counted,
            role=slot.role,
        )

    def _gap(self, place: int) -> str | None:
        """Return what did not take place, of a place that is it or waits for it."""
        if place < 0:
            return None
        slot = self._slot(place)
        if place >= WAITING:
            return slot.after
        return slot.id if slot.id in self.frame.unsettled else None

    def _as_it_was(
        self, slot: Slot, target: date, series: Series, record: Record
    ) -> tuple[Slot, date]:
        """Return an appointment as it took place or is booked, and the day that others count from.

        What is off its target is what the rest of its step counts from, unless the anchor is fixed.
        """
        record = record if self.frame.rolling else EMPTY_RECORD
        day, kept = record.fixed.get(slot.id), self.frame.kept.get(slot.id)
        again = self.frame.late.get(slot.id) or record.not_before(slot.id)
        if day is None and again is None:
            # What follows a day that is kept counts from its target, as it did.
            return structs.replace(slot, fixed=kept), target
        fixed = day or kept
        slot = structs.replace(slot, fixed=fixed, not_before=None if fixed else again)
        # All that counts from what did not take place waits; its proposal changes from day to day.
        counted = day or (
            target if slot.id in self.frame.unsettled else max(target, again or target)
        )
        if self.frame.rolling and _leaves_rhythm(series, target, counted):
            series.count_from(len(self.slots))
        return slot, counted

    def _is_full(self, series: Series) -> bool:
        """Return whether a series has as many appointments as the step may have."""
        planned = series.planned
        if planned.waits and len(series) == MOST_WAITING:
            return True
        if planned.until:
            return planned.most is not None and len(series) >= planned.most
        if planned.count is not None:
            return len(series) == planned.count
        total = planned.step.total
        return total is not None and self._sessions_before + series.counted >= total

    def _is_over(self, series: Series, target: date) -> bool:
        """Return whether the next appointment of a series lies beyond the step's end."""
        planned = series.planned
        if planned.is_counted or series.is_inside_group:
            return False
        if planned.until:
            is_past = planned.longest is not None and self._is_past(series, planned.longest, target)
            return target > planned.until or is_past
        if planned.lasting:
            return self._is_past(series, planned.lasting, target)
        return target > self.frame.until and not (self.frame.at_least_one and not series.places)

    def _is_past(self, series: Series, length: Span, target: date) -> bool:
        if not series.places:
            return False
        end = shift(self.targets[series.places[0]], length)
        return target > end if series.planned.step.end_included else target >= end

    def _wait_for_more(self, series: Series, numbered: int) -> None:
        """Lay what may follow the planned part of a range, and count the appointments not shown."""
        planned = series.planned
        if planned.until or (planned.longest and planned.count is not None):
            return
        most = MOST_SLOTS - len(series) if planned.longest else planned.more
        series = series.copy() if most else series
        for extra in range(most):
            slot, target = self._next(series, numbered + extra + 1)
            if planned.longest and self._is_past(series, planned.longest, target):
                return
            if extra < MOST_CONDITIONAL:
                of = None if planned.longest else planned.of_all
                place = self._add(structs.replace(slot, of=of), target, "an extra that may follow")
            else:
                self.unshown[planned.step.id] = self.unshown.get(planned.step.id, 0) + 1
                place = _UNSHOWN + extra
                self.targets[place] = target
            series.places.append(place)

    def _add(self, slot: Slot, target: date | None, waits: str | None) -> int:
        """Add an appointment to the chain, or beside it, and return its place."""
        place = WAITING + len(self.waiting) if waits else len(self.slots)
        if waits:
            self.waiting.append((slot, waits))
        else:
            self.slots.append(slot)
        if target is not None:
            self.targets[place] = target
        if len(self.slots) > MOST_SLOTS:
            raise InputError(f"more than {MOST_SLOTS} appointments: choose a nearer horizon")
        return place

    def _check_length(self, series: Series) -> None:
        """Refuse a number that was asked for and that does not fit the step's length."""
        planned, places = series.planned, series.places
        longest, shortest = planned.longest, planned.shortest
        if planned.count is None or longest is None or shortest is None or not places:
            return
        refused = f"sessions.{planned.step.id}: {planned.count} is not allowed: they go on for"
        if self._is_past(series, longest, self.targets[places[-1]]):
            raise InputError(f"{refused} {longest} at most")
        _, following = self._next(series, len(places) + 1)
        if not self._is_past(series, shortest, following):
            raise InputError(f"{refused} {shortest} at least")

    def _number(self, planned: PlannedStep, placed: list[int]) -> None:
        """Number the appointments of a step whose count shows only once they are laid."""
        if planned.waits or planned.is_open:
            return
        total = len(placed) + len(planned.aside) - len(planned.uncounted)
        for place in placed:
            slot = self._slot(place)
            if slot.of == total:
                continue
            slot = structs.replace(slot, of=total)
            if place >= WAITING:
                self.waiting[place - WAITING] = slot, self.waiting[place - WAITING][1]
            else:
                self.slots[place] = slot

    def _next(self, series: Series, number: int) -> tuple[Slot, date]:
        """Return the appointment that comes next in a series, and its target."""
        planned = series.planned
        bounds = self._bounds(planned, series.places, series.anchor) if planned.step.limits else ()
        slot = series.next_slot(number, bounds)
        if self._away_from:
            slot = structs.replace(slot, apart=self._away_from)
        if planned.step.either:
            places = self._anchors(planned.step.either.anchor)[-1:]
            # What is conditional may never be; what waits for a day that it had, counts.
            is_there = [place for place in places if place < WAITING or self._gap(place)]
            slot = with_other(slot, planned, is_there[0]) if is_there else slot
        settled = slot.settled(self.targets.__getitem__)
        return slot, settled.target(self.targets[settled.base])

    def _bounds(
        self, planned: PlannedStep, series: list[int], anchor: int | None
    ) -> tuple[Bound, ...]:
        """Return the limits of a step that count from something known."""
        bounds = []
        for limit in planned.step.bounding_limits:
            low, high = (span(text) if text else None for text in (limit.min, limit.max))
            is_own = (
                is_place_of_step(limit.anchor) and step_of_place(limit.anchor) == planned.step.id
            )
            anchors = self._at(limit.anchor, series) if is_own else self._anchors(limit.anchor)
            if limit.anchor == planned.step.anchor and anchor is not None:
                anchors = [anchor]
            bounds += [Bound(base, low, high) for base in anchors[:1]]
        return tuple(bounds)


def _leaves_rhythm(series: Series, target: date, day: date) -> bool:
    """Return whether what follows the next of a series counts from its day, and not from before.

    Of what goes by the season, one is in its own as long as the next has not begun.
    """
    planned = series.planned
    if planned.goes_by_season:
        return day > target and nth_season(planned.seasons, target, 1)[0] <= day
    return day != target and not series.is_inside_group
