"""The request for a plan: the start, the patient's state and the clinic's days, as one value.

What was given with a plan is its own; the days of the clinic as they are by now are laid over it
whenever the plan is made.

A request does not know its protocol. The planner says whether an option, an answer or a step exists
there; here a value only has to be one that any protocol could take.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Final, Literal, get_args

from msgspec import Meta, Struct, structs

from hairplan.dates.clock import zone
from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period, pure_date, span
from hairplan.dates.weekdays import WEEKDAYS, Weekday
from hairplan.errors import InputError
from hairplan.protocol.values import CODE_PATTERN
from hairplan.words import join_words

Answer = Literal["yes", "no", "unknown"]
Sex = Literal["female", "male"]
OnLate = Literal["continue", "restart", "extra"]
AnchorRule = Literal["rolling", "fixed"]
_RULES: Final = {"on_late": get_args(OnLate), "anchor": get_args(AnchorRule)}

MOST_MINUTES: Final = 24 * 60
OLDEST: Final = 130
_ID: Final = r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}"
_REGION: Final = r"[A-Za-z]{2,3}(-[A-Za-z0-9 ]+)?"


class PlanRequest(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One patient's plan, as it is asked for.

    Attributes:
        start: the day of the first session; a closed day moves it on.
        sessions: how many sessions the course has, or how many a step has, by its id.
        spacing: the preferred interval of the course, or of steps by id, such as "10 days".
        options: the protocol's choices, by name.
        figures: the clinic's own figures in place of our defaults, by the path that plans show
            them under.
        until: maintenance is planned up to this day.
        horizon: or for so long from the start, such as "5 years".
        closed: the clinic's weekly closed days.
        holidays: regions whose public holidays close the clinic, such as "FR" or "US-CA".
        closures: other days on which the clinic is closed.
        away: days on which the patient cannot come.
        answers: yes, no or unknown, by question.
        events: days in the patient's life, past or planned, by name; several of what comes again,
            such as infusions.
        sex: the patient's sex.
        age: the patient's age in years.
        overrides: a practitioner's reason, by the refusing rule that it overrides.
        time: the time of day of the appointments.
        zone: the IANA time zone that it is meant in.
        duration: the length of the appointments in minutes; else the protocol's.
        place: where the appointments are.
        on_late: what holds when a session of the course comes too late; else what the protocol
            says.
        anchor: whether what follows counts from the session really done (rolling) or from where it
            should have been (fixed); rolling, if left out.
        ref: the clinic's own reference of the patient.
        id: the plan's id, of letters, digits, dots and hyphens; else a digest of reference,
            treatment and start, or without a reference of the request and the protocol.
        extend: how long restrictions last after an appointment for this patient, by name, such as
            "10 days"; never shorter than their least.
        yearly_closures: days on which the clinic is closed every year.
        open: days on which the clinic is open, whatever else closes them.
        patient_days: the days of the week on which the patient comes; all, if empty.
        without: the clinic's lists of closed days that do not hold for this plan.
        language: the language that the patient reads, such as "fr"; else the clinic's.
        is_id_shared: whether plans of other treatments may have the same id; the treatment is then
            part of the ids of its events in calendars.

    Raises:
        InputError: every fault, on construction.
    """

    start: dt.date
    sessions: int | dict[str, int] | None = None
    spacing: str | dict[str, str] | None = None
    options: dict[str, str] = {}
    figures: dict[str, str] = {}
    until: dt.date | None = None
    horizon: str | None = None
    closed: tuple[Weekday, ...] = ()
    holidays: tuple[str, ...] = ()
    closures: tuple[Period, ...] = ()
    away: tuple[Period, ...] = ()
    answers: dict[str, Answer] = {}
    events: dict[str, dt.date | tuple[dt.date, ...]] = {}
    sex: Sex | None = None
    age: Annotated[int, Meta(ge=0, le=OLDEST)] | None = None
    overrides: dict[str, str] = {}
    time: dt.time | None = None
    zone: str | None = None
    duration: Annotated[int, Meta(ge=1, le=MOST_MINUTES)] | None = None
    place: str | None = None
    on_late: OnLate | None = None
    anchor: AnchorRule | None = None
    ref: str | None = None
    id: str | None = None
    extend: dict[str, str] = {}
    yearly_closures: tuple[YearlyPeriod, ...] = ()
    open: tuple[Period, ...] = ()
    patient_days: tuple[Weekday, ...] = ()
    without: tuple[Literal["closed", "holidays"], ...] = ()
    language: str | None = None
    is_id_shared: bool = False

    def __post_init__(self) -> None:
        faults = [*_date_faults(self), *_text_faults(self), *_figure_faults(self)]
        if faults:
            raise InputError(*faults)

    @property
    def event_days(self) -> dict[str, tuple[dt.date, ...]]:
        """The days of each event, in order."""
        return {
            name: tuple(sorted(set(days))) if isinstance(days, tuple) else (days,)
            for name, days in self.events.items()
        }


def _never_open(closed: Sequence[str]) -> Iterator[str]:
    if len(set(closed)) == len(WEEKDAYS):
        yield "closed: all seven days of the week: the clinic has to be open on one"


