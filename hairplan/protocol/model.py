"""The undated template of a treatment, as a protocol file says it.

The types here are the file format: a table of the file is one struct, and a key is one field. A
handful of ideas say everything:

* a **step** is a run of appointments: it has an anchor (what it counts from), a rhythm (how its
  targets follow one another), a bound (how many, or for how long) and limits;
* a **restriction** lies around appointments and has two ends, each at least and ideally so far;
* a **task** has to be done for an appointment, a **routine** again and again at home; a
  **milestone** is a date of the course, an **expectation** is what normally happens;
* a **rule** says what the patient's state means, a **question** or an **event** what the state is;
* an **option** is a choice, and **when** restricts any of the above to some choices or answers;
* where a list may stand in place of one value, it has one for each appointment in turn, and its
  last holds for all that follow;
* every table carries its **source** (fact ids) and its **strength**; `figures` names those figures
  in it that rest on something else.

Spans are texts such as "3 weeks" (see `dates.spans` for what they mean). A text may be a table of
languages in the file; here it is the one that was chosen on reading, but for what a patient reads:
that is kept in all its languages.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hairplan.dates.spans import END, SIDE_PATTERN, SIGNED_PATTERN, SPAN_PATTERN, ZERO_PATTERN
from hairplan.dates.weekdays import Weekday

# A file may write spans in other ways too: see `protocol.shorthands`.
SpanText = Annotated[
    str,
    Meta(pattern=SPAN_PATTERN, description="a span such as '5 weeks'", extra={"span": "span"}),
]
DurationText = Annotated[
    str,
    Meta(pattern=SPAN_PATTERN, description="a span such as '45 minutes'", extra={"span": "short"}),
]
# These may also be a day as the source counts it, such as "day 15". Where the number of the first
# day is not taken off later, as it is of a position, it is taken off on reading.
DayText = Annotated[
    str,
    Meta(
        pattern=SPAN_PATTERN,
        description="a span such as '5 weeks'",
        extra={"span": "span", "day": "length"},
    ),
]
ZeroDayText = Annotated[
    str,
    Meta(
        pattern=ZERO_PATTERN,
        description="a span such as '5 weeks'",
        extra={"span": "span", "day": "length"},
    ),
]
SignedDayText = Annotated[
    str,
    Meta(
        pattern=SIGNED_PATTERN,
        description="a span of days, weeks, months or years such as '5 weeks' or '-2 weeks'",
        extra={"span": "span", "day": "length"},
    ),
]
PositionText = Annotated[
    str,
    Meta(
        pattern=SIGNED_PATTERN,
        description="a span of days, weeks, months or years such as '5 weeks' or '-2 weeks'",
        extra={"span": "span", "day": "position"},
    ),
]
ZeroPositionText = Annotated[
    str,
    Meta(
        pattern=ZERO_PATTERN,
        description="a span such as '5 weeks'",
        extra={"span": "span", "day": "position"},
    ),
]
ZeroSpanText = Annotated[
    str,
    Meta(pattern=ZERO_PATTERN, description="a span such as '5 weeks'", extra={"span": "span"}),
]
SignedSpanText = Annotated[
    str,
    Meta(
        pattern=SIGNED_PATTERN,
        description="a span of days, weeks, months or years such as '5 weeks' or '-2 weeks'",
        extra={"span": "span"},
    ),
]
SideText = Annotated[
    str,
    Meta(
        pattern=SIDE_PATTERN,
        description="a span such as '5 weeks', or a time of day such as '1 day at 21:00'",
        extra={"span": "side"},
    ),
]
DaySideText = Annotated[
    str,
    Meta(
        pattern=SIDE_PATTERN,
        description="a span such as '5 weeks', or a time of day such as '1 day at 21:00'",
        extra={"span": "side", "day": "length"},
    ),
]
_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
SeasonText = Annotated[
    str,
    Meta(
        pattern=rf"^{_DAY}\.\.{_DAY}{END}",
        description="days of the year such as '09-01..10-31'",
    ),
]
Id = Annotated[
    str,
    Meta(
        pattern=rf"^{_NAME}{END}",
        max_length=40,
        description="a short name in lower case such as 'touch-up'",
    ),
]
# They mean something else where a place or a session is named.
RESERVED_NAMES = ("all", "each", "events", "first", "last", "next", "start")
StepId = Annotated[
    str,
    Meta(
        pattern=rf"^{_NAME}{END}",
        max_length=40,
        description="a short name in lower case such as 'touch-up'",
        extra_json_schema={"not": {"enum": list(RESERVED_NAMES)}},
    ),
]
Place = Annotated[
    str,
    Meta(
        pattern=rf"^(start|events\.{_NAME}|{_NAME}\.(first|last)|{_NAME}-[1-9][0-9]{{0,4}}){END}",
        description="a place: 'start', 'STEP.first', 'STEP.last', 'STEP-4' or 'events.EVENT'",
    ),
]
LimitPlace = Annotated[
    str,
    Meta(
        pattern=rf"^(start|events\.{_NAME}|{_NAME}\.(first|last|each)|{_NAME}-[1-9][0-9]{{0,4}}){END}",
        description="a place: 'start', 'STEP.first', 'STEP.last', 'STEP-4' or 'events.EVENT'; or"
        " 'STEP.each'",
    ),
]
Until = Annotated[
    str,
    Meta(
        pattern=rf"^(next|start|events\.{_NAME}|{_NAME}\.(first|last)|{_NAME}-[1-9][0-9]{{0,4}}){END}",
        description="'next', or a place: 'STEP.first', 'STEP.last', 'STEP-4' or 'events.EVENT'",
    ),
]
Where = Annotated[
    str,
    Meta(
        pattern=rf"^(events\.{_NAME}|{_NAME}(\.(first|last))?){END}",
        description="'all', 'STEP', 'STEP.first', 'STEP.last', 'STEP-4' or 'events.EVENT'",
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=2000, extra={"languages": True})]
CODE_PATTERN = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*" + END
LanguageCode = Annotated[
    str, Meta(pattern=CODE_PATTERN, description="a language code such as 'en' or 'pt-BR'")
]
# Texts for patients are kept in all their languages, unlike those for the practice: which one is
# read is known when a sheet or a calendar is made.
Line = Annotated[str, Meta(max_length=2000, description="a text")]
Lines = Annotated[
    dict[LanguageCode, Line],
    Meta(description='a table of languages such as \'{ en = "...", fr = "..." }\''),
]
Words = Line | Lines
Version = Annotated[str, Meta(min_length=1, max_length=40)]
Count = Annotated[int, Meta(ge=1, le=10_000)]
Strength = Literal["sourced", "read", "default", "clinic"]
# The gravest first: this is the order in which rules are shown.
RuleOutcome = Literal[
    "contraindicated",
    "postpone",
    "not-effective",
    "document",
    "assessment",
    "tell-doctor",
    "prevention",
    "outside-indication",
    "caution",
]
StepKind = Literal["session", "touch-up", "maintenance", "consultation", "review", "visit", "home"]
Condition = dict[str, str | tuple[str, ...]]

ANSWERS = ("yes", "no", "unknown")
SEXES = ("female", "male")
REFUSING = frozenset({"contraindicated", "postpone", "not-effective"})
TASKS = frozenset({"document", "assessment"})
DEFAULT_HORIZON = "1 year"
# Restrictions and tasks that name no step go with these: the others are visits.
TREATING = frozenset({"session", "touch-up", "maintenance"})
# What a course consists of: its targets run on, whatever days were chosen.
OF_COURSE = frozenset({"session", "home"})


class Basis(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The basis of one figure, where it differs from that of the rest of its table.

    Attributes:
        source: the ids of the facts behind it.
        strength: sourced, read (a vague source, and how it is read), default (no source says it),
            clinic (the clinic's own).
        why: how it is read, or why this default.
    """

    source: str | tuple[str, ...] = ()
    strength: Strength | None = None
    why: Text | None = None


