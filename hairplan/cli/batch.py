"""`hairplan batch`: plans for a whole list of patients."""

import datetime as dt
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Final, TypeVar, get_args

import typer
from msgspec import Struct, structs

from hairplan.batch.batch import Batch
from hairplan.batch.columns import (
    TREATMENT,
    has_known,
    header_faults,
    missing_columns,
    template,
    tidied,
)
from hairplan.batch.index import Index
from hairplan.batch.journal import LOCK, Begun, Journal
from hairplan.batch.patient_list import DELIMITERS, ListForm, PatientList, read_list
from hairplan.batch.row_planner import RowPlanner
from hairplan.batch.work import FileForm, StreamForm, Work
from hairplan.calendar.ics import NAME, CalendarShape
from hairplan.calendar.items import CalendarChoice
from hairplan.cli.batch_options import ListOption, RunOptions, TargetOptions
from hairplan.cli.batch_run import Ends, run
from hairplan.cli.clock import stamp_from, today_from, zone_here
from hairplan.cli.delivery import STDOUT
from hairplan.cli.options import CalendarContent, ListOptions, takes
from hairplan.cli.terminal import put, say
from hairplan.cli.treatments import say_own
from hairplan.clinic.options import RequestOptions
from hairplan.clinic.request_from import both
from hairplan.clinic.settings import Settings, load_settings
from hairplan.errors import InputError, nearest
from hairplan.files.store import Folder, clear_folder, locked, make_folder
from hairplan.protocol.catalog import load_protocol, names
from hairplan.words import join_words

T = TypeVar("T", bound=str)

NAMES: Final = ("id", "ref")
_FORMS: Final[dict[str, ListForm]] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip


class Forms(Struct, frozen=True):
    """In which forms the plans go out.

    Attributes:
        files: those of the files in a folder; or
        stream: that of one output.
        choice: what goes into a calendar among them.
        shape: what that is called.
    """

    files: tuple[FileForm, ...] = ()
    stream: StreamForm | None = None
    choice: CalendarChoice = CalendarChoice()
    shape: CalendarShape = CalendarShape()

    @property
    def has_calendar(self) -> bool:
        """Whether a calendar is among them."""
        return self.stream == "ics" or "ics" in self.files

    @property
    def needs_zone(self) -> bool:
        """Whether a time has to have a zone."""
        return self.has_calendar or "plan" in self.files


@takes(ListOption, ListOptions, TargetOptions, CalendarContent, RunOptions)
def batch(
    source: ListOption,
    given: ListOptions,
    target: TargetOptions,
    calendar: CalendarContent,
    manner: RunOptions,
) -> None:
    """Plan a whole list of patients: a row each, a column for each option of `schedule`.

    A row that fails stops no other: it is named, and goes into the report. The options hold for the
    rows that do not say it themselves.
    """
    if source.template:
        put(_template(source, manner))
        return
    path, forms = both(lambda: _list(source, target), lambda: _forms(target, calendar, manner))
    clock = Begun(today_from(manner.today), stamp_from(manner.today))
    settings = _settings(source, manner)
    forms, planner = both(
        lambda: _with_choice(forms, calendar, settings),
        lambda: _planner(source, given, settings, clock.today),
    )
    with ExitStack() as stack:
        stream = stack.enter_context(_opened(path))
        listing = read_list(stream, _FORMS.get(path.suffix.lower()), _called(path))
        _check_header(listing, planner, path)
        listing = listing.begun()
        planner = _with_zone(planner, listing, forms)
        if not manner.quiet:
            _say_reading(listing, planner, path)
        clock, journal = stack.enter_context(_folder(target, manner, clock))
        work = _work(planner, forms, clock, target, manner)
        index = Index(by_ref=target.name == "ref")
        stack.callback(index.close)
        ends = Ends(target.output, target.report, target.refused, manner.fail_fast, manner.quiet)
        code = run(Batch(work, index, journal, manner.jobs), listing, stream, ends)
    raise typer.Exit(code)


def _template(source: ListOption, manner: RunOptions) -> str:
    settings = _settings(source, manner)
    name = source.treatment or names(settings.protocols)[0]
    return template(name, load_protocol(name, settings.protocols))


def _settings(source: ListOption, manner: RunOptions) -> Settings:
    also = [source.treatment] if source.treatment else []
    return load_settings(manner.config, manner.protocols, *also)