class ClinicDays(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The days on which a clinic is closed and open, for all of its plans.

    Attributes:
        closed: weekly closed days.
        holidays: regions whose public holidays close the clinic.
        closures: other days on which it is closed.
        yearly_closures: days on which it is closed every year.
        open: days on which it is open, whatever else closes them.

    Raises:
        InputError: no day of the week is open, on construction.
    """

    closed: tuple[Weekday, ...] = ()
    holidays: tuple[str, ...] = ()
    closures: tuple[Period, ...] = ()
    yearly_closures: tuple[YearlyPeriod, ...] = ()
    open: tuple[Period, ...] = ()

    def __post_init__(self) -> None:
        if faults := [*_never_open(self.closed)]:
            raise InputError(*faults)


ALWAYS_OPEN: Final = ClinicDays()
"""The days of a clinic that states none."""


def lay_over(request: PlanRequest, clinic: ClinicDays) -> PlanRequest:
    """Return a request with the clinic's days added to what was given with it.

    Weekly closed days and holidays of its own stand in place of the clinic's; closures add up.
    """
    if clinic == ALWAYS_OPEN and not request.without:
        return request
    return structs.replace(
        request,
        closed=() if "closed" in request.without else request.closed or clinic.closed,
        holidays=() if "holidays" in request.without else request.holidays or clinic.holidays,
        closures=(*request.closures, *clinic.closures),
        yearly_closures=(*request.yearly_closures, *clinic.yearly_closures),
        open=(*request.open, *clinic.open),
        without=(),
    )


def _date_faults(request: PlanRequest) -> list[str]:
    named = [("start", request.start)]
    for name, given in request.events.items():
        days = given if isinstance(given, tuple) else (given,)
        named += [(f"events.{name}", day) for day in days]
    if request.until is not None:
        named.append(("until", request.until))
    faults: list[str] = []
    for name, value in named:
        try:
            pure_date(value, name)
        except InputError as error:
            faults.extend(error.faults)
    for name in ("closures", "away", "open"):
        faults += [
            f"{name}: {period.first}..{period.last} runs backwards"
            for period in getattr(request, name)
            if period.last < period.first
        ]
    if request.until is not None and request.horizon is not None:
        faults.append("until and horizon: give one of the two")
    return faults


def _type_faults(request: PlanRequest) -> Iterator[str]:
    """Yield what is a text where it should be something else."""
    at: object = request.time
    if not (at is None or isinstance(at, dt.time)):
        yield f"time: {at!r} is not a time of day (datetime.time)"
    for name in ("closed", "patient_days"):
        if isinstance(value := getattr(request, name), str):
            yield f"{name}: {value!r} is one text: a tuple of texts is needed, such as ({value!r},)"


def _text_faults(request: PlanRequest) -> list[str]:
    faults = [*_type_faults(request)]
    faults += [
        f"answers.{question}: '{answer}' is not one of {', '.join(get_args(Answer))}"
        for question, answer in request.answers.items()
        if answer not in get_args(Answer)
    ]
    faults += [
        f"{name}: '{day}' is not one of {', '.join(WEEKDAYS)}"
        for name in ("closed", "patient_days")
        for day in getattr(request, name)
        if not isinstance(getattr(request, name), str) and day not in WEEKDAYS
    ]
    faults += _never_open(request.closed)
    faults += [
        f"overrides.{rule}: an override needs a reason"
        for rule, reason in request.overrides.items()
        if not reason.strip()
    ]
    faults += [
        f"holidays: '{region}' is not a country or region such as FR, FR-57 or US-CA"
        for region in request.holidays
        if not re.fullmatch(_REGION, region)
    ]
    faults += [
        f"{name}: '{value}' is not {join_words(known, 'or')}"
        for name, known in _RULES.items()
        if (value := getattr(request, name)) is not None and value not in known
    ]
    if request.language is not None and not re.fullmatch(CODE_PATTERN, request.language):
        faults.append(f"language: '{request.language}' is not a language code such as en or pt-BR")
    if request.id is not None and not re.fullmatch(_ID, request.id):
        faults.append(f"id: '{request.id}' is not made of letters, digits, dots and hyphens")
    if request.zone is not None:
        faults += _faults_of(zone, request.zone, "zone")
    return faults


def _figure_faults(request: PlanRequest) -> list[str]:
    faults: list[str] = []
    spacing = request.spacing or {}
    for step, text in spacing.items() if isinstance(spacing, dict) else [("", spacing)]:
        faults += _faults_of(span, text, f"spacing.{step}".rstrip("."))
    for name, text in request.extend.items():
        faults += _faults_of(span, text, f"extend.{name}")
    if request.horizon is not None:
        faults += _faults_of(span, request.horizon, "horizon")
    if request.sex not in {None, "female", "male"}:
        faults.append(f"sex: '{request.sex}' is not female or male")
    if request.age is not None and not 0 <= request.age <= OLDEST:
        faults.append(f"age: {request.age} is not between 0 and {OLDEST}")
    if request.duration is not None and not 1 <= request.duration <= MOST_MINUTES:
        faults.append(f"duration: {request.duration} is not between 1 minute and 24 hours")
    return faults


def _faults_of(read: Callable[[str], object], text: str, name: str) -> list[str]:
    try:
        read(text)
    except InputError as error:
        return [f"{name}: {fault}" for fault in error.faults]
    return []
