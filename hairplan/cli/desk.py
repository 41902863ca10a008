"""The forms that have a short view, which a person has before her at the desk."""

from typing import Final

DESK_FORMS: Final = frozenset({"table", "plain"})
"""What is written down or read by programs is whole."""
