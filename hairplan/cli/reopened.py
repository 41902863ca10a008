"""`hairplan schedule PLAN`: the plan of a plan file as it is by now, shown or exported.

A calendar that is exported goes into the ledger of the plan file, so that the next one knows what
the patient has.
"""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from hairplan.cli.calendar import CalendarRequest, deliver_items, say_left_out
from hairplan.cli.delivery import is_rehearsal
from hairplan.cli.plan_files import open_plan, opened_for
from hairplan.cli.schedule import deliver_plan
from hairplan.cli.terminal import say
from hairplan.files.plan_file import exported

if TYPE_CHECKING:
    from hairplan.cli.options import ResultOptions
    from hairplan.plan import Plan


def schedule_plan_file(
    path: Path, form: str, wanted: CalendarRequest | None, result: "ResultOptions", today: dt.date
) -> None:
    """Show or export the plan of a plan file.

    Raises:
        InputError: it cannot be read; every fault.
        OutputError: the result or the ledger cannot be written.
    """
    if wanted is None:
        plan = open_plan(path).plan(today)
        deliver_plan(plan, form, None, result)
    else:
        plan = export_calendar(path, wanted, result, today)
    if plan.problem is not None:
        say(plan.problem.what)


def export_calendar(
    path: Path, wanted: CalendarRequest, result: "ResultOptions", today: dt.date
) -> "Plan":
    """Export the calendar of a plan file, and write down what it holds.

    Raises:
        InputError: the plan file cannot be read; every fault.
        OutputError: the calendar or the ledger cannot be written.
    """
    from hairplan.calendar.items import ids_of, items_of
    from hairplan.calendar.ledger import follow

    with opened_for(path, result) as opened:
        plan = opened.plan(today)
        audience = wanted.choice.audience
        ledger = opened.file.exports.get(audience, {})
        items = items_of(plan, wanted.choice)
        following = follow(items, ids_of(plan, wanted.choice), ledger, plan.id, wanted.stamp)
        say_left_out(plan, wanted)
        chosen = following.chosen(changes_only=wanted.changes_only)
        if wanted.changes_only and not chosen:
            say("nothing has changed since the last export: no calendar is written")
            return plan
        deliver_items(plan, chosen, following.revisions, wanted, result)
        if not is_rehearsal(result):
            opened.save(exported(opened.file, audience, following.ledger))
    return plan
