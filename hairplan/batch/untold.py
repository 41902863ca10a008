"""The plan files that are to be told what the one calendar of a batch has of their plans.

They are told once the calendar stands: a batch that stops before has exported nothing. What is to
be told is kept on the disk, however many there are.
"""

import sqlite3
from pathlib import Path

import msgspec

from hairplan.batch.row_processor import RowOutcome
from hairplan.calendar.ledger import Ledger, newest_lines
from hairplan.errors import HairplanError, OutputError
from hairplan.files.plan_file import decode, encode, record_export
from hairplan.files.store import locked, read_bytes, replace_file


class UntoldFiles:
    """The plan files that are to be told."""

    def __init__(self) -> None:
        """Begin with none."""
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript(
            "pragma journal_mode = off; pragma synchronous = off; begin;"
            "create table files (path, ledger);"
        )

    def add(self, outcome: RowOutcome) -> None:
        """Keep what the plan file of an outcome is to be told, if that is anything new."""
        if outcome.untold:
            values = (outcome.untold, msgspec.json.encode(outcome.ledger))
            self._base.execute("insert into files values (?, ?)", values)

    def tell(self, audience: str) -> None:
        """Tell each plan file what the calendar for some people has.

        Raises:
            OutputError: some cannot be told; every one of them.
        """
        faults: list[str] = []
        for path, encoded in self._base.execute("select path, ledger from files"):
            try:
                _tell(Path(path), audience, msgspec.json.decode(encoded, type=Ledger))
            except HairplanError as error:
                faults += error.faults
        if faults:
            raise OutputError(*faults)

    def close(self) -> None:
        """Close the database."""
        self._base.close()


def _tell(path: Path, audience: str, ledger: Ledger) -> None:
    with locked(path):
        # It may have gone on since, and have been exported elsewhere.
        file = decode(read_bytes(path), str(path))
        lines = newest_lines(ledger, file.exports.get(audience, {}))
        replace_file(path, encode(record_export(file, audience, lines)))
