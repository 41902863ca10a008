"""The steps of a plan laid one after another, as appointments that have no dates yet.

How far a step goes is counted on the protocol's own dates, before any is moved: an appointment, or
a group by its first, is in if its target lies in the step's bound. The end of a length does not
belong to it, unless the file says so: 12 weekly sessions last 12 weeks, the last on day 77.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct, structs

from hairplan.dates.spans import Span, shift, span
from hairplan.errors import InputError
from hairplan.history import NOTHING, Record
from hairplan.planner.slot import START, WAITING, Bound, Slot
from hairplan.planner.steps import PlannedStep, Rhythm
from hairplan.protocol.model import is_of_step, place_step

MOST_SLOTS: Final = 10_000
MOST_CONDITIONAL: Final = 6
MOST_WAITING: Final = 100

_UNSHOWN: Final = 2 * WAITING
_DAY_BEFORE: Final = span("-1 day")
_DAY_AFTER: Final = span("1 day")

Events = Mapping[str, tuple[date, ...]]
"""The days that events are known to have, in order."""

Places = Mapping[str, date]
"""The day of each place in the course, such as "course.last" or "events.transplant"."""


class Frame(Struct, frozen=True):
    """What steps are laid into.

    Attributes:
        start: day 0.
        until: the last day for a target of a repeating step.
        events: the days that are known of events.
        at_least_one: a repeating step has its first appointment (or group) in any case.
        record: what has happened so far; null for a plan without a past.
        late: from when on what finds no day in its window is looked for, by its id.
        rolling: what follows counts from a session really done, not from where it should have been.
    """

    start: date
    until: date
    events: Events
    at_least_one: bool
    record: Record | None = None
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
    """

    frame: Frame
    slots: list[Slot]
    waiting: list[tuple[Slot, str]]
    known: dict[int, date]
    unshown: dict[str, int]
    places: dict[str, list[int]]


