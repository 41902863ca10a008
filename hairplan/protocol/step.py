"""A step of a treatment, as a protocol file says it: a run of appointments with one rhythm."""

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hairplan.dates.spans import END
from hairplan.dates.weekdays import Weekday
from hairplan.protocol.values import (
    Count,
    DayText,
    DurationText,
    Id,
    LimitPlace,
    Place,
    PositionText,
    SeasonText,
    SignedDayText,
    SpanText,
    StepId,
    StepKind,
    Text,
    Traced,
    Words,
    ZeroDayText,
    ZeroSpanText,
    is_place_of_step,
    step_of_place,
)


class Spacing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The interval to the appointment before.

    Attributes:
        min: the least; no limit where it is left out.
        preferred: the target; the middle of the window where it is left out. Where it stands alone,
            the window is a quarter of it either way, at least a day: our default.
        max: the most; no limit where it is left out.
        tolerance: instead of min and max, how far from its target an appointment may lie.
    """

    min: ZeroDayText | None = None
    preferred: DayText | None = None
    max: DayText | None = None
    tolerance: ZeroSpanText | None = None


class Counts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many, where that may vary.

    Attributes:
        min: the fewest.
        preferred: how many are planned if nothing else is asked for. Where it is left out, the
            fewest are planned, and the rest is conditional.
        max: the most.
    """

    min: Annotated[int, Meta(ge=0, le=10_000)]
    max: Count
    preferred: Count | None = None