def _work(
    planner: RowPlanner, forms: Forms, clock: Begun, target: TargetOptions, manner: RunOptions
) -> Work:
    return Work(
        planner=structs.replace(planner, today=clock.today),
        folder=Folder(target.out_dir) if target.out_dir is not None else None,
        files=forms.files,
        stream=forms.stream,
        choice=forms.choice,
        shape=forms.shape,
        stamp=clock.stamp,
        force=target.force,
        resume=manner.resume,
        is_rehearsal=target.dry_run,
    )


# ---- what is wanted ----


def _list(source: ListOption, target: TargetOptions) -> Path:
    """Return the list, which nothing is written over.

    Raises:
        InputError: none is named, or one that is to be written; every fault.
    """
    path = source.patients
    if path is None:
        raise InputError(
            "LIST: name a list of patients, or - for standard input; --template prints one to start"
            " from"
        )
    outputs = {"output": target.output, "report": target.report, "refused": target.refused}
    if faults := [
        f"--{name}: {output} is the list itself"
        for name, output in outputs.items()
        if output is not None and _is_same(output, path)
    ]:
        raise InputError(*faults)
    return path


def _is_same(one: Path, other: Path) -> bool:
    return one != STDOUT and one.exists() and other.exists() and one.samefile(other)


def _forms(target: TargetOptions, calendar: CalendarContent, manner: RunOptions) -> Forms:
    """Return in which forms the plans go out.

    Raises:
        InputError: options that do not go together; every fault.
    """
    faults: list[str] = []
    if (target.out_dir is None) == (target.output is None):
        faults.append("--out-dir or --output: say where the plans go: a folder, or one file")
    if target.out_dir is None:
        for_folders = {"resume": manner.resume, "name": target.name}
        faults += [f"--{name}: of a folder (--out-dir) alone" for name in for_folders
                   if for_folders[name]]  # fmt: skip
    if target.name is not None and target.name not in NAMES:
        faults.append(f"--name: '{target.name}' is not {join_words(NAMES, 'or')}")
    words = [word.strip() for text in target.form or () for word in text.split(",")]
    forms = Forms()
    try:
        forms = _files(words) if target.out_dir is not None else _stream(words, target.output)
    except InputError as error:
        faults += error.faults
    if not forms.has_calendar and forms != Forms():
        given = filter(partial(getattr, calendar), CalendarContent.__struct_fields__)
        faults += [f"--{name}: of a calendar alone (--format ics)" for name in given]
    outputs = [each for each in (target.output, target.report, target.refused) if each is not None]
    if len(set(outputs)) < len(outputs):
        faults.append("--output, --report and --refused: each needs a file of its own")
    if faults:
        raise InputError(*faults)
    return forms


def _files(words: list[str]) -> Forms:
    wanted = dict.fromkeys(words or ["ics"])
    return Forms(files=tuple(_one_of(word, get_args(FileForm), "a folder") for word in wanted))


def _stream(words: list[str], output: Path | None) -> Forms:
    if len(words) > 1:
        raise InputError("--format: one output has one; a folder (--out-dir) may have several")
    known: tuple[StreamForm, ...] = get_args(StreamForm)
    if words:
        return Forms(stream=_one_of(words[0], known, "one output"))
    if output is None or output == STDOUT:
        return Forms(stream="jsonl")
    suffix = output.suffix.lower()
    found = [form for form in known if suffix == f".{form}"]
    if not found:
        raise InputError(
            f"--output: '{output}' does not end in .jsonl, .csv or .ics: choose one, or --format"
        )
    return Forms(stream=found[0])


def _one_of(word: str, known: Sequence[T], of: str) -> T:
    for each in known:
        if word.lower() == each:
            return each
    hint = nearest(word, list(known))
    raise InputError(f"--format: of {of}: no '{word}'{hint}; there are: {', '.join(known)}")


def _with_choice(forms: Forms, calendar: CalendarContent, settings: Settings) -> Forms:
    """Return what goes into calendars as well: one calendar of all patients is the practice's.

    Raises:
        InputError: every fault of the options and of the settings.
    """
    if not forms.has_calendar:
        return forms
    from hairplan.cli.calendar import choice_from

    if forms.stream == "ics" and settings.setting("audience").origin == "default":
        calendar = structs.replace(calendar, audience=calendar.audience or "practice")
    shape = CalendarShape(settings.config.calendar.name or NAME, calendar.feed)
    return structs.replace(forms, choice=choice_from(calendar, settings), shape=shape)