def lay_out(runs: Iterable[PlannedStep], frame: Frame) -> Layout:
    """Lay the appointments of steps, each after those that it counts from, one after another.

    Raises:
        InputError: more than 10,000 appointments.
        OutOfRangeError: a date leaves the calendar.
    """
    laying = _Laying(frame)
    for run in runs:
        laying.lay(run)
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

    def layout(self) -> Layout:
        """Return what is laid so far."""
        return Layout(self.frame, self.slots, self.waiting, self.known, self.unshown, self.places)

    def lay(self, run: PlannedStep) -> None:
        """Lay a step; what of it is conditional lies beside the chain."""
        anchors = self._anchors(run.step.anchor)
        if not run.waits and (place := self._conditional_place(run)):
            run = structs.replace(run, waits=f"{place} is conditional")
        has_target = run.step.has_rhythm or run.is_pinned
        if not has_target or not anchors or anchors[0] not in self.targets:
            self._wait(run, anchors)
            return
        placed: list[int] = []
        for anchor in anchors:
            series = self._series(run, anchor, len(placed))
            placed += series
            if not run.waits and anchor == anchors[-1]:
                self._wait_for_more(run, anchor, series, len(placed))
                self._check_length(run, series, anchor)
        self.places[run.step.id] = placed or anchors[-1:]
        self._number(run, placed)

    def _conditional_place(self, run: PlannedStep) -> str | None:
        """Return a place that a step counts from and that is conditional itself; None for none."""
        places = (run.step.anchor, *(limit.anchor for limit in run.step.limits))
        return next((each for each in places if self._anchors(each)[:1] >= [WAITING]), None)

    def _anchors(self, place: str) -> list[int]:
        """Return what a place stands for: an event may have several days; empty for none."""
        if not is_of_step(place):
            return self.places.get(place, [])
        return self._at(place, self.places.get(place_step(place), []))

    def _at(self, place: str, found: list[int]) -> list[int]:
        """Return the appointment that a place such as "course.last" or "course-4" names."""
        if self.frame.record is None or "." in place:
            return _at(place, found)
        # What was given up has left its number: only the id tells which one it is.
        chain = [at for at in found if 0 <= at < len(self.slots)]
        return [at for at in chain if self.slots[at].id == place]

    def _wait(self, run: PlannedStep, anchors: list[int]) -> None:
        """Lay what has no day to count from, or no rhythm, as one that waits."""
        reason = run.waits or "to be agreed: no day of its window is preferred"
        if not anchors:
            reason = run.waits or f"{run.step.anchor} is not known yet"
        after = anchors[-1:] if not run.step.lies_before_anchor else []
        slot = Slot(
            id=f"{run.step.id}-1",
            step=run.step,
            number=1,
            of=(run.count or 0) + run.more or None,
            follows=after[0] if after else None,
            low=run.beats[0].low if after else None,
            high=run.beats[0].high if after else None,
            bounds=self._bounds(run, [], anchors[-1] if anchors else None),
            has_target=False,
        )
        day = self.frame.record.fixed.get(slot.id) if self.frame.record else None
        if day is not None:
            # Nothing says when it should be; but it is booked, or was done.
            slot, reason = structs.replace(slot, fixed=day), ""
        if 1 not in run.skipped:
            self.places[run.step.id] = [self._add(slot, day, reason)]

    def _series(self, run: PlannedStep, anchor: int, before: int) -> list[int]:
        """Lay a step from one anchor on; the numbers go on from those before."""
        self.origin = (anchor, 0)
        series: list[int] = []
        earlier = sum(slot.step.kind == "session" for slot in self.slots)
        while not self._is_full(run, series, earlier):
            slot = self._next(run, anchor, series, before + len(series) + 1)
            target = slot.target(self.targets[slot.base])
            if self._is_over(run, series, target) and before + len(series) >= run.recorded:
                break
            if self.frame.record and not run.waits:
                slot, target = self._as_it_was(slot, target, run, len(series), self.frame.record)
            series.append(self._add(slot, target, run.waits))
        return series

    def _as_it_was(
        self, slot: Slot, target: date, run: PlannedStep, before: int, record: Record
    ) -> tuple[Slot, date]:
        """Return an appointment as it took place or is booked, and the day that others count from.

        What is off its target is what the rest of its step counts from, unless the anchor is fixed.
        """
        record = record if self.frame.rolling else NOTHING
        day = record.fixed.get(slot.id)
        again = self.frame.late.get(slot.id) or record.not_before(slot.id)
        if day is None and again is None:
            return slot, target
        slot = structs.replace(slot, fixed=day, not_before=None if day else again)
        counted = day or max(target, again or target)
        beat, inside = divmod(before, run.size)
        if counted != target and self.frame.rolling and not inside:
            on_anchor = run.step.anchor == "start" and not run.step.lies_before_anchor
            self.origin = (len(self.slots), beat + (not on_anchor))
        return slot, counted

    def _is_full(self, run: PlannedStep, series: list[int], earlier: int) -> bool:
        """Return whether a series has as many appointments as the step may have."""
        if run.waits and len(series) == MOST_WAITING:
            return True
        if run.until:
            return False
        if run.count is not None:
            return len(series) == run.count
        return bool(run.step.total) and earlier + len(series) >= (run.step.total or 0)

    def _is_over(self, run: PlannedStep, series: Sequence[int], target: date) -> bool:
        """Return whether the next appointment of a series lies beyond the step's end."""
        if len(series) % run.size or run.is_counted:
            return False
        if run.until:
            past = run.longest is not None and self._is_past(run, run.longest, series, target)
            return target > run.until or past
        if run.lasting:
            return self._is_past(run, run.lasting, series, target)
        return target > self.frame.until and not (self.frame.at_least_one and not series)

    def _is_past(self, run: PlannedStep, length: Span, series: Sequence[int], target: date) -> bool:
        if not series:
            return False
        end = shift(self.targets[series[0]], length)
        return target > end if run.step.end_included else target >= end

    def _wait_for_more(
        self, run: PlannedStep, anchor: int, planned: list[int], numbered: int
    ) -> None:
        """Lay what may follow the planned part of a range; of many, count those not shown."""
        if run.until or (run.longest and run.count is not None):
            return
        series = list(planned)
        while len(series) < MOST_SLOTS:
            extra = len(series) - len(planned)
            if run.longest is None and extra >= run.more:
                return
            slot = self._next(run, anchor, series, numbered + extra + 1)
            target = slot.target(self.targets[slot.base])
            if run.longest and self._is_past(run, run.longest, series, target):
                return
            if extra == MOST_CONDITIONAL:
                self.unshown[run.step.id] = 0
            if extra >= MOST_CONDITIONAL:
                self.unshown[run.step.id] += 1
                self.targets[_UNSHOWN + extra] = target
                series.append(_UNSHOWN + extra)
            else:
                of = None if run.longest else (run.count or 0) + run.more
                slot = structs.replace(slot, of=of)
                series.append(self._add(slot, target, "an extra that may follow"))

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

    def _check_length(self, run: PlannedStep, placed: list[int], anchor: int) -> None:
        """Refuse a number that was asked for and that does not fit the step's length."""
        if run.count is None or run.longest is None or run.shortest is None or not placed:
            return
        said = f"sessions.{run.step.id}: {run.count} is not allowed: they go on for"
        if self._is_past(run, run.longest, placed, self.targets[placed[-1]]):
            raise InputError(f"{said} {run.longest} at most")
        following = self._next(run, anchor, placed, len(placed) + 1)
        target = following.target(self.targets[following.base])
        if not self._is_past(run, run.shortest, placed, target):
            raise InputError(f"{said} {run.shortest} at least")

    def _number(self, run: PlannedStep, placed: list[int]) -> None:
        """Say how many a step has, where that shows only once they are laid."""
        if run.waits or run.is_open:
            return
        total = len(placed) + len(run.aside)
        for place in placed:
            if self.slots[place].of != total:
                self.slots[place] = structs.replace(self.slots[place], of=total)

    def _bounds(self, run: PlannedStep, series: list[int], anchor: int | None) -> tuple[Bound, ...]:
        """Return the limits of a step that count from something known."""
        found = []
        if series and run.size > 1 and len(series) % run.size == 0:
            # The rhythm counts from the first of a group; the next one comes after the last.
            found.append(Bound(series[-1], _DAY_AFTER, None))
        for limit in run.step.limits:
            low, high = (span(text) if text else None for text in (limit.min, limit.max))
            is_own = is_of_step(limit.anchor) and place_step(limit.anchor) == run.step.id
            anchors = self._at(limit.anchor, series) if is_own else self._anchors(limit.anchor)
            if limit.anchor == run.step.anchor and anchor is not None:
                anchors = [anchor]
            found += [Bound(anchor, low, high) for anchor in anchors[:1]]
        return tuple(found)

    def _next(self, run: PlannedStep, anchor: int, series: list[int], number: int) -> Slot:
        """Return the appointment that comes next in a series."""
        beat, inside = divmod(len(series), run.size)
        if inside:
            return self._inner(run, anchor, series, number, inside)
        on_anchor = (
            run.step.anchor == "start" and not run.offsets and not run.step.lies_before_anchor
        )
        gaps = beat + (not on_anchor)
        if not gaps:
            return self._slot(run, anchor, series, number, pinned=True)
        previous = series[-run.size] if series else anchor
        rhythm = run.beats[min(gaps, len(run.beats)) - 1]
        if run.offsets:
            return self._offset(run, anchor, series, number)
        is_before = gaps == 1 and run.step.lies_before_anchor
        return self._slot(
            run,
            anchor,
            series,
            number,
            follows=None if is_before else previous,
            low=rhythm.low,
            high=rhythm.high,
            tolerance=rhythm.tolerance,
            **self._rule(run, rhythm, anchor, previous, gaps),
        )

    def _rule(
        self, run: PlannedStep, rhythm: Rhythm, anchor: int, previous: int, gaps: int
    ) -> dict[str, Any]:
        """Return what gives the target of an appointment: the anchor, or what took its place."""
        origin, since = self.origin
        rule = _rule(run, rhythm, anchor, previous, gaps)
        if not since or "season" in rule:
            return rule
        # What counts from something off its target counts from its day.
        return {**_rule(run, rhythm, origin, previous, gaps - since), "on_target": False}

    def _inner(
        self, run: PlannedStep, anchor: int, series: list[int], number: int, inside: int
    ) -> Slot:
        """Return a further appointment of a group."""
        rhythm = run.inner[min(inside, len(run.inner)) - 1]
        one_rhythm = len(run.inner) == 1
        return self._slot(
            run,
            anchor,
            series,
            number,
            follows=series[-1],
            base=series[-inside] if one_rhythm else series[-1],
            by=rhythm.preferred,
            times=inside if one_rhythm else 1,
            low=rhythm.low,
            high=rhythm.high,
            tolerance=rhythm.tolerance,
        )

    def _offset(self, run: PlannedStep, anchor: int, series: list[int], number: int) -> Slot:
        """Return an appointment that lies so far from the anchor, whatever lies between."""
        by = run.offsets[min(len(series), len(run.offsets) - 1)]
        on_start = anchor == START and run.offsets[0].count == 0
        rhythm = run.beats[min(max(len(series) - on_start, 0), len(run.beats) - 1)]
        bounds = (Bound(anchor, None, _DAY_BEFORE),) if by.count < 0 else ()
        after_anchor = None if by.count <= 0 else anchor
        slot = self._slot(
            run,
            anchor,
            series,
            number,
            pinned=by.count == 0 and anchor == START,
            follows=series[-1] if series else after_anchor,
            base=anchor,
            by=by,
            low=rhythm.low if series else None,
            high=rhythm.high if series else None,
            tolerance=rhythm.tolerance,
            on_target=run.step.kind == "session",
        )
        return structs.replace(slot, bounds=(*slot.bounds, *bounds))

    def _slot(
        self,
        run: PlannedStep,
        anchor: int,
        series: list[int],
        number: int,
        **fields: Any,  # noqa: ANN401 - the fields of a slot
    ) -> Slot:
        name, rank = run.name_of(number)
        return Slot(
            id=name,
            step=run.step,
            number=rank,
            of=run.count,
            anchor=anchor,
            bounds=self._bounds(run, series, anchor),
            seasons=run.seasons,
            **fields,
        )


