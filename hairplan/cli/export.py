"""`hairplan export`: the calendars and other forms of all plan files in a folder."""

from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Annotated, Final

import typer

from hairplan.batch.journal import JournalHeader
from hairplan.batch.kept_plans import JOURNAL, KeptBatch, KeptSpec, list_plan_files
from hairplan.batch.row_index import RowIndex
from hairplan.batch.row_planner import RowPlanner
from hairplan.batch.row_processor import OutputForms
from hairplan.cli.batch import open_folder, open_memory, output_forms, with_calendar
from hairplan.cli.batch_faults import FileFaults
from hairplan.cli.batch_options import MOST_JOBS, BatchResultOptions, BatchRunOptions
from hairplan.cli.batch_run import BatchRun, FileCounts
from hairplan.cli.clock import stamp_from, today_from
from hairplan.cli.help import ShortHelp
from hairplan.cli.options import CalendarContent, Environment, Force, takes
from hairplan.clinic.days import clinic_days_of, zone_of
from hairplan.clinic.options import RESULT, Flag
from hairplan.clinic.settings import load_clinic
from hairplan.errors import InputError
from hairplan.files.plan_folder import find_plan_files
from hairplan.files.store import Folder


class ExportOptions(Environment, kw_only=True):
    """The plan files, and what is made of them."""

    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of plans, or plan files (*.plan.json); the current folder if left out.",
            metavar="[DIR]...",
            show_default=False,
        ),
    ] = None
    out_dir: Annotated[
        Path | None, Flag("A folder for a file for each plan and format.", "DIR", RESULT)
    ] = None
    form: Annotated[
        list[str] | None,
        Flag(
            "Of the files: ics (the default), sheet (for the patient, HTML), json, csv, markdown,"
            " several at once; of one output: ics, csv, jsonl.",
            "FORMATS", RESULT, "-f", "--format",
        ),
    ] = None  # fmt: skip
    output: Annotated[
        Path | None,
        Flag(
            "One file for all: .ics (one calendar of the practice), .csv (one table), .jsonl (a"
            " plan a line); - for standard output.",
            "FILE", RESULT, "-o",
        ),
    ] = None  # fmt: skip
    force: Force = False
    dry_run: Annotated[bool, Flag("Make all plans, and write nothing.", panel=RESULT)] = False
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", help="How many processes share the work; 0 for one on each core.",
            min=0, max=MOST_JOBS, metavar="N",
        ),
    ] = 1  # fmt: skip
    quiet: Annotated[bool, Flag("Say only what is wrong.", short="-q")] = False


_SHORT: Final = ShortHelp(
    (
        "hairplan export plans --out-dir calendars",
        "hairplan export plans -o practice.ics",
        "hairplan export plans -o plans.csv --force",
    )
)


@takes(ExportOptions, CalendarContent, short=_SHORT)
def export(options: ExportOptions, calendar: CalendarContent) -> None:
    """Export all plan files of a folder as they are by now: calendars, sheets, a table.

    Only files of plans that changed are written anew. Calendars follow what was exported before.
    """
    result, run = _as_of_batch(options)
    settings = load_clinic(options.config)
    forms = with_calendar(_forms(result, calendar, run), calendar, settings)
    clock = JournalHeader(
        today_from(options.today, lambda: zone_of(settings)), stamp_from(options.today)
    )
    clinic_days_of(settings, clock.today)
    patients = list_plan_files(find_plan_files(options.folders or [Path()]))
    with ExitStack() as stack:
        clock, journal = stack.enter_context(open_folder(result, run, clock, JOURNAL))
        index = RowIndex(by_ref=True)
        stack.callback(index.close)
        spec = KeptSpec(
            planner=RowPlanner(today=clock.today, settings=settings),
            forms=forms,
            folder=Folder(result.out_dir) if result.out_dir is not None else None,
            stamp=clock.stamp,
            force=result.force,
            resume=run.resume,
            is_rehearsal=result.dry_run,
        )
        memory = stack.enter_context(open_memory(result, forms))
        batch = KeptBatch(spec, index, journal, run.jobs, memory)
        counts = FileCounts(tells_changes=forms.has_calendar or result.out_dir is not None)
        running = BatchRun(batch, result, run, counts=counts, faults=FileFaults())
        code = running.run(patients, BytesIO())
    raise typer.Exit(code)


def _as_of_batch(options: ExportOptions) -> tuple[BatchResultOptions, BatchRunOptions]:
    """Return where the plans go, and how they are gone through, as a batch has it."""
    result = BatchResultOptions(
        out_dir=options.out_dir,
        form=options.form,
        output=options.output,
        force=options.force,
        dry_run=options.dry_run,
    )
    run = BatchRunOptions(
        config=options.config,
        protocols=options.protocols,
        today=options.today,
        jobs=options.jobs,
        quiet=options.quiet,
        resume=options.out_dir is not None,
    )
    return result, run


def _forms(
    result: BatchResultOptions, calendar: CalendarContent, run: BatchRunOptions
) -> OutputForms:
    """Return the forms in which the plans are written.

    Raises:
        InputError: options that do not go together; every fault.
    """
    forms = output_forms(result, calendar, run)
    if "plan" in forms.files:
        raise InputError("--format: plan: they are plan files already")
    return forms
