"""A patient's part of a request, in a TOML file of her own."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

from msgspec import Meta, Struct, structs

from hairplan.clinic.settings import PeriodText, TimeText
from hairplan.dates.weekdays import Weekday
from hairplan.errors import InputError
from hairplan.protocol.catalog import load_protocol, protocol_names
from hairplan.protocol.model import Protocol
from hairplan.protocol.values import AnswerWord, LanguageCode, SexWord
from hairplan.request import OLDEST


class PatientFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A patient's part of a request, in a TOML file.

    Attributes:
        ref: the clinic's own reference of the patient.
        sex: female or male; a file may say it in any way that a list may.
        age: in years.
        time: the time of day that suits the patient.
        away: days on which the patient cannot come.
        answers: yes, no or unknown, by question; a file may say them in any way that a list may.
        events: past or planned days, by name; several of what comes again.
        overrides: a practitioner's reason, by the rule that it overrides.
        options: the protocol's choices, by name.
        days: the days of the week on which the patient comes; all, if left out.
        language: the language that the patient reads.
    """

    ref: str | None = None
    sex: SexWord | None = None
    age: Annotated[int, Meta(ge=0, le=OLDEST)] | None = None
    time: TimeText | None = None
    away: tuple[PeriodText, ...] = ()
    answers: dict[str, AnswerWord] = {}
    events: dict[str, dt.date | tuple[dt.date, ...]] = {}
    overrides: dict[str, str] = {}
    options: dict[str, str] = {}
    days: tuple[Weekday, ...] = ()
    language: LanguageCode | None = None


_NOBODY: Final = PatientFile()


def parse_patient_file(path: Path | None) -> PatientFile:
    """Read all of a patient's file.

    Raises:
        InputError: it cannot be read, or every fault in it.
    """
    if path is None:
        return _NOBODY
    from hairplan.protocol.toml import parse_toml, read_text_file

    return parse_toml(read_text_file(path), PatientFile, str(path))


def read_patient_file(
    path: Path | None, protocol: Protocol, folder: Path | None, say: Callable[[str], object]
) -> PatientFile:
    """Read a patient's file, but for what it says for other treatments alone.

    Args:
        path: the file; null for none.
        protocol: the treatment.
        folder: the clinic's own protocols.
        say: told what is left out.

    Raises:
        InputError: it cannot be read, or every fault in it.
    """
    if path is None:
        return _NOBODY
    patient = parse_patient_file(path)
    kept: dict[str, dict[str, Any]] = {}
    for key, kind in _NAMED_BY.items():
        given = getattr(patient, key)
        foreign = [name for name in given if _is_for_others(name, kind, protocol, folder)]
        if foreign:
            say(f"{path}: {protocol.id} does not ask for {key} {', '.join(foreign)}: left out")
        kept[key] = {name: value for name, value in given.items() if name not in foreign}
    return structs.replace(patient, **kept)


_NAMED_BY: Final = {
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
    for name in protocol_names(folder):
        if name != protocol.id:
            with suppress(InputError):
                yield load_protocol(name, folder)
