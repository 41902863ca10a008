"""Failed rows: whole in a report, and without any patient's data in a log."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from hairplan.batch.columns import IN_REPORTS, SEPARATOR, parse_column
from hairplan.batch.patient_list import Row

HIDDEN: Final = "[...]"
"""Stands in a log for the content of a row."""

REPORT_MARKS: Final = ('{"row": ', '"reason": [')
"""Tell a report of an earlier batch from any other file."""

_EXAMPLES: Final = re.compile(r"\b(?:such as|are written|there are:|known:) ")
"""Behind these a message says what would be right, in our own words."""

_QUOTED: Final = re.compile(r"(?<!did you mean )'[^']*'")
_DERIVED: Final = re.compile(r"\d{4}-\d{2}-\d{2}( \(\d+ [A-Z][a-z]+\))?")
"""A day, with its month in words beside it: it follows from a row's cells."""

_BETWEEN_WORDS: Final = re.compile(rf"[\s,{re.escape(SEPARATOR)}=]+|\.\.")
_SHORT: Final = 4
_LONG: Final = 1000


def render_report_line(row: Row, reasons: Iterable[str]) -> bytes:
    """Return a failed row as a line of a report: it can be corrected, and fed in again."""
    content = {name: value for name, value in row.content.items() if name not in IN_REPORTS}
    line = {"row": row.number, "reason": list(reasons), **content}
    try:
        return f"{json.dumps(line, ensure_ascii=False)}\n".encode()
    except UnicodeEncodeError:
        # Bytes that are no UTF-8 come out as they went in.
        return f"{json.dumps(line)}\n".encode()


def redact_reason(reason: str, content: Mapping[str, Any]) -> str:
    """Return a reason without the content of its row: a log is no place for patients' data.

    The column stays, and what would be right. A report has the whole reason.
    """
    column, colon, rest = reason.partition(": ")
    if not colon or isinstance(parse_column(column.replace(" ", ".", 1)), str):
        column, colon, rest = "", "", reason
    examples = _EXAMPLES.search(rest)
    end = examples.start() if examples else len(rest)
    redacted = _QUOTED.sub(f"'{HIDDEN}'", rest[:end])
    for text in sorted(_telling_texts(content), key=len, reverse=True):
        redacted = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", HIDDEN, redacted)
    return f"{column}{colon}{_DERIVED.sub(HIDDEN, redacted)}{rest[end:]}"


def _telling_texts(content: Mapping[str, Any]) -> set[str]:
    """Return the cells of a row and the words in them, as far as they tell something."""
    texts: set[str] = set()
    for name, value in content.items():
        if isinstance(value, dict):
            texts |= _telling_texts(value)
        elif name not in IN_REPORTS:
            for item in value if isinstance(value, list) else [value]:
                text = str(item)[:_LONG].strip()
                texts |= {text, *_BETWEEN_WORDS.split(text)}
    # Short words without a figure are in every message, and tell nothing.
    return {text for text in texts if len(text) >= _SHORT or re.search(r"\d", text)}
