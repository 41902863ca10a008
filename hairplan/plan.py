"""The dated plan that a protocol, a request and today make. Its JSON form is a contract.

Conventions:

* Keys may be added to these types, never renamed. Dates are ISO; what is not known is null.
* All periods are closed on both ends.
* Items have ids that say what they are (`course-2`), not when they are; else the protocol's.
* On every item that has them, `applies` is yes, or unknown where an answer that it hangs on is
  missing; `only_if` names these answers; `sources` are the ids of the facts behind it.
"""

import datetime as dt
from typing import Literal

from msgspec import Struct

from hairplan.dates.weekdays import Weekday
from hairplan.plan_parts import Cost, Instruction, Pause, PlannedStage, RestrictedPeriod
from hairplan.protocol.values import StepKind, Strength
from hairplan.remarks import Remark, WhyMoved
from hairplan.standing import Screened, Undated

Status = Literal[
    "planned", "tentative", "conditional", "done", "missed", "overdue", "cancelled", "skipped"
]
Applies = Literal["yes", "unknown"]

ADDED = "(added)"
"""The phase of an appointment that the protocol does not have: no step can be called so."""


class ProtocolId(Struct, frozen=True):
    """The protocol that the plan follows, and its version.

    Attributes:
        name: what a person calls it.
        date: when this version was written.
        digest: of its content, SHA-256 in hexadecimal; comments and layout do not count.
    """

    id: str
    version: str
    name: str
    date: dt.date
    digest: str


class Session(Struct, frozen=True, kw_only=True):
    """An appointment.

    Attributes:
        id: the step and the number in it, such as `course-2`.
        phase: the step's id; "(added)" for what the protocol does not have.
        kind: session, touch-up, maintenance, consultation, review, visit, or home: no appointment,
            but one of a course at home.
        status: planned; tentative, still far off; conditional, waiting for an answer, an event or
            an agreement; done; missed, to be booked again; overdue, past its latest day with
            nothing after it done; cancelled, until a new date is found; skipped, given up.
        number: its number in the step, from 1.
        of: how many the step has; null where it repeats without end.
        earliest: the first day that keeps to the protocol; null where no limit is given.
        target: the day that the protocol prefers; null where it prefers none.
        latest: the last day that keeps to the protocol; null where no limit is given.
        planned: the day on which it was done, is booked or is proposed; null for what is
            conditional, skipped, or cancelled because the treatment stopped.
        time: the time of day, where one is asked for.
        zone: the IANA zone of the time.
        duration: its length in ISO 8601, such as "PT2H".
        reason: why it is not on its target; null where it is.
        sources: the ids of the facts behind its rhythm.
        name: what a person calls it.
        day: days since the start, from 0; null without a day.
        optional: a source leaves it open whether it takes place.
        waits_for: why it has no day; null where it has one.
        booked: its day was agreed on.
        off_by: how many days it lies before its window (below 0) or after it; null inside.
        flag: what there is to say of that, and of a day that cannot be; null for nothing.
        after: the appointment before it that did not take place: it waits for that to be settled.
        counted: it counts as one of its step; else it took place and is to be repeated.
        shortest: the least that it may last, in ISO 8601, where that varies; `duration` is the
            most.
        details: what is particular of it, such as its dose.
        moved: the parts of `reason`; null where there is none, or where the protocol has no such
            appointment.
        used_up: it was missed and counts as one of its step: it is skipped, and the others stay.
    """

    id: str
    phase: str
    kind: StepKind
    status: Status
    number: int
    of: int | None
    earliest: dt.date | None
    target: dt.date | None
    latest: dt.date | None
    planned: dt.date | None
    time: dt.time | None
    zone: str | None
    duration: str | None
    reason: str | None
    sources: tuple[str, ...]
    name: str
    day: int | None
    optional: bool
    waits_for: str | None = None
    booked: bool = False
    off_by: int | None = None
    flag: str | None = None
    after: str | None = None
    counted: bool = True
    shortest: str | None = None
    details: str | None = None
    moved: WhyMoved | None = None
    used_up: bool = False

    @property
    def is_ahead(self) -> bool:
        """Whether it has a day on which it is to take place."""
        return self.planned is not None and self.status not in {"done", "cancelled", "skipped"}

    @property
    def on(self) -> dt.date:
        """The day that was chosen, of a session that is not conditional."""
        assert self.planned is not None, f"{self.id} has no day yet"
        return self.planned


