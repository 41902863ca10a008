"""`hairplan batch`: plans for a whole list of patients."""

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar, get_args

import typer
from msgspec import structs

from hairplan.batch.batch import Batch
from hairplan.batch.calendar_memory import CalendarMemory, remembers
from hairplan.batch.columns import render_template
from hairplan.batch.headings import read_passed_over
from hairplan.batch.journal import LOCK, Journal, JournalHeader
from hairplan.batch.plans_of_rows import PlansOfRows, find_plans_of_rows
from hairplan.batch.row_index import RowIndex
from hairplan.batch.row_planner import RowPlanner, treatment_named
from hairplan.batch.row_processor import BatchSpec, FileForm, OutputForms, StreamForm
from hairplan.calendar.ics import CalendarShape
from hairplan.cli.batch_faults import RowFaults, own_names_of
from hairplan.cli.batch_guess import guess_settings
from hairplan.cli.batch_list import (
    ListSource,
    form_of,
    headings_from,
    name_of,
    opened,
    read_list,
)
from hairplan.cli.batch_options import BatchResultOptions, BatchRunOptions, PatientListOptions
from hairplan.cli.batch_run import BatchRun
from hairplan.cli.clock import stamp_from, today_from
from hairplan.cli.delivery import STDOUT
from hairplan.cli.help import ShortHelp
from hairplan.cli.options import CalendarContent, ListOptions, option_name, takes
from hairplan.cli.plan_references import files_gone_on_with
from hairplan.cli.terminal import put, say
from hairplan.clinic.days import read_date_order, zone_asked
from hairplan.clinic.options import RequestOptions
from hairplan.clinic.patient_language import PatientLanguage
from hairplan.clinic.request_from import both
from hairplan.clinic.settings import Settings, load_settings
from hairplan.errors import InputError, nearest
from hairplan.files.store import Folder, locked, make_folder, remove_half_written
from hairplan.protocol.catalog import load_protocol, protocol_names
from hairplan.words import join_words

T = TypeVar("T", bound=str)

NAMES: Final = ("id", "ref")


_SHORT: Final = ShortHelp(
    (
        "hairplan batch --template > patients.csv",
        "hairplan batch patients.csv --out-dir calendars",
        "hairplan batch patients.csv -t smp -o plans.csv --report failed.csv",
    ),
    (
        "template", "guess", "treatment", "start", "option", "closed", "holidays",
        "time", "out_dir", "form", "output", "report", "force", "dry_run", "resume",
        "jobs",
    ),
)  # fmt: skip


@takes(
    PatientListOptions, ListOptions, BatchResultOptions, CalendarContent, BatchRunOptions,
    short=_SHORT,
)  # fmt: skip
def batch(
    list_options: PatientListOptions,
    defaults: ListOptions,
    result: BatchResultOptions,
    calendar: CalendarContent,
    run_options: BatchRunOptions,
) -> None:
    """Plan a whole list of patients: a row each, a column for each option of `schedule`.

    A row that fails stops no other: it is named, and goes into the report. The options hold for the
    rows that do not say it themselves.
    """
    if text := _text_to_begin_from(list_options, result, run_options):
        put(text.encode())
        return
    path, forms = both(
        lambda: _list_path(list_options, result),
        lambda: output_forms(result, calendar, run_options),
    )
    settings = _settings(list_options, run_options)
    today = today_from(run_options.today, lambda: zone_asked(defaults.zone, settings))
    clock = JournalHeader(today, stamp_from(run_options.today))
    forms, planner = both(
        lambda: with_calendar(forms, calendar, settings),
        lambda: _planner(list_options, defaults, settings, clock.today),
    )
    with ExitStack() as stack:
        stream = stack.enter_context(opened(path))
        headings = headings_from(list_options, settings)
        source = ListSource(stream, form_of(path), name_of(path), headings)
        patients, planner = read_list(source, planner, path, forms, quiet=run_options.quiet)
        clock, journal = stack.enter_context(open_folder(result, run_options, clock))
        spec = _spec(planner, forms, clock, result, run_options)
        index = RowIndex(by_ref=result.name == "ref")
        stack.callback(index.close)
        memory = stack.enter_context(open_memory(result, forms))
        files = files_gone_on_with(settings, result.out_dir)
        kept = PlansOfRows()
        if files:
            kept = find_plans_of_rows(files, source.open().rows, spec.planner, spec.folder)
            patients = source.open().with_first_row()
        whole = Batch(spec, index, journal, run_options.jobs, memory, kept)
        faults = RowFaults(own_names_of(patients))
        code = BatchRun(whole, result, run_options, faults=faults).run(patients, stream)
    raise typer.Exit(code)


