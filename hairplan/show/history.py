"""The history of a plan as a person reads it: what was recorded, when, by whom and why."""

from collections.abc import Iterator
from typing import Final

from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period
from hairplan.files.plan_file import PlanFile
from hairplan.history import (
    Added,
    Adopted,
    Cancelled,
    Changed,
    Done,
    Ended,
    Entry,
    Happening,
    Missed,
    Moved,
    Resumed,
    Skipped,
    Ticked,
)
from hairplan.show.document import Document, Line, Section, TableRow
from hairplan.words import format_date, format_moment

_COUNTED: Final = {None: "", True: ", counted", False: ", not counted"}


def history_document(file: PlanFile) -> Document:
    """Lay out the entries of a plan's history, the first one first."""
    undone = {entry.undoes: number for number, entry in enumerate(file.history, 1) if entry.undoes}
    rows = tuple(
        _row(number, entry, undone.get(number)) for number, entry in enumerate(file.history, 1)
    )
    columns = ("No.", "Recorded", "By", "What", "Why")
    made = f"made on {format_date(file.made.date())}"
    protocol = f"{file.protocol.id} {file.protocol.version}"
    summary = Line(f"plan {file.id}, {protocol}, {made}")
    none = () if rows else (Line("nothing is recorded yet"),)
    return Document("History", (summary,), (Section("", columns, rows, none),))


def _row(number: int, entry: Entry, undone_by: int | None) -> TableRow:
    what = "; ".join(_describe_entry(entry))
    if undone_by:
        what += f" (taken back by {undone_by})"
    cells = (f"{number}", format_date(entry.on), entry.by or "", what, entry.reason or "")
    return TableRow(cells, "least" if undone_by else "plain")


def _describe_entry(entry: Entry) -> Iterator[str]:
    """Yield in words what an entry records."""
    if entry.undoes:
        yield f"entry {entry.undoes} taken back"
    for happening in entry.what:
        yield from _describe_happening(happening)
    if entry.clinic_days is not None:
        yield "the clinic's days had changed"


def _describe_happening(happening: Happening) -> Iterator[str]:
    match happening:
        case Done():
            day = format_moment(happening.on, happening.time)
            yield f"{happening.session} done on {day}{_COUNTED[happening.counted]}"
        case Moved():
            yield f"{happening.session} booked for {format_moment(happening.to, happening.time)}"
        case Missed():
            yield f"{happening.session} missed"
        case Cancelled():
            yield f"{happening.session} called off"
        case Skipped():
            yield f"{happening.session} given up"
        case Added():
            day = format_moment(happening.on, happening.time)
            kind = "" if happening.kind == "touch-up" else f", as {happening.kind}"
            yield f"{happening.session} added: {happening.name} on {day}{kind}"
        case Ticked():
            yield f"{happening.task} done on {format_date(happening.on)}"
        case Changed():
            yield from _describe_changed(happening)
        case _:
            yield _describe_course(happening)


def _describe_course(happening: Ended | Resumed | Adopted) -> str:
    """Say what becomes of the plan as a whole."""
    match happening:
        case Ended():
            return f"ended on {format_date(happening.on)}"
        case Resumed():
            return f"taken up again from {format_date(happening.on)} on"
        case _:
            return f"follows {happening.id} {happening.version} from now on"


def _describe_changed(changed: Changed) -> Iterator[str]:
    """Yield the changes of the request, each as an option would say it."""
    for name in changed.__struct_fields__:
        value = getattr(changed, name)
        if isinstance(value, dict):
            yield from (f"{name} {key}={_format_value(part)}" for key, part in value.items())
        elif value not in (None, ()):
            yield f"{name} {_format_value(value)}"
        elif value == () and name in _NONE_OF:
            yield f"{name} {_NONE_OF[name]}"


_NONE_OF: Final = {"closed": "none", "holidays": "none", "patient_days": "all"}


def _format_value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_format_value, value))
    if isinstance(value, Period | YearlyPeriod):
        return f"{value.first}..{value.last}" + (f"={value.reason}" if value.reason else "")
    return str(value)
