"""The index of the rows so far: their references, the names of their files, the ids of their plans.

It is kept on the disk, however long the list is. The database has no name: the system removes it
with the process, however that ends.
"""

import re
import sqlite3
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_DIGITS: Final = 20
_FEW_DIGITS: Final = 8
_LONGEST: Final = 60


class EarlierRow(Struct, frozen=True):
    """The first row that had the reference of a later row.

    Attributes:
        number: its number.
        has_same_case: whether the reference is written in the same case.
        has_same_treatment: whether the treatment is that of an earlier row of the patient.
    """

    number: int
    has_same_case: bool
    has_same_treatment: bool


class RowIndex:
    """The references, file names and plan ids of the rows so far."""

    def __init__(self, *, by_ref: bool = False) -> None:
        """Begin with no rows.

        Args:
            by_ref: whether files are named by the reference of the patient, and not by a digest.
        """
        self.by_ref = by_ref
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript(
            "pragma journal_mode = off; pragma synchronous = off; begin;"
            "create table refs (folded text primary key, row, ref, counts) without rowid;"
            "create table names (folded text primary key) without rowid;"
            "create table plans (id text primary key, row) without rowid;"
        )

    def name(self, row: int, ref: str, treatment: str) -> tuple[str, EarlierRow | None]:
        """Return the name of a row's files, and the first row with the same reference.

        The same list gives the same names. A patient's second plan of a treatment has another name.
        """
        folded = ref.casefold()
        counts = {treatment: 1}
        values = (folded, row, ref, msgspec.json.encode(counts))
        if self._base.execute("insert or ignore into refs values (?, ?, ?, ?)", values).rowcount:
            return self._new_name(ref, treatment, counts), None
        select = "select row, ref, counts from refs where folded = ?"
        first, before, encoded = self._base.execute(select, (folded,)).fetchone()
        counts = msgspec.json.decode(encoded, type=dict[str, int])
        counts[treatment] = counts.get(treatment, 0) + 1
        change = "update refs set counts = ? where folded = ?"
        self._base.execute(change, (msgspec.json.encode(counts), folded))
        earlier = EarlierRow(first, before == ref, counts[treatment] > 1)
        return self._new_name(ref, treatment, counts), earlier

    def first_with_plan(self, plan_id: str, row: int) -> int | None:
        """Return the earlier row that made the same plan as this one; None if none did."""
        values = (plan_id, row)
        if self._base.execute("insert or ignore into plans values (?, ?)", values).rowcount:
            return None
        first: int
        (first,) = self._base.execute("select row from plans where id = ?", (plan_id,)).fetchone()
        return first

    def _new_name(self, ref: str, treatment: str, counts: Mapping[str, int]) -> str:
        if not self.by_ref:
            return sha256(f"{ref}\n{treatment}\n{counts[treatment]}".encode()).hexdigest()[:_DIGITS]
        times = sum(counts.values())
        name = safe_file_name(ref) if times == 1 else f"{safe_file_name(ref)}-{times}"
        while self._is_taken(name):
            name = f"{name}-{sha256(f'{name} {ref}'.encode()).hexdigest()[:_FEW_DIGITS]}"
        return name

    def _is_taken(self, name: str) -> bool:
        """Return whether a file has a name already, on a disk that ignores case; take it if not."""
        taking = self._base.execute("insert or ignore into names values (?)", (name.casefold(),))
        return taking.rowcount == 0

    def close(self) -> None:
        """Close the database."""
        self._base.close()


def safe_file_name(ref: str) -> str:
    """Return a file name for a reference that every system takes, with a digest if it differs."""
    # "anna.plan" would give the JSON of one patient the name of another one's plan file.
    is_safe = _SAFE.fullmatch(ref) and not ref.lower().endswith((".", ".plan"))
    if is_safe and not _RESERVED.fullmatch(ref):
        return ref
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", ref).strip("_-")[:_LONGEST] or "patient"
    return f"{safe}-{sha256(ref.encode('utf-8', 'surrogatepass')).hexdigest()[:_FEW_DIGITS]}"
