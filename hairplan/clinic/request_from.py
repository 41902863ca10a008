"""From what was asked, the patient's file and the clinic's settings to one request.

Every fault of all of them is collected, and named by the option, the variable or the file that it
was given in.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, get_args

from msgspec import Meta, Struct, structs

from hairplan.clinic.options import ChangeableOptions, RequestOptions
from hairplan.clinic.settings import (
    SEVERAL,
    PeriodText,
    Setting,
    Settings,
    TimeText,
    TreatmentConfig,
)
from hairplan.dates.clock import time_of_day, zone
from hairplan.dates.spans import Period, Span, typed_span
from hairplan.dates.typed import typed_date, typed_period
from hairplan.dates.weekdays import WEEKDAY_NAMES, WEEKDAYS
from hairplan.errors import HairplanError, InputError, nearest
from hairplan.history import Changed as OnTop
from hairplan.planner import make_plan
from hairplan.planner.availability import public_holidays
from hairplan.protocol.catalog import load_protocol, names
from hairplan.protocol.model import ANSWERS, SEXES, Protocol
from hairplan.request import MOST_MINUTES, OLDEST, AnchorRule, Answer, OnLate, PlanRequest, Sex
from hairplan.words import join_words

T = TypeVar("T")
S = TypeVar("S")
EventDays = dt.date | tuple[dt.date, ...]

_MOST_DIGITS: Final = 9


class PatientFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A patient's part of a request, in a TOML file.

    Attributes:
        ref: the clinic's own reference of the patient.
        sex: female or male.
        age: in years.
        time: the time of day that suits the patient.
        away: days on which the patient cannot come.
        answers: yes, no or unknown, by question.
        events: past or planned days, by name; several of what comes again.
        overrides: a practitioner's reason, by the rule that it overrides.
        options: the protocol's choices, by name.
    """

    ref: str | None = None
    sex: Sex | None = None
    age: Annotated[int, Meta(ge=0, le=OLDEST)] | None = None
    time: TimeText | None = None
    away: tuple[PeriodText, ...] = ()
    answers: dict[str, Answer] = {}
    events: dict[str, dt.date | tuple[dt.date, ...]] = {}
    overrides: dict[str, str] = {}
    options: dict[str, str] = {}


