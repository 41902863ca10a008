"""Failed rows: whole in a report, and without any patient's data in a log."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hairplan.batch.columns import IN_REPORTS, SEPARATOR, parse_column
from hairplan.batch.patient_list import Row
from hairplan.errors import cap_faults
from hairplan.words import escape_controls

HIDDEN: Final = "[...]"
"""Stands in a log for the content of a row."""

REPORT_MARKS: Final = ('{"row": ', '"reason": [')
"""Tell a report of an earlier batch from any other file."""

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


def render_report_line(row: Row, reasons: Iterable[str]) -> bytes:
    """Return a failed row as a line of a report: it can be corrected, and fed in again."""
    content = {name: value for name, value in row.content.items() if name not in IN_REPORTS}
    line = {"row": row.number, "reason": list(reasons), **content}
    try:
        return escape_controls(json.dumps(line, ensure_ascii=False).encode()) + b"\n"
    except UnicodeEncodeError:
        # Bytes that are no UTF-8 come out as they went in.
        return f"{json.dumps(line)}\n".encode()


def redact_reasons(reasons: Sequence[str], content: Mapping[str, Any]) -> Iterator[str]:
    """Yield reasons without the content of their row: a log is no place for patients' data.

    The column stays, and what would be right. A report has the whole reasons, and all of them.
    """
    cells = set(_cells(content))
    texts = sorted(_telling_texts(cells), key=len, reverse=True)
    misleading = [text for text in texts if text in cells and _MISLEADING.search(text)]
    for reason in cap_faults(reasons, _MOST_SAID):
        yield _redact(reason, texts, misleading)


def _redact(reason: str, texts: Sequence[str], misleading: Sequence[str]) -> str:
    column, colon, rest = reason.partition(": ")
    if not colon or isinstance(parse_column(column.replace(" ", ".", 1)), str):
        column, colon, rest = "", "", reason
    for text in misleading:
        rest = rest.replace(text, HIDDEN)
    examples = _EXAMPLES.search(rest)
    end = examples.start() if examples else len(rest)
    redacted = _QUOTED.sub(f"'{HIDDEN}'", rest[:end])
    for text in texts:
        # Of thousands of texts a reason has few in it, and looking is quick.
        if text in redacted:
            redacted = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", HIDDEN, redacted)
    return f"{column}{colon}{_DERIVED.sub(HIDDEN, redacted)}{rest[end:]}"


def _cells(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of a row's cells, as they are read."""
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
