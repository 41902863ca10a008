"""The id of a thing of a plan in every calendar: opaque, and the same on every machine."""

from hashlib import sha256


def uid(plan_id: str, item_id: str) -> str:
    """Return the id of an item of a plan in every calendar, in the form of a UUID (version 8)."""
    digest = sha256(f"{plan_id}\n{item_id}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
