"""What is asked for, as texts: options of a command line, cells of a list. None is not given."""

from pathlib import Path

from msgspec import Struct


class ChangeableOptions(Struct, kw_only=True):
    """What a request may ask for once the plan is under way, in the words of the options."""

    sessions: list[str] | None = None
    spacing: list[str] | None = None
    option: list[str] | None = None
    figure: list[str] | None = None
    until: str | None = None
    horizon: str | None = None
    on_late: str | None = None
    anchor: str | None = None
    answer: list[str] | None = None
    event: list[str] | None = None
    sex: str | None = None
    age: str | None = None
    override: list[str] | None = None
    away: list[str] | None = None
    closed: list[str] | None = None
    holidays: list[str] | None = None
    closure: list[str] | None = None
    time: str | None = None
    zone: str | None = None
    duration: str | None = None
    place: str | None = None


class RequestOptions(ChangeableOptions, kw_only=True):
    """What a request is made of."""

    start: str | None = None
    patient: Path | None = None
    ref: str | None = None
    id: str | None = None