class OptionReader:
    """Reads texts into values and keeps every fault, each under the name of where it was given."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.faults: list[str] = []

    def one(self, name: str, text: str | None, read: Callable[[str], T]) -> T | None:
        """Read one text; None for none, or for one that is faulty."""
        if text is None:
            return None
        try:
            return read(text)
        except HairplanError as error:
            self.faults += [f"{name}: {fault}" for fault in error.faults]
            return None

    def several(self, name: str, texts: Sequence[str] | None, read: Callable[[str], T]) -> list[T]:
        """Read each text, leaving out those that are faulty."""
        found = (self.one(name, text, read) for text in texts or ())
        return [value for value in found if value is not None]

    def named(
        self, name: str, texts: Sequence[str] | None, form: str, read: Callable[[str], T]
    ) -> dict[str, T]:
        """Read texts such as NAME=VALUE; the same name twice is a fault."""
        found: dict[str, T] = {}
        for text in texts or ():
            # A name may hold choices of its own, as in course[cadence=weekly].spacing.max.
            parts = re.fullmatch(r"([^=\[]+(?:\[[^\]]*\][^=]*)?)=(.*)", text, re.DOTALL)
            if not parts:
                self.faults.append(f"{name}: '{text}' is not of the form {form}")
                continue
            key, rest = parts.groups()
            if key in found:
                self.faults.append(f"{name}: {key} is given twice")
            elif (value := self.one(f"{name} {key}", rest, read)) is not None:
                found[key] = value
        return found

    def days(self, name: str, texts: Sequence[str] | None) -> dict[str, EventDays]:
        """Read texts such as NAME=DATE; the same name again is one more day of it."""
        found: dict[str, EventDays] = {}
        for text in texts or ():
            one = self.named(name, [text], "NAME=DATE", lambda day: typed_date(day, self.today))
            for key, day in one.items():
                before = found.get(key, ())
                earlier = before if isinstance(before, tuple) else (before,)
                found[key] = (*earlier, day) if earlier else day
        return found


def request_from(
    asked: RequestOptions,
    settings: Settings,
    protocol: Protocol,
    today: dt.date,
    say: Callable[[str], object],
) -> PlanRequest:
    """Make the request of one plan.

    Args:
        asked: the options given.
        settings: the clinic's.
        protocol: the treatment, for what the clinic states by treatment, and to leave out what a
            patient's file says for other treatments.
        today: what relative days count from.
        say: told what is left out of a patient's file.

    Raises:
        InputError: every fault of the options, the environment and the patient's file.
    """
    reader = OptionReader(today)
    patient = _patient(asked.patient, protocol, settings.protocols, say)
    own = settings.config.treatments.get(protocol.id, TreatmentConfig())
    start = reader.one("--start", asked.start, lambda text: typed_date(text, today))
    fields = {
        **_course(reader, asked, own, patient),
        **_state(reader, asked, patient),
        **_days(reader, asked, settings, patient),
        **_visit(reader, asked, settings, protocol.id, patient),
    }
    fields |= {"start": start or today, "ref": asked.ref or patient.ref, "id": asked.id}
    if reader.faults:
        raise InputError(*reader.faults, *_other_faults(protocol, fields, today))
    return PlanRequest(**fields)


def changes_from(
    reader: "OptionReader", asked: ChangeableOptions, findings: tuple[list[str], list[str]]
) -> OnTop:
    """Return what is asked for on top of a request; every fault goes to the reader.

    Args:
        reader: reads texts, and keeps their faults.
        asked: the options given.
        findings: answers and events that are given as findings.
    """
    answers, events = findings
    asked = structs.replace(
        asked,
        answer=[*(asked.answer or ()), *answers],
        event=[*(asked.event or ()), *events],
    )
    fields = {
        **_course(reader, asked, TreatmentConfig(), PatientFile()),
        **_state(reader, asked, PatientFile()),
        **_days_on_the_way(reader, asked),
        "time": reader.one("--time", asked.time, time_of_day),
        "zone": reader.one("--zone", asked.zone, _zone),
        "duration": reader.one("--duration", asked.duration, _minutes),
        "place": asked.place,
    }
    return OnTop(**fields)


def _days_on_the_way(reader: "OptionReader", asked: ChangeableOptions) -> "Fields":
    def period(text: str) -> Period:
        return typed_period(text, reader.today)

    found: Fields = {
        "closures": tuple(reader.several("--closure", asked.closure, period)),
        "away": tuple(reader.several("--away", asked.away, period)),
        "closed": None,
        "holidays": None,
    }
    for name, read in (("closed", _weekday), ("holidays", _region)):
        given = getattr(asked, name)
        if given is not None:
            found[name] = tuple(_listed(reader, given, Setting(name, None, ""), read))
    return found


def _on_late(text: str) -> str:
    return _one_of(text, get_args(OnLate))


def _anchor(text: str) -> str:
    return _one_of(text, get_args(AnchorRule))


def _one_of(text: str, known: Sequence[str]) -> str:
    if text.strip().lower() not in known:
        raise InputError(f"'{text}' is not {join_words(known, 'or')}{nearest(text, list(known))}")
    return text.strip().lower()


def both(first: Callable[[], T], second: Callable[[], S]) -> tuple[T, S]:
    """Return what two readings give.

    Raises:
        InputError: the faults of both.
    """
    try:
        one = first()
    except InputError as error:
        try:
            second()
        except InputError as other:
            raise InputError(*error.faults, *other.faults) from None
        raise
    return one, second()


@contextmanager
def naming_settings(settings: Settings, protocol: Protocol) -> Iterator[None]:
    """Say with any fault in a request what the clinic's file puts into it: nobody typed that."""
    try:
        yield
    except InputError as error:
        own = settings.config.treatments.get(protocol.id)
        stated = _stated(own) if own else ""
        hint = [f"{settings.path}: treatments.{protocol.id} states {stated}"] if stated else []
        raise InputError(*error.faults, *hint) from None


def _stated(own: TreatmentConfig) -> str:
    """Say what a clinic's configuration puts into every request of a treatment."""
    found = {name: getattr(own, name) for name in ("sessions", "spacing", "horizon")}
    parts = [f"{name} = {value}" for name, value in found.items() if value is not None]
    for name in ("options", "figures"):
        parts += [f"{name}.{key} = {value}" for key, value in getattr(own, name).items()]
    return ", ".join(parts)


