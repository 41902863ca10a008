"""What was there before in a list, however long it is: kept on the disk, not in memory.

The database has no name: the system removes it with the process, however that ends.
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


class Again(Struct, frozen=True):
    """A reference that an earlier row had.

    Attributes:
        row: the first row that had it.
        is_same: whether it was written in the same case.
    """

    row: int
    is_same: bool


class Index:
    """The references of a list, the names of its files and the ids of its plans, as they come."""

    def __init__(self, *, by_ref: bool = False) -> None:
        """Begin with nothing.

        Args:
            by_ref: name files by the reference of the patient, and not by a digest.
        """
        self.by_ref = by_ref
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript(
            "pragma journal_mode = off; pragma synchronous = off; begin;"
            "create table refs (folded text primary key, row, ref, counts) without rowid;"
            "create table names (folded text primary key) without rowid;"
            "create table plans (id text primary key, row) without rowid;"
        )

    def name(self, row: int, ref: str, treatment: str) -> tuple[str, Again | None]:
        """Return what the files of a row are called, and who had its reference before.

        Names are the same for the same list: of a patient's second plan of a treatment, another.
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
        return self._new_name(ref, treatment, counts), Again(first, before == ref)

    def plan(self, row: int, plan_id: str) -> int | None:
        """Return which earlier row made the same plan; None if none did."""
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
        name = safe_name(ref) if times == 1 else f"{safe_name(ref)}-{times}"
        while self._is_taken(name):
            name = f"{name}-{sha256(f'{name} {ref}'.encode()).hexdigest()[:_FEW_DIGITS]}"
        return name

    def _is_taken(self, name: str) -> bool:
        """Return whether a file has a name already, on a disk that makes no difference of case."""
        taking = self._base.execute("insert or ignore into names values (?)", (name.casefold(),))
        return taking.rowcount == 0

    def close(self) -> None:
        """Let go of the disk."""
        self._base.close()


def safe_name(ref: str) -> str:
    """Return a reference as a file's name on every system: changed, it gets a digest behind it."""
    if _SAFE.fullmatch(ref) and not ref.endswith(".") and not _RESERVED.fullmatch(ref):
        return ref
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", ref).strip("_-")[:_LONGEST] or "patient"
    return f"{safe}-{sha256(ref.encode('utf-8', 'surrogatepass')).hexdigest()[:_FEW_DIGITS]}"
