"""The patient's sheet of a plan, put where it was asked for."""

import datetime as dt
from typing import TYPE_CHECKING

from hairplan.cli.delivery import deliver
from hairplan.cli.options import ResultOptions
from hairplan.cli.patient_catalog import catalog_for
from hairplan.cli.terminal import say
from hairplan.plan import Plan
from hairplan.sheet.sheet import sheet_of
from hairplan.show.earlier import marks_of

if TYPE_CHECKING:
    from hairplan.cli.plan_view import PlanView


def render_sheet(plan: Plan, today: dt.date, view: "PlanView", *, forced: bool) -> str | bytes:
    """Render the patient's sheet as HTML or as PDF.

    Args:
        plan: the plan.
        today: the day of the sheet.
        view: the form, the clinic, and the patient's language.
        forced: what to avoid may be in another language, where there are no words for it.

    Raises:
        InputError: there is no plan, no appointment ahead has a day, there are no words in the
            patient's language, or Typst is not installed.
        OutOfRangeError: a day on it lies before the year 1 or after the year 9999.
    """
    sheet = sheet_of(plan, catalog_for(plan, view, forced=forced), view.clinic, today)
    if view.clinic.phone is None:
        say("no phone is on the sheet: state it in the settings, as phone under [clinic]")
    if view.form == "pdf":
        from hairplan.sheet.pdf import render_pdf

        return render_pdf(sheet)
    from hairplan.sheet.html import render_html

    return render_html(sheet)


def deliver_sheet(plan: Plan, content: str | bytes, form: str, result: ResultOptions) -> None:
    """Put the patient's sheet where it was asked for.

    Raises:
        OutputError: it cannot be written.
    """
    deliver(content, result, "the patient's sheet", marks=marks_of(plan, form))
