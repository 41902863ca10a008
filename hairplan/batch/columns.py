"""What the columns of a list mean: the options of `hairplan schedule`, under their own names.

Conventions:

* `answer.minoxidil` is the option `--answer minoxidil=...`; so for every option of the form
  NAME=VALUE. `|` separates the values of an option that may be given several times.
* A cell that is empty was not given. What a row does not say, the defaults do: the options on the
  command line. Days on which the clinic is closed or the patient away add up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from hairplan.clinic.options import RequestOptions, repeatable
from hairplan.errors import InputError, nearest
from hairplan.protocol.model import Protocol

Cell = str | list[str]
"""A text; several of them where a list has them apart."""

SEPARATOR: Final = "|"
TREATMENT: Final = "treatment"
IN_REPORTS: Final = ("row", "reason")
"""What a report says of a row, beside its cells: nothing to the row that is fed in again."""

UNREAD: Final = "line"
"""What a report calls a row that could not be taken apart."""

_NAMED: Final[Mapping[str, str]] = {
    "answer": "questions",
    "event": "events",
    "option": "options",
    "override": "rules",
    "sessions": "steps",
    "spacing": "steps",
    "figure": "",
}
"""The options of the form NAME=VALUE, and what in a protocol has the name."""

_ADDING_UP: Final = ("away", "closure")
_WHOLE: Final = ("sessions", "spacing")
"""Options that a row says anew as a whole: for all steps, or step by step."""


_FIELDS: Final = RequestOptions.__struct_fields__
_SEVERAL: Final = frozenset(repeatable(RequestOptions))


def columns() -> list[str]:
    """Return the columns that there are; those of the form NAME=VALUE also as `answer.NAME`."""
    order = ["ref", TREATMENT, "start"]
    rest = [name.replace("_", "-") for name in _FIELDS if name not in order]
    return [*order, *rest]


# ---- the header ----


def header_faults(header: Sequence[str], protocols: Iterable[Protocol]) -> list[str]:
    """Return what is wrong with the columns of a list.

    Args:
        header: the columns, as `tidied` has them.
        protocols: the treatments that rows may be of.
    """
    protocols = list(protocols)
    known = _known_names(protocols)
    who = protocols[0].id if len(protocols) == 1 else "no treatment"
    faults = [
        f"column '{name}' is there {_times(header.count(name))}"
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    for name in dict.fromkeys(header):
        faults += _unknown(name, known, who)
    return faults


def has_known(header: Iterable[str]) -> bool:
    """Return whether a header has a column that there is: a first row has none, as a rule."""
    return any(isinstance(column_of(name), Column) for name in header)


@lru_cache(maxsize=1024)
def tidied(name: str) -> str:
    """Return a column's name as it is compared: in lower case, without spaces around it."""
    return name.strip().lower().replace("_", "-") if "." not in name else name.strip().lower()


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"  # noqa: PLR2004 - two is twice


def _known_names(protocols: Iterable[Protocol]) -> dict[str, set[str]]:
    """Return what names each option of the form NAME=VALUE has in some protocols."""
    found: dict[str, set[str]] = {option: set() for option in _NAMED}
    for protocol in protocols:
        for option, part in _NAMED.items():
            if part == "steps":
                found[option] |= {step.id for step in protocol.steps}
            elif part:
                found[option] |= set(getattr(protocol, part))
    return found


def _unknown(name: str, known: Mapping[str, set[str]], who: str) -> Iterator[str]:
    if not name:
        yield "a column has no name: name it, or remove it"
        return
    option, _, key = name.partition(".")
    if isinstance(fault := column_of(name), str):
        yield fault
    elif key and option != "figure" and key not in known[option]:
        every = sorted(known[option])
        close = nearest(name, [f"{option}.{each}" for each in every])
        there = f"; there are: {', '.join(every)}" if every else ""
        has = "has" if who == "no treatment" else "has no"
        yield f"column '{name}': {who} {has} {option} '{key}'{close}{there}"


