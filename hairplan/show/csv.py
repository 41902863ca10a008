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
    for cells in sorted(_items(plan), key=_order):
        row = {name: safe_cell(value) for name, value in (always | cells).items()}
        writer.writerow(row)
    return out.getvalue()


def _order(cells: Cells) -> tuple[date, str, str]:
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
    for restriction in plan.restrictions:
        lengths = {"at least": restriction.at_least, "ideal": restriction.ideal}
        for length, periods in lengths.items():
            for period in periods:
                yield {
                    "item": "restriction", "id": restriction.id, "label": restriction.label,
                    "length": length, "date": period.first, "last": period.last,
                    "resume_on": period.resume_on, "resume_at": period.resume_at,
                    "session": period.sessions, "applies": restriction.applies,
                    "sources": restriction.sources,
                }  # fmt: skip


def _screening(plan: Plan) -> Iterator[Cells]:
    """Yield rules that hold or are open, overrides with their reason; they have no date."""
    for rule in plan.screening:
        if rule.applies != "no" or rule.overridden:
            yield {
                "item": "screening", "id": rule.rule, "kind": rule.outcome, "label": rule.says,
                "earliest": rule.since, "last": rule.until, "applies": rule.applies,
                "reason": f"overridden: {rule.overridden}" if rule.overridden else None,
                "sources": rule.sources,
            }  # fmt: skip


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    text = harmless(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
