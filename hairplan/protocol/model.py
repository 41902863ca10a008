"""The undated template of a treatment, as a protocol file says it.

The types here are the file format: a table of the file is one struct, and a key is one field. Steps
are in `step`, and texts, spans and places in `values`. A handful of ideas say everything:

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
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hairplan.dates.weekdays import Weekday
from hairplan.protocol.step import Length, Price, Rate, Step
from hairplan.protocol.values import (
    Basis,
    Condition,
    DaySideText,
    DayText,
    Id,
    LanguageCode,
    Place,
    PositionText,
    RuleOutcome,
    SideText,
    SignedSpanText,
    SpanText,
    Strength,
    Text,
    Traced,
    Until,
    Version,
    Where,
    Words,
    ZeroDayText,
    ZeroPositionText,
)


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
