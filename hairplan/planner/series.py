"""The appointments of one step from one anchor on: what each counts from, one after the other."""

from typing import Any, Final

from hairplan.dates.spans import Span, span
from hairplan.planner.slot import START, Bound, Slot
from hairplan.planner.steps import PlannedStep, Rhythm

_DAY_BEFORE: Final = span("-1 day")
_DAY_AFTER: Final = span("1 day")

Rule = dict[str, Any]
"""The fields of a slot that say where its target lies, and how far from the one before."""


class Series:
    """The appointments of a step that are laid from one anchor on."""

    def __init__(self, planned: PlannedStep, anchor: int) -> None:
        """Begin with no appointment.

        Args:
            planned: the step.
            anchor: the place of what it counts from.
        """
        self.planned = planned
        self.anchor = anchor
        self.places: list[int] = []
        self._size = planned.size
        self._gaps = int(not (planned.begins_on_anchor and not planned.offsets))
        self._origin, self._since = anchor, 0

    def __len__(self) -> int:
        return len(self.places)

    @property
    def is_inside_group(self) -> bool:
        """Whether the next appointment is a further one of a group."""
        return len(self.places) % self._size > 0

    def copy(self) -> "Series":
        """Return the same series, to be gone on with apart."""
        copy = Series(self.planned, self.anchor)
        copy.places = [*self.places]
        copy._origin, copy._since = self._origin, self._since
        return copy

    def count_from(self, place: int) -> None:
        """Let what follows count from the next appointment, at a place, in place of the anchor."""
        beat = len(self.places) // self._size
        self._origin, self._since = place, beat + (not self.planned.begins_on_anchor)

    def next_slot(self, number: int, bounds: tuple[Bound, ...]) -> Slot:
        """Return the appointment that comes next.

        Args:
            number: its number in the step, from 1.
            bounds: the step's own limits on it.
        """
        planned = self.planned
        beat, inside = divmod(len(self.places), self._size)
        if inside:
            rule = self._inside_group(inside)
        elif planned.offsets:
            rule, bounds = self._at_offset(bounds)
        else:
            rule = self._at_beat(beat + self._gaps)
        if self._size > 1 and beat and not inside:
            # The rhythm counts from the first of a group; the next one comes after the last.
            bounds = (Bound(self.places[-1], _DAY_AFTER, None), *bounds)
        name, rank = planned.name_of(number)
        return Slot(
            id=name,
            step=planned.step,
            number=rank,
            of=planned.count,
            anchor=self.anchor,
            bounds=bounds,
            seasons=planned.seasons,
            **rule,
        )

    def _at_beat(self, gaps: int) -> Rule:
        """Return the rule of an appointment that lies so many gaps after the anchor."""
        if not gaps:
            return {"pinned": True}
        planned = self.planned
        previous = self.places[-self._size] if self.places else self.anchor
        rhythm = planned.beats[min(gaps, len(planned.beats)) - 1]
        is_before = gaps == 1 and planned.step.lies_before_anchor
        rule = self._target(rhythm, previous, gaps)
        rule["follows"] = None if is_before else previous
        rule["low"], rule["high"] = rhythm.low, rhythm.high
        rule["tolerance"] = rhythm.tolerance
        return rule

    def _target(self, rhythm: Rhythm, previous: int, gaps: int) -> Rule:
        """Return where a target lies: from the anchor, or from what took its place."""
        planned = self.planned
        counts_from_anchor = planned.step.since == "anchor"
        on_target = planned.step.kind == "session" and counts_from_anchor and not self._since
        origin, since = self._origin, gaps - self._since
        if planned.pace:
            by, times, plus = planned.pace.place(since)
            return {
                "base": origin, "by": by, "times": times, "plus": plus, "on_target": on_target,
            }  # fmt: skip
        if planned.weekdays:
            return {"base": previous, "weekdays": planned.weekdays, "on_target": on_target}
        if rhythm.preferred and counts_from_anchor and len(planned.beats) == 1:
            return {
                "base": origin, "by": rhythm.preferred, "times": since, "on_target": on_target,
            }  # fmt: skip
        if rhythm.preferred or rhythm.middle:
            return {
                "base": previous, "by": rhythm.preferred, "middle": rhythm.middle,
                "on_target": on_target,
            }  # fmt: skip
        limit = planned.step.window_of_anchor
        if limit and limit.min and limit.max:
            middle = span(limit.min), span(limit.max)
            return {"base": origin, "middle": middle, "on_target": on_target}
        assert planned.seasons, f"{planned.step.id} has no rhythm"
        # The window of a season hangs on the day really chosen for the anchor.
        return {"base": self.anchor, "season": gaps, "room": self._room()}

    def _room(self) -> tuple[Span, ...]:
        """Return the intervals of a group that have to fit into a season."""
        inner = self.planned.inner
        rhythms = (inner[min(place, len(inner)) - 1] for place in range(1, self._size))
        return tuple(rhythm.preferred for rhythm in rhythms if rhythm.preferred)

    def _inside_group(self, inside: int) -> Rule:
        """Return the rule of a further appointment of a group."""
        inner, places = self.planned.inner, self.places
        rhythm = inner[min(inside, len(inner)) - 1]
        has_one_rhythm = len(inner) == 1
        return {
            "follows": places[-1],
            "base": places[-inside] if has_one_rhythm else places[-1],
            "by": rhythm.preferred,
            "times": inside if has_one_rhythm else 1,
            "low": rhythm.low,
            "high": rhythm.high,
            "tolerance": rhythm.tolerance,
        }

    def _at_offset(self, bounds: tuple[Bound, ...]) -> tuple[Rule, tuple[Bound, ...]]:
        """Return the rule of an appointment so far from the anchor, whatever lies between."""
        planned, anchor, places = self.planned, self.anchor, self.places
        by = planned.offsets[min(len(places), len(planned.offsets) - 1)]
        on_start = anchor == START and planned.offsets[0].count == 0
        rhythm = planned.beats[min(max(len(places) - on_start, 0), len(planned.beats) - 1)]
        if by.count < 0:
            bounds = (*bounds, Bound(anchor, None, _DAY_BEFORE))
        rule = {
            "pinned": by.count == 0 and anchor == START,
            "follows": places[-1] if places else anchor if by.count > 0 else None,
            "base": anchor,
            "by": by,
            "low": rhythm.low if places else None,
            "high": rhythm.high if places else None,
            "tolerance": rhythm.tolerance,
            "on_target": planned.step.kind == "session",
        }
        return rule, bounds
