"""The language that a patient reads, of sheet and calendar."""

from pathlib import Path

from msgspec import Struct


class PatientLanguage(Struct, frozen=True):
    """The language that a patient reads.

    Attributes:
        code: its code.
        folder: the clinic's own catalogs; null for none.
        forced: what to avoid may be in another, where the protocol does not have it in this one.
    """

    code: str = "en"
    folder: Path | None = None
    forced: bool = False