def _other_faults(protocol: Protocol, fields: "Fields", today: dt.date) -> tuple[str, ...]:
    """Return what is wrong with the readable part of a request, so that all is said at once."""
    try:
        make_plan(protocol, PlanRequest(**fields), today=today)
    except HairplanError as error:
        return error.faults
    return ()


def _patient(
    path: Path | None, protocol: Protocol, folder: Path | None, say: Callable[[str], object]
) -> PatientFile:
    if path is None:
        return PatientFile()
    from hairplan.protocol.toml import read_text, typed_toml

    patient = typed_toml(read_text(path), PatientFile, str(path))
    kept: dict[str, dict[str, Any]] = {}
    for key, kind in _KINDS.items():
        given = getattr(patient, key)
        foreign = [name for name in given if _is_for_others(name, kind, protocol, folder)]
        if foreign:
            say(f"{path}: {protocol.id} does not ask for {key} {', '.join(foreign)}: left out")
        kept[key] = {name: value for name, value in given.items() if name not in foreign}
    return structs.replace(patient, **kept)


_KINDS: Final = {
    "answers": "questions",
    "events": "events",
    "overrides": "rules",
    "options": "options",
}


def _is_for_others(name: str, kind: str, protocol: Protocol, folder: Path | None) -> bool:
    """Return whether this protocol does not know a name that another one does."""
    return name not in getattr(protocol, kind) and any(
        name in getattr(other, kind) for other in _others(protocol, folder)
    )


def _others(protocol: Protocol, folder: Path | None) -> Iterator[Protocol]:
    """Yield all other protocols that can be read; a faulty one is no concern of this patient."""
    for name in names(folder):
        if name != protocol.id:
            with suppress(InputError):
                yield load_protocol(name, folder)


Fields = dict[str, Any]


def _course(
    reader: OptionReader, asked: ChangeableOptions, own: TreatmentConfig, patient: PatientFile
) -> Fields:
    options = reader.named("--option", asked.option, "NAME=VALUE", str.strip)
    figures = reader.named("--figure", asked.figure, "FIGURE=VALUE", str.strip)
    spacing = _by_step(reader, "--spacing", asked.spacing, "STEP=SPAN", _span_text)
    sessions = _by_step(reader, "--sessions", asked.sessions, "STEP=N", _whole_number)
    until = reader.one("--until", asked.until, lambda text: typed_date(text, reader.today))
    horizon = reader.one("--horizon", asked.horizon, _span_text)
    if horizon is None and until is None:
        horizon = own.horizon
    return {
        "sessions": sessions if sessions is not None else own.sessions,
        "spacing": spacing if spacing is not None else own.spacing,
        "options": own.options | patient.options | options,
        "figures": own.figures | figures,
        "until": until,
        "horizon": horizon,
        "on_late": reader.one("--on-late", asked.on_late, _on_late) or own.on_late,
        "anchor": reader.one("--anchor", asked.anchor, _anchor) or own.anchor,
    }


def _by_step(
    reader: OptionReader,
    name: str,
    texts: Sequence[str] | None,
    form: str,
    read: Callable[[str], T],
) -> T | dict[str, T] | None:
    """Read "VALUE" once, or "STEP=VALUE" once or several times."""
    given = texts or ()
    if len(given) == 1 and "=" not in given[0]:
        return reader.one(name, given[0], read)
    return reader.named(name, given, form, read) or None


def _state(reader: OptionReader, asked: ChangeableOptions, patient: PatientFile) -> Fields:
    answers = reader.named("--answer", asked.answer, "QUESTION=yes|no|unknown", _answer)
    events = reader.days("--event", asked.event)
    overrides = reader.named("--override", asked.override, 'RULE="reason"', _reason)
    sex = reader.one("--sex", asked.sex, _sex)
    age = reader.one("--age", asked.age, _age)
    return {
        "answers": patient.answers | answers,
        "events": patient.events | events,
        "overrides": patient.overrides | overrides,
        "sex": sex or patient.sex,
        "age": age if age is not None else patient.age,
    }


