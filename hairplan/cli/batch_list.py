"""The list that a batch reads, as the command line names it: opened, checked, and said."""

import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from msgspec import Struct, structs

from hairplan.batch.columns import (
    MOST_COLUMNS,
    TREATMENT,
    find_header_faults,
    find_missing_columns,
    has_known_column,
)
from hairplan.batch.date_columns import DateOrders, check_sexes, find_date_orders, has_dates
from hairplan.batch.encodings import ENCODING_NAMES
from hairplan.batch.headings import Headings, is_column, read_headings
from hairplan.batch.patient_list import DELIMITERS, NO_HEADINGS, ListForm, PatientList, open_list
from hairplan.batch.row_planner import RowPlanner, known_facts
from hairplan.batch.row_processor import OutputForms
from hairplan.cli.batch_options import PatientListOptions
from hairplan.cli.clock import zone_here
from hairplan.cli.delivery import STDOUT
from hairplan.cli.terminal import say
from hairplan.cli.treatments import say_own
from hairplan.clinic.days import date_order_of
from hairplan.clinic.settings import Settings
from hairplan.dates.written import ORDER_NAMES
from hairplan.errors import InputError
from hairplan.protocol.catalog import protocol_names
from hairplan.words import join_words

_LIST_FORMS: Final[dict[str, ListForm]] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
_OTHER_COLUMNS: Final = (
    "--map NAME=COLUMN says what a column means, --guess proposes it, and --ignore-others passes"
    " over the rest"
)
_NAME_A_LIST: Final = "name a list, CSV, JSON Lines or a spreadsheet"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a list so that it can be read twice; its faults name it.

    Raises:
        InputError: it cannot be read.
    """
    if path == STDOUT:
        with _readable_twice(sys.stdin.buffer) as stream:
            yield stream
        return
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder: {_NAME_A_LIST}") from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    with file:
        yield file


@contextmanager
def _readable_twice(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Open a stream so that it can be read twice; what a pipe gives is kept in an unnamed file."""
    if stream.seekable():
        yield stream
        return
    import shutil
    import tempfile

    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(stream, kept)
        kept.seek(0)
        yield kept


class ListSource(Struct, frozen=True):
    """A list that is read twice: for what all its rows tell together, and then row by row.

    Attributes:
        stream: its bytes, from the beginning.
        form: CSV or JSON Lines; null to tell it from the first character.
        name: its name in messages.
        headings: the clinic's own names of columns.
    """

    stream: IO[bytes]
    form: ListForm | None
    name: str
    headings: Headings = NO_HEADINGS

    def open(self) -> PatientList:
        """Read the list up to its header.

        Raises:
            InputError: it is empty, or no list at all.
        """
        self.stream.seek(0)
        return open_list(self.stream, self.form, self.name, self.headings)

    def find_date_orders(self, planner: RowPlanner) -> DateOrders:
        """Return how dates are written in columns of this list, unless the clinic states it.

        Raises:
            InputError: it has no rows, or a letter in it could be either sex.
        """
        patients = self.open()
        rows = check_sexes((row.content for row in patients.rows), self.name)
        may_have_dates = patients.form == "jsonl" or any(map(has_dates, patients.header))
        if may_have_dates and not date_order_of(planner.settings):
            return find_date_orders(rows, planner.today)
        if "sex" in patients.header:
            deque(rows, maxlen=0)
        return DateOrders()


def say_date_orders(orders: DateOrders, path: Path) -> None:
    """Say how dates are read that could be two days."""
    for name, order in orders.known.items():
        say(f"{name_of(path)}: column '{name}': read as {ORDER_NAMES[order]}, as its rows tell")
    if orders.unknown:
        names = join_words([f"'{name}'" for name in orders.unknown])
        say(f"{name_of(path)}: {names}: day or month first? --dates dmy or --dates mdy says which")


