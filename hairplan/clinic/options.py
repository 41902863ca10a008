"""The options of a request, each declared once, as texts: what a command line or a row gives.

A field of these structs is an option; None stands for one that is not given. Its annotation says
what a command line shows of it, and a list of patients has a column of its name.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, get_type_hints

from msgspec import Struct

COURSE: Final = "The course"
PATIENT: Final = "The patient's state"
CLINIC: Final = "The clinic's days"
VISIT: Final = "The appointments"
RESULT: Final = "The result"


class Flag(Struct, frozen=True):
    """An option of a command line.

    Attributes:
        help: what it does, for people.
        metavar: what stands for its value in the help; null for the type's own.
        panel: the part of the help that it stands in; null for the first.
        short: its short form, such as "-n"; null for none.
        name: its long form, where that is not the field's name.
    """

    help: str
    metavar: str | None = None
    panel: str | None = None
    short: str | None = None
    name: str | None = None


class ChangeableOptions(Struct, kw_only=True):
    """The options of a request that may be given anew once the plan is under way."""

    sessions: Annotated[
        list[str] | None,
        Flag(
            "How many sessions: N, or STEP=N where the course has several steps.",
            "[STEP=]N", COURSE, "-n",
        ),
    ] = None  # fmt: skip
    spacing: Annotated[
        list[str] | None,
        Flag(
            'The preferred interval, such as "10 days", or STEP="10 days".', "[STEP=]SPAN", COURSE
        ),
    ] = None
    option: Annotated[
        list[str] | None,
        Flag(
            "A choice of the protocol; `hairplan show TREATMENT` lists them.", "NAME=VALUE", COURSE
        ),
    ] = None
    figure: Annotated[
        list[str] | None,
        Flag(
            "The clinic's own figure in place of a default of ours, such as"
            ' rules.chemotherapy-wait.ends="6 months"; plans list the defaults.',
            "FIGURE=VALUE", COURSE,
        ),
    ] = None  # fmt: skip
    until: Annotated[str | None, Flag("Plan maintenance up to this day.", "DATE", COURSE)] = None
    horizon: Annotated[
        str | None,
        Flag('Plan maintenance for so long from the start, such as "5 years".', "SPAN", COURSE),
    ] = None
    on_late: Annotated[
        str | None,
        Flag("When a session of the course is late: continue, restart or extra.", "RULE", COURSE),
    ] = None
    anchor: Annotated[
        str | None,
        Flag(
            "What later sessions count from: those really done (rolling), or where they should"
            " have been (fixed).",
            "RULE", COURSE,
        ),
    ] = None  # fmt: skip
    answer: Annotated[
        list[str] | None,
        Flag(
            "An answer on the patient's state: QUESTION=yes, no or unknown.",
            "QUESTION=ANSWER", PATIENT, "-a",
        ),
    ] = None  # fmt: skip
    event: Annotated[
        list[str] | None,
        Flag(
            "A day in the patient's life, past or planned, such as transplant=2026-09-01.",
            "NAME=DATE", PATIENT, "-e",
        ),
    ] = None  # fmt: skip
    sex: Annotated[str | None, Flag("female or male.", "SEX", PATIENT)] = None
    age: Annotated[str | None, Flag("Age in years.", "YEARS", PATIENT)] = None
    override: Annotated[
        list[str] | None,
        Flag(
            "Go on although a screening rule refuses, for a reason that stays in the plan.",
            "RULE=REASON", PATIENT,
        ),
    ] = None  # fmt: skip
    away: Annotated[
        list[str] | None,
        Flag(
            "Days on which the patient cannot come, such as 2027-02-01..2027-02-14=travel.",
            "DAYS[=REASON]", PATIENT,
        ),
    ] = None  # fmt: skip
    patient_days: Annotated[
        list[str] | None,
        Flag(
            "Days of the week on which the patient comes, such as mon,wed; or: not fri; all for"
            " all.",
            "DAYS", PATIENT,
        ),
    ] = None  # fmt: skip
    language: Annotated[
        str | None,
        Flag("The language that the patient reads, on the sheet: en, fr ...", "LANG", PATIENT),
    ] = None
    closed: Annotated[
        list[str] | None,
        Flag("Weekly closed days, such as sat,sun; none for none.", "DAYS", CLINIC),
    ] = None
    holidays: Annotated[
        list[str] | None,
        Flag(
            "Close on the public holidays of a country or region: FR, FR-57, US-CA; none for"
            " none.",
            "REGION", CLINIC,
        ),
    ] = None  # fmt: skip
    closure: Annotated[
        list[str] | None,
        Flag(
            "Days on which the clinic is closed, such as 2026-12-24..2027-01-02=holiday; every"
            " year: 08-01..08-15.",
            "DAYS[=REASON]", CLINIC,
        ),
    ] = None  # fmt: skip
    open: Annotated[
        list[str] | None,
        Flag(
            "Days on which the clinic is open, whatever closes them, such as 2026-12-26.",
            "DAYS", CLINIC,
        ),
    ] = None  # fmt: skip
    time: Annotated[str | None, Flag("Time of day, such as 14:30 or 2:30 pm.", "TIME", VISIT)] = (
        None
    )
    zone: Annotated[
        str | None, Flag("Time zone of the time, such as Europe/Paris.", "ZONE", VISIT)
    ] = None
    duration: Annotated[
        str | None, Flag("Length of an appointment, such as 45m or 1h30.", "SPAN", VISIT)
    ] = None
    place: Annotated[str | None, Flag("Where it is.", "TEXT", VISIT)] = None


class RequestOptions(ChangeableOptions, kw_only=True):
    """The options that a request is made of."""

    start: Annotated[
        str | None,
        Flag(
            "Day of the first session: 2026-12-01, today, tomorrow, +2w, next tuesday;"
            " today if left out.",
            "DATE",
            short="-s",
        ),
    ] = None
    patient: Annotated[
        Path | None,
        Flag(
            "A TOML file with the patient's part: ref, sex, age, answers, events, away ...",
            "FILE", PATIENT,
        ),
    ] = None  # fmt: skip
    ref: Annotated[
        str | None, Flag("The clinic's own reference of the patient.", "TEXT", PATIENT)
    ] = None
    id: Annotated[
        str | None, Flag("The plan's id; else one that follows from the request.", "ID", RESULT)
    ] = None


def repeatable(options: type[Struct]) -> Iterator[str]:
    """Yield the names of the options that may be given several times."""
    for name, hint in get_type_hints(options).items():
        if hint == list[str] | None:
            yield name
