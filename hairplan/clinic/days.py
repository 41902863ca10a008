"""The days of a plan and of its clinic: closed and opened days, and when the patient comes.

What is given with a plan is the plan's. What the environment and the configuration file state is
the clinic's: it is laid over every request as it is by now, and kept in none.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

from hairplan.clinic.options import ChangeableOptions, RequestOptions
from hairplan.clinic.patient_file import PatientFile
from hairplan.clinic.readers import (
    OptionReader,
    read_patient_days,
    read_region,
    read_weekday,
    read_zone,
)
from hairplan.clinic.settings import SEVERAL, Settings, place_of
from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period
from hairplan.dates.written import ORDER_NAMES, DateOrder
from hairplan.errors import InputError
from hairplan.request import ClinicDays
from hairplan.words import join_words

T = TypeVar("T")
Fields = dict[str, Any]
"""Fields of a `PlanRequest`, of a `Changed` or of a `ClinicDays`, by name."""


def days_of_changes(reader: OptionReader, options: ChangeableOptions) -> Fields:
    """Read the days that options give; null for a list that is not given."""
    return {
        "closed": _words(reader, "--closed", options.closed, read_weekday),
        "holidays": _words(reader, "--holidays", options.holidays, read_region),
        **_closures(reader, "--closure", options.closure),
        **_opened(reader, "--open", options.open),
        "away": _periods(reader, "--away", options.away),
        "patient_days": _patient_days(reader, options.patient_days),
    }


def days_of_request(
    reader: OptionReader, options: RequestOptions, settings: Settings, patient: PatientFile
) -> Fields:
    """Read the days that options and the patient's file give; faults in the clinic's are said too.

    An empty list of closed days or holidays says that the clinic's does not hold.
    """
    try:
        clinic_days_of(settings, reader.today)
    except InputError as error:
        reader.faults += error.faults
    days = days_of_changes(reader, options)
    without = tuple(name for name in ("closed", "holidays") if days[name] == ())
    away = _periods(reader, f"{options.patient}: away", patient.away)
    given = days["patient_days"]
    return {
        **days,
        "closed": days["closed"] or (),
        "holidays": days["holidays"] or (),
        "without": without,
        "away": (*days["away"], *away),
        "patient_days": patient.days if given is None else given,
    }


# Every row of a batch asks for the same.
@lru_cache(maxsize=64)
def clinic_days_of(settings: Settings, today: dt.date) -> ClinicDays:
    """Return the clinic's days as the environment and the configuration file state them.

    Args:
        settings: the clinic's.
        today: the day that relative days count from.

    Raises:
        InputError: every fault in them.
    """
    reader = OptionReader(today, date_order_of(settings))
    days: Fields = {"closures": (), "yearly_closures": (), "open": ()}
    for name, read in (("closure", _closures), ("open", _opened)):
        for stated in settings.stated(name):
            texts = (stated.value or "").split(SEVERAL)
            for field, periods in read(reader, place_of(stated), texts).items():
                days[field] += periods
    for name, read_word in (("closed", read_weekday), ("holidays", read_region)):
        setting = settings.setting(name)
        texts = [setting.value] if setting.value else []
        days[name] = _words(reader, place_of(setting), texts, read_word)
    if reader.faults:
        raise InputError(*reader.faults)
    return ClinicDays(**days)


def date_order_of(settings: Settings) -> DateOrder | None:
    """Return the order in which a clinic writes day, month and year; None if none is stated.

    Raises:
        InputError: it is none.
    """
    setting = settings.setting("dates")
    return None if setting.value is None else read_date_order(setting.value, place_of(setting))


def read_date_order(text: str, name: str) -> DateOrder:
    """Read the order of day, month and year.

    Raises:
        InputError: it is none.
    """
    for order in ORDER_NAMES:
        if text.strip().lower() == order:
            return order
    raise InputError(f"{name}: '{text}' is not {join_words(tuple(ORDER_NAMES), 'or')}")


def zone_of(settings: Settings) -> str | None:
    """Return the time zone of a clinic; None if none is stated.

    Raises:
        InputError: there is no such zone.
    """
    setting = settings.setting("zone")
    reader = OptionReader(dt.date.min)
    name = reader.one(place_of(setting), setting.value, read_zone)
    if reader.faults:
        raise InputError(*reader.faults)
    return name


def zone_asked(option: str | None, settings: Settings) -> str | None:
    """Return the zone of an option, else of the clinic; None if there is none, or it is faulty.

    Whoever reads the option for a request says its fault, beside all others.
    """
    with suppress(InputError):
        return read_zone(option) if option else zone_of(settings)
    return None


def _words(
    reader: OptionReader, name: str, texts: Sequence[str] | None, read: Callable[[str], T]
) -> tuple[T, ...] | None:
    """Read lists such as "sat,sun"; "none" is empty, and null is for no list."""
    if texts is None:
        return None
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    if words == ["none"]:
        return ()
    return tuple(reader.several(name, list(dict.fromkeys(words)), read))


def _closures(reader: OptionReader, name: str, texts: Sequence[str] | None) -> Fields:
    """Read closed days, those of one year and those of every year."""
    periods = reader.several(name, texts, reader.closure)
    yearly = tuple(period for period in periods if isinstance(period, YearlyPeriod))
    return {
        "closures": tuple(period for period in periods if isinstance(period, Period)),
        "yearly_closures": yearly,
    }


def _opened(reader: OptionReader, name: str, texts: Sequence[str] | None) -> Fields:
    return {"open": _periods(reader, name, texts)}


def _periods(reader: OptionReader, name: str, texts: Sequence[str] | None) -> tuple[Period, ...]:
    return tuple(reader.several(name, texts, reader.period))


def _patient_days(reader: OptionReader, texts: Sequence[str] | None) -> tuple[str, ...] | None:
    text = None if texts is None else ",".join(texts)
    return reader.one("--patient-days", text, read_patient_days)
