"""The columns of a list: the options of `hairplan schedule`, under their own names.

Conventions:

* `answer.minoxidil` is the option `--answer minoxidil=...`; so for every option of the form
  NAME=VALUE. `|` separates the values of an option that may be given several times.
* An empty cell was not given. The defaults, which are the options on the command line, fill in for
  what a row does not say. Days on which the clinic is closed or the patient away add up.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
"""Columns that a report has beside the cells: they say nothing of a row that is fed in again."""

UNREAD: Final = "line"
"""The column under which a report has the text of a row that cannot be split into cells."""

_OF_NO_OPTION: Final = frozenset({TREATMENT, UNREAD, *IN_REPORTS})

_NAMED: Final[Mapping[str, str]] = {
    "answer": "questions",
    "event": "events",
    "option": "options",
    "override": "rules",
    "sessions": "steps",
    "spacing": "steps",
    "figure": "",
}
"""The options of the form NAME=VALUE, and the part of a protocol that has the names."""

MOST_COLUMNS: Final = 1000
"""No list needs more. What they are is remembered, as every row of a list has the same."""

FACTS: Final = ("answer", "event")
"""Options that are true of a patient whatever the treatment: a list may have more than it asks for.
"""

_ADDING_UP: Final = ("away", "closure", "open")
_WHOLE: Final = ("sessions", "spacing")
"""Options of the form NAME=VALUE that a row replaces as a whole."""


_FIELDS: Final = RequestOptions.__struct_fields__
_REPEATABLE: Final = frozenset(repeatable(RequestOptions))


def column_names() -> list[str]:
    """Return the names of all columns; those of the form NAME=VALUE may also be `answer.NAME`."""
    order = ["ref", TREATMENT, "start"]
    rest = [name.replace("_", "-") for name in _FIELDS if name not in order]
    return [*order, *rest]


# ---- the header ----


def find_header_faults(
    header: Sequence[str],
    protocols: Iterable[Protocol],
    facts: Mapping[str, Collection[str]] = {},
) -> list[str]:
    """Return the faults of the columns of a list.

    Args:
        header: the columns, as `normalize_column` returns them.
        protocols: the treatments that rows may be of.
        facts: the questions and events that any treatment knows, by `FACTS`: a row passes over
            those that its own does not.
    """
    if len(header) > MOST_COLUMNS:
        return [f"{len(header)} columns; at most {MOST_COLUMNS} make sense"]
    protocols = list(protocols)
    known = _known_names(protocols)
    for option in FACTS:
        known[option] |= set(facts.get(option, ()))
    owner = protocols[0].id if len(protocols) == 1 else "no treatment"
    faults = [
        f"column '{name}' is there {_times(header.count(name))}"
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    unknown = [name for name in header if name and isinstance(parse_column(name), str)]
    for name in dict.fromkeys(header):
        faults += _column_faults(name, known, owner)
        # They are many: said once, with the last of those that are none.
        if unknown[-1:] == [name]:
            faults[-1] += there_are()
    return faults


def there_are() -> str:
    """Say which columns there are."""
    names = ", ".join(column_names())
    return f"; there are: {names}, and such as answer.NAME for one answer, event, option ..."


def has_known_column(header: Iterable[str]) -> bool:
    """Return whether a header has a known column: a row of data has none, as a rule."""
    return any(isinstance(parse_column(name), Column) for name in header)


@lru_cache(MOST_COLUMNS)
def normalize_column(name: str) -> str:
    """Return a column's name as it is compared: in lower case, without spaces around it."""
    return name.strip().lower().replace("_", "-") if "." not in name else name.strip().lower()


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"  # noqa: PLR2004 - two is twice


def _known_names(protocols: Iterable[Protocol]) -> dict[str, set[str]]:
    """Return the names that protocols have for each option of the form NAME=VALUE."""
    known: dict[str, set[str]] = {option: set() for option in _NAMED}
    for protocol in protocols:
        for option, part in _NAMED.items():
            if part == "steps":
                known[option] |= {step.id for step in protocol.steps}
            elif part:
                known[option] |= set(getattr(protocol, part))
    return known


