"""Reasons without the content of their row: a log is no place for patients' data.

A reason that names a column is masked by that column alone: its own cell in it, whatever else
stands in quotation marks, and every day, as that follows from the cell. What would be right stays.
The cells beside it are not looked for: their figures may be any.

Most reasons that name no column are refusals, which say days and rules. There, what any cell holds
is hidden.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hairplan.batch.columns import IN_REPORTS, SEPARATOR, parse_column
from hairplan.errors import cap_faults

HIDDEN: Final = "[...]"
"""Stands in a log for the content of a row."""

_EXAMPLES: Final = re.compile(r"\b(?:such as|are written|there are:|known:) ")
"""Behind these a message says what would be right, in our own words."""

_QUOTED: Final = re.compile(r"(?<!did you mean )'[^']*'")
_DERIVED: Final = re.compile(r"\d{4}-\d{2}-\d{2}( \(\d+ [A-Z][a-z]+\))?")
"""A day, with its month in words beside it: it follows from a row's cells."""

_MISLEADING: Final = re.compile(rf"'|{_EXAMPLES.pattern}")
"""A cell with this in it seems to end where it does not."""

_BETWEEN_PARTS: Final = re.compile(rf"[{re.escape(SEPARATOR)}=]|\.\.")
_BETWEEN_WORDS: Final = re.compile(rf"[\s,{re.escape(SEPARATOR)}=]+|\.\.")
_SHORT: Final = 4
_LONG: Final = 1000
_MOST_SAID: Final = 20


def redact_reasons(reasons: Sequence[str], content: Mapping[str, Any]) -> Iterator[str]:
    """Yield reasons without the content of their row.

    The column stays, and what would be right. A report has the whole reasons, and all of them.
    """
    for reason in cap_faults(reasons, _MOST_SAID):
        column, colon, rest = reason.partition(": ")
        name = column.replace(" ", ".", 1)
        if not colon or isinstance(parse_column(name), str):
            yield _redact(reason, set(_cells(content)))
        else:
            yield f"{column}{colon}{_redact(rest, set(_own_cells(content, name)))}"


def _redact(rest: str, cells: set[str]) -> str:
    texts = sorted(_telling_texts(cells), key=len, reverse=True)
    for text in texts:
        if text in cells and _MISLEADING.search(text):
            rest = rest.replace(text, HIDDEN)
    examples = _EXAMPLES.search(rest)
    end = examples.start() if examples else len(rest)
    redacted = _QUOTED.sub(f"'{HIDDEN}'", rest[:end])
    # Days come first: a cell with a part of one would leave the rest of it.
    redacted = _DERIVED.sub(HIDDEN, redacted)
    for text in texts:
        # Of thousands of texts a reason has few in it, and looking is quick.
        if text in redacted:
            redacted = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", HIDDEN, redacted)
    return f"{redacted}{rest[end:]}"


def _own_cells(content: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield the texts of the cell of a column; the cell of "answer" has that of "answer.x" too."""
    option, _, key = name.partition(".")
    for column in (name, option, option.removesuffix("s")):
        if column in content:
            cell = content[column]
            own = cell.get(key, cell) if isinstance(cell, dict) else cell
            yield from _cells({column: own})


def _cells(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of cells, as they are read."""
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _cells(value)
        elif name not in IN_REPORTS:
            yield from (
                str(item).strip() for item in (value if isinstance(value, list) else [value])
            )


def _telling_texts(cells: Iterable[str]) -> set[str]:
    """Return cells, their parts and the words in them, as far as they tell something."""
    texts: set[str] = set()
    for cell in cells:
        parts = [part.strip() for part in _BETWEEN_PARTS.split(cell)]
        texts |= {cell, *parts, *_BETWEEN_WORDS.split(cell[:_LONG])}
    # Short words without a figure are in every message, and tell nothing.
    return {text for text in texts if len(text) >= _SHORT or re.search(r"\d", text)}
