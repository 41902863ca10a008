"""What a batch has written into a folder, so that the same command does only what is missing.

Conventions:

* A hidden file in the folder, a line of JSON for each row whose files are there: their names, what
  they were made from and what is in them, as digests. The first line says when the batch was begun.
* While a batch runs it writes a second file, and each row only after its files; at the end that
  one takes the place of the first. Of a batch that was killed both are read. What is not in them is
  made again, into the same bytes.
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

from hairplan.files.store import in_words, new_file

NAME: Final = ".hairplan-batch.jsonl"
UNDER_WAY: Final = ".hairplan-batch.part.jsonl"
LOCK: Final = "hairplan-batch"


class Begun(Struct, frozen=True):
    """How a batch was begun.

    Attributes:
        today: the day that it took as today.
        stamp: the moment that its calendars are stamped with, in UTC.
        is_complete: whether it came to its end.
    """

    today: dt.date
    stamp: dt.datetime
    is_complete: bool = False


class JournalEntry(Struct, frozen=True):
    """What was written for a row.

    Attributes:
        name: what its files are called, without their suffixes.
        made_from: the digest of the row and of all that it was planned with.
        files: the digest of each file, by its suffix.
    """

    name: str
    made_from: str
    files: dict[str, str]


_BEGUN: Final = msgspec.json.Decoder(Begun)
_ENTRY: Final = msgspec.json.Decoder(JournalEntry)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class Journal:
    """The journal of a batch that is under way; its folder's lock is to be held."""

    def __init__(self, folder: Path, *, resume: bool) -> None:
        """Read what earlier batches wrote, if this one goes on with it.

        Args:
            folder: the folder, which is there.
            resume: whether what is there and unchanged is left as it is.
        """
        self.folder = folder
        self.before: Begun | None = None
        self._begun: Begun | None = None
        self._rows = 0
        self._file: IO[bytes] | None = None
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript(
            "pragma journal_mode = off; pragma synchronous = off; begin;"
            "create table entries (name text primary key, place, entry, is_met default 0)"
            " without rowid;"
        )
        if resume:
            # Of a batch that was killed, the second has what is newer.
            for path in (folder / NAME, folder / UNDER_WAY):
                self._read(path)

    def _read(self, path: Path) -> None:
        """Read a journal as far as it goes: a batch that is killed leaves half a line."""
        with suppress(FileNotFoundError), path.open("rb") as file:
            with suppress(msgspec.MsgspecError):
                self.before = _BEGUN.decode(file.readline())
            for line in file:
                with suppress(msgspec.MsgspecError):
                    self._keep(_ENTRY.decode(line), None)

    def _keep(self, entry: JournalEntry, place: int | None) -> bytes:
        """Remember an entry, and its place if a row of this batch has it; return its line."""
        line = _ENCODER.encode(entry) + b"\n"
        values = (entry.name, place, line)
        insert = "insert or replace into entries (name, place, entry) values (?, ?, ?)"
        self._base.execute(insert, values)
        return line

    def known(self, name: str) -> JournalEntry | None:
        """Return what was written under a name, and remember that the list has its row."""
        found = self._base.execute("select entry from entries where name = ?", (name,)).fetchone()
        if found is None:
            return None
        self._base.execute("update entries set is_met = 1 where name = ?", (name,))
        return _ENTRY.decode(found[0])

    def begin(self, begun: Begun) -> None:
        """Begin to write; what earlier batches wrote stays known if this one is killed.

        Raises:
            OutputError: the folder cannot be written into.
        """
        self._begun = begun
        with in_words(self.folder):
            self._write(UNDER_WAY, begun, "select entry from entries")
            self._file = (self.folder / UNDER_WAY).open("ab")

    def add(self, entry: JournalEntry) -> None:
        """Write down what was written for the next row."""
        assert self._file is not None, "a journal is begun before it is written"
        self._rows += 1
        with in_words(self.folder):
            self._file.write(self._keep(entry, self._rows))

    def flush(self) -> None:
        """Give to the system what was written down.

        Raises:
            OutputError: the disk is full.
        """
        assert self._file is not None, "a journal is begun before it is written"
        with in_words(self.folder):
            self._file.flush()

    def finish(self) -> None:
        """Take the place of the journal before: this batch has come to its end.

        Raises:
            OutputError: the disk is full.
        """
        assert self._begun is not None, "a journal is begun before it is written"
        with in_words(self.folder):
            # In the order of the rows, whatever was made when; then what no row has any more.
            order = "select entry from entries order by place is null, place, name"
            self._write(NAME, structs.replace(self._begun, is_complete=True), order)
            (self.folder / UNDER_WAY).unlink(missing_ok=True)

    def _write(self, name: str, begun: Begun, entries: str) -> None:
        beside = self.folder / f"{name}.tmp"
        with new_file(beside) as file:
            file.write(_ENCODER.encode(begun) + b"\n")
            file.writelines(line for (line,) in self._base.execute(entries))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / name)

    def left_over(self) -> Iterator[str]:
        """Yield the files of earlier batches, still there, of rows that this list has not."""
        query = "select entry from entries where place is null and not is_met"
        for (line,) in self._base.execute(query):
            yield from self.files_of(_ENTRY.decode(line))

    def files_of(self, entry: JournalEntry) -> Iterator[str]:
        """Yield what was written for a row and is still there."""
        for suffix in entry.files:
            if (self.folder / f"{entry.name}{suffix}").exists():
                yield f"{entry.name}{suffix}"

    def close(self) -> None:
        """Let go of the files, with what was written so far."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._base.close()