class Length(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long a phase goes on, where that may vary.

    Attributes:
        min: the shortest.
        max: the longest.
        preferred: what is planned; where it is left out, the shortest, and the rest is conditional.
    """

    min: SpanText
    max: SpanText
    preferred: SpanText | None = None


class Rate(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many times in a day, week, month or year, spread evenly over it.

    Attributes:
        times: how many times; of a range without `preferred`, the fewest.
        per: in what.
        days: in place of evenly, on "consecutive" days; or evenly, but never on two days running
            ("non-consecutive").
    """

    times: Count | Counts
    per: Literal["day", "week", "month", "year"]
    days: Literal["consecutive", "non-consecutive"] | None = None


class Limit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How near and how far from something else an appointment has to lie.

    Attributes:
        anchor: what the distance is counted from; also an earlier appointment of the same step; or,
            with `apart`, "STEP.each" for all appointments of another step.
        min: not sooner than so long after it; before it, if negative.
        max: not later than so long after it; before it, if negative.
        apart: not nearer to it than so long, neither before it nor after it. This step gives way to
            the other.
    """

    anchor: LimitPlace
    min: SignedDayText | None = None
    max: SignedDayText | None = None
    apart: SpanText | None = None


class VisitWindow(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The days on which an appointment may lie, counted from the anchor of its step.

    Attributes:
        min: the first of them; before the anchor, if negative.
        max: the last of them.
        preferred: the target; the middle of the window where it is left out.
    """

    min: PositionText
    max: PositionText
    preferred: PositionText | None = None


class Either(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A second target of an appointment, of which the later or the earlier one counts.

    Attributes:
        anchor: what it is counted from; where that has no day, the step's own anchor counts.
        spacing: how far from there.
        whichever: which of the two targets counts. With "later" it is no nearer to either place
            than both spacings let it, with "earlier" no farther.
    """

    anchor: Place
    spacing: Spacing
    whichever: Literal["later", "earlier"]


class Group(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Appointments close together that a repeating step has in place of a single one.

    Attributes:
        size: how many in a group.
        spacing: the interval inside a group, or a list with one for each.
    """

    size: Count
    spacing: Spacing | tuple[Spacing, ...]

    @property
    def spacings(self) -> tuple[Spacing, ...]:
        """The spacing of each gap in turn; the last holds for all that follow."""
        return self.spacing if isinstance(self.spacing, tuple) else (self.spacing,)


class Duration(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long an appointment lasts, where that varies: the longest is kept free.

    Attributes:
        min: the shortest.
        max: the longest.
    """

    min: DurationText
    max: DurationText


class LaterPrice(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The price range once `within` is over, in the same currency.

    Attributes:
        min: the least.
        max: the most.
    """

    min: Annotated[int, Meta(ge=0)]
    max: Annotated[int, Meta(ge=0)]


class Price(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The price range of one appointment, in whole units of the currency (ISO 4217).

    Attributes:
        min: the least.
        max: the most.
        currency: the ISO 4217 code.
        within: it holds only so long after the step's anchor.
        later: what holds after that.
        per: what it is the price of: a "session", each "hour" of one, or the "course": all of its
            step together.
        sessions: in place of `per`, of so many together ("3 for 600 EUR"); fewer at the end cost
            as much.
    """

    min: Annotated[int, Meta(ge=0)]
    max: Annotated[int, Meta(ge=0)]
    currency: Annotated[
        str, Meta(pattern=rf"^[A-Z]{{3}}{END}", description="a currency code such as 'EUR'")
    ]
    within: SpanText | None = None
    later: LaterPrice | None = None
    per: Literal["session", "hour", "course"] = "session"
    sessions: Count = 1


class PriceShare(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A price that is a share of another one.

    Attributes:
        percent: how many percent.
        of: the step whose price it is a share of, by the number of the appointment.
    """

    percent: Annotated[int, Meta(ge=0, le=1000)]
    of: Id


class Late(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The rule for an appointment that comes too late, or is missed.

    Attributes:
        then: go on from the day it was really done, restart the step, or add an extra appointment.
        after: how long after the one before it is too late; its latest date, if left out.
        says: what the source says on it.
        more: how many are added with "extra", if not one; of a range without `preferred` the
            fewest, and the rest is conditional.
    """

    then: Literal["continue", "restart", "extra"]
    after: DayText | None = None
    says: Text | None = None
    more: Count | Counts | None = None


class Early(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The rule for an appointment that took place too early.

    Attributes:
        then: count it, repeat it as one that does not count, or ask whether it counts.
        before: how soon after the one before it is too early; before its earliest date, if left
            out.
        grace: how many days earlier than that it may be and still counts, without a word.
        says: what the source says on it.
    """

    then: Literal["count", "repeat", "ask"] = "count"
    before: DayText | None = None
    grace: SpanText | None = None
    says: Text | None = None


class Step(Traced, frozen=True, kw_only=True):
    """A run of appointments with one rhythm.

    Several steps may share an id if their `when` shuts each other out: they are variants. A step
    whose `when` hangs on an answer that nobody gave yet is conditional.

    Attributes:
        id: what its appointments are called by (`course` gives `course-1`, `course-2` ...); not
            all, each, events, first, last, next or start, which have a meaning of their own.
        name: what a person calls one of them.
        kind: session (of the course), touch-up, maintenance, consultation, review, visit, or home:
            one of a course that the patient goes through at home, whatever days are closed.
        anchor: what its first one is counted from: "start", "STEP.first", "STEP.last", "STEP-4"
            or "events.EVENT".
        count: how many; "open" repeats up to the horizon, from the anchor on. One, if nothing else
            bounds the step.
        total: in place of `count`, how many together with all sessions of the steps before.
        lasting: in place of `count`, for how long from its first one. Beside `count`, what the
            source says as well: the two are compared.
        end_included: an appointment may fall on the very end of `lasting`.
        until: the event that ends it, such as a finding, but for the most that `count` gives;
            before its day is known, the bound above says what is planned.
        spacing: from the one before (the first one's, from the anchor; of several at the start,
            the first is on it); or a list with one for each gap in turn.
        since: what a repeat is counted on from: its "anchor" (no drift at month ends) or the
            "previous" appointment.
        rate: in place of a preferred spacing, so many times a week, month or year.
        weekdays: in place of a preferred spacing, the next of these days each time.
        offsets: in place of count and preferred spacing, how far each lies from the anchor: a span,
            or the first and the last day that it may lie on.
        seasons: the parts of the year in which appointments may lie; without another rhythm, one
            in each.
        limits: further limits, each with an anchor of its own.
        group: several appointments in place of each one.
        duration: how long an appointment lasts; or the shortest and the longest.
        durations: in place of `duration`, a list with one for each in turn.
        price: of one appointment; or a list with one for each in turn.
        optional: a source leaves it open whether it takes place.
        late: what to do when one comes too late; or a list, a rule for each gap, the shortest
            first.
        early: what to do when one took place too early.
        price_share: in place of `price`, so many percent of another step's.
        details: what is particular of each in turn, such as its dose or depth; the last holds for
            all that follow.
        either: a second target for its one appointment: the later or the earlier of the two counts.
        patient: what the patient calls one that is done at home.
        missed: whether one that was missed counts all the same: it is not booked again, and the
            others keep their days. It is to be booked again, if left out.
    """

    id: StepId
    name: Text
    kind: StepKind = "session"
    anchor: Place = "start"
    count: Count | Counts | Literal["open"] | None = None
    total: Count | None = None
    lasting: SpanText | Length | None = None
    end_included: bool = False
    until: Id | None = None
    spacing: Spacing | tuple[Spacing, ...] = Spacing()
    since: Literal["anchor", "previous"] = "anchor"
    rate: Rate | None = None
    weekdays: tuple[Weekday, ...] = ()
    offsets: tuple[PositionText | VisitWindow, ...] = ()
    seasons: tuple[SeasonText, ...] = ()
    limits: tuple[Limit, ...] = ()
    group: Group | None = None
    duration: DurationText | Duration | None = None
    # Not `duration: SpanText | tuple[SpanText, ...]`: msgspec 0.22 frees memory twice where a text
    # with a pattern stands beside a tuple.
    durations: tuple[DurationText | Duration, ...] = ()
    price: Price | tuple[Price, ...] | None = None
    optional: bool = False
    late: Late | tuple[Late, ...] | None = None
    early: Early | None = None
    price_share: PriceShare | None = None
    details: tuple[Text, ...] = ()
    either: Either | None = None
    patient: Words | None = None
    missed: Literal["counts"] | None = None

    @property
    def spacings(self) -> tuple[Spacing, ...]:
        """The spacing of each gap in turn; the last holds for all that follow."""
        return self.spacing if isinstance(self.spacing, tuple) else (self.spacing,)

    @property
    def prices(self) -> tuple[Price, ...]:
        """The price of each appointment in turn, the last for all that follow; none for none."""
        if self.price is None:
            return ()
        return self.price if isinstance(self.price, tuple) else (self.price,)

    @property
    def lates(self) -> tuple[Late, ...]:
        """The rules on late ones, that of the shortest gap first; none for none."""
        if self.late is None:
            return ()
        return self.late if isinstance(self.late, tuple) else (self.late,)

    def late_key(self, number: int) -> str:
        """Return the key of a rule on late ones, by its place in their list, from 1."""
        return f"late.{number}" if isinstance(self.late, tuple) else "late"

    def duration_of(self, number: int) -> str | Duration | None:
        """Return how long an appointment lasts, by its number in the step."""
        if self.durations:
            return self.durations[min(number, len(self.durations)) - 1]
        return self.duration

    def details_of(self, number: int) -> str | None:
        """Return what is particular of an appointment, by its number in the step."""
        return self.details[min(number, len(self.details)) - 1] if self.details else None

    @property
    def has_rhythm(self) -> bool:
        """Whether something gives the targets of its appointments."""
        return self.repeats_by_itself or self.window_of_anchor is not None

    @property
    def repeats_by_itself(self) -> bool:
        """Whether something gives the target of each of several appointments."""
        by_spacing = all(gap.preferred or (gap.min and gap.max) for gap in self.spacings)
        return bool(by_spacing or self.rate or self.weekdays or self.offsets or self.seasons)

    @property
    def window_of_anchor(self) -> Limit | None:
        """The limit that gives both ends of a window around the anchor itself, if there is one."""
        return next(
            (limit for limit in self.limits_on_anchor if limit.min and limit.max),
            None,
        )

    @property
    def is_single(self) -> bool:
        """Whether it is one appointment, whose spacing can only be its distance from the anchor.

        Of several it lies between them, and at the start the first is on the start itself.
        """
        is_single = self.count in {None, 1} and not (self.total or self.lasting or self.until)
        has_other_rhythm = self.rate or self.weekdays or self.offsets or self.seasons
        return is_single and not has_other_rhythm and any(gap != Spacing() for gap in self.spacings)

    @property
    def lies_before_anchor(self) -> bool:
        """Whether a limit puts it before its anchor."""
        return any((limit.max or "").startswith("-") for limit in self.limits_on_anchor)

    @property
    def bounding_limits(self) -> list[Limit]:
        """The limits that say how soon or how late an appointment may be."""
        return [limit for limit in self.limits if limit.min or limit.max]

    @property
    def limits_on_anchor(self) -> list[Limit]:
        """Those of them that count from the same place as the step."""
        return [limit for limit in self.bounding_limits if limit.anchor == self.anchor]


def needed_steps(step: Step) -> set[str]:
    """Return the ids of the other steps that a step counts from."""
    limits = _steps_of(limit.anchor for limit in step.bounding_limits)
    return _steps_of([step.anchor]) | limits - {step.id}


def steps_kept_from(step: Step) -> set[str]:
    """Return the ids of the other steps from whose appointments a step keeps away."""
    return _steps_of(limit.anchor for limit in step.limits if limit.apart) - {step.id}


def heeded_steps(step: Step) -> set[str]:
    """Return the ids of the other steps that a step goes by where the plan has them."""
    either = [step.either.anchor] if step.either else []
    return steps_kept_from(step) | _steps_of(either)


def _steps_of(places: Iterable[str]) -> set[str]:
    return {step_of_place(place) for place in places if is_place_of_step(place)}