class PlannedRestriction(Struct, frozen=True):
    """Something to avoid or to stop, with two lengths: the least and the ideal one.

    Attributes:
        label: what to avoid or to stop.
        at_least: the periods by the least length, merged, in date order.
        ideal: the periods by the ideal length, merged, in date order.
        hours: its ideal length, where that is in hours and covers whole days as no time of day is
            known; null else.
        stages: what is allowed again in turn, within these periods or after them.
    """

    id: str
    label: str
    at_least: tuple[RestrictedPeriod, ...]
    ideal: tuple[RestrictedPeriod, ...]
    applies: Applies
    sources: tuple[str, ...]
    only_if: str | None
    hours: str | None = None
    stages: tuple[PlannedStage, ...] = ()


class PlannedTask(Struct, frozen=True, kw_only=True):
    """Something to do for an appointment.

    Attributes:
        id: the task and, where each session has it, the appointment: `wash.course-2`.
        session: the appointment that it is for.
        due: the day by which it has to be done; null where no source gives one.
        not_before: the first day on which it may be done, where that is limited.
        due_at: the moment, where it is minutes before an appointment whose time is known.
        lead: how long before the appointment, such as "30 minutes".
        lag: how long after it, such as "1 day", where the task comes after it.
        blocks: without it the appointment may not take place.
        optional: a source leaves it open.
        done: the day on which it was done; null while it is open.
        not_before_at: the first moment, where it is limited by minutes and the time is known.
    """

    id: str
    label: str
    session: str
    due: dt.date | None
    not_before: dt.date | None = None
    due_at: dt.datetime | None = None
    lead: str | None = None
    blocks: bool = False
    optional: bool = False
    applies: Applies = "yes"
    only_if: str | None = None
    sources: tuple[str, ...] = ()
    done: dt.date | None = None
    not_before_at: dt.datetime | None = None
    lag: str | None = None


class PlannedRoutine(Struct, frozen=True, kw_only=True):
    """Something to do at home again and again.

    Attributes:
        rhythm: how often, in words.
        last: the last day; null where it goes on beyond the plan.
        weekdays: the days of the week on which it is done, where the rhythm is one of weeks.
        every: else how far apart, such as "2 days".
        days: its days as far as the plan goes, where they are not always as far apart.
        times: how many times it is done on such a day.
        count: how often it is done in all; null without a last day.
        at_most: how many times a day, week, month or year at most, where that may vary.
        last_at_most: the last day at most, where its length may vary.
        pauses: the days between on which it is not done, and on which it is not counted.
        often: how many times it is done in the unit of its rhythm, where it has one.
        per: that unit: day, week, month or year.
        spread: whether these are days in a row, or never two in a row; null for neither.
    """

    id: str
    label: str
    rhythm: str
    first: dt.date
    last: dt.date | None
    weekdays: tuple[Weekday, ...]
    every: str | None
    times: int
    count: int | None
    applies: Applies
    only_if: str | None
    sources: tuple[str, ...]
    days: tuple[dt.date, ...] = ()
    at_most: int | None = None
    last_at_most: dt.date | None = None
    pauses: tuple[Pause, ...] = ()
    often: int | None = None
    per: str | None = None
    spread: Literal["consecutive", "non-consecutive"] | None = None


class PlannedMilestone(Struct, frozen=True):
    """A day of the course at which a result is looked at; it moves only with the course.

    Attributes:
        label: what is looked at.
        strength: how it follows from them that one looks at it.
    """

    id: str
    label: str
    on: dt.date
    sources: tuple[str, ...]
    strength: Strength


class PlannedExpectation(Struct, frozen=True):
    """Something that normally happens, and from when to when where a source says so."""

    id: str
    label: str
    first: dt.date | None
    last: dt.date | None
    applies: Applies
    only_if: str | None
    sources: tuple[str, ...]


class Figure(Struct, frozen=True):
    """A figure that the plan uses, and what it rests on.

    Attributes:
        figure: where it stands in the protocol, such as `course.spacing.preferred`.
        value: the figure, in words.
        strength: sourced, read, default, clinic, or chosen (asked for in the request).
        why: how a vague source is read, or why this default.
    """

    figure: str
    value: str
    strength: Strength | Literal["chosen"]
    sources: tuple[str, ...]
    why: str | None


class PlanSource(Struct, frozen=True):
    """A fact that the plan rests on: its id, what it says, and in which document."""

    id: str
    says: str
    document: str


class Conflict(Struct, frozen=True):
    """A topic on which sources differ: what each says, and what holds here."""

    topic: str
    says: dict[str, str]
    holds: str


