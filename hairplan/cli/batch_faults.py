"""The faults of a batch's rows, each said once for all rows that have it.

It is said at the end of the batch, or earlier if there is very much of it.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from hairplan.batch.masking import redact_reasons
from hairplan.batch.patient_list import PatientList
from hairplan.batch.row_processor import RowOutcome, RowTask
from hairplan.cli.terminal import say
from hairplan.words import join_words

_MOST_RANGES: Final = 12
_MOST_FAULTS: Final = 1000


class _Numbers(Struct):
    """The numbers of rows or lines, as ranges, and how many of them are not among these."""

    ranges: list[tuple[int, int]] = []
    more: int = 0

    def add(self, number: int) -> None:
        if self.ranges and self.ranges[-1][1] == number - 1:
            self.ranges[-1] = (self.ranges[-1][0], number)
        elif len(self.ranges) < _MOST_RANGES:
            self.ranges.append((number, number))
        else:
            self.more += 1

    def describe(self, noun: str) -> str:
        """Return the numbers in words, such as "rows 2, 5 and 7 to 9"."""
        first, last = self.ranges[0][0], self.ranges[-1][1]
        if first == last:
            return f"{noun} {first}"
        texts = [_describe_range(*each) for each in self.ranges]
        if self.more:
            texts.append(f"{self.more:,} more")
        return f"{noun}s {join_words(texts)}"


def _describe_range(first: int, last: int) -> str:
    if last - first == 1:
        return f"{first}, {last}"
    return str(first) if first == last else f"{first} to {last}"


class RowFaults:
    """The faults of rows so far, each with the rows that have it."""

    def __init__(self, names: Mapping[str, str] = {}) -> None:
        """Begin without faults.

        Args:
            names: the clinic's own names of columns, by the column, where they differ.
        """
        self.names = names
        self.rows: dict[str, tuple[_Numbers, _Numbers]] = {}

    def add(self, task: RowTask, outcome: RowOutcome) -> None:
        """Add the reasons of a row that failed or was refused, without what the row holds."""
        for reason in redact_reasons(outcome.reasons, task.row.content):
            self.note(task, f"{outcome.kind}: {self._in_own_words(reason)}")
        if len(self.rows) >= _MOST_FAULTS:
            self.say()

    def note(self, task: RowTask, text: str) -> None:
        """Note something of a row."""
        rows, lines = self.rows.setdefault(text, (_Numbers(), _Numbers()))
        rows.add(task.row.number)
        lines.add(task.row.line)

    def say(self) -> None:
        """Say each fault once, and forget it."""
        for fault, (rows, lines) in self.rows.items():
            say(f"{rows.describe('row')} ({lines.describe('line')}): {fault}")
        self.rows.clear()

    def _in_own_words(self, reason: str) -> str:
        """Return a reason with the clinic's own name of the column that it begins with."""
        column, colon, rest = reason.partition(": ")
        own = self.names.get(column)
        return f"{own} ({column}){colon}{rest}" if own else reason


class FileFaults(RowFaults):
    """The faults of plan files, which name their files themselves."""

    def add(self, task: RowTask, outcome: RowOutcome) -> None:  # noqa: ARG002 - it names itself
        """Say at once why a file failed or was refused."""
        for reason in outcome.reasons:
            say(f"{outcome.kind}: {reason}")


def own_names_of(patients: PatientList) -> dict[str, str]:
    """Return the clinic's own names of columns, by the column, where they differ."""
    names = zip(patients.header, patients.own_names, strict=False)
    return {column: own.strip() for column, own in names if column != own.strip().lower()}
