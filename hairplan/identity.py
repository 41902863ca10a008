"""The id of a thing of a plan in every calendar: opaque, and the same on every machine."""

from hashlib import sha256
from typing import Final

_KNOWN: Final = "uid:"


def uid(plan_id: str, item_id: str) -> str:
    """Return the id of an item of a plan in every calendar, in the form of a UUID (version 8)."""
    if item_id.startswith(_KNOWN):
        return item_id.removeprefix(_KNOWN)
    digest = sha256(f"{plan_id}\n{item_id}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def known_by_uid(unique: str) -> str:
    """Return the id of an item of which only its id in calendars is known; no other has a colon."""
    return f"{_KNOWN}{unique}"
