"""The short views that a person has before her while a patient is in the chair."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hairplan.cli.delivery import render_document

if TYPE_CHECKING:
    from hairplan.show.document import Document

DESK_FORMS: Final = frozenset({"table", "plain"})
"""The forms that have a short view: what is written down or read by programs is whole."""


def render_desk(document: "Document", form: str, output: Path | None) -> str:
    """Render a short view; a terminal that has no middle dot gets a dash in its place."""
    text = render_document(document, form, output)
    return text if _has_middle_dot(sys.stdout.encoding) else text.replace("·", "-")


def _has_middle_dot(encoding: str) -> bool:
    try:
        "·".encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
