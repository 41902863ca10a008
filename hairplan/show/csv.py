"""CSV: a row for each item of the plan, in date order, for a spreadsheet or a script.

A cell that a spreadsheet would take for a formula gets an apostrophe before it. Lines end as
RFC 4180 says.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Final

from msgspec import structs

from hairplan.plan import Plan, PlannedRestriction
from hairplan.planner.paused import describe_pauses
from hairplan.words import format_date, replace_controls

COLUMNS: Final = (
    "plan", "ref", "protocol", "item", "id", "kind", "status", "number", "of", "date", "time",
    "zone", "duration", "earliest", "target", "latest", "last", "resume_on", "resume_at", "length",
    "session", "place", "label", "reason", "applies", "sources",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Cells = dict[str, object]


def render_csv(plan: Plan) -> str:
    """Render a plan as CSV with a header; a plan without dates has the header alone."""
    return render_csv_header() + render_csv_rows(plan)


def render_csv_header() -> str:
    """Render the header."""
    return f"{','.join(COLUMNS)}\r\n"


def render_csv_rows(plan: Plan) -> str:
    """Render a plan as rows without a header, to stand below those of other plans."""
    always: Cells = {"plan": plan.id, "ref": plan.ref, "protocol": plan.protocol.id}
    return write_rows(COLUMNS, (always | cells for cells in sorted(_items(plan), key=_order)))


def write_rows(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Write rows without a header; a cell that a row does not have is empty."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([_safe_cell(row.get(name)) for name in columns] for row in rows)
    return out.getvalue()


def _order(cells: Cells) -> tuple[date, str, str]:
    day = cells.get("date") or cells.get("target") or cells.get("earliest")
    return day if isinstance(day, date) else date.min, str(cells["item"]), str(cells["id"])


def _items(plan: Plan) -> Iterator[Cells]:
    """Yield the cells of each item: its own fields, where a column has their name, and ours."""
    for session in plan.sessions:
        yield structs.asdict(session) | {
            "item": "session", "date": session.planned,
            "label": f"{session.name}: {session.details}" if session.details else session.name,
            "place": None if session.kind == "home" else plan.place,
            "reason": session.reason or session.waits_for if session.counted else session.flag,
        }  # fmt: skip
    yield from _restrictions(plan)
    yield from _screening(plan)
    yield from _instructions(plan)
    for task in plan.tasks:
        yield structs.asdict(task) | {
            "item": "task", "date": task.due, "time": task.due_at.time() if task.due_at else None,
            "earliest": task.not_before,
            "kind": "blocking" if task.blocks else "optional" if task.optional else None,
            "status": "done" if task.done else None,
            "reason": f"done on {format_date(task.done)}" if task.done else None,
        }  # fmt: skip
    for routine in plan.routines:
        rhythm = {"item": "routine", "date": routine.first, "kind": routine.rhythm}
        rhythm |= {"reason": describe_pauses(routine.pauses).removeprefix(", ") or None}
        yield structs.asdict(routine) | rhythm
    for milestone in plan.milestones:
        yield structs.asdict(milestone) | {"item": "milestone", "date": milestone.on}


def _restrictions(plan: Plan) -> Iterator[Cells]:
    for restriction in plan.restrictions:
        lengths = {"at least": restriction.at_least, "ideal": restriction.ideal}
        for length, periods in lengths.items():
            for period in periods:
                yield structs.asdict(restriction) | structs.asdict(period) | {
                    "item": "restriction", "length": length, "date": period.first,
                    "session": period.sessions,
                }  # fmt: skip
        yield from _stages(restriction)


def _stages(restriction: PlannedRestriction) -> Iterator[Cells]:
    """Yield what is allowed again within a restriction."""
    for stage in restriction.stages:
        for length, periods in {"at least": stage.at_least, "ideal": stage.ideal}.items():
            for period in periods:
                yield structs.asdict(restriction) | structs.asdict(period) | {
                    "item": "stage", "length": length, "date": period.first, "label": stage.label,
                }  # fmt: skip


def _instructions(plan: Plan) -> Iterator[Cells]:
    for instruction in plan.instructions:
        for day, session in zip(instruction.begins, instruction.sessions, strict=True):
            yield structs.asdict(instruction) | {
                "item": "restriction", "length": instruction.how_long, "date": day,
                "session": session,
            }  # fmt: skip


def _screening(plan: Plan) -> Iterator[Cells]:
    """Yield rules that hold or are open, overrides with their reason; they have no date."""
    for rule in plan.screening:
        if rule.applies != "no" or rule.overridden:
            yield structs.asdict(rule) | {
                "item": "screening", "id": rule.rule, "kind": rule.outcome, "label": rule.says,
                "earliest": rule.since, "last": rule.until,
                "reason": f"overridden: {rule.overridden}" if rule.overridden else None,
            }  # fmt: skip


def _safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; a number below 0 is none."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    text = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    text = replace_controls(text)
    return f"'{text}" if text.startswith(_FORMULA) else text