def _planner(
    source: ListOption, given: ListOptions, settings: Settings, today: dt.date
) -> RowPlanner:
    """Return what plans the rows.

    Raises:
        InputError: what holds for all rows cannot be read; every fault.
    """
    ignored = [name for text in source.ignore or () for name in text.split(",")]
    planner = RowPlanner(
        today=today,
        treatment=source.treatment,
        given=RequestOptions(
            **{name: getattr(given, name) for name in ListOptions.__struct_fields__}
        ),
        settings=settings,
        ignored=tuple(map(tidied, ignored)),
    )
    planner.check()
    return planner


# ---- the list ----


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if path == STDOUT:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder: name a list, CSV or JSON Lines") from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    with file:
        yield file


def _called(path: Path) -> str:
    return "standard input" if path == STDOUT else str(path)


def _check_header(listing: PatientList, planner: RowPlanner, path: Path) -> None:
    """Refuse a list whose columns are not those that there are.

    Raises:
        InputError: every fault.
    """
    header = [name for name in listing.header if name not in planner.ignored]
    if listing.form == "csv" and not has_known(header):
        # What stands there is a patient's, and not to be shown.
        faults = ["the first line names no column that there is: --template prints a header"]
    else:
        faults = header_faults(header, planner.treatments(header))
    if listing.form == "csv" and has_known(header):
        faults += missing_columns(header, planner.given, planner.treatment)
    if faults and listing.form == "csv" and len(listing.header) == 1:
        faults.append("one column: commas, semicolons or tabs separate the columns of a list")
    if faults:
        raise InputError(*(f"{_called(path)}: {fault}" for fault in faults))


def _with_zone(planner: RowPlanner, listing: PatientList, forms: Forms) -> RowPlanner:
    """Return a planner that knows a zone for times that come with none.

    Raises:
        InputError: no row has one, and this machine does not name one.
    """
    settings, given = planner.settings, planner.given
    has_times = (
        given.time or settings.setting("time").value or {"time", "patient"} & {*listing.header}
    )
    has_zone = given.zone or settings.setting("zone").value
    if not forms.needs_zone or has_zone or not has_times:
        return planner
    try:
        return structs.replace(planner, zone=zone_here())
    except InputError:
        if "zone" not in listing.header:
            raise
        return planner


def _say_reading(listing: PatientList, planner: RowPlanner, path: Path) -> None:
    """Say how a list is read."""
    folder = planner.settings.protocols
    treatments = names(folder) if TREATMENT in listing.header else [planner.treatment or ""]
    say_own(treatments, folder)
    if planner.zone is not None:
        said = f"{planner.zone}, which is this machine's, where none is given"
        say(f"zone: {said}: --zone chooses another")
    if listing.delimiter is None:
        say(f"{_called(path)}: JSON Lines")
    else:
        say(f"{_called(path)}: CSV, separated by {DELIMITERS[listing.delimiter]}")


# ---- the folder ----


@contextmanager
def _folder(
    target: TargetOptions, manner: RunOptions, clock: Begun
) -> Iterator[tuple[Begun, Journal | None]]:
    """Hold a folder that is written into, and know what is in it; null for a stream.

    Raises:
        OutputError: it cannot be written into, or another batch is.
    """
    path = target.out_dir
    if path is None or (target.dry_run and not path.exists()):
        yield clock, None
        return
    if not target.dry_run:
        make_folder(path)
    with ExitStack() as stack:
        if not target.dry_run:
            stack.enter_context(locked(path / LOCK, wait=1.0))
            clear_folder(path)
        journal = Journal(path, resume=manner.resume)
        stack.callback(journal.close)
        begun = _resumed(journal, clock, manner)
        if not target.dry_run:
            journal.begin(begun)
        yield begun, journal


def _resumed(journal: Journal, clock: Begun, manner: RunOptions) -> Begun:
    """Return the clock of a batch: of one that did not come to its end, what it began with."""
    before = journal.before
    stands = manner.today or any(
        os.environ.get(name) for name in ("HAIRPLAN_TODAY", "SOURCE_DATE_EPOCH")
    )
    if before is None or before.is_complete or stands:
        return clock
    say(f"goes on with the batch of {before.today}")
    return structs.replace(before, is_complete=False)