class Traced(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the file: where its figures come from, and for whom it holds.

    Attributes:
        source: the ids of the facts behind its figures.
        strength: how they follow from the source. Where it is left out: sourced where there is a
            source, or else that of the file's head, or the clinic's own.
        why: how the source is read, or why this default.
        figures: the figures that rest on something else, by key ("spacing.preferred").
        when: the choices and answers that it holds for, such as { form = "male" } or
            { age = "31..50" }; nothing means always. In tasks and restrictions also the time since
            an event on the appointment's day, such as { "events.colour" = "6 months.." }.
    """

    source: str | tuple[str, ...] = ()
    strength: Strength | None = None
    why: Text | None = None
    figures: dict[str, Basis] = {}
    when: Condition = {}


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


class Lengths(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How far a restriction reaches on one side of an appointment: two lengths, both shown.

    Attributes:
        at_least: the least that is asked for.
        ideal: what is best.
    """

    at_least: SideText
    ideal: SideText


class Stage(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A stage of a restriction on the way to free: something is allowed again, though not all.

    Attributes:
        label: what is allowed, and how, as an instruction such as "wash gently".
        after: how long after an appointment the stage lasts, or up to what time; the last one may
            leave it out: then it has no end, and all that is forbidden is over.
        patient: the same as the patient reads it.
    """

    label: Text
    after: SideText | Lengths | None = None
    patient: Words | None = None


class Restriction(Traced, frozen=True, kw_only=True):
    """Something to avoid or to stop around appointments.

    Attributes:
        label: what to avoid, protect or pause, as an instruction.
        before: how long before an appointment it begins, or at what time ("1 day at 21:00" is 9 pm
            on the day before).
        begins: in place of `before`, how long after an appointment it begins.
        after: how long after an appointment it lasts, or up to what time.
        until: it lasts until the "next" appointment that it surrounds, or up to a place such as
            "course.last"; what lies after that has `after`.
        around: what it surrounds: "STEP", "STEP.first", "STEP.last", "STEP-4", "start",
            "events.EVENT" or "all" appointments; nothing means all sessions, touch-ups and
            maintenance; without any, what is done at home, or the start in a file without steps.
        continuous: that it runs on from one appointment to the next is meant.
        but: which of these it does not surround, such as ["course.last"].
        how_long: in place of a length, in words, where no source gives one, such as "as the clinic
            tells you".
        stages: what is allowed again in turn once `after` is over; the last `after` of all says
            from when on all is free.
        patient: the same as the patient reads it, such as "no minoxidil on the scalp".
        short: its short name for the patient, such as "minoxidil".
        stops: it is stopped and taken up again, as a medicine is; else it is avoided for a time.
    """

    label: Text
    before: SideText | Lengths | None = None
    begins: ZeroDayText | None = None
    after: DaySideText | Lengths | None = None
    until: Until | None = None
    around: tuple[Where, ...] = ()
    continuous: bool = False
    but: tuple[Where, ...] = ()
    how_long: Words | None = None
    stages: tuple[Stage, ...] = ()
    patient: Words | None = None
    short: Words | None = None
    stops: bool = False


class Task(Traced, frozen=True, kw_only=True):
    """Something to do for an appointment.

    Attributes:
        label: what to do, as an instruction.
        session: "first" (before the first session only) or "each" (session, touch-up and
            maintenance; without any, what is done at home); or "STEP", "STEP.first", "STEP.last",
            "STEP-4" or "all" appointments.
        around: in place of `session`, a list of these.
        lead: how long before the appointment it is due, or at what time ("1 day at 21:00");
            nothing means no date of its own for a task before the first session, and the day
            itself for any other.
        earliest: how long before the appointment it may be done at the soonest.
        valid: it holds good for so long, and need not be done again until then.
        renewed: each appointment makes it good for so long again.
        event: the day in the patient's life that counts as the last one before this plan.
        blocks: without it the appointment may not take place.
        optional: a source leaves it open.
        lag: in place of `lead`, how long after the appointment it is due.
        but: which of these appointments it is not for, such as ["course.last"].
        patient: the same as the patient reads it; empty for what is not for the patient.
        by: who does it; what the clinic does is not on the patient's sheet.
    """

    label: Text
    session: Where = "each"
    around: tuple[Where, ...] = ()
    lead: SideText | None = None
    earliest: SpanText | None = None
    valid: SpanText | None = None
    renewed: bool = False
    event: Id | None = None
    blocks: bool = False
    optional: bool = False
    lag: DayText | None = None
    but: tuple[Where, ...] = ()
    patient: Words | None = None
    by: Literal["patient", "clinic"] = "patient"


class Routine(Traced, frozen=True, kw_only=True):
    """Something to do at home again and again, whatever the clinic's closed days.

    Attributes:
        label: what to do, as an instruction.
        anchor: what it counts from: "start", "STEP.first", "STEP.last", "STEP-4" or "events.EVENT".
        begins: how long after that it begins; before it, if negative.
        every: how often; or
        rate: how many times a day, week, month or year; or
        weekdays: on which days of the week.
        lasting: for how long.
        until: in place of that, up to which place.
        how_often: in place of a rhythm, in words, where no source gives one, such as "as the clinic
            tells you".
        paused_by: the restrictions during which it is not done, such as ["minoxidil"]: on all days
            of their ideal length.
        patient: the same as the patient reads it; empty for what is not for the patient.
    """

    label: Text
    anchor: Place = "start"
    begins: PositionText | None = None
    every: SpanText | None = None
    rate: Rate | None = None
    weekdays: tuple[Weekday, ...] = ()
    lasting: SpanText | Length | None = None
    until: Place | None = None
    how_often: Words | None = None
    paused_by: tuple[Id, ...] = ()
    patient: Words | None = None


class Milestone(Traced, frozen=True, kw_only=True):
    """A date of the course at which a result is looked at; it moves only with the course.

    Attributes:
        label: what is looked at.
        at: "start", "STEP.first", "STEP.last", "STEP-4" or "events.EVENT".
        after: how long after that.
        around: in place of `at`, a list of the appointments that each have one: "each" (session,
            touch-up and maintenance), "STEP", "STEP-4" or "all".
        but: which of these appointments have none, such as ["course.last"].
        patient: the same as the patient reads it; empty for what is not for the patient.
    """

    label: Text
    at: Place = "start"
    after: ZeroPositionText | None = None
    around: tuple[Where, ...] = ()
    but: tuple[Where, ...] = ()
    patient: Words | None = None


class Expectation(Traced, frozen=True, kw_only=True):
    """Something that normally happens.

    Attributes:
        label: what is to be expected.
        at: what its dates count from, where it has any: "start", "STEP.first", "STEP.last",
            "STEP-4" or "events.EVENT".
        begins: how long after that it begins.
        ends: how long after that it ends.
        patient: the same as the patient reads it; empty for what is not for the patient.
    """

    label: Text
    at: Place | None = None
    begins: ZeroPositionText | None = None
    ends: ZeroPositionText | None = None
    patient: Words | None = None


class Charge(Traced, frozen=True, kw_only=True):
    """Something that costs beside the prices of the steps, such as an add-on that is chosen.

    With `when` it is charged for a choice or an answer alone.

    Attributes:
        label: what it is.
        price: what it adds to the price of an appointment, or with `per = "course"` once.
        around: the appointments that it is charged for: "STEP", "STEP.first", "STEP.last",
            "STEP-4" or "all"; nothing means all sessions, touch-ups and maintenance; without any,
            what is done at home.
        but: which of these it is not charged for, such as ["course.last"].
    """

    label: Text
    price: Price
    around: tuple[Where, ...] = ()
    but: tuple[Where, ...] = ()


class Choice(Traced, frozen=True, kw_only=True):
    """An option of the protocol: what the patient or the clinic chooses.

    Attributes:
        label: what is chosen.
        default: the choice if none is made.
        choices: what each choice means.
    """

    label: Text
    default: str
    choices: dict[str, Text]


class Question(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question on the patient's state, answered by yes, no or unknown.

    Attributes:
        ask: the question.
        only: whom it is asked of; for anyone else the answer is no.
        patient: the state in the patient's words, such as "blood thinners".
        asks: who can answer; what only the practitioner can is not on the patient's sheet.
        if_so: the state as a condition, such as "if you use minoxidil on the scalp".
    """

    ask: Text
    only: Condition = {}
    patient: Words | None = None
    asks: Literal["patient", "practitioner"] = "patient"
    if_so: Words | None = None


class Event(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A day in the patient's life, past or planned, that rules count from.

    Attributes:
        label: what happened or will happen.
        begins: the question that is answered by yes from that day on.
        ends: the question that is answered by no from that day on, and by yes before it.
        is_start: the day that is asked for as the start is its day, unless another is given.
    """

    label: Text
    begins: Id | None = None
    ends: Id | None = None
    is_start: bool = False


class Rule(Traced, frozen=True, kw_only=True):
    """A state of the patient, and its meaning for the treatment.

    Attributes:
        question: the question that it hangs on: it holds where the answer is yes.
        event: the event that its dates count from; with one, it holds from `begins` to the eve
            of `ends` after the event, without bound where these are left out.
        begins: how long after the event it begins to hold; before it, if negative; from ever
            before, if left out.
        ends: how long after the event it ceases to hold; before it, if negative; never, if left
            out.
        outcome: contraindicated, postpone and not-effective refuse; document and assessment are
            tasks that block the first session; the rest are notes.
        says: what it means, in words.
        task: what to get done, for a document or an assessment.
    """

    question: Id | None = None
    event: Id | None = None
    begins: SignedSpanText | None = None
    ends: SignedSpanText | None = None
    outcome: RuleOutcome
    says: Text
    task: Text | None = None


class Difference(Traced, frozen=True, kw_only=True):
    """Where sources differ: what each says, and which one holds here.

    Attributes:
        topic: what they differ on.
        says: what each source says, by fact id.
        holds: what holds here, and why.
    """

    topic: Text
    says: dict[str, Text]
    holds: Text


class Note(Traced, frozen=True, kw_only=True):
    """Something that the plan has to say where its condition holds.

    Attributes:
        text: what it says.
    """

    text: Text


class Contradiction(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Answers and choices that cannot be true together.

    Attributes:
        when: the answers and choices.
        says: why not.
    """

    when: Condition
    says: Text


class Protocol(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A whole treatment, without dates.

    Attributes:
        format: the version of this format, 1.
        id: the protocol's short name.
        version: the protocol's own version.
        date: when this version was written.
        name: the treatment, as a person calls it.
        summary: the treatment in one line.
        horizon: how far what repeats is planned from the start, if nothing else is asked for; a
            year, if left out.
        first_day: the number that the source gives to the day that it counts from: with 1, the
            offsets, and the dates of milestones, expectations and routines, are one unit less, and
            so is a day such as "day 15" in spacing, limits, lags and restrictions.
        source: the ids of the facts behind the figures of the file's head.
        strength: how they follow from the source, and so do all tables that say neither where they
            are from nor how; sourced with a source, the clinic's own without one, if left out.
        figures: those that rest on something else.
        documents: the source documents by short name.
        facts: what the sources say, by id ("SMP-2").
        options: what the patient or the clinic chooses.
        steps: the appointments; a sheet of what to do and to avoid after the start may have none.
        restrictions: what to avoid or to stop, and how long.
        tasks: what to do for appointments.
        routines: what to do at home again and again.
        milestones: when results are looked at.
        expectations: what normally happens.
        indications: whom the treatment is for.
        questions: what is asked on the patient's state.
        events: days in the patient's life.
        rules: what the patient's state means for the treatment.
        contradictions: answers and choices that cannot be true together.
        differences: where sources differ, or one disagrees with itself.
        notes: what the plan has to say.
        charges: what costs beside the prices of the steps.
        language: the language of the texts that are no table of languages; "en", if left out.
    """

    format: Literal[1]
    id: Id
    version: Version
    date: dt.date
    name: Text
    summary: Text
    horizon: SpanText | None = None
    source: str | tuple[str, ...] = ()
    strength: Strength | None = None
    first_day: Literal[0, 1] = 0
    figures: dict[str, Basis] = {}
    documents: dict[str, Text] = {}
    facts: dict[str, Text] = {}
    options: dict[Id, Choice] = {}
    steps: Annotated[tuple[Step, ...], Meta(min_length=0, max_length=200)] = ()
    restrictions: dict[Id, Restriction] = {}
    tasks: dict[Id, Task] = {}
    routines: dict[Id, Routine] = {}
    milestones: dict[Id, Milestone] = {}
    expectations: dict[Id, Expectation] = {}
    indications: tuple[Note, ...] = ()
    questions: dict[Id, Question] = {}
    events: dict[Id, Event] = {}
    rules: dict[Id, Rule] = {}
    contradictions: tuple[Contradiction, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[Note, ...] = ()
    charges: dict[Id, Charge] = {}
    language: LanguageCode = "en"


def in_english(words: Words) -> str:
    """Return a text that is kept in all its languages as the practice reads it.

    That is in English, or else in the language that comes first.
    """
    return words if isinstance(words, str) else words.get("en") or next(iter(words.values()))


def accepted_values(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the values that a condition accepts for one name."""
    return (value,) if isinstance(value, str) else value


def is_place_of_step(place: str) -> bool:
    """Return whether a place belongs to a step, and is not the start or an event."""
    return place not in {"start", "next"} and not place.startswith("events.")


def step_of_place(place: str) -> str:
    """Return the step of a place such as "course.last" or "course-4"."""
    return place.rpartition("." if "." in place else "-")[0]


def treating_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """Return which of the kinds of steps, or of appointments, treat.

    In a file that has nothing but visits beside a course at home, what is done at home does.
    """
    present = frozenset(kinds)
    return TREATING if present & TREATING else present & {"home"}


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


def parse_age_range(text: str) -> tuple[int, int]:
    """Read ages such as "31..50", "..30", "65.." or "51" as the first and the last of them.

    Raises:
        ValueError: it is none of these, or runs backwards.
    """
    first, dots, last = text.partition("..")
    low = int(first) if first else 0
    high = (int(last) if last else 999) if dots else low
    if high < low:
        raise ValueError(text)
    return low, high
