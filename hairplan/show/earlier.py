"""The marks by which a file is recognized as an earlier export of the same plan.

It is one if it contains every mark; of a tuple any.
"""

from hairplan.clinic.templates import AUDIENCES
from hairplan.plan import Plan

Marks = tuple[str | tuple[str, ...], ...]


def marks_of(plan: Plan, form: str) -> Marks:
    """Return the marks of a plan exported in a form, such as "json"."""
    treatment = plan.protocol.id
    if form == "json":
        return f'\n  "id": "{plan.id}",', f'\n    "id": "{treatment}",'
    if form == "csv":
        return f"\r\n{plan.id},", f",{treatment},"
    if form == "ics":
        return calendar_marks(plan)
    if form in {"sheet", "pdf"}:
        from hairplan.sheet.sheet import sheet_mark

        return (sheet_mark(plan.calendar_id),)
    # Records have their fields in columns.
    named = (f"plan {plan.id}\n", f"plan      {plan.id}\n")
    return named, f"({treatment} {plan.protocol.version})"


def calendar_marks(plan: Plan) -> Marks:
    """Return the marks of a plan's own calendar: its events stand in others' calendars as well."""
    from hairplan.calendar.ics import id_line, id_of_calendar

    heads = (id_line(id_of_calendar(plan.calendar_id, audience)) for audience in AUDIENCES)
    return ("PRODID:-//hairplan//", tuple(heads))
