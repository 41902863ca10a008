"""By what a file is recognized, from its beginning: a plan file, or an earlier export."""

import re
from collections.abc import Sequence
from typing import Final

_PLAN_FILE: Final = re.compile(
    rb'\s*\{\s*"format"\s*:\s*\d+\s*,\s*"id"\s*:\s*"[^"]*"\s*,\s*"made"\s*:'
)
_SEAL: Final = re.compile(rb'"seals"\s*:\s*\{\s*"head"\s*:\s*"[0-9a-f]{64}"')

Marks = Sequence[str | tuple[str, ...]]
"""The marks of an earlier export: it has every one of these in it; of a tuple, any one."""


def is_plan_file(head: bytes) -> bool:
    """Return whether a file's beginning is that of a plan file, or has a plan file's seal."""
    return bool(_PLAN_FILE.match(head) or _SEAL.search(head))


def has_marks(head: bytes, marks: Marks) -> bool:
    """Return whether a file's beginning is that of an earlier export."""
    groups = [(mark,) if isinstance(mark, str) else mark for mark in marks]
    return bool(groups) and all(any(mark.encode() in head for mark in group) for group in groups)
