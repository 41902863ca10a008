"""The options of `hairplan batch`."""

from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec import Struct

from hairplan.cli.options import Environment, Force
from hairplan.clinic.options import RESULT, Flag

_LIST: Final = "The list"
_RUN: Final = "The run"

MOST_JOBS: Final = 256


class PatientListOptions(Struct, kw_only=True):
    """The list, and how it is read."""

    patients: Annotated[
        Path | None,
        typer.Argument(
            help="A list of patients: CSV, a spreadsheet, or JSON Lines; - for standard input.",
            metavar="LIST",
            show_default=False,
        ),
    ] = None
    template: Annotated[bool, Flag("Print a header with an example row.", panel=_LIST)] = False
    treatment: Annotated[
        str | None,
        Flag(
            "The treatment of rows that name none: a name, or the path of a protocol file.",
            "NAME", _LIST, "-t",
        ),
    ] = None  # fmt: skip
    ignore: Annotated[
        list[str] | None, Flag("Columns to pass over, separated by commas.", "COLUMNS", _LIST)
    ] = None
    ignore_others: Annotated[
        bool, Flag("Pass over the columns that mean nothing here.", panel=_LIST)
    ] = False
    columns: Annotated[
        list[str] | None,
        Flag(
            "What a column of yours means, such as 'N° dossier=ref'; also under [columns] in the"
            " settings.",
            "NAME=COLUMN", _LIST, name="--map",
        ),
    ] = None  # fmt: skip
    guess: Annotated[
        bool, Flag("Print what the columns may mean, as settings to paste.", panel=_LIST)
    ] = False
    dates: Annotated[
        str | None,
        Flag(
            "How 03/04/2026 is meant: dmy, mdy or ymd; else by column, where all rows tell it.",
            "ORDER", _LIST,
        ),
    ] = None  # fmt: skip


class BatchResultOptions(Struct, kw_only=True):
    """The files that a batch writes."""

    out_dir: Annotated[
        Path | None, Flag("A folder for a file for each patient and format.", "DIR", RESULT)
    ] = None
    form: Annotated[
        list[str] | None,
        Flag(
            "Of the files: ics (the default), json, csv, markdown, plan (for `hairplan record`),"
            " sheet (for the patient, HTML), several at once; of one output: jsonl, csv, ics.",
            "FORMATS", RESULT, "-f", "--format",
        ),
    ] = None  # fmt: skip
    output: Annotated[
        Path | None,
        Flag(
            "One file for all: .jsonl (a plan a line), .csv (one table), .ics (one calendar of"
            " the practice); - for standard output.",
            "FILE", RESULT, "-o",
        ),
    ] = None  # fmt: skip
    name: Annotated[
        str | None,
        Flag(
            "What files are called: id (tells nothing, the default), or ref (the reference).",
            "HOW", RESULT,
        ),
    ] = None  # fmt: skip
    report: Annotated[
        Path | None,
        Flag(
            "A file for the rows that failed, with the reasons: correct it and feed it in again.",
            "FILE", RESULT,
        ),
    ] = None  # fmt: skip
    refused: Annotated[
        Path | None,
        Flag(
            "A file for the rows that are refused: by the patient's state, or as no dates fit.",
            "FILE", RESULT,
        ),
    ] = None  # fmt: skip
    force: Force = False
    dry_run: Annotated[bool, Flag("Plan all rows, and write nothing.", panel=RESULT)] = False


class BatchRunOptions(Environment, kw_only=True):
    """How a batch runs, with the clock, the configuration and the clinic's own protocols."""

    resume: Annotated[
        bool,
        Flag("Of a folder: make only what is missing or changed since the last batch.", panel=_RUN),
    ] = False
    fail_fast: Annotated[bool, Flag("Stop at the first row that fails.", panel=_RUN)] = False
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            "-j",
            help="How many processes share the work; 0 for one on each core.",
            min=0,
            max=MOST_JOBS,
            metavar="N",
            rich_help_panel=_RUN,
        ),
    ] = 1
    quiet: Annotated[bool, Flag("Say only what is wrong.", panel=_RUN, short="-q")] = False