def _example_list(list_options: PatientListOptions, run_options: BatchRunOptions) -> str:
    settings = _settings(list_options, run_options)
    name = list_options.treatment or protocol_names(settings.protocols)[0]
    return render_template(name, load_protocol(name, settings.protocols))


def _text_to_begin_from(
    list_options: PatientListOptions, result: BatchResultOptions, run_options: BatchRunOptions
) -> str | None:
    """Return an example of a list, or settings for one, where that is asked for."""
    if list_options.template:
        return _example_list(list_options, run_options)
    if list_options.guess:
        settings = _settings(list_options, run_options)
        return guess_settings(_list_path(list_options, result), settings, run_options.today)
    return None


def _settings(list_options: PatientListOptions, run_options: BatchRunOptions) -> Settings:
    treatments = [list_options.treatment] if list_options.treatment else []
    settings = load_settings(run_options.config, run_options.protocols, *treatments)
    if list_options.dates is None:
        return settings
    order = read_date_order(list_options.dates, "--dates")
    return structs.replace(settings, environment={**settings.environment, "HAIRPLAN_DATES": order})


def _spec(
    planner: RowPlanner,
    forms: OutputForms,
    clock: JournalHeader,
    result: BatchResultOptions,
    run_options: BatchRunOptions,
) -> BatchSpec:
    return BatchSpec(
        planner=structs.replace(planner, today=clock.today),
        forms=forms,
        folder=Folder(result.out_dir) if result.out_dir is not None else None,
        stamp=clock.stamp,
        force=result.force,
        resume=run_options.resume,
        is_rehearsal=result.dry_run,
    )


# ---- the options ----


def _list_path(list_options: PatientListOptions, result: BatchResultOptions) -> Path:
    """Return the path of the list, which no output may overwrite.

    Raises:
        InputError: none is named, or an output is the list itself; every fault.
    """
    path = list_options.patients
    if path is None:
        raise InputError(
            "LIST: name a list of patients, or - for standard input; --template prints one to start"
            " from"
        )
    outputs = {"output": result.output, "report": result.report, "refused": result.refused}
    if faults := [
        f"--{name}: {output} is the list itself"
        for name, output in outputs.items()
        if output is not None and _is_same(output, path)
    ]:
        raise InputError(*faults)
    return path


def _is_same(one: Path, other: Path) -> bool:
    return one != STDOUT and one.exists() and other.exists() and one.samefile(other)


def output_forms(
    result: BatchResultOptions, calendar: CalendarContent, run_options: BatchRunOptions
) -> OutputForms:
    """Return the forms in which the plans are written.

    Raises:
        InputError: options that do not go together; every fault.
    """
    faults: list[str] = []
    if (result.out_dir is None) == (result.output is None):
        faults.append("--out-dir or --output: say where the plans go: a folder, or one file")
    if result.out_dir is None:
        of_folders = {"resume": run_options.resume, "name": result.name}
        faults += [f"--{name}: of a folder (--out-dir) alone" for name in of_folders
                   if of_folders[name]]  # fmt: skip
    if result.name is not None and result.name not in NAMES:
        faults.append(f"--name: '{result.name}' is not {join_words(NAMES, 'or')}")
    words = [word.strip() for text in result.form or () for word in text.split(",")]
    forms = OutputForms()
    try:
        forms = (
            _file_forms(words) if result.out_dir is not None else _stream_form(words, result.output)
        )
    except InputError as error:
        faults += error.faults
    if not forms.has_calendar and forms != OutputForms():
        given = filter(partial(getattr, calendar), CalendarContent.__struct_fields__)
        faults += [f"{option_name(name)}: of a calendar alone (--format ics)" for name in given]
    outputs = [path for path in (result.output, result.report, result.refused) if path is not None]
    if len(set(outputs)) < len(outputs):
        faults.append("--output, --report and --refused: each needs a file of its own")
    if faults:
        raise InputError(*faults)
    return forms


def _file_forms(words: list[str]) -> OutputForms:
    known: tuple[FileForm, ...] = get_args(FileForm)
    wanted = dict.fromkeys(words or ["ics"])
    return OutputForms(files=tuple(_one_of(word, known, "a folder") for word in wanted))


