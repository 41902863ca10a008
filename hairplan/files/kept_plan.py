"""A plan that is kept in a file, made anew from it: by the clinic's days as they are by now."""

from collections.abc import Sequence
from datetime import date

from msgspec import structs

from hairplan.files.plan_file import PlanFile, load_kept_protocol
from hairplan.history import Entry
from hairplan.plan import Plan
from hairplan.planner.under_way import Outset, plan_under_way
from hairplan.request import ALWAYS_OPEN, ClinicDays


def with_clinic_days(plan: PlanFile, clinic: ClinicDays) -> PlanFile:
    """Return a new plan with the clinic's days that it was made under."""
    return structs.replace(plan, clinic_days=None if clinic == ALWAYS_OPEN else clinic)


def make_kept_plan(
    file: PlanFile, history: Sequence[Entry], today: date, clinic: ClinicDays
) -> Plan:
    """Make the plan of a file.

    Args:
        file: what the plan is made of.
        history: its history, or a part of it, or more than it has.
        today: tells past from planned, and what is overdue.
        clinic: the clinic's days as they are by now.

    Raises:
        InputError: the history and the protocol do not fit; every fault.
        OutOfRangeError: a date leaves the calendar.
    """
    outset = Outset(load_kept_protocol(file), file.request, file.clinic_at_first)
    return plan_under_way(outset, history, today, clinic)
