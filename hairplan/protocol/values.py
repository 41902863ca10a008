"""The values of a protocol file: its texts, spans, places and kinds, and how a table is traced.

A file may write spans in other ways too: see `protocol.shorthands`.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hairplan.dates.spans import END, SIDE_PATTERN, SIGNED_PATTERN, SPAN_PATTERN, ZERO_PATTERN

_SPAN = "a span such as '5 weeks'"
_SIGNED = "a span of days, weeks, months or years such as '5 weeks' or '-2 weeks'"
_SIDE = "a span such as '5 weeks', or a time of day such as '1 day at 21:00'"


def _span(pattern: str, description: str = _SPAN, **extra: str) -> Meta:
    """Return what a span has to match; `extra` says of which kind it is, and how a day is read."""
    return Meta(pattern=pattern, description=description, extra={"span": "span"} | extra)


SpanText = Annotated[str, _span(SPAN_PATTERN)]
DurationText = Annotated[str, _span(SPAN_PATTERN, "a span such as '45 minutes'", span="short")]
ZeroSpanText = Annotated[str, _span(ZERO_PATTERN)]
SignedSpanText = Annotated[str, _span(SIGNED_PATTERN, _SIGNED)]
SideText = Annotated[str, _span(SIDE_PATTERN, _SIDE, span="side")]
# These may also be a day as the source counts it, such as "day 15". Where the number of the first
# day is not taken off later, as it is of a position, it is taken off on reading.
DayText = Annotated[str, _span(SPAN_PATTERN, day="length")]
ZeroDayText = Annotated[str, _span(ZERO_PATTERN, day="length")]
SignedDayText = Annotated[str, _span(SIGNED_PATTERN, _SIGNED, day="length")]
DaySideText = Annotated[str, _span(SIDE_PATTERN, _SIDE, span="side", day="length")]
PositionText = Annotated[str, _span(SIGNED_PATTERN, _SIGNED, day="position")]
ZeroPositionText = Annotated[str, _span(ZERO_PATTERN, day="position")]
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


def _place(description: str, *, before: str = "", ends: str = "first|last") -> Meta:
    """Return what a place has to match: `before` stands before the others, `ends` after a step."""
    places = rf"start|events\.{_NAME}|{_NAME}\.({ends})|{_NAME}-[1-9][0-9]{{0,4}}"
    return Meta(pattern=f"^({before}{places}){END}", description=description)


_PLACES = "'STEP.first', 'STEP.last', 'STEP-4' or 'events.EVENT'"
Place = Annotated[str, _place(f"a place: 'start', {_PLACES}")]
LimitPlace = Annotated[
    str, _place(f"a place: 'start', {_PLACES}; or 'STEP.each'", ends="first|last|each")
]
Until = Annotated[str, _place(f"'next', or a place: {_PLACES}", before="next|")]
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


def _by_word(words: Mapping[str, str]) -> dict[str, str]:
    return {word: value for value, texts in words.items() for word in (value, *texts.split())}


# As lists of several countries say them, without accents and in lower case.
ANSWER_WORDS = _by_word(
    {
        "yes": "y oui o ja j si s x 1 true vrai wahr",
        "no": "n non nein 0 false faux falsch",
        "unknown": "? inconnu unbekannt",
    }
)
SEX_WORDS = _by_word(
    {
        "female": "f w femme woman frau weiblich mujer donna feminin femenino femminile",
        "male": "m h homme man mann mannlich hombre uomo masculin masculino maschile",
    }
)
AnswerWord = Annotated[Literal["yes", "no", "unknown"], Meta(extra={"words": ANSWER_WORDS})]
SexWord = Annotated[Literal["female", "male"], Meta(extra={"words": SEX_WORDS})]
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
