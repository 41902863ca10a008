"""The columns of a list under the clinic's own names, and what they mean.

Conventions:

* Names are compared without case, accents and spaces around them.
* A name that the clinic gave a meaning has that meaning, whatever it would mean otherwise. One that
  has "" as its meaning is passed over.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

from hairplan.batch.columns import MOST_COLUMNS, Column, normalize_column, parse_column, there_are
from hairplan.dates.written import fold
from hairplan.errors import InputError

_AGAIN: Final = re.compile(r" \(\d+\)$")
"""The number that `unique_keys` gives a name that comes again."""


class Headings(Struct, frozen=True):
    """The clinic's own names of columns.

    Attributes:
        meanings: the column that each means, by the name as `fold_heading` returns it.
    """

    meanings: Mapping[str, str] = {}

    def name(self, heading: str) -> str:
        """Return the column of a heading, normalized."""
        if self.meanings and (meant := self.meanings.get(fold_heading(heading))):
            return meant
        return normalize_column(heading)


class PassedOver(Struct, frozen=True):
    """The columns that a list has and nobody reads.

    Attributes:
        names: their names, folded.
        others: whether every column that there is none of is passed over.
    """

    names: frozenset[str] = frozenset()
    others: bool = False

    def __contains__(self, name: object) -> bool:
        heading = str(name)
        if self.names and _folded_column(_AGAIN.sub("", heading)) in self.names:
            return True
        return self.others and not is_column(heading)


def read_passed_over(
    given: Iterable[str], stated: Mapping[str, str], *, others: bool
) -> PassedOver:
    """Return the columns that are passed over.

    A name that another heading has as its meaning is read: so a list with both has it twice, and
    that is said.

    Args:
        given: names, separated by commas.
        stated: the clinic's own names of columns, as the settings have them.
        others: whether every column that there is none of is passed over.
    """
    names = {_folded_column(name) for text in given for name in text.split(",")}
    without = {_folded_column(name) for name, column in stated.items() if not column}
    meant = {_folded_column(column) for column in stated.values()}
    return PassedOver(frozenset(names | (without - meant)), others)


@lru_cache(MOST_COLUMNS)
def _folded_column(name: str) -> str:
    return fold_heading(normalize_column(name))


def is_column(name: str) -> bool:
    """Return whether there is a column of a name."""
    return isinstance(parse_column(name), Column)


@lru_cache(MOST_COLUMNS)
def fold_heading(heading: str) -> str:
    """Return a heading as headings are compared."""
    return " ".join(fold(heading).split())


def read_headings(given: Sequence[str], stated: Mapping[str, str], place: str) -> Headings:
    """Read the clinic's own names of columns.

    Args:
        given: texts such as "Soin=treatment", which come first.
        stated: the same by name, as the settings have it; a name that is passed over has none.
        place: the settings' name in messages.

    Raises:
        InputError: a text is of another form, or there is no such column; every fault.
    """
    pairs = [(f"--map {text}", *text.rpartition("=")[::2]) for text in given]
    pairs = [*((f"{place}: columns.{name}", name, column) for name, column in stated.items()
               if column), *pairs]  # fmt: skip
    faults = [fault for where, name, column in pairs for fault in _faults(where, name, column)]
    if faults:
        raise InputError(*faults)
    return Headings({fold_heading(name): normalize_column(column) for _, name, column in pairs})


def _faults(where: str, name: str, column: str) -> Iterator[str]:
    if not name.strip() or not column.strip():
        yield f"{where}: is not of the form NAME=COLUMN, such as Soin=treatment"
    elif isinstance(fault := parse_column(normalize_column(column)), str):
        yield f"{where}: {fault}{there_are()}"


def unique_keys(header: Iterable[str]) -> tuple[str, ...]:
    """Return a key for each column: a name that comes again is numbered, and no cell is lost."""
    keys: list[str] = []
    counts: dict[str, int] = {}
    for name in header:
        counts[name] = counts.get(name, 0) + 1
        keys.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return tuple(keys)
