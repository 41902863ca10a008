"""The forms that have a short view, which a person has before her at the desk."""

from typing import Final

DESK_FORMS: Final = frozenset({"table", "plain"})
"""The forms with a short view; those that are kept or read by programs are whole."""
