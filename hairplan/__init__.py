"""hairplan plans hair and scalp treatments from sourced protocols.

    >>> from datetime import date
    >>> from hairplan import PlanRequest, load_protocol, make_plan
    >>> smp = load_protocol("smp")
    >>> plan = make_plan(smp, PlanRequest(start=date(2026, 12, 1)), today=date(2026, 11, 1))
    >>> [str(session.planned) for session in plan.sessions]
    ['2026-12-01', '2026-12-15', '2026-12-29', '2029-06-29']

What stands here is the public interface; it is imported when first used, so that a command that
only prints the version does not wait for a planner.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hairplan.batch.row_planner import RowPlanner
    from hairplan.calendar.ics import CalendarShape, to_ics
    from hairplan.calendar.items import CalendarChoice
    from hairplan.dates.seasons import YearlyPeriod
    from hairplan.dates.spans import Period
    from hairplan.errors import HairplanError, InputError
    from hairplan.history import (
        Added,
        Adopted,
        Cancelled,
        Changed,
        Done,
        Ended,
        Entry,
        Missed,
        Moved,
        Resumed,
        Skipped,
        Ticked,
    )
    from hairplan.plan import Plan
    from hairplan.planner import make_plan, screen_patient
    from hairplan.protocol.catalog import load_protocol
    from hairplan.protocol.model import Protocol
    from hairplan.request import ClinicDays, PlanRequest

# A plain string: reading it from the installed metadata costs 24 ms at every start.
__version__ = "0.1.0"

_HOMES = {
    "Added": "hairplan.history",
    "Adopted": "hairplan.history",
    "CalendarChoice": "hairplan.calendar.items",
    "CalendarShape": "hairplan.calendar.ics",
    "Cancelled": "hairplan.history",
    "Changed": "hairplan.history",
    "ClinicDays": "hairplan.request",
    "Done": "hairplan.history",
    "Ended": "hairplan.history",
    "Entry": "hairplan.history",
    "HairplanError": "hairplan.errors",
    "InputError": "hairplan.errors",
    "Missed": "hairplan.history",
    "Moved": "hairplan.history",
    "Period": "hairplan.dates.spans",
    "Plan": "hairplan.plan",
    "PlanRequest": "hairplan.request",
    "Protocol": "hairplan.protocol.model",
    "Resumed": "hairplan.history",
    "RowPlanner": "hairplan.batch.row_planner",
    "Skipped": "hairplan.history",
    "Ticked": "hairplan.history",
    "YearlyPeriod": "hairplan.dates.seasons",
    "load_protocol": "hairplan.protocol.catalog",
    "make_plan": "hairplan.planner",
    "screen_patient": "hairplan.planner",
    "to_ics": "hairplan.calendar.ics",
}

__all__ = [
    "Added",
    "Adopted",
    "CalendarChoice",
    "CalendarShape",
    "Cancelled",
    "Changed",
    "ClinicDays",
    "Done",
    "Ended",
    "Entry",
    "HairplanError",
    "InputError",
    "Missed",
    "Moved",
    "Period",
    "Plan",
    "PlanRequest",
    "Protocol",
    "Resumed",
    "RowPlanner",
    "Skipped",
    "Ticked",
    "YearlyPeriod",
    "__version__",
    "load_protocol",
    "make_plan",
    "screen_patient",
    "to_ics",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'hairplan' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