def _days(
    reader: OptionReader, asked: RequestOptions, settings: Settings, patient: PatientFile
) -> Fields:
    def period(text: str) -> Period:
        return typed_period(text, reader.today)

    closures = reader.several("--closure", asked.closure, period)
    # A day that anybody says is closed is closed: closures add up.
    for stated in settings.closures():
        texts = (stated.value or "").split(SEVERAL)
        closures += reader.several(place_of(stated), texts, period)
    away = reader.several("--away", asked.away, period)
    away += reader.several(f"{asked.patient}: away", patient.away, period)
    return {
        "closed": tuple(_listed(reader, asked.closed, settings.setting("closed"), _weekday)),
        "holidays": tuple(_listed(reader, asked.holidays, settings.setting("holidays"), _region)),
        "closures": tuple(closures),
        "away": tuple(away),
    }


def _listed(
    reader: OptionReader, given: Sequence[str] | None, setting: Setting, read: Callable[[str], T]
) -> list[T]:
    """Read lists such as "sat,sun" from the option, else from the setting; "none" is empty."""
    name, texts = f"--{setting.name}", given
    if texts is None:
        name, texts = place_of(setting), [setting.value] if setting.value else []
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    return [] if words == ["none"] else reader.several(name, list(dict.fromkeys(words)), read)


def _visit(
    reader: OptionReader,
    asked: RequestOptions,
    settings: Settings,
    treatment: str,
    patient: PatientFile,
) -> Fields:
    def value(name: str, own: str | None, read: Callable[[str], T]) -> T | None:
        setting = settings.setting(name, treatment)
        given = getattr(asked, name) or own
        if given:
            return reader.one(f"--{name}", given, read)
        return reader.one(place_of(setting), setting.value, read)

    time = value("time", patient.time, time_of_day)
    return {
        "time": time,
        "zone": value("zone", None, _zone),
        "duration": value("duration", None, _minutes),
        "place": value("place", None, str),
    }


def place_of(setting: Setting) -> str:
    """Say where a setting was given, such as "HAIRPLAN_ZONE" or "config.toml: zone"."""
    if setting.origin.startswith("HAIRPLAN_"):
        return setting.origin
    return f"{setting.origin}: {setting.name}"


# ---- single values ----


def _span_text(text: str) -> str:
    return str(typed_span(text))


def _whole_number(text: str) -> int:
    if not text.strip().isdecimal() or len(text) > _MOST_DIGITS:
        raise InputError(f"'{text}' is not a whole number of 0 or more, such as 3")
    return int(text)


def _answer(text: str) -> str:
    answer = text.strip().lower()
    if answer not in ANSWERS:
        raise InputError(f"'{text}' is not {join_words(ANSWERS, 'or')}")
    return answer


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError("an override needs a reason")
    return text.strip()


def _sex(text: str) -> str:
    sex = text.strip().lower()
    if sex not in SEXES:
        raise InputError(f"'{text}' is not {join_words(SEXES, 'or')}")
    return sex


def _age(text: str) -> int:
    age = _whole_number(text)
    if age > OLDEST:
        raise InputError(f"{age} is not between 0 and {OLDEST}")
    return age


def _weekday(text: str) -> str:
    day = text.lower()[:3]
    if day not in WEEKDAYS or not WEEKDAY_NAMES[WEEKDAYS.index(day)].lower().startswith(
        text.lower()
    ):
        days = ",".join(WEEKDAYS)
        raise InputError(f"'{text}' is not a weekday; several are separated by commas: {days}")
    return day


def _region(text: str) -> str:
    public_holidays(text)
    return text


def _zone(text: str) -> str:
    zone(text)
    return text


def short_span(text: str) -> Span:
    """Read a length of an appointment or of what leads up to one, where 45m can only be minutes.

    Raises:
        InputError: it is no span of time.
    """
    return typed_span(text.strip() + "in" if text.strip().endswith("m") else text)


def _minutes(text: str) -> int:
    try:
        minutes = short_span(text).minutes
    except InputError:
        minutes = 0
    if not 1 <= minutes <= MOST_MINUTES:
        raise InputError(f"'{text}' is not a length of an appointment such as 45m or 2h")
    return minutes