def missing_columns(
    header: Sequence[str], given: RequestOptions, treatment: str | None
) -> Iterator[str]:
    """Yield which columns a header has to have beside those that there are.

    Args:
        header: the columns, as `tidied` has them.
        given: what the options say for all rows.
        treatment: likewise.
    """
    if "ref" not in header:
        yield "column 'ref' is missing: the clinic's reference of each patient"
    if TREATMENT not in header and treatment is None:
        yield "column 'treatment' is missing: or give --treatment for all rows"
    if "start" not in header and given.start is None:
        yield "column 'start' is missing: or give --start for all rows"


# ---- a row ----


def asked_of(cells: Mapping[str, Cell], given: RequestOptions) -> RequestOptions:
    """Return what a row asks for.

    Args:
        cells: its texts by column; what is empty is not there.
        given: what the options say for all rows.

    Raises:
        InputError: there is no such column, or one that takes one value has several; every fault.
    """
    own: dict[str, list[str]] = {}
    faults: list[str] = []
    for name, cell in cells.items():
        column = column_of(name)
        if isinstance(column, str):
            faults.append(column)
        elif column.option:
            own.setdefault(column.option, []).extend(_values(column, cell))
    faults += [
        f"{name.replace('_', '-')}: {len(texts)} values, and there can be one"
        for name, texts in own.items()
        if name not in _SEVERAL and len(texts) > 1
    ]
    if faults:
        raise InputError(*faults)
    return structs.replace(
        given, **{name: _merged(name, texts, given) for name, texts in own.items()}
    )


class Column(Struct, frozen=True):
    """A column.

    Attributes:
        option: the field of `Asked` that it is for; empty for none.
        key: the name in it, of an option of the form NAME=VALUE.
    """

    option: str
    key: str


@lru_cache(maxsize=1024)
def column_of(name: str) -> Column | str:
    """Return a column by its name; what is wrong if there is none."""
    option, dot, key = name.partition(".")
    if name in {TREATMENT, UNREAD, *IN_REPORTS}:
        return Column("", "")
    field = option.replace("-", "_")
    if (field in _FIELDS and not dot) or (key and option in _NAMED):
        return Column(field, key)
    known = columns()
    near = [*known, *(f"{each}.{key}" for each in _NAMED if key)]
    several = f"{', '.join(known)}, and such as answer.NAME for one answer, event, option ..."
    return f"column '{name}': no such column{nearest(name, near)}; there are: {several}"


def _values(column: Column, cell: Cell) -> list[str]:
    """Return the values of a cell, as they would be typed on the command line."""
    if column.key:
        # A day that comes again may be there several times; a reason may have a | in it.
        several = column.option == "event"
        return [f"{column.key}={each}" for each in _apart(cell, several=several)]
    return _apart(cell, several=column.option in _SEVERAL)


def _apart(cell: Cell, *, several: bool) -> list[str]:
    if isinstance(cell, list):
        return cell
    if not several or SEPARATOR not in cell:
        return [cell]
    return [part for each in cell.split(SEPARATOR) if (part := each.strip())]


def _merged(name: str, texts: list[str], given: RequestOptions) -> object:
    """Return the value of an option: a row's own, before what is said for all rows."""
    if name not in _SEVERAL:
        return Path(texts[0]) if name == "patient" else texts[0]
    before = getattr(given, name) or []
    if name in _ADDING_UP:
        return [*before, *texts]
    if name not in _NAMED or name in _WHOLE:
        return texts
    own = {each.partition("=")[0] for each in texts}
    return [*(each for each in before if each.partition("=")[0] not in own), *texts]


# ---- an example ----


def template(treatment: str, protocol: Protocol) -> str:
    """Return a header with an example row of a treatment, as CSV."""
    cells = {
        "ref": "A-17",
        "treatment": treatment,
        "start": "2026-12-01",
        "time": "14:30",
        "away": "2026-12-10..2026-12-14=travel|2027-02-01",
        **{f"answer.{name}": "no" for name in islice(protocol.questions, 1)},
        **{f"event.{name}": "2025-09-01" for name in islice(protocol.events, 1)},
    }
    return f"{','.join(cells)}\r\n{','.join(cells.values())}\r\n"
