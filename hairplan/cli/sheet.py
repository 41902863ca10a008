"""The patient's sheet of a plan, put where it was asked for."""

import datetime as dt

from hairplan.cli.delivery import deliver
from hairplan.cli.options import ResultOptions
from hairplan.cli.terminal import say
from hairplan.clinic.settings import ClinicConfig
from hairplan.plan import Plan
from hairplan.sheet.sheet import sheet_of
from hairplan.show.earlier import marks_of


def render_sheet(plan: Plan, clinic: ClinicConfig, today: dt.date, form: str) -> str | bytes:
    """Render the patient's sheet as HTML or as PDF.

    Raises:
        InputError: there is no plan, no appointment ahead has a day, or Typst is not installed.
        OutOfRangeError: a day on it lies before the year 1 or after the year 9999.
    """
    sheet = sheet_of(plan, clinic, today)
    if clinic.phone is None:
        say("no phone is on the sheet: state it in the settings, as phone under [clinic]")
    if form == "pdf":
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