def form_of(path: Path) -> ListForm | None:
    """Return the form of a list by the end of its name; null if that says nothing."""
    return _LIST_FORMS.get(path.suffix.lower())


def headings_from(options: PatientListOptions, settings: Settings) -> Headings:
    """Return the clinic's own names of columns.

    Raises:
        InputError: one of them has no meaning; every fault.
    """
    return read_headings(options.columns or (), settings.config.columns, str(settings.path))


def name_of(path: Path) -> str:
    """Return the name of a list in messages."""
    return "standard input" if path == STDOUT else str(path)


def check_header(patients: PatientList, planner: RowPlanner, path: Path) -> None:
    """Refuse a list with unknown columns, or without those that it needs.

    Raises:
        InputError: every fault.
    """
    header = [name for name in patients.header if name not in planner.passed_over]
    is_csv = patients.form != "jsonl"
    if is_csv and not has_known_column(header):
        # The first line may be a patient's, and is not shown.
        faults = [
            (
                "the first line names no column that there is: --template prints a header, and"
                " --guess proposes what yours means"
            )
        ]
    else:
        faults = find_header_faults(
            header, planner.treatments(header), known_facts(planner.settings.protocols)
        )
        if is_csv:
            faults += find_missing_columns(header, planner.given, planner.treatment)
        if len(header) <= MOST_COLUMNS and not all(map(is_column, header)):
            faults.append(_OTHER_COLUMNS)
    if faults and is_csv and len(patients.header) == 1:
        faults.append("one column: commas, semicolons or tabs separate the columns of a list")
    if faults:
        raise InputError(*(f"{name_of(path)}: {fault}" for fault in faults))


def read_list(
    source: ListSource, planner: RowPlanner, path: Path, forms: OutputForms, *, quiet: bool
) -> tuple[PatientList, RowPlanner]:
    """Return a list at its first row, and what plans its rows: with its order of dates, and a zone.

    Raises:
        InputError: columns that make no sense, or an order of dates that nobody can tell.
    """
    check_header(source.open(), planner, path)
    orders = source.find_date_orders(planner)
    planner = structs.replace(planner, orders=orders.known)
    patients = source.open().with_first_row()
    planner = with_zone(planner, patients, forms)
    if not quiet:
        say_reading(patients, planner, path)
        say_date_orders(orders, path)
    return patients, planner


def with_zone(planner: RowPlanner, patients: PatientList, forms: OutputForms) -> RowPlanner:
    """Return a planner that has a zone for times that come without one.

    Raises:
        InputError: no row has one, and this machine does not name one.
    """
    settings, defaults = planner.settings, planner.given
    has_times = (
        defaults.time or settings.setting("time").value or {"time", "patient"} & {*patients.header}
    )
    has_zone = defaults.zone or settings.setting("zone").value
    if not forms.needs_zone or has_zone or not has_times:
        return planner
    try:
        return structs.replace(planner, zone=zone_here())
    except InputError:
        if "zone" not in patients.header:
            raise
        return planner


def say_reading(patients: PatientList, planner: RowPlanner, path: Path) -> None:
    """Say how a list is read."""
    folder = planner.settings.protocols
    treatments = (
        protocol_names(folder) if TREATMENT in patients.header else [planner.treatment or ""]
    )
    say_own(treatments, folder)
    if planner.zone is not None:
        used = f"{planner.zone}, which is this machine's, where none is given"
        say(f"zone: {used}: --zone chooses another")
    say(f"{name_of(path)}: {_describe_form(patients)}")


def _describe_form(patients: PatientList) -> str:
    if patients.form == "sheet":
        return f"the sheet '{patients.sheet}' of a spreadsheet"
    form = "JSON Lines"
    if patients.delimiter is not None:
        form = f"CSV, separated by {DELIMITERS[patients.delimiter]}"
    is_usual = patients.encoding.startswith("utf-8")
    return form if is_usual else f"{form}, in {ENCODING_NAMES[patients.encoding]}"
