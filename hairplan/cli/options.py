"""The options that commands share; a command takes them in groups.

A group is a struct: its fields are the options, its values as typed, None for an option that was
not given. `takes` turns a function of groups into a command. The options of a request are declared
in `clinic.options`, which a list of patients reads as well.
"""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, get_args, get_type_hints

import typer
from msgspec import NODEFAULT, Struct, structs

from hairplan.cli.help import HELP_ALL, NOTHING_SHORT, ShortHelp, show_all
from hairplan.clinic.options import RESULT, ChangeableOptions, Flag
from hairplan.errors import InputError
from hairplan.words import is_text

_CALENDAR: Final = "A calendar (-o plan.ics)"


class TreatmentArgument(Struct, kw_only=True):
    """The treatment."""

    treatment: Annotated[
        str,
        typer.Argument(
            help="A treatment's name (`hairplan list` shows them), or the path of a protocol file.",
            metavar="TREATMENT",
            show_default=False,
        ),
    ]


class AskedTreatment(TreatmentArgument, kw_only=True):
    """The treatment, or the plan file, and whether its open questions are asked."""

    treatment: Annotated[
        str,
        typer.Argument(
            help="A treatment's name (`hairplan list` shows them) or the path of its file; or a"
            " plan file or a patient's reference.",
            metavar="TREATMENT",
            show_default=False,
        ),
    ]
    ask: Annotated[bool, Flag("Ask the open questions one by one, in a terminal.")] = False


class PlanArgument(Struct, kw_only=True):
    """The plan file."""

    plan: Annotated[
        Path,
        typer.Argument(
            help="A plan file, from `hairplan schedule TREATMENT --save FILE`, or a patient's"
            " reference, looked up in the folder of plans (`plans` in the settings, or this one).",
            metavar="PLAN",
            show_default=False,
        ),
    ]


class ListOptions(ChangeableOptions, kw_only=True):
    """The options that the requests of a whole list have in common."""

    start: Annotated[
        str | None,
        Flag(
            "Day of the first session of rows that do not say it: 2026-12-01, today, +2w ...",
            "DATE",
            short="-s",
        ),
    ] = None


Output = Annotated[
    Path | None,
    Flag(
        "A file to write, its suffix chooses the format; - for standard output.",
        "FILE", RESULT, "-o",
    ),
]  # fmt: skip
Full = Annotated[bool, Flag("All that there is, in place of the short view.", panel=RESULT)]
Force = Annotated[bool, Flag("Overwrite a file that exists.", panel=RESULT)]


class ResultOptions(Struct, kw_only=True):
    """The form of a result, and the file that it goes to."""

    form: Annotated[
        str | None,
        Flag(
            "table (in a terminal), plain (else), json, markdown.",
            "FORMAT", RESULT, "-f", "--format",
        ),
    ] = None  # fmt: skip
    output: Output = None
    force: Force = False


class ViewOptions(Struct, kw_only=True):
    """How much of a result a person is shown."""

    full: Full = False


class RehearsedResult(ResultOptions, kw_only=True):
    """A result that may also be rehearsed: nothing is written then."""

    dry_run: Annotated[
        bool, Flag("Say what would be written, and write nothing.", panel=RESULT)
    ] = False


class ViewedResult(RehearsedResult, kw_only=True):
    """A result that may be rehearsed, of which a person is shown a part or all."""

    full: Full = False


class SavedResult(RehearsedResult, kw_only=True):
    """A plan as a result, which may also be kept in a file of its own."""

    form: Annotated[
        str | None,
        Flag(
            "table (in a terminal), plain (else), json, csv, markdown, ics (a calendar),"
            " sheet (for the patient), pdf.",
            "FORMAT", RESULT, "-f", "--format",
        ),
    ] = None  # fmt: skip

    save: Annotated[
        Path | None,
        Flag(
            "Keep the plan in a file, such as anna.plan.json: `hairplan record` goes on with it.",
            "FILE", RESULT,
        ),
    ] = None  # fmt: skip


class ShownResult(SavedResult, kw_only=True):
    """A plan as a result, of which a person is shown a part or all."""

    full: Full = False


