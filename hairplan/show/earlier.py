"""What an earlier export of a plan has in it, so that it can be told from another file.

A file is an earlier export if it has every one of these; of a tuple any.
"""

from collections.abc import Collection

from hairplan.plan import Plan

Marks = tuple[str | tuple[str, ...], ...]


def marks_of(plan: Plan, form: str) -> Marks:
    """Return the marks of a plan in one of the forms."""
    treatment = plan.protocol.id
    if form == "json":
        return f'\n  "id": "{plan.id}",', f'\n    "id": "{treatment}",'
    if form == "csv":
        return f"\r\n{plan.id},", f",{treatment},"
    if form == "ics":
        return calendar_marks(plan)
    return f"plan {plan.id}\n", f"({treatment} {plan.protocol.version})"


def calendar_marks(plan: Plan, further: Collection[str] = ()) -> Marks:
    """Return the marks of a plan's calendar: one of its events, or of further ones by their ids."""
    from hairplan.calendar.ics import uid
    from hairplan.calendar.items import ids_of

    ids = ids_of(plan) | {*further}
    return ("PRODID:-//hairplan//", tuple(f"UID:{uid(plan.id, each)}" for each in ids))
