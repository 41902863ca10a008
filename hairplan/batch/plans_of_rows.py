"""Which rows of a list plan files are of that were gone on with: there they hold, not the list.

Conventions:

* A file is of the row with its reference, its treatment and its start; or else of the first with
  that reference and treatment, which may be of another course and is asked about its start.
* A row that writes the reference in another case comes after one that has it exactly: A1 and a1 may
  be two people. So does a file for a row.
* A file in the folder of the batch that is of no row is one of the row whose files have its name.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from msgspec import Struct

from hairplan.batch.calendar_memory import course_of
from hairplan.batch.patient_list import Row
from hairplan.batch.row_planner import RowPlanner
from hairplan.errors import InputError, OutOfRangeError
from hairplan.files.plan_file import PLAN_FILE_SUFFIX
from hairplan.files.store import Folder


class FileGoneOnWith(Struct, frozen=True):
    """A plan file that was gone on with.

    Attributes:
        path: where it is.
        ref: the reference of its patient.
        treatment: the id of its treatment.
        start: the start that was asked for.
    """

    path: Path
    ref: str
    treatment: str
    start: date

    @property
    def course(self) -> str:
        """The digest of its patient and its treatment."""
        return course_of(self.ref, self.treatment)


class PlansOfRows(Struct, frozen=True):
    """The plan files of the rows of a list.

    Attributes:
        by_row: the paths of those of each row that has one, by its number.
        by_name: the paths of those in the batch's folder that no row has, by their names.
    """

    by_row: Mapping[int, tuple[str, ...]] = {}
    by_name: Mapping[str, str] = {}

    def of(self, number: int, name: str) -> tuple[str, ...]:
        """Return the paths of those of a row, whose files have a name."""
        others = (self.by_name[name],) if name in self.by_name else ()
        return (*self.by_row.get(number, ()), *others)


class _Asking(Struct, frozen=True):
    """A row that may have a plan file; its start is null if that cannot be read."""

    number: int
    ref: str
    start: date | None


def find_plans_of_rows(
    files: Sequence[FileGoneOnWith], rows: Iterable[Row], planner: RowPlanner, folder: Folder | None
) -> PlansOfRows:
    """Return which rows of a list plan files are of.

    Args:
        files: those that were gone on with.
        rows: the rows of the list.
        planner: plans them.
        folder: that of the batch; null for one output.
    """
    asking = _rows_asking({file.course for file in files}, rows, planner)
    refs = defaultdict(set)
    for file in files:
        refs[file.course].add(file.ref)
    by_row: dict[int, tuple[str, ...]] = {}
    by_name = {}
    for file in files:
        ours = list(_rows_of(file, asking.get(file.course, ()), refs[file.course]))
        for row in ours:
            by_row[row.number] = (*by_row.get(row.number, ()), str(file.path))
        # The folder of a rehearsal need not be there.
        if not ours and folder is not None and file.path.parent.resolve() == folder.path.resolve():
            by_name[file.path.name.removesuffix(PLAN_FILE_SUFFIX)] = str(file.path)
    return PlansOfRows(by_row, by_name)


def _rows_asking(
    courses: set[str], rows: Iterable[Row], planner: RowPlanner
) -> Mapping[str, list[_Asking]]:
    """Return the rows of some courses, by the course."""
    asking = defaultdict(list)
    for row in rows:
        ref, treatment = planner.named_in(row.content)
        course = course_of(ref, planner.treatment_id(treatment))
        if course in courses:
            start = None
            with suppress(InputError, OutOfRangeError):
                start = planner.read_request(row.content).request.start
            asking[course].append(_Asking(row.number, ref, start))
    return asking


def _rows_of(file: FileGoneOnWith, rows: Sequence[_Asking], refs: set[str]) -> Iterator[_Asking]:
    """Yield the rows of a file: those that begin with it, or else the first.

    Args:
        file: the file.
        rows: the rows of its course.
        refs: the references that files of its course have.
    """
    same = [row for row in rows if row.ref == file.ref]
    same = same or [row for row in rows if row.ref not in refs]
    begun = [row for row in same if row.start == file.start]
    yield from begun or same[:1]
