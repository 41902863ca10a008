"""CSV: a row for each item of the plan, in date order, for a spreadsheet or a script.

A cell that a spreadsheet would take for a formula gets an apostrophe before it. Lines end as
RFC 4180 says.
"""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Final

from hairplan.plan import Plan
from hairplan.words import harmless

COLUMNS: Final = (
    "plan", "ref", "protocol", "item", "id", "kind", "status", "number", "of", "date", "time",
    "zone", "duration", "earliest", "target", "latest", "last", "resume_on", "resume_at", "length",
    "session", "place", "label", "reason", "applies", "sources",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Cells = dict[str, object]


def render_csv(plan: Plan) -> str:
    """Render a plan as CSV with a header; a plan without dates has the header alone."""
    return csv_header() + csv_rows(plan)


def csv_header() -> str:
    """Render the header."""
    return f"{','.join(COLUMNS)}\r\n"


def csv_rows(plan: Plan) -> str:
    """Render a plan as rows without a header, to stand below those of other plans."""
    out = StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    always = {"plan": plan.id, "ref": plan.ref, "protocol": plan.protocol.id}
    for cells in sorted(_items(plan), key=_when):
        row = {name: safe_cell(value) for name, value in (always | cells).items()}
        writer.writerow(row)
    return out.getvalue()


def _when(cells: Cells) -> tuple[date, str, str]:
    day = cells.get("date") or cells.get("target") or cells.get("earliest")
    return day if isinstance(day, date) else date.min, str(cells["item"]), str(cells["id"])


def _items(plan: Plan) -> Iterator[Cells]:
    yield from _sessions(plan)
    yield from _restrictions(plan)
    yield from _screening(plan)
    for task in plan.tasks:
        yield {
            "item": "task", "id": task.id, "label": task.label, "date": task.due,
            "session": task.session, "time": task.due_at.time() if task.due_at else None,
            "earliest": task.not_before, "applies": task.applies, "sources": task.sources,
            "kind": "blocking" if task.blocks else "optional" if task.optional else None,
        }  # fmt: skip
    for routine in plan.routines:
        yield {
            "item": "routine", "id": routine.id, "label": routine.label, "kind": routine.rhythm,
            "date": routine.first, "last": routine.last, "applies": routine.applies,
            "sources": routine.sources,
        }  # fmt: skip
    for milestone in plan.milestones:
        yield {
            "item": "milestone", "id": milestone.id, "label": milestone.label,
            "date": milestone.on, "sources": milestone.sources,
        }  # fmt: skip


def _sessions(plan: Plan) -> Iterator[Cells]:
    for session in plan.sessions:
        cells: Cells = {
            name: getattr(session, name)
            for name in (*COLUMNS[4:9], "time", "zone", "duration", "earliest", "target", "latest",
                         "reason", "sources")
        }  # fmt: skip
        yield cells | {
            "item": "session",
            "date": session.planned,
            "reason": session.reason or session.waits_for,
            "label": session.name,
            "place": plan.place,
        }


def _restrictions(plan: Plan) -> Iterator[Cells]:
    for each in plan.restrictions:
        for length, periods in (("at least", each.at_least), ("ideal", each.ideal)):
            for period in periods:
                yield {
                    "item": "restriction", "id": each.id, "label": each.label, "length": length,
                    "date": period.first, "last": period.last, "resume_on": period.resume_on,
                    "resume_at": period.resume_at, "session": period.sessions,
                    "applies": each.applies, "sources": each.sources,
                }  # fmt: skip


def _screening(plan: Plan) -> Iterator[Cells]:
    """Yield what holds and what is open, overrides with their reason; it has no date of its own."""
    for each in plan.screening:
        if each.applies != "no" or each.overridden:
            yield {
                "item": "screening", "id": each.rule, "kind": each.outcome, "label": each.says,
                "earliest": each.since, "last": each.until, "applies": each.applies,
                "reason": f"overridden: {each.overridden}" if each.overridden else None,
                "sources": each.sources,
            }  # fmt: skip


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(str(each) for each in value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    text = harmless(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
