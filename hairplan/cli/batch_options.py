"""The options of `hairplan batch`."""

from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec import Struct

from hairplan.cli.options import Environment, Force

_LIST = "The list"
_RESULT = "The result"
_RUN = "The run"

_MOST_JOBS: Final = 256

Patients = Annotated[
    Path | None,
    typer.Argument(
        help="A list of patients: CSV, or JSON Lines; - for standard input.",
        metavar="LIST",
        show_default=False,
    ),
]
Treatment = Annotated[
    str | None,
    typer.Option(
        "--treatment",
        "-t",
        help="The treatment of rows that name none: a name, or the path of a protocol file.",
        metavar="NAME",
        rich_help_panel=_LIST,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        help="Columns to pass over, separated by commas.",
        metavar="COLUMNS",
        rich_help_panel=_LIST,
    ),
]
Template = Annotated[
    bool,
    typer.Option("--template", help="Print a header with an example row.", rich_help_panel=_LIST),
]
OutDir = Annotated[
    Path | None,
    typer.Option(
        "--out-dir",
        help="A folder for a file for each patient and format.",
        metavar="DIR",
        rich_help_panel=_RESULT,
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        help="Of the files: ics (the default), json, csv, markdown, plan (for `hairplan record`),"
        " several at once; of one output: jsonl, csv, ics.",
        metavar="FORMATS",
        rich_help_panel=_RESULT,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="One file for all: .jsonl (a plan a line), .csv (one table), .ics (one calendar of"
        " the practice); - for standard output.",
        metavar="FILE",
        rich_help_panel=_RESULT,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name",
        help="What files are called: id (tells nothing, the default), or ref (the reference).",
        metavar="HOW",
        rich_help_panel=_RESULT,
    ),
]
Report = Annotated[
    Path | None,
    typer.Option(
        "--report",
        help="A file for the rows that failed, with the reasons: correct it and feed it in again.",
        metavar="FILE",
        rich_help_panel=_RESULT,
    ),
]
Refused = Annotated[
    Path | None,
    typer.Option(
        "--refused",
        help="Likewise for the rows that are refused: by the patient's state, or as no dates fit.",
        metavar="FILE",
        rich_help_panel=_RESULT,
    ),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Plan all rows, and write nothing.", rich_help_panel=_RESULT),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Of a folder: make only what is missing or changed since the last batch.",
        rich_help_panel=_RUN,
    ),
]
FailFast = Annotated[
    bool,
    typer.Option("--fail-fast", help="Stop at the first row that fails.", rich_help_panel=_RUN),
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs",
        "-j",
        help="How many processes share the work; 0 for one on each core.",
        min=0,
        max=_MOST_JOBS,
        metavar="N",
        rich_help_panel=_RUN,
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Say only what is wrong.", rich_help_panel=_RUN),
]


class ListOption(Struct, kw_only=True):
    """The list, and what it leaves out."""

    patients: Patients = None
    template: Template = False
    treatment: Treatment = None
    ignore: Ignore = None


class TargetOptions(Struct, kw_only=True):
    """What is made, and where it goes."""

    out_dir: OutDir = None
    form: Formats = None
    output: Output = None
    name: Name = None
    report: Report = None
    refused: Refused = None
    force: Force = False
    dry_run: DryRun = False


class RunOptions(Environment, kw_only=True):
    """How the batch is run, and around what."""

    resume: Resume = False
    fail_fast: FailFast = False
    jobs: Jobs = 1
    quiet: Quiet = False
