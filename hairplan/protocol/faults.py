"""Finds every fault of a table that msgspec refuses, and says it in words with its path.

msgspec stops at the first fault. This module walks the table beside its type and asks msgspec of
each part whether it fits, so that the two never disagree. It is slow, and only looks at a table
that msgspec has refused.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from hairplan.errors import MOST_FAULTS, nearest
from hairplan.protocol.shapes import (
    Form,
    Hint,
    Json,
    Shape,
    inside,
    keys_of,
    parts_of,
    shape_of,
    shown,
)
from hairplan.protocol.shorthands import SHORT, read_span_of

# Nobody reads the faults of so many entries, and finding each takes time.
_MOST_FAULTY_ENTRIES: Final = 910


class Fault(NamedTuple):
    """One fault, and what it takes to guess what was meant: the guess is slow and made last.

    Attributes:
        message: where the fault is, and what is wrong.
        word: what may be misspelt.
        known: what the word could have been.
        ending: the end of the sentence where there is no guess.
    """

    message: str
    word: str = ""
    known: tuple[str, ...] = ()
    ending: str = ""

    def __str__(self) -> str:
        return f"{self.message}{nearest(self.word, list(self.known)) or self.ending}"


def list_faults(table: Json, kind: Hint, others: Iterable[Fault] = ()) -> list[str]:
    """Return what is wrong with a table of a TOML file: the first 100 faults, and how many more.

    Args:
        table: plain values, with dates as ISO texts.
        kind: the msgspec type that it has to fit.
        others: faults of the table that are known already.
    """
    finder = FaultFinder()
    faults = {*others, *finder.faults(table, shape_of(kind))}
    sentences = [str(fault) for fault in nsmallest(MOST_FAULTS, faults)]
    if more := len(faults) - len(sentences):
        sentences.append(f"... and {'at least ' if finder.is_cut else ''}{more} more")
    return sentences


class FaultFinder:
    """One search for faults in a file; this class words them for TOML.

    Attributes:
        is_cut: there were more faulty entries than are looked at.
    """

    def __init__(self) -> None:
        self.is_cut = False
        self._faulty_entries = 0

    def faults(self, value: Json, shape: Shape, path: str = "") -> Iterator[Fault]:
        """Yield every fault of a value: entries in the file's order, known keys in the model's."""
        if self.holds(value, shape):
            return
        form = shape.form_of(value)
        if form is None:
            yield from self.misfits(value, shape, path)
        elif form.table:
            yield from self.table_faults(value, form.table, path)
        else:
            yield from self.size_faults(value, form, path)
            yield from self._entry_faults(value, form, path)

    def table_faults(self, value: Json, table: type[Struct], path: str) -> Iterator[Fault]:
        """Yield every fault of a table whose keys are known."""
        known = self.known_keys(table)
        for name in value:
            if name not in known:
                ending = f"; known: {', '.join(known)}"
                yield Fault(f"{inside(path, name)}: no such key", name, known, ending)
        for key in keys_of(table):
            inner = inside(path, key.name)
            if key.name in value:
                yield from self.faults(value[key.name], key.shape, inner)
            elif key.is_required:
                yield Fault(f"{inner}: missing")

    def _entry_faults(self, value: Json, form: Form, path: str) -> Iterator[Fault]:
        for name in value if form.names else ():
            yield from self._faults_of_entry(name, form.names, path)
        for inner, place, shape in parts_of(value, form, path):
            yield from self._faults_of_entry(value[place], shape, inner)

    def _faults_of_entry(self, value: Json, shape: Json, path: str) -> Iterator[Fault]:
        if self._faulty_entries >= _MOST_FAULTY_ENTRIES:
            self.is_cut = self.is_cut or not self.holds(value, shape)
            return
        faults = list(self.faults(value, shape, path))
        self._faulty_entries += bool(faults)
        yield from faults

    # ---- what differs from one kind of file to another ----

    def holds(self, value: Json, shape: Shape) -> bool:
        """Return whether there is no need to look into a value."""
        return shape.fits(value)

    def known_keys(self, table: type[Struct]) -> tuple[str, ...]:
        """Return the keys of a table, as a fault lists them."""
        return tuple(sorted(key.name for key in keys_of(table)))

    def size_faults(self, value: Json, form: Form, path: str) -> Iterator[Fault]:
        """Yield what is wrong with a list or a mapping apart from its entries."""
        most = form.limits.max_length
        if most is not None and len(value) > most:
            yield Fault(f"{path}: {len(value)} entries are more than {most}")

    def misfits(self, value: Json, shape: Shape, path: str) -> Iterator[Fault]:
        """Yield what is wrong with a value that has no parts, or should have none."""
        form = next((form for form in shape.forms if _is_of_base(value, form)), None)
        if form:
            for complaint in complaints(value, form):
                yield Fault(f"{path}: {shown(value)} {complaint}")
        elif len(shape.forms) > 1 or shape.is_optional:
            hint = _hint(value, shape) if isinstance(value, str) else ""
            yield Fault(f"{path}: {shown(value)} is not {_name_forms(shape)}{hint}")
        elif shape.forms[0].choices:
            known = tuple(map(str, sorted(shape.forms[0].choices)))
            word = value if isinstance(value, str) else ""
            yield Fault(f"{path}: {shown(value)} is not one of {', '.join(known)}", word, known)
        else:
            name = shape.forms[0].limits.description or _NAMES[shape.forms[0].base]
            yield Fault(f"{path}: {shown(value)} is not {name}")


_NAMES: Final[dict[Hint, str]] = {
    str: "a text",
    dt.date: "a text",
    int: "a whole number",
    bool: "true or false",
    tuple: 'a list such as ["a", "b"]',
    dict: "a table",
    Struct: "a table",
}


def _name_forms(shape: Shape) -> str:
    """Return the forms of a shape in words, such as "a whole number or 'open' or a table".

    Where a text may stand for a table, it comes first, and no list of such tables is proposed.
    """
    short = [SHORT[form.table].description for form in shape.forms if form.table in SHORT]
    lists = [form for form in shape.forms if form.base is tuple] if short else []
    forms = [form for form in shape.forms if form not in lists]
    forms.sort(key=lambda form: form.base is Struct)
    return " or ".join(dict.fromkeys([*short, *map(_name_form, forms)]))


def _hint(text: str, shape: Shape) -> str:
    """Return what helps with a text that stands for no table."""
    return next((SHORT[form.table].hint(text) for form in shape.forms if form.table in SHORT), "")


def _name_form(form: Form) -> str:
    if form.base is Literal:
        return " or ".join(f"'{choice}'" for choice in sorted(form.choices))
    return form.limits.description or _NAMES[form.base]


def _is_of_base(value: Json, form: Form) -> bool:
    return type(value) is form.base or (form.base is dt.date and isinstance(value, str))


def complaints(value: Json, form: Form) -> Iterator[str]:
    """Yield what is wrong with a text or a number of the right form, such as "is empty"."""
    limits = form.limits
    if form.base is dt.date:
        yield "is not a date"
    if limits.ge is not None and value < limits.ge:
        yield f"is less than {limits.ge}"
    if limits.le is not None and value > limits.le:
        yield f"is more than {limits.le}"
    if limits.pattern is not None and not re.search(limits.pattern, value):
        yield f"is not {limits.description}{read_span_of(value, form)[1]}"
    if limits.min_length is not None and len(value) < limits.min_length:
        yield "is empty"
    if limits.max_length is not None and len(value) > limits.max_length:
        yield f"is longer than {limits.max_length} characters"