class CalendarContent(Struct, kw_only=True):
    """The content of a calendar."""

    audience: Annotated[
        str | None,
        Flag(
            "patient (neutral titles) or practice (reference, treatment, window ...).",
            "WHO", _CALENDAR,
        ),
    ] = None  # fmt: skip
    details: Annotated[
        str | None,
        Flag(
            "full (what to do and to avoid, in the text), or brief, in a patient's calendar.",
            "HOW", _CALENDAR,
        ),
    ] = None  # fmt: skip
    care: Annotated[
        str | None,
        Flag(
            "A patient's care: by its changes (the days on which it begins or is over), as bars,"
            " or none.",
            "HOW", _CALENDAR,
        ),
    ] = None  # fmt: skip
    only: Annotated[
        list[str] | None,
        Flag("Only these: sessions, restrictions, tasks, reviews, routines.", "KINDS", _CALENDAR),
    ] = None
    also: Annotated[
        list[str] | None,
        Flag(
            "These as well; tentative brings the care and tasks around mere proposals.",
            "KINDS", _CALENDAR, name="--with",
        ),
    ] = None  # fmt: skip
    without: Annotated[list[str] | None, Flag("All but these.", "KINDS", _CALENDAR)] = None
    alarm: Annotated[
        str | None,
        Flag(
            "How long before an appointment it rings: 1d (by default), 2h, none.",
            "SPAN", _CALENDAR,
        ),
    ] = None  # fmt: skip
    utc: Annotated[
        bool,
        Flag("Times in UTC, in place of the clinic's zone and its rules.", panel=_CALENDAR),
    ] = False
    feed: Annotated[
        bool,
        Flag(
            "For subscription on a web server: with a name and a refresh interval.",
            panel=_CALENDAR,
        ),
    ] = False


class CalendarOptions(CalendarContent, kw_only=True):
    """The content of a calendar, and the files that it is written into."""

    split: Annotated[
        Path | None,
        Flag(
            "A folder for a file an event: Outlook opens only single events rightly.",
            "DIR", _CALENDAR,
        ),
    ] = None  # fmt: skip
    changes_only: Annotated[
        bool, Flag("Of a plan file: only what changed since the last export.", panel=_CALENDAR)
    ] = False


class Environment(Struct, kw_only=True):
    """The clock, the configuration and the clinic's own protocols."""

    today: Annotated[str | None, Flag("Take this day as today (also HAIRPLAN_TODAY).", "DATE")] = (
        None
    )
    config: Annotated[
        Path | None, Flag("The clinic's configuration file (also HAIRPLAN_CONFIG).", "FILE")
    ] = None
    protocols: Annotated[
        Path | None,
        Flag(
            "The folder of the clinic's own protocols (also HAIRPLAN_PROTOCOLS); by default"
            " `protocols` beside the configuration file.",
            "DIR",
        ),
    ] = None


def option_name(field: str) -> str:
    """Return the option of a calendar's field, such as "--changes-only"."""
    return "--with" if field == "also" else f"--{field.replace('_', '-')}"


_FILE_NAMES: Final = {"treatment", "files"}
"""Texts that may be names of files."""


def _refuse_bytes(given: Mapping[str, object]) -> None:
    """Refuse texts that are no UTF-8; file names may be.

    Raises:
        InputError: every one of them.
    """
    faults = [
        f"{name.replace('_', '-')}: {text!a} is not UTF-8 text: set the terminal to UTF-8"
        for name, value in given.items()
        for text in (value if isinstance(value, list) else [value])
        if name not in _FILE_NAMES and isinstance(text, str) and not is_text(text)
    ]
    if faults:
        raise InputError(*faults)


_HELP_ALL: Final = inspect.Parameter(
    HELP_ALL,
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool,
        typer.Option("--help-all", callback=show_all, is_eager=True, help="Show all options."),
    ],
)


def takes(
    *groups: type[Struct], short: ShortHelp = NOTHING_SHORT
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a function that takes these groups of options, in this order.

    Args:
        groups: the groups.
        short: the part of its help that `-h` shows.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        def run(**given: Any) -> None:  # noqa: ANN401 - Typer has converted them
            _refuse_bytes(given)
            command(
                *(
                    group(**{name: given[name] for name in group.__struct_fields__})
                    for group in groups
                )
            )

        parameters = [parameter for group in groups for parameter in _parameters(group)]
        if short.usual:
            parameters.append(_HELP_ALL)
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        run.help = short  # type: ignore[attr-defined]
        return run

    return decorate


def _parameters(group: type[Struct]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is NODEFAULT else field.default,
            annotation=_for_typer(field.name, hints[field.name]),
        )
        for field in structs.fields(group)
    ]


def _for_typer(field: str, hint: Any) -> Any:  # noqa: ANN401 - annotations are of any kind
    """Return the annotation of an option as Typer reads it."""
    kind, declared = get_args(hint)
    if not isinstance(declared, Flag):
        return hint
    names = [declared.name or f"--{field.replace('_', '-')}", declared.short]
    return Annotated[
        kind,
        typer.Option(
            *filter(None, names),
            help=declared.help,
            metavar=declared.metavar,
            rich_help_panel=declared.panel,
        ),
    ]
