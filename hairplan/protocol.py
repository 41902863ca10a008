"""The undated template of a treatment, as a protocol file says it.

The types here are the file format: a table of the file is one struct, and a key is one field. A
handful of ideas say everything:

* a **step** is a run of appointments: how many, counted from which anchor, how far apart;
* a **restriction** lies before and after appointments, at least and ideally so long;
* a **task** has to be done for an appointment, a **milestone** is a date of the course, an
  **expectation** is what normally happens;
* a **rule** says what the patient's state means, a **question** or an **event** what the state is;
* an **option** is a choice, and **when** restricts any of the above to some choices or answers;
* every table carries its **source** (fact ids) and its **strength**; `figures` names those figures
  in it that rest on something else.

Spans are texts such as "3 weeks" (see `dates.spans` for what they mean).
"""

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hairplan.dates.spans import SPAN_PATTERN, ZERO_PATTERN

SpanText = Annotated[str, Meta(pattern=SPAN_PATTERN, description="a span such as '5 weeks'")]
ZeroSpanText = Annotated[str, Meta(pattern=ZERO_PATTERN, description="a span such as '5 weeks'")]
Id = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=40,
        description="a short name in lower case such as 'touch-up'",
    ),
]
Anchor = Annotated[
    str,
    Meta(
        pattern=r"^(start|[a-z][a-z0-9-]*\.(first|last))$",
        description="an anchor: 'start', 'STEP.first' or 'STEP.last'",
    ),
]
Place = Annotated[
    str,
    Meta(
        pattern=r"^(start|[a-z][a-z0-9-]*\.(first|last)|[a-z][a-z0-9-]*-[1-9][0-9]*)$",
        description="a place in the course: 'start', 'STEP.first', 'STEP.last' or 'STEP-4'",
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=2000)]
Count = Annotated[int, Meta(ge=1, le=10_000)]
Strength = Literal["sourced", "read", "default", "clinic", "chosen"]
# The gravest first: this is the order in which rules are shown.
Outcome = Literal[
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
Kind = Literal["session", "touch-up", "maintenance", "consultation", "review"]
Condition = dict[str, str | tuple[str, ...]]

ANSWERS = ("yes", "no", "unknown")
SEXES = ("female", "male")
REFUSING = frozenset({"contraindicated", "postpone", "not-effective"})
TASKS = frozenset({"document", "assessment"})


class Basis(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What one figure rests on, where that differs from the rest of its table.

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
        strength: how they follow from the source.
        why: how the source is read, or why this default.
        figures: the figures that rest on something else, by key ("spacing.preferred").
        when: the choices and answers that it holds for; nothing means always.
    """

    source: str | tuple[str, ...] = ()
    strength: Strength = "clinic"
    why: Text | None = None
    figures: dict[str, Basis] = {}
    when: Condition = {}


class Spacing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The interval to the appointment before.

    Attributes:
        min: the least; no limit where it is left out.
        preferred: the target; the middle of the window where it is left out.
        max: the most; no limit where it is left out.
        tolerance: instead of min and max, how far from its target an appointment may lie.
    """

    min: SpanText | None = None
    preferred: SpanText | None = None
    max: SpanText | None = None
    tolerance: SpanText | None = None


class Counts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many appointments a step has, where that may be chosen.

    Attributes:
        preferred: how many are planned if nothing else is asked for.
        min: the fewest that may be asked for.
        max: the most that may be asked for.
    """

    preferred: Count
    min: Count
    max: Count


class Group(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Appointments close together that a repeating step has in place of a single one.

    Attributes:
        size: how many in a group.
        spacing: the interval inside a group.
    """

    size: Count
    spacing: Spacing


class Price(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The price range of one appointment, in whole units of the currency (ISO 4217)."""

    min: Annotated[int, Meta(ge=0)]
    max: Annotated[int, Meta(ge=0)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]


class Step(Traced, frozen=True, kw_only=True):
    """A run of appointments with one rhythm.

    Several steps may share an id if their `when` shuts each other out: they are variants.

    Attributes:
        id: what its appointments are called by (`course` gives `course-1`, `course-2` ...).
        name: what a person calls one of them.
        kind: session (of the course), touch-up, maintenance, consultation or review.
        count: how many; "open" repeats up to the horizon.
        anchor: what its first one is counted from: "start", or "STEP.first" / "STEP.last".
        spacing: from the one before; the first one's, from the anchor.
        since: what a repeat is counted on from: its "anchor" (no drift at month ends) or the
            "previous" appointment.
        group: several appointments in place of each one.
        duration: how long an appointment lasts.
        price: of one appointment.
        optional: a source leaves it open whether it takes place.
    """

    id: Id
    name: Text
    kind: Kind = "session"
    count: Count | Counts | Literal["open"] = 1
    anchor: Anchor = "start"
    spacing: Spacing = Spacing()
    since: Literal["anchor", "previous"] = "anchor"
    group: Group | None = None
    duration: SpanText | None = None
    price: Price | None = None
    optional: bool = False


class Lengths(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long a restriction lasts on one side of an appointment: two lengths, both shown."""

    at_least: SpanText
    ideal: SpanText


class Restriction(Traced, frozen=True, kw_only=True):
    """Something to avoid or to stop around appointments.

    Attributes:
        label: what to avoid, protect or pause, as an instruction.
        before: how long before an appointment it begins.
        after: how long after an appointment it lasts.
        steps: the steps that it belongs to; nothing means all sessions and maintenance.
    """

    label: Text
    before: SpanText | Lengths | None = None
    after: SpanText | Lengths | None = None
    steps: tuple[Id, ...] = ()


class Task(Traced, frozen=True, kw_only=True):
    """Something to do for an appointment.

    Attributes:
        label: what to do, as an instruction.
        session: "first" (before the first session only) or "each".
        lead: how long before the appointment it is due; nothing means no date of its own for a
            task before the first session, and the day itself for one of each session.
        earliest: how long before the appointment it may be done at the soonest.
        blocks: without it the appointment may not take place.
        optional: a source leaves it open.
    """

    label: Text
    session: Literal["first", "each"] = "each"
    lead: SpanText | None = None
    earliest: SpanText | None = None
    blocks: bool = False
    optional: bool = False


class Milestone(Traced, frozen=True, kw_only=True):
    """A date of the course at which a result is looked at; it moves only with the course.

    Attributes:
        label: what is looked at.
        at: "start", an appointment ("course-4"), or "STEP.first" / "STEP.last".
        after: how long after that.
    """

    label: Text
    at: Place = "start"
    after: ZeroSpanText | None = None


class Expectation(Traced, frozen=True, kw_only=True):
    """What normally happens.

    Attributes:
        label: what is to be expected.
        at: what its dates count from, where it has any: "start", or "STEP.first" / "STEP.last".
        begins: how long after that it begins.
        ends: how long after that it ends.
    """

    label: Text
    at: Anchor | None = None
    begins: ZeroSpanText | None = None
    ends: ZeroSpanText | None = None


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
    """

    ask: Text
    only: Condition = {}


class Event(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A day in the patient's life, past or planned, that rules count from.

    Attributes:
        label: what happened or will happen.
        begins: the question that is answered by yes from that day on.
        ends: the question that is answered by no from that day on, and by yes before it.
    """

    label: Text
    begins: Id | None = None
    ends: Id | None = None


class Rule(Traced, frozen=True, kw_only=True):
    """What the patient's state means for the treatment.

    Attributes:
        question: the question that it hangs on: it holds where the answer is yes.
        event: the event that its dates count from; with one, it holds from `begins` to the eve
            of `ends` after the event, without bound where these are left out.
        begins: how long after the event it begins to hold; from ever before, if left out.
        ends: how long after the event it ceases to hold; never, if left out.
        outcome: contraindicated, postpone and not-effective refuse; document and assessment are
            tasks that block the first session; the rest are notes.
        says: what it means, in words.
        task: what to get done, for a document or an assessment.
    """

    question: Id | None = None
    event: Id | None = None
    begins: ZeroSpanText | None = None
    ends: ZeroSpanText | None = None
    outcome: Outcome
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
    """Something that the plan has to say where its condition holds."""

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
        horizon: how far maintenance is planned from the start if nothing else is asked for.
        documents: the source documents by short name.
        facts: what the sources say, by id ("SMP-2").
        indications: whom the treatment is for.
    """

    format: Literal[1]
    id: Id
    version: Text
    date: dt.date
    name: Text
    summary: Text
    horizon: SpanText = "1 year"
    source: str | tuple[str, ...] = ()
    strength: Strength = "clinic"
    figures: dict[str, Basis] = {}
    documents: dict[str, Text] = {}
    facts: dict[str, Text] = {}
    options: dict[Id, Choice] = {}
    steps: tuple[Step, ...]
    restrictions: dict[Id, Restriction] = {}
    tasks: dict[Id, Task] = {}
    milestones: dict[Id, Milestone] = {}
    expectations: dict[Id, Expectation] = {}
    indications: tuple[Note, ...] = ()
    questions: dict[Id, Question] = {}
    events: dict[Id, Event] = {}
    rules: dict[Id, Rule] = {}
    contradictions: tuple[Contradiction, ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[Note, ...] = ()


def wanted(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the values that a condition accepts for one name."""
    return (value,) if isinstance(value, str) else value


def age_range(text: str) -> tuple[int, int]:
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