def _at(place: str, found: list[int]) -> list[int]:
    """Return the appointment of a step that a place such as "course.last" or "course-4" names."""
    end = place.rpartition("." if "." in place else "-")[2]
    if end in {"first", "last"}:
        return found[:1] if end == "first" else found[-1:]
    return found[int(end) - 1 : int(end)]


def _rule(
    run: PlannedStep, rhythm: Rhythm, anchor: int, previous: int, gaps: int
) -> dict[str, Any]:
    """Return what gives the target of an appointment."""
    on_target = run.step.kind == "session" and run.step.since == "anchor"
    if run.pace:
        by, times, plus = run.pace.place(gaps)
        found: dict[str, Any] = {"base": anchor, "by": by, "times": times, "plus": plus}
    elif run.weekdays:
        found = {"base": previous, "weekdays": run.weekdays}
    elif rhythm.preferred and run.step.since == "anchor" and len(run.beats) == 1:
        found = {"base": anchor, "by": rhythm.preferred, "times": gaps}
    elif rhythm.preferred or rhythm.middle:
        found = {"base": previous, "by": rhythm.preferred, "middle": rhythm.middle}
    elif (limit := run.step.window_of_anchor) and limit.min and limit.max:
        found = {"base": anchor, "middle": (span(limit.min), span(limit.max))}
    else:
        assert run.seasons, f"{run.step.id} has no rhythm"
        # The window of a season hangs on the day really chosen for the anchor.
        inner = (run.inner[min(each, len(run.inner)) - 1] for each in range(1, run.size))
        room = tuple(each.preferred for each in inner if each.preferred)
        return {"base": anchor, "season": gaps, "room": room}
    return {**found, "on_target": on_target}
