"""The options that commands share, each said once; a command takes them in groups.

A group is a struct: its fields are the options, its values what was typed, as texts, None for what
was not given. `takes` turns a function of groups into a command.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from msgspec import NODEFAULT, Struct, structs

from hairplan.clinic import options

_PATIENT = "The patient's state"
_CLINIC = "The clinic's days"
_VISIT = "The appointments"
_RESULT = "The result"
_COURSE = "The course"
_CALENDAR = "A calendar (-o plan.ics)"


def _treatments() -> list[str]:
    from hairplan.clinic.settings import protocols_folder
    from hairplan.protocol.catalog import names

    return names(protocols_folder(None, None))


Treatment = Annotated[
    str,
    typer.Argument(
        help="A treatment's name (`hairplan list` shows them), or the path of a protocol file;"
        " for `schedule` also a plan file.",
        metavar="TREATMENT",
        show_default=False,
        autocompletion=_treatments,
    ),
]
Start = Annotated[
    str | None,
    typer.Option(
        "--start",
        "-s",
        help="Day of the first session: 2026-12-01, today, tomorrow, +2w, next tuesday;"
        " today if left out.",
        show_default=False,
    ),
]
StartForAll = Annotated[
    str | None,
    typer.Option(
        "--start",
        "-s",
        help="Day of the first session of rows that do not say it: 2026-12-01, today, +2w ...",
        show_default=False,
    ),
]
Today = Annotated[
    str | None,
    typer.Option("--today", help="Take this day as today (also HAIRPLAN_TODAY).", metavar="DATE"),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The clinic's configuration file (also HAIRPLAN_CONFIG).", metavar="FILE"
    ),
]
ProtocolsFolder = Annotated[
    Path | None,
    typer.Option(
        "--protocols",
        help="The folder of the clinic's own protocols (also HAIRPLAN_PROTOCOLS); by default"
        " `protocols` beside the configuration file.",
        metavar="DIR",
    ),
]
Sessions = Annotated[
    list[str] | None,
    typer.Option(
        "--sessions",
        "-n",
        help="How many sessions: N, or STEP=N where the course has several steps.",
        metavar="[STEP=]N",
        rich_help_panel=_COURSE,
    ),
]
Spacing = Annotated[
    list[str] | None,
    typer.Option(
        "--spacing",
        help='The preferred interval, such as "10 days", or STEP="10 days".',
        metavar="[STEP=]SPAN",
        rich_help_panel=_COURSE,
    ),
]
Option = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        help="A choice of the protocol; `hairplan show TREATMENT` lists them.",
        metavar="NAME=VALUE",
        rich_help_panel=_COURSE,
    ),
]
Figures = Annotated[
    list[str] | None,
    typer.Option(
        "--figure",
        help="The clinic's own figure in place of a default of ours, such as"
        ' rules.chemotherapy-wait.ends="6 months"; plans list the defaults.',
        metavar="FIGURE=VALUE",
        rich_help_panel=_COURSE,
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        help="Plan maintenance up to this day.",
        metavar="DATE",
        rich_help_panel=_COURSE,
    ),
]
Horizon = Annotated[
    str | None,
    typer.Option(
        "--horizon",
        help='Plan maintenance for so long from the start, such as "5 years".',
        metavar="SPAN",
        rich_help_panel=_COURSE,
    ),
]
Closed = Annotated[
    list[str] | None,
    typer.Option(
        "--closed",
        help="Weekly closed days, such as sat,sun; none for none.",
        metavar="DAYS",
        rich_help_panel=_CLINIC,
    ),
]
Holidays = Annotated[
    list[str] | None,
    typer.Option(
        "--holidays",
        help="Close on the public holidays of a country or region: FR, FR-57, US-CA; none for"
        " none.",
        metavar="REGION",
        rich_help_panel=_CLINIC,
    ),
]
Closure = Annotated[
    list[str] | None,
    typer.Option(
        "--closure",
        help="Days on which the clinic is closed, such as 2026-12-24..2027-01-02=holiday.",
        metavar="DAYS[=REASON]",
        rich_help_panel=_CLINIC,
    ),
]
Away = Annotated[
    list[str] | None,
    typer.Option(
        "--away",
        help="Days on which the patient cannot come, such as 2027-02-01..2027-02-14=travel.",
        metavar="DAYS[=REASON]",
        rich_help_panel=_PATIENT,
    ),
]
OnLate = Annotated[
    str | None,
    typer.Option(
        "--on-late",
        help="When a session of the course is late: continue, restart or extra.",
        metavar="RULE",
        rich_help_panel=_COURSE,
    ),
]
Anchor = Annotated[
    str | None,
    typer.Option(
        "--anchor",
        help="What later sessions count from: those really done (rolling), or where they should"
        " have been (fixed).",
        metavar="RULE",
        rich_help_panel=_COURSE,
    ),
]
Answer = Annotated[
    list[str] | None,
    typer.Option(
        "--answer",
        "-a",
        help="An answer on the patient's state: QUESTION=yes, no or unknown.",
        metavar="QUESTION=ANSWER",
        rich_help_panel=_PATIENT,
    ),
]
Event = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        "-e",
        help="A day in the patient's life, past or planned, such as transplant=2026-09-01.",
        metavar="NAME=DATE",
        rich_help_panel=_PATIENT,
    ),
]
Sex = Annotated[
    str | None,
    typer.Option("--sex", help="female or male.", metavar="SEX", rich_help_panel=_PATIENT),
]
Age = Annotated[
    str | None,
    typer.Option("--age", help="Age in years.", metavar="YEARS", rich_help_panel=_PATIENT),
]
Override = Annotated[
    list[str] | None,
    typer.Option(
        "--override",
        help="Go on although a screening rule refuses, for a reason that stays in the plan.",
        metavar="RULE=REASON",
        rich_help_panel=_PATIENT,
    ),
]
Patient = Annotated[
    Path | None,
    typer.Option(
        "--patient",
        help="A TOML file with the patient's part: ref, sex, age, answers, events, away ...",
        metavar="FILE",
        rich_help_panel=_PATIENT,
    ),
]
Ref = Annotated[
    str | None,
    typer.Option(
        "--ref",
        help="The clinic's own reference of the patient.",
        metavar="TEXT",
        rich_help_panel=_PATIENT,
    ),
]
Time = Annotated[
    str | None,
    typer.Option(
        "--time", help="Time of day, such as 14:30.", metavar="TIME", rich_help_panel=_VISIT
    ),
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--zone",
        help="Time zone of the time, such as Europe/Paris.",
        metavar="ZONE",
        rich_help_panel=_VISIT,
    ),
]
Duration = Annotated[
    str | None,
    typer.Option(
        "--duration",
        help="Length of an appointment, such as 45m or 2h.",
        metavar="SPAN",
        rich_help_panel=_VISIT,
    ),
]
Place = Annotated[
    str | None,
    typer.Option("--place", help="Where it is.", metavar="TEXT", rich_help_panel=_VISIT),
]
PlanId = Annotated[
    str | None,
    typer.Option(
        "--id",
        help="The plan's id; else one that follows from the request.",
        metavar="ID",
        rich_help_panel=_RESULT,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        help="table (in a terminal), plain (else), json, csv, markdown or ics (a calendar).",
        metavar="FORMAT",
        rich_help_panel=_RESULT,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="A file to write, its suffix chooses the format; - for standard output.",
        metavar="FILE",
        rich_help_panel=_RESULT,
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Overwrite a file that exists.", rich_help_panel=_RESULT),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Say what would be written, and write nothing.", rich_help_panel=_RESULT
    ),
]
Audience = Annotated[
    str | None,
    typer.Option(
        "--audience",
        help="patient (neutral titles) or practice (reference, treatment, window ...).",
        metavar="WHO",
        rich_help_panel=_CALENDAR,
    ),
]
Details = Annotated[
    str | None,
    typer.Option(
        "--details",
        help="brief, or full for what to do and to avoid, in a patient's calendar.",
        metavar="HOW",
        rich_help_panel=_CALENDAR,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        help="Only these: sessions, restrictions, tasks, reviews, routines.",
        metavar="KINDS",
        rich_help_panel=_CALENDAR,
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option("--without", help="All but these.", metavar="KINDS", rich_help_panel=_CALENDAR),
]
Alarm = Annotated[
    str | None,
    typer.Option(
        "--alarm",
        help="How long before an appointment it rings: 1d (by default), 2h, none.",
        metavar="SPAN",
        rich_help_panel=_CALENDAR,
    ),
]
Split = Annotated[
    Path | None,
    typer.Option(
        "--split",
        help="A folder for a file an event: Outlook opens only single events rightly.",
        metavar="DIR",
        rich_help_panel=_CALENDAR,
    ),
]
Feed = Annotated[
    bool,
    typer.Option(
        "--feed",
        help="For subscription on a web server: with a name and a refresh interval.",
        rich_help_panel=_CALENDAR,
    ),
]


Save = Annotated[
    Path | None,
    typer.Option(
        "--save",
        help="Keep the plan in a file, such as anna.plan.json: `hairplan record` goes on with it.",
        metavar="FILE",
        rich_help_panel=_RESULT,
    ),
]
ChangesOnly = Annotated[
    bool,
    typer.Option(
        "--changes-only",
        help="Of a plan file: only what changed since the last export.",
        rich_help_panel=_CALENDAR,
    ),
]


class TreatmentArgument(Struct, kw_only=True):
    """Which treatment, or which plan file."""

    treatment: Treatment


class PlanArgument(Struct, kw_only=True):
    """Which plan file."""

    plan: Annotated[
        Path,
        typer.Argument(
            help="A plan file, from `hairplan schedule TREATMENT --save FILE`.",
            metavar="PLAN",
            show_default=False,
        ),
    ]


class ChangeableOptions(options.ChangeableOptions, kw_only=True):
    """What a request may ask for once the plan is under way."""

    sessions: Sessions = None
    spacing: Spacing = None
    option: Option = None
    figure: Figures = None
    until: Until = None
    horizon: Horizon = None
    on_late: OnLate = None
    anchor: Anchor = None
    answer: Answer = None
    event: Event = None
    sex: Sex = None
    age: Age = None
    override: Override = None
    away: Away = None
    closed: Closed = None
    holidays: Holidays = None
    closure: Closure = None
    time: Time = None
    zone: Zone = None
    duration: Duration = None
    place: Place = None


class ListOptions(ChangeableOptions, kw_only=True):
    """What the requests of a whole list have in common."""

    start: StartForAll = None


class RequestOptions(ChangeableOptions, options.RequestOptions, kw_only=True):
    """What a request is made of."""

    start: Start = None
    patient: Patient = None
    ref: Ref = None
    id: PlanId = None


class ResultOptions(Struct, kw_only=True):
    """In which form, and where to."""

    form: Format = None
    output: Output = None
    force: Force = False


class RehearsedResult(ResultOptions, kw_only=True):
    """Likewise, or only what would be written."""

    dry_run: DryRun = False


class CalendarContent(Struct, kw_only=True):
    """What goes into a calendar."""

    audience: Audience = None
    details: Details = None
    only: Only = None
    without: Without = None
    alarm: Alarm = None
    feed: Feed = False


class CalendarOptions(CalendarContent, kw_only=True):
    """Likewise, and in which shape."""

    split: Split = None
    changes_only: ChangesOnly = False


class Environment(Struct, kw_only=True):
    """The clock, the configuration and the clinic's own protocols."""

    today: Today = None
    config: ConfigFile = None
    protocols: ProtocolsFolder = None


def takes(*groups: type[Struct]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a function that takes these groups of options, in this order."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def run(**given: Any) -> None:  # noqa: ANN401 - Typer has converted them
            command(
                *(
                    group(**{name: given[name] for name in group.__struct_fields__})
                    for group in groups
                )
            )

        parameters = [each for group in groups for each in _parameters(group)]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        return run

    return decorate


def _parameters(group: type[Struct]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is NODEFAULT else field.default,
            annotation=hints[field.name],
        )
        for field in structs.fields(group)
    ]
