"""The journal of a folder: what batches have written there, so that the next makes only the rest.

Conventions:

* The journal is a hidden file in the folder. Its first line says when the batch was begun. Each row
  whose files are there has a line of JSON: their name, the digest of the input that they were made
  from, and the digests of their contents.
* A running batch writes a second journal, and each row only after its files; at the end the second
  replaces the first. After a batch that was killed, both are read. A row that is in neither is made
  again, into the same bytes.
"""

import datetime as dt
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import msgspec
from msgspec import Struct, structs

from hairplan.files.store import open_new_file, raise_as_output_error

NAME: Final = ".hairplan-batch.jsonl"
UNDER_WAY: Final = ".hairplan-batch.part.jsonl"
LOCK: Final = "hairplan-batch"

_FLUSH_EVERY: Final = 64


class JournalHeader(Struct, frozen=True):
    """The first line of a journal: when its batch was begun.

    Attributes:
        today: the day that the batch took as today.
        stamp: the moment that its calendars are stamped with, in UTC.
        is_complete: whether the batch came to its end.
    """

    today: dt.date
    stamp: dt.datetime
    is_complete: bool = False


class JournalEntry(Struct, frozen=True):
    """A line of a journal: the files of a row.

    Attributes:
        name: their name, without suffixes.
        made_from: the digest of the row and of all that it was planned with.
        files: the digest of each file, by its suffix.
        plan: the id in calendars of its plan.
        course: a digest of the patient's reference and the treatment; empty without a reference.
    """

    name: str
    made_from: str
    files: dict[str, str]
    plan: str = ""
    course: str = ""


_HEADER: Final = msgspec.json.Decoder(JournalHeader)
_ENTRY: Final = msgspec.json.Decoder(JournalEntry)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class Journal:
    """The journal of a running batch, which has to hold the folder's lock."""

    def __init__(self, folder: Path, *, resume: bool, kind: str = LOCK) -> None:
        """Read the journals of earlier batches, if this one goes on with them.

        Args:
            folder: a folder that exists.
            resume: whether files that are there and unchanged are left as they are.
            kind: what writes it, as its files are called.
        """
        self._name, self._under_way = f".{kind}.jsonl", f".{kind}.part.jsonl"
        self.folder = folder
        self.before: JournalHeader | None = None
        self._header: JournalHeader | None = None
        self._rows = 0
        self._file: IO[bytes] | None = None
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript(
            "pragma journal_mode = off; pragma synchronous = off; begin;"
            "create table entries (name text primary key, place, entry, is_met default 0)"
            " without rowid;"
        )
        if resume:
            # After a batch that was killed, the second has the newer entries.
            for path in (folder / self._name, folder / self._under_way):
                self._read(path)

    def _read(self, path: Path) -> None:
        """Read a journal as far as it goes: a batch that was killed leaves half a line."""
        with suppress(FileNotFoundError), path.open("rb") as file:
            with suppress(msgspec.MsgspecError):
                self.before = _HEADER.decode(file.readline())
            for line in file:
                with suppress(msgspec.MsgspecError):
                    self._remember(_ENTRY.decode(line), None)

    def _remember(self, entry: JournalEntry, place: int | None) -> bytes:
        """Remember an entry, with its place in this batch or null; return its line."""
        line = _ENCODER.encode(entry) + b"\n"
        values = (entry.name, place, line)
        insert = "insert or replace into entries (name, place, entry) values (?, ?, ?)"
        self._base.execute(insert, values)
        return line

    def known(self, name: str) -> JournalEntry | None:
        """Return the entry of a name, and remember that the list has its row."""
        row = self._base.execute("select entry from entries where name = ?", (name,)).fetchone()
        if row is None:
            return None
        self._base.execute("update entries set is_met = 1 where name = ?", (name,))
        return _ENTRY.decode(row[0])

    def begin(self, header: JournalHeader) -> None:
        """Begin to write; the entries of earlier batches stay known if this one is killed.

        Raises:
            OutputError: the folder cannot be written into.
        """
        self._header = header
        with raise_as_output_error(self.folder):
            self._write(self._under_way, header, "select entry from entries")
            self._file = (self.folder / self._under_way).open("ab")

    def add(self, entry: JournalEntry) -> None:
        """Write the entry of the next row.

        Raises:
            OutputError: the disk is full.
        """
        assert self._file is not None, "a journal is begun before it is written"
        self._rows += 1
        with raise_as_output_error(self.folder):
            self._file.write(self._remember(entry, self._rows))
            if self._rows % _FLUSH_EVERY == 0:
                self._file.flush()

    def finish(self) -> None:
        """Replace the journal of earlier batches: this one has come to its end.

        Raises:
            OutputError: the disk is full.
        """
        assert self._header is not None, "a journal is begun before it is written"
        with raise_as_output_error(self.folder):
            # In the order of the rows, then those that no row has any more.
            order = "select entry from entries order by place is null, place, name"
            self._write(self._name, structs.replace(self._header, is_complete=True), order)
            (self.folder / self._under_way).unlink(missing_ok=True)

    def _write(self, name: str, header: JournalHeader, entries: str) -> None:
        beside = self.folder / f"{name}.tmp"
        with open_new_file(beside) as file:
            file.write(_ENCODER.encode(header) + b"\n")
            file.writelines(line for (line,) in self._base.execute(entries))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / name)

    def left_over(self) -> Iterator[str]:
        """Yield the files of earlier batches that are still there, but whose rows are not."""
        query = "select entry from entries where place is null and not is_met"
        for (line,) in self._base.execute(query):
            yield from self.files_of(_ENTRY.decode(line))

    def files_of(self, entry: JournalEntry) -> Iterator[str]:
        """Yield the files of a row that are still there."""
        for suffix in entry.files:
            if (self.folder / f"{entry.name}{suffix}").exists():
                yield f"{entry.name}{suffix}"

    def close(self) -> None:
        """Close the journal, with all that was written so far."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._base.close()