def _stream_form(words: list[str], output: Path | None) -> OutputForms:
    if len(words) > 1:
        raise InputError("--format: one output has one; a folder (--out-dir) may have several")
    known: tuple[StreamForm, ...] = get_args(StreamForm)
    if words:
        return OutputForms(stream=_one_of(words[0], known, "one output"))
    if output is None or output == STDOUT:
        return OutputForms(stream="jsonl")
    suffix = output.suffix.lower()
    forms = [form for form in known if suffix == f".{form}"]
    if not forms:
        raise InputError(
            f"--output: '{output}' does not end in .jsonl, .csv or .ics: choose one, or --format;"
            " or --out-dir, for a folder"
        )
    return OutputForms(stream=forms[0])


def _one_of(word: str, known: Sequence[T], result: str) -> T:
    for form in known:
        if word.lower() == form:
            return form
    hint = nearest(word, list(known))
    raise InputError(f"--format: of {result}: no '{word}'{hint}; there are: {', '.join(known)}")


def with_calendar(forms: OutputForms, calendar: CalendarContent, settings: Settings) -> OutputForms:
    """Return the forms with the content of calendars; one of all patients is the practice's.

    Raises:
        InputError: every fault of the options and of the settings.
    """
    if forms.has_sheet:
        forms = structs.replace(forms, clinic=settings.config.clinic)
    if forms.has_sheet or forms.has_calendar:
        code = settings.setting("language").value or ""
        language = PatientLanguage(code, settings.config.catalogs)
        forms = structs.replace(forms, language=language)
    if not forms.has_calendar:
        return forms
    from hairplan.cli.calendar import choice_from

    if forms.stream == "ics" and settings.setting("audience").origin == "default":
        calendar = structs.replace(calendar, audience=calendar.audience or "practice")
    shape = CalendarShape(settings.config.calendar.name or None, calendar.feed)
    return structs.replace(forms, choice=choice_from(calendar, settings), shape=shape)


def _planner(
    list_options: PatientListOptions, defaults: ListOptions, settings: Settings, today: dt.date
) -> RowPlanner:
    """Return the planner of the rows.

    Raises:
        InputError: an option for all rows cannot be read; every fault.
    """
    passed_over = read_passed_over(
        list_options.ignore or (), settings.config.columns, others=list_options.ignore_others
    )
    treatment = list_options.treatment
    planner = RowPlanner(
        today=today,
        treatment=treatment and treatment_named(treatment, settings),
        given=RequestOptions(**structs.asdict(defaults)),
        settings=settings,
        passed_over=passed_over,
    )
    planner.check()
    return planner


# ---- the folder ----


@contextmanager
def open_folder(
    result: BatchResultOptions,
    run_options: BatchRunOptions,
    clock: JournalHeader,
    kind: str = LOCK,
) -> Iterator[tuple[JournalHeader, Journal | None]]:
    """Lock the folder that is written into, and open its journal; null for one output.

    Args:
        result: where the files go.
        run_options: whether the batch goes on with an earlier one.
        clock: its day and its stamp; a batch of a list that goes on keeps those of the earlier one.
        kind: what the journal is of.

    Raises:
        OutputError: it cannot be written into, or another batch is.
    """
    path = result.out_dir
    if path is None or (result.dry_run and not path.exists()):
        yield clock, None
        return
    if not result.dry_run:
        make_folder(path)
    with ExitStack() as stack:
        if not result.dry_run:
            stack.enter_context(locked(path / LOCK, wait=1.0))
            remove_half_written(path)
        journal = Journal(path, resume=run_options.resume, kind=kind)
        stack.callback(journal.close)
        if kind == LOCK:
            clock = _resumed_clock(journal, clock, run_options)
        if not result.dry_run:
            journal.begin(clock)
        yield clock, journal


@contextmanager
def open_memory(result: BatchResultOptions, forms: OutputForms) -> Iterator[CalendarMemory | None]:
    """Open what was written into the one calendar; null for any other output."""
    output = result.output
    is_file = output is not None and output != STDOUT and remembers(output)
    if output is None or not is_file or forms.stream != "ics":
        yield None
        return
    with closing(CalendarMemory(output, forms.choice.audience)) as memory:
        yield memory


def _resumed_clock(
    journal: Journal, clock: JournalHeader, run_options: BatchRunOptions
) -> JournalHeader:
    """Return the clock of the last batch if that did not come to its end, else this one's."""
    before = journal.before
    is_given = run_options.today or any(
        os.environ.get(name) for name in ("HAIRPLAN_TODAY", "SOURCE_DATE_EPOCH")
    )
    if before is None or before.is_complete or is_given:
        return clock
    say(f"goes on with the batch of {before.today}")
    return before
