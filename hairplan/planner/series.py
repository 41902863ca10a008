"""The appointments of one step from one anchor on: what each counts from, one after the other."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from typing import Any, Final, NamedTuple

from msgspec import structs

from hairplan.dates.spans import Span, span
from hairplan.planner.offsets import span_after_repeat
from hairplan.planner.slot import START, Bound, Other, Slot
from hairplan.planner.steps import Pace, PlannedStep, Rhythm
from hairplan.protocol.values import OF_COURSE

_DAY_BEFORE: Final = span("-1 day")
_DAY_AFTER: Final = span("1 day")
_ON_IT: Final = span("0 days")

_MOST_KEPT: Final = 4096

Rule = dict[str, Any]
"""The fields of a slot that say where its target lies, and how far from the one before."""


class Series:
    """The appointments of a step that are laid from one anchor on."""

    def __init__(self, planned: PlannedStep, anchor: int, before: int = 0) -> None:
        """Begin with no appointment.

        Args:
            planned: the step.
            anchor: the place of what it counts from.
            before: how many appointments of the step lie before, as it counts from several places.
        """
        self.planned = planned
        self.anchor = anchor
        self.before = before
        self.places: list[int] = []
        self._size = planned.size
        self._origin, self._since = anchor, 0

    def __len__(self) -> int:
        return len(self.places)

    @property
    def is_inside_group(self) -> bool:
        """Whether the next appointment is a further one of a group."""
        return _beat(self.planned, len(self.places), self.before + len(self.places) + 1)[1] > 0

    @property
    def counted(self) -> int:
        """How many of its appointments count."""
        first = self.before + 1
        return len(self) - self.planned.repeats_among(range(first, first + len(self)))

    def copy(self) -> "Series":
        """Return the same series, to be gone on with apart."""
        copy = Series(self.planned, self.anchor, self.before)
        copy.places = [*self.places]
        copy._origin, copy._since = self._origin, self._since
        return copy

    def count_from(self, place: int) -> None:
        """Let what follows count from the next appointment, at a place, in place of the anchor."""
        beat, _ = _beat(self.planned, len(self.places), self.before + len(self.places) + 1)
        self._origin, self._since = place, beat + (not self.planned.begins_on_anchor)

    def next_slot(self, number: int, bounds: tuple[Bound, ...]) -> Slot:
        """Return the appointment that comes next.

        Args:
            number: its number in the step, from 1.
            bounds: the step's own limits on it.
        """
        recent, again = tuple(self._recent()), self._again()
        at = _Position(self.anchor, len(self.places), recent, self._origin, self._since, again)
        return _slot_at(self.planned, at, number, bounds)

    def _recent(self) -> list[int]:
        """Return the places of the last beat of the rhythm."""
        if self._size == 1 or not (
            self.planned.uncounted or self.planned.skipped or self.planned.aside
        ):
            return self.places[-self._size :]
        beats = (_beat(self.planned, at, self.before + at + 1) for at in range(len(self)))
        firsts = [at for at, (_, inside) in enumerate(beats) if not inside]
        return self.places[max(firsts, default=0) :]

    def _again(self) -> tuple[int, int] | None:
        """Return the place of the last that is repeated, and how many before it count."""
        if not (self.planned.uncounted and self.planned.offsets):
            return None
        first = self.before + 1
        repeated = [at for at in range(len(self)) if self.planned.repeats_at(first + at)]
        if not repeated:
            return None
        return self.places[repeated[-1]], repeated[-1] + 1 - len(repeated)


def with_other(slot: Slot, planned: PlannedStep, base: int) -> Slot:
    """Return an appointment with its second target.

    Args:
        slot: the appointment.
        planned: its step.
        base: the place of what the second target counts from.
    """
    other, either = planned.other, planned.step.either
    assert other is not None, f"{planned.step.id} has one target"
    is_later = either is not None and either.whichever == "later"
    spans = (other.preferred, other.middle, other.low, other.high, other.tolerance)
    return structs.replace(slot, other=Other(base, *spans, is_later))


def places_at(place: str, places: list[int]) -> list[int]:
    """Return the appointment of a step that a place such as "course.last" or "course-4" names."""
    end = place.rpartition("." if "." in place else "-")[2]
    if end in {"first", "last"}:
        return places[:1] if end == "first" else places[-1:]
    return places[int(end) - 1 : int(end)]


class _Position(NamedTuple):
    """All that the next appointment of a series hangs on, beside its step.

    Attributes:
        anchor: the place of what the series counts from.
        before: how many appointments of the series come before it.
        recent: the places of the last of these, as many as one beat of the rhythm has.
        origin: the place that targets count from.
        since: the beat from which on they do.
        again: of a step with offsets, the place of the last that is repeated, and how many before
            it count.
    """

    anchor: int
    before: int
    recent: tuple[int, ...]
    origin: int
    since: int
    again: tuple[int, int] | None = None


# The rows of a batch have the same appointments, on other days.
@lru_cache(_MOST_KEPT)
def _slot_at(planned: PlannedStep, at: _Position, number: int, bounds: tuple[Bound, ...]) -> Slot:
    beat, inside = _beat(planned, at.before, number)
    if inside:
        rule = _inside_group(planned, at, inside, number)
    elif planned.offsets:
        rule, bounds = _at_offset(planned, at, bounds, number)
    else:
        rule = _at_beat(planned, at, beat + (not planned.begins_on_anchor), number)
    if planned.size > 1 and at.recent and beat and not inside:
        # The rhythm counts from the first of a group; the next one comes after the last.
        bounds = (Bound(at.recent[-1], _DAY_AFTER, None), *bounds)
    name, rank = planned.name_of(number)
    return Slot(
        id=name,
        step=planned.step,
        number=rank,
        of=planned.count,
        anchor=at.anchor,
        bounds=bounds,
        seasons=planned.seasons,
        counted=not planned.repeats_at(number),
        role=planned.role_at(number) if planned.uncounted else "",
        **rule,
    )


def _beat(planned: PlannedStep, before: int, number: int) -> tuple[int, int]:
    """Return how many beats lie before an appointment, and how many of its group.

    Each appointment is a beat of its own, also one that is to be repeated: the rhythm runs on. What
    repeats one of a group is in the group as well.

    Args:
        planned: the step.
        before: how many appointments of the series come before it.
        number: its place in the step, from 1.
    """
    if planned.size == 1:
        return before, 0
    if _leaves_gaps(planned, before, number):
        rank = planned.rank_at(number)
        others = (planned.rank_at(place) for place in range(1, number))
        return rank // planned.size, sum(rank // planned.size == r // planned.size for r in others)
    counted = before - planned.repeats_among(range(number - before, number))
    beat, inside = divmod(counted, planned.size)
    repeats_first = not inside and before and planned.repeats_at(number - 1)
    return beat, 1 if repeats_first else inside


def _at_beat(planned: PlannedStep, at: _Position, gaps: int, number: int) -> Rule:
    """Return the rule of an appointment that lies so many gaps after the anchor."""
    if not gaps:
        return {"base": at.anchor, "by": _ON_IT} if planned.is_limited else {"pinned": True}
    since_origin, since_previous = _given_up(planned, at, number)
    gaps += since_origin
    previous = at.recent[0] if at.recent else at.anchor
    # What is repeated is repeated after the gap that came before it.
    repeats = planned.repeats_among(range(number - at.before, number)) if planned.size == 1 else 0
    rhythm = planned.beats[min(max(gaps - repeats, 1), len(planned.beats)) - 1]
    before = _times(rhythm, 1 + since_previous)
    is_before = gaps == 1 and planned.step.lies_before_anchor
    limits = {"low": before.low, "high": before.high, "tolerance": rhythm.tolerance}
    if planned.pace and planned.pace.is_in_runs and _run_place(planned, gaps) % planned.pace.times:
        limits |= {"low": _DAY_AFTER, "high": _DAY_AFTER}
    return {
        **_target(planned, at, (rhythm, before), previous, gaps),
        "follows": None if is_before else previous,
        **limits,
    }


def _run_place(planned: PlannedStep, gaps: int) -> int:
    """Return the place of an appointment on consecutive days, from 0."""
    return gaps - (not planned.begins_on_anchor)


def _at_pace(planned: PlannedStep, pace: Pace, at: _Position, gaps: int) -> Rule:
    """Return the rule of the target of an appointment that comes so many times a week or month."""
    if not pace.is_in_runs:
        by, times, plus = pace.place(gaps - at.since)
    else:
        # From an anchor that is none of them, the first run begins a week or a month later.
        begin = 0 if planned.begins_on_anchor else -pace.times
        first = _run_place(planned, at.since) if at.since else begin
        by, times, plus = pace.between(first, _run_place(planned, gaps))
    return {"base": at.origin, "by": by, "times": times, "plus": plus}


def _given_up(planned: PlannedStep, at: _Position, number: int) -> tuple[int, int]:
    """Return how many repeats were given up since the origin of the targets, and since the last.

    A repeat that is given up is gone: the rhythm goes on without it. A session of the course that
    is given up leaves its day to the next.
    """
    if not _leaves_gaps(planned, at.before, number):
        return 0, 0
    begins_later = not planned.begins_on_anchor
    if planned.size > 1:
        # Its beats leave the place of a whole group empty by themselves.
        last = planned.rank_at(number - 1) // planned.size if number > 1 else -begins_later
        return 0, max(planned.rank_at(number) // planned.size - last - 1, 0)
    origin = at.since - begins_later + 1 if at.since else 0

    def since(place: int) -> int:
        first, last = planned.number_at(place), planned.number_at(number)
        return sum(first < gone < last for gone in planned.skipped)

    return since(origin), since(number - 1)


def _leaves_gaps(planned: PlannedStep, before: int, number: int) -> bool:
    """Return whether what is given up of a step leaves its place empty.

    So does one of a group that is to be booked again, although a later one was done.
    Of several anchors each begins its numbers anew.
    """
    gone = planned.skipped if planned.size == 1 else planned.gone
    return bool(gone) and planned.step.kind not in OF_COURSE and number == before + 1


def _times(rhythm: Rhythm, times: int) -> Rhythm:
    """Return a rhythm whose gaps are so many times as long."""
    if times == 1:
        return rhythm
    longer = (
        each.times(times) if each else None for each in (rhythm.low, rhythm.preferred, rhythm.high)
    )
    low, preferred, high = longer
    return Rhythm(low=low, preferred=preferred, high=high, tolerance=rhythm.tolerance)


def _target(
    planned: PlannedStep,
    at: _Position,
    rhythms: tuple[Rhythm, Rhythm],
    previous: int,
    gaps: int,
) -> Rule:
    """Return where a target lies: from the anchor, or from what took its place.

    Args:
        planned: the step.
        at: what the appointment hangs on.
        rhythms: one gap, and the gap since the appointment before.
        previous: the place of that one.
        gaps: how many gaps lie between the anchor and the appointment.
    """
    rhythm, before = rhythms
    counts_from_anchor = planned.step.since == "anchor"
    # Inside a step targets run on; between steps they count from what was really chosen.
    is_of_course = planned.step.kind in OF_COURSE
    on_target = is_of_course and counts_from_anchor and not at.since and bool(at.recent)
    origin, since = at.origin, gaps - at.since
    if planned.pace:
        return _at_pace(planned, planned.pace, at, gaps)
    if planned.weekdays:
        return {"base": previous, "weekdays": planned.weekdays, "on_target": on_target}
    if rhythm.preferred and counts_from_anchor and len(planned.beats) == 1:
        return {"base": origin, "by": rhythm.preferred, "times": since}
    if rhythm.preferred or rhythm.middle:
        return {
            "base": previous, "by": before.preferred, "middle": before.middle,
            "on_target": on_target,
        }  # fmt: skip
    limit = planned.step.window_of_anchor
    if limit and limit.min and limit.max:
        return {"base": origin, "middle": (span(limit.min), span(limit.max))}
    assert planned.seasons, f"{planned.step.id} has no rhythm"
    # The window of a season hangs on the day really chosen for the anchor.
    return {"base": origin, "season": since, "room": _room(planned)}


def _room(planned: PlannedStep) -> tuple[Span, ...]:
    """Return the intervals of a group that have to fit into a season."""
    inner = planned.inner
    rhythms = (inner[min(place, len(inner)) - 1] for place in range(1, planned.size))
    return tuple(rhythm.preferred for rhythm in rhythms if rhythm.preferred)


def _inside_group(planned: PlannedStep, at: _Position, inside: int, number: int) -> Rule:
    """Return the rule of a further appointment of a group.

    Args:
        planned: the step.
        at: what the appointment hangs on.
        inside: how many of the group come before it.
        number: its place in the step, from 1.
    """
    inner = planned.inner
    gap, since_first, since_last = inside, inside, 1
    if _leaves_gaps(planned, at.before, number):
        first, last, this = map(planned.rank_at, (number - inside, number - 1, number))
        gap = max(this % planned.size, 1)
        since_first, since_last = this - first, max(this - last, 1)
    gaps = range(gap - since_last + 1, gap + 1)
    rhythm = _joined([inner[min(gap, len(inner)) - 1] for gap in gaps])
    has_one_rhythm = len(inner) == 1
    return {
        "follows": at.recent[-1],
        "base": at.recent[-inside] if has_one_rhythm else at.recent[-1],
        "by": inner[0].preferred if has_one_rhythm else rhythm.preferred,
        "times": since_first if has_one_rhythm else 1,
        "low": rhythm.low,
        "high": rhythm.high,
        "tolerance": rhythm.tolerance,
    }


def _joined(gaps: Sequence[Rhythm]) -> Rhythm:
    """Return the rhythm of several gaps together."""
    if len(gaps) == 1:
        return gaps[0]

    def total(spans: Iterable[Span | None]) -> Span | None:
        return reduce(lambda one, other: one and other and one.plus(other), spans)

    return Rhythm(
        low=total(gap.low for gap in gaps),
        preferred=total(gap.preferred for gap in gaps),
        high=total(gap.high for gap in gaps),
        tolerance=gaps[-1].tolerance,
    )


def _at_offset(
    planned: PlannedStep, at: _Position, bounds: tuple[Bound, ...], number: int
) -> tuple[Rule, tuple[Bound, ...]]:
    """Return the rule of an appointment so far from the anchor, whatever lies between."""
    counted = at.before - planned.repeats_among(range(number - at.before, number))
    offset = planned.offsets[min(counted, len(planned.offsets) - 1)]
    on_start = at.anchor == START and planned.offsets[0].is_on_anchor
    rhythm = planned.beats[min(max(counted - on_start, 0), len(planned.beats) - 1)]
    target: Rule = {"base": at.anchor, "by": offset.by, "middle": offset.middle}
    if at.again and (by := span_after_repeat(planned.offsets, at.again[1], counted)):
        target = {"base": at.again[0], "by": by}
    elif offset.low:
        bounds = (*bounds, Bound(at.anchor, offset.low, offset.high))
    elif offset.nearest.count < 0:
        bounds = (*bounds, Bound(at.anchor, None, _DAY_BEFORE))
    first = at.anchor if offset.nearest.count > 0 else None
    rule = {
        **target,
        "pinned": offset.is_on_anchor and at.anchor == START and not at.before,
        "follows": at.recent[-1] if at.recent else first,
        "low": rhythm.low if at.before else None,
        "high": rhythm.high if at.before else None,
        "tolerance": rhythm.tolerance,
    }
    return rule, bounds
