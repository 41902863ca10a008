"""From options, the patient's file and the clinic's settings to one request.

Every fault of all of them is collected, and named by the option, the variable or the file that it
was given in.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from msgspec import structs

from hairplan.clinic.days import Fields, date_order_of, days_of_changes, days_of_request
from hairplan.clinic.options import ChangeableOptions, RequestOptions
from hairplan.clinic.patient_file import PatientFile, read_patient_file
from hairplan.clinic.readers import (
    OptionReader,
    read_age,
    read_anchor_rule,
    read_answer,
    read_language,
    read_late_rule,
    read_minutes,
    read_reason,
    read_sex,
    read_span,
    read_whole_number,
    read_zone,
)
from hairplan.clinic.settings import Settings, TreatmentConfig, place_of
from hairplan.dates.clock import time_of_day
from hairplan.errors import HairplanError, InputError
from hairplan.history import Changed
from hairplan.planner import make_plan
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest

T = TypeVar("T")
S = TypeVar("S")


def request_from(
    options: RequestOptions,
    settings: Settings,
    protocol: Protocol,
    today: dt.date,
    say: Callable[[str], object],
) -> PlanRequest:
    """Make the request of one plan: what is given with it, and what the clinic states but its days.

    Args:
        options: the options given.
        settings: the clinic's.
        protocol: the treatment: the clinic states some values by treatment, and a patient's file
            has answers for other treatments too.
        today: the day that relative days count from.
        say: told which of a patient's answers are left out, as they are for other treatments.

    Raises:
        InputError: every fault of the options, the environment and the patient's file.
    """
    reader = OptionReader(today, date_order_of(settings))
    patient = read_patient_file(options.patient, protocol, settings.protocols, say)
    own = settings.config.treatments.get(protocol.id, TreatmentConfig())
    start = reader.one("--start", options.start, reader.patient_day)
    fields = {
        **_course(reader, options, own, patient),
        **_state(reader, options, patient),
        **days_of_request(reader, options, settings, patient),
        **_visit(reader, options, settings, protocol.id, patient),
        "start": start or today,
        "ref": (options.ref or patient.ref or "").strip() or None,
        "id": options.id,
        # Whoever gives ids may give the same one for another treatment.
        "is_id_shared": options.id is not None,
    }
    if reader.faults:
        raise InputError(*reader.faults, *_other_faults(protocol, fields, today))
    return PlanRequest(**fields)


def changes_from(
    reader: OptionReader, options: ChangeableOptions, findings: tuple[list[str], list[str]]
) -> Changed:
    """Return what is asked for on top of a request; every fault goes to the reader.

    Args:
        reader: reads texts, and keeps their faults.
        options: the options given.
        findings: answers and events that are given as findings.
    """
    answers, events = findings
    options = structs.replace(
        options,
        answer=[*(options.answer or ()), *answers],
        event=[*(options.event or ()), *events],
    )
    nobody = PatientFile()
    return Changed(
        **_course(reader, options, TreatmentConfig(), nobody),
        **_state(reader, options, nobody),
        **days_of_changes(reader, options),
        **_visit(reader, options, None, "", nobody),
    )


def _course(
    reader: OptionReader, options: ChangeableOptions, own: TreatmentConfig, patient: PatientFile
) -> Fields:
    chosen = reader.named("--option", options.option, "NAME=VALUE", str.strip)
    figures = reader.named("--figure", options.figure, "FIGURE=VALUE", str.strip)
    spacing = _by_step(reader, "--spacing", options.spacing, "STEP=SPAN", read_span)
    sessions = _by_step(reader, "--sessions", options.sessions, "STEP=N", read_whole_number)
    until = reader.one("--until", options.until, reader.date)
    horizon = reader.one("--horizon", options.horizon, read_span)
    if horizon is None and until is None:
        horizon = own.horizon
    return {
        "sessions": sessions if sessions is not None else own.sessions,
        "spacing": spacing if spacing is not None else own.spacing,
        "options": own.options | patient.options | chosen,
        "figures": own.figures | figures,
        "until": until,
        "horizon": horizon,
        "on_late": reader.one("--on-late", options.on_late, read_late_rule) or own.on_late,
        "anchor": reader.one("--anchor", options.anchor, read_anchor_rule) or own.anchor,
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


def _state(reader: OptionReader, options: ChangeableOptions, patient: PatientFile) -> Fields:
    answers = reader.named("--answer", options.answer, "QUESTION=yes|no|unknown", read_answer)
    events = reader.days("--event", options.event)
    overrides = reader.named("--override", options.override, 'RULE="reason"', read_reason)
    sex = reader.one("--sex", options.sex, read_sex)
    age = reader.one("--age", options.age, read_age)
    return {
        "answers": patient.answers | answers,
        "events": patient.events | events,
        "overrides": patient.overrides | overrides,
        "sex": sex or patient.sex,
        "language": reader.one("--language", options.language, read_language) or patient.language,
        "age": age if age is not None else patient.age,
    }


def _visit(
    reader: OptionReader,
    options: ChangeableOptions,
    settings: Settings | None,
    treatment: str,
    patient: PatientFile,
) -> Fields:
    def value(name: str, read: Callable[[str], T]) -> T | None:
        given = getattr(options, name)
        if settings is None:
            return reader.one(f"--{name}", given, read)
        if given:
            return reader.one(f"--{name}", given, read)
        if name == "time" and patient.time:
            return reader.one("the patient's file: time", patient.time, read)
        setting = settings.setting(name, treatment)
        return reader.one(place_of(setting), setting.value, read)

    return {
        "time": value("time", time_of_day),
        "zone": value("zone", read_zone),
        "duration": value("duration", read_minutes),
        "place": value("place", str),
    }


# ---- faults ----


def both(first: Callable[[], T], second: Callable[[], S]) -> tuple[T, S]:
    """Return the results of two readings, or the faults of both.

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
    """Add to any fault in a request what the clinic's file puts into it: nobody typed that."""
    try:
        yield
    except InputError as error:
        own = settings.config.treatments.get(protocol.id)
        stated = _stated(own) if own else ""
        hint = [f"{settings.path}: treatments.{protocol.id} states {stated}"] if stated else []
        raise InputError(*error.faults, *hint) from None


def _stated(own: TreatmentConfig) -> str:
    """Say what a clinic's configuration puts into every request of a treatment."""
    own_values = {name: getattr(own, name) for name in ("sessions", "spacing", "horizon")}
    parts = [f"{name} = {value}" for name, value in own_values.items() if value is not None]
    for name in ("options", "figures"):
        parts += [f"{name}.{key} = {value}" for key, value in getattr(own, name).items()]
    return ", ".join(parts)


def _other_faults(protocol: Protocol, fields: "Fields", today: dt.date) -> tuple[str, ...]:
    """Return the faults of the readable part of a request, so that all are said at once."""
    try:
        make_plan(protocol, PlanRequest(**fields), today=today)
    except HairplanError as error:
        return error.faults
    return ()