def _column_faults(name: str, known: Mapping[str, set[str]], owner: str) -> Iterator[str]:
    if not name:
        yield "a column has no name: name it, or remove it"
        return
    option, _, key = name.partition(".")
    if isinstance(fault := parse_column(name), str):
        yield fault
    elif key and option != "figure" and key not in known[option]:
        keys = sorted(known[option])
        close = nearest(name, [f"{option}.{known_key}" for known_key in keys])
        there = f"; there are: {', '.join(keys)}" if keys else ""
        has = "has" if owner == "no treatment" else "has no"
        yield f"column '{name}': {owner} {has} {option} '{key}'{close}{there}"


def find_missing_columns(
    header: Sequence[str], defaults: RequestOptions, treatment: str | None
) -> Iterator[str]:
    """Yield a fault for each column that a header lacks.

    Args:
        header: the columns, as `normalize_column` returns them.
        defaults: the options for rows that do not say it themselves.
        treatment: the treatment of rows that name none.
    """
    if "ref" not in header:
        yield "column 'ref' is missing: the clinic's reference of each patient"
    if TREATMENT not in header and treatment is None:
        yield "column 'treatment' is missing: or give --treatment for all rows"
    if "start" not in header and defaults.start is None:
        yield "column 'start' is missing: or give --start for all rows"


# ---- a row ----


def options_of_row(cells: Mapping[str, Cell], defaults: RequestOptions) -> RequestOptions:
    """Return the options of a row.

    Args:
        cells: its texts by column, without empty ones.
        defaults: the options for rows that do not say it themselves.

    Raises:
        InputError: a column is unknown, or one that takes one value has several; every fault.
    """
    own: dict[str, list[str]] = {}
    faults: list[str] = []
    for name, cell in cells.items():
        column = parse_column(name)
        if isinstance(column, str):
            faults.append(column)
        elif column.option:
            own.setdefault(column.option, []).extend(_option_values(column, cell))
    faults += [
        f"{name.replace('_', '-')}: {len(texts)} values, and there can be one"
        for name, texts in own.items()
        if name not in _REPEATABLE and len(texts) > 1
    ]
    if faults:
        raise InputError(*faults)
    return structs.replace(
        defaults, **{name: _merged(name, texts, defaults) for name, texts in own.items()}
    )


class Column(Struct, frozen=True):
    """A column.

    Attributes:
        option: the field of `RequestOptions` that it fills; empty for none.
        key: the NAME in it, of an option of the form NAME=VALUE.
    """

    option: str
    key: str


@lru_cache(MOST_COLUMNS)
def parse_column(name: str) -> Column | str:
    """Return a column by its name; a fault if there is none."""
    if name in _OF_NO_OPTION:
        return Column("", "")
    option, dot, key = name.partition(".")
    field = option.replace("-", "_")
    if (field in _FIELDS and not dot) or (key and option in _NAMED):
        return Column(field, key)
    known = column_names()
    candidates = [*known, *(f"{named}.{key}" for named in _NAMED if key)]
    return f"column '{name}': no such column{nearest(name, candidates)}"


def _option_values(column: Column, cell: Cell) -> list[str]:
    """Return the values of a cell, as they would be typed on the command line."""
    if column.key:
        # A day that comes again may be there several times; a reason may have a | in it.
        texts = _split(cell, is_repeatable=column.option == "event")
        return [f"{column.key}={text}" for text in texts]
    return _split(cell, is_repeatable=column.option in _REPEATABLE)


def _split(cell: Cell, *, is_repeatable: bool) -> list[str]:
    if isinstance(cell, list):
        return cell
    if not is_repeatable or SEPARATOR not in cell:
        return [cell]
    return [text for part in cell.split(SEPARATOR) if (text := part.strip())]


def _merged(name: str, texts: list[str], defaults: RequestOptions) -> object:
    """Return the value of an option: the row's own, before the defaults."""
    if name not in _REPEATABLE:
        return Path(texts[0]) if name == "patient" else texts[0]
    before = getattr(defaults, name) or []
    if name in _ADDING_UP:
        return [*before, *texts]
    if name not in _NAMED or name in _WHOLE:
        return texts
    own = {text.partition("=")[0] for text in texts}
    return [*(text for text in before if text.partition("=")[0] not in own), *texts]


# ---- an example ----


def render_template(treatment: str, protocol: Protocol) -> str:
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