class Break(Struct, frozen=True, kw_only=True):
    """Where what happened, or what is booked, leaves the protocol.

    Attributes:
        session: the appointment.
        what: `early` or `late` for its window, too `near` another, on a `closed` day, out of
            `order` with one before it.
        days: by how many days, 0 for a day that cannot be.
        rule: the figure that is broken, with its source.
        says: all of it in words.
        nearest: the nearest day that keeps to the protocol, or else the first that can be.
        is_done: it took place all the same; else it can still be mended.
    """

    session: str
    what: Literal["early", "late", "near", "closed", "order"]
    days: int
    rule: str
    says: str
    nearest: dt.date | None
    is_done: bool


class Problem(Struct, frozen=True, kw_only=True):
    """Why there is no plan, or why it goes no further.

    Attributes:
        kind: `refused` by screening, `no dates`, `stopped` by an answer, or `ended`, as recorded.
        what: what cannot be, in words.
        why: each reason, in words.
        rules: the rules that refuse.
        session: the appointment that finds no day.
        earliest: the first day of its window.
        latest: the last day of its window.
        earliest_start: the first day on which no rule refuses any more, where one is known.
        nearest_starts: the nearest starts that work, before and after.
    """

    kind: Literal["refused", "no dates", "stopped", "ended"]
    what: str
    why: tuple[str, ...]
    rules: tuple[str, ...] = ()
    session: str | None = None
    earliest: dt.date | None = None
    latest: dt.date | None = None
    earliest_start: dt.date | None = None
    nearest_starts: tuple[dt.date, ...] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """The dated plan of one patient's treatment.

    Attributes:
        format: the version of this form, 1.
        id: the plan's id: given, or a digest: see the request.
        protocol: what it follows.
        ref: the clinic's own reference of the patient; not for the patient's eyes.
        requested_start: the start that was asked for.
        start: the day of the first session, day 0.
        until: up to when maintenance is planned.
        options: the choices made, by default or asked for.
        sessions: the appointments, in date order; what is conditional by its first possible day.
        restrictions: what to avoid and when to resume.
        tasks: what to do for the appointments.
        routines: what to do at home again and again.
        milestones: when results are looked at.
        expectations: what normally happens.
        screening: how each rule on the patient's state stands.
        cost: what it costs, where a source says so.
        chair_time: the length of all appointments in ISO 8601, such as "PT8H".
        place: where the appointments are.
        notes: what else has to be said, in words.
        problem: why there is no plan, else null.
        breaks: where what happened leaves the protocol, in the order of the sessions.
        rules: what is done when a session is late, and what later ones count from, in words.
        remarks: the notes with their kinds, in the same order.
        indications: whom the treatment is for.
        differences: where sources differ.
        figures: every figure with what it rests on.
        sources: the facts cited.
        undated: what of the protocol has no day yet, and what is not for this patient.
        least_chair_time: the length of all appointments at least, where that varies.
        instructions: what to avoid as long as the clinic says.
        calendar_id: its id in calendars; with the treatment, where plans of others may have its id.
    """

    format: int = 1
    id: str
    protocol: ProtocolId
    ref: str | None
    requested_start: dt.date
    start: dt.date
    until: dt.date
    options: dict[str, str]
    sessions: tuple[Session, ...]
    restrictions: tuple[PlannedRestriction, ...]
    tasks: tuple[PlannedTask, ...]
    routines: tuple[PlannedRoutine, ...]
    milestones: tuple[PlannedMilestone, ...]
    expectations: tuple[PlannedExpectation, ...]
    screening: tuple[Screened, ...]
    cost: Cost | None
    chair_time: str | None
    place: str | None
    notes: tuple[str, ...]
    problem: Problem | None
    indications: tuple[str, ...]
    differences: tuple[Conflict, ...]
    figures: tuple[Figure, ...]
    sources: tuple[PlanSource, ...]
    breaks: tuple[Break, ...] = ()
    rules: dict[str, str] = {}
    undated: tuple[Undated, ...] = ()
    least_chair_time: str | None = None
    instructions: tuple[Instruction, ...] = ()
    remarks: tuple[Remark, ...] = ()
    calendar_id: str

    @property
    def dated(self) -> tuple[Session, ...]:
        """The appointments that have a day: done, booked or proposed, and not called off."""
        return tuple(each for each in self.sessions if each.planned and each.status != "cancelled")

    @property
    def at_home(self) -> tuple[Session, ...]:
        """Sessions at home, done or ahead, each by its day."""
        at_home = (each for each in self.dated if each.kind == "home")
        return tuple(each for each in at_home if each.status in {"done", "planned"})
