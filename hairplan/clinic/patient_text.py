"""A patient's file written: what is known of a patient, as `--patient FILE` reads it."""

from collections.abc import Iterator
from typing import Final

from msgspec import structs

from hairplan.clinic.options import RequestOptions
from hairplan.clinic.patient_file import PatientFile, parse_patient_file
from hairplan.clinic.toml_text import format_value
from hairplan.dates.spans import Period
from hairplan.request import PlanRequest

SUFFIX: Final = ".toml"
_HEAD: Final = """\
# What is known of a patient, for `hairplan schedule TREATMENT --patient FILE`.
# What a treatment does not ask for is left out, and said.
"""


def patient_known(options: RequestOptions, request: PlanRequest) -> PatientFile:
    """Return what is known of a patient: her file, and what was said of her beside it.

    What her file says for other treatments stays in it; what the clinic states is not hers.

    Args:
        options: the options given, with her file.
        request: the request that was made of all this, with the answers that came after it.
    """
    was = parse_patient_file(options.patient)
    said = {text.partition("=")[0].strip() for text in options.option or ()}
    chosen = {name: value for name, value in request.options.items() if name in said}
    time = f"{request.time:%H:%M}" if options.time and request.time else was.time
    return structs.replace(
        was,
        ref=request.ref,
        sex=request.sex,
        age=request.age,
        time=time,
        away=tuple(map(_format_period, request.away)),
        answers=was.answers | request.answers,
        events=was.events | request.events,
        overrides=was.overrides | request.overrides,
        options=was.options | chosen,
        days=request.patient_days,
        language=request.language,
    )


def _format_period(period: Period) -> str:
    last = f"..{period.last}" if period.last != period.first else ""
    return f"{period.first}{last}{f'={period.reason}' if period.reason else ''}"


def format_patient_file(patient: PatientFile) -> str:
    """Return a patient's file as TOML, without what is not known."""
    every = structs.asdict(patient)
    known = {name: value for name, value in every.items() if value not in (None, (), {})}
    tables = {name: value for name, value in known.items() if isinstance(value, dict)}
    lines = [*_lines({name: known[name] for name in known if name not in tables})]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *_lines(table)]
    return _HEAD + "\n".join((*lines, ""))


def _lines(table: dict[str, object]) -> Iterator[str]:
    return (f"{name} = {format_value(value)}" for name, value in table.items())
