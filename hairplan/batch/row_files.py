"""The files of a row of a list, each made from its plan."""

from datetime import date
from typing import TYPE_CHECKING

from msgspec import structs

from hairplan.calendar.earlier_export import EarlierFile, follow_export
from hairplan.calendar.ics import Revision, render, shape_for
from hairplan.calendar.items import CalendarChoice, Item
from hairplan.calendar.ledger import Ledger, follow
from hairplan.clinic.settings import ClinicConfig
from hairplan.files.kept_plan import with_clinic_days
from hairplan.files.plan_file import create_plan_file, encode, record_export
from hairplan.plan import Plan
from hairplan.request import PlanRequest
from hairplan.sheet.words import Catalog
from hairplan.show.csv import render_csv

if TYPE_CHECKING:
    from hairplan.batch.row_planner import Treatment
    from hairplan.batch.row_processor import BatchSpec, FileForm


def render_text(form: "FileForm", plan: Plan) -> str:
    """Return a plan as a text."""
    if form == "json":
        from hairplan.show.json import render_json

        return render_json(plan)
    if form == "csv":
        return render_csv(plan)
    from hairplan.show.markdown import render_markdown
    from hairplan.show.plan import plan_document

    return render_markdown(plan_document(plan))


def render_sheet(
    plan: Plan, catalog: Catalog, clinic: ClinicConfig, today: date, form: "FileForm"
) -> bytes:
    """Return a patient's sheet."""
    from hairplan.sheet.sheet import sheet_of

    sheet = sheet_of(plan, catalog, clinic, today)
    if form == "pdf":
        from hairplan.sheet.pdf import render_pdf

        return render_pdf(sheet)
    from hairplan.sheet.html import render_html

    return render_html(sheet).encode("utf-8")


def render_calendar(
    spec: "BatchSpec",
    plan: Plan,
    items: tuple[Item, ...],
    choice: CalendarChoice,
    earlier: EarlierFile,
) -> tuple[bytes, Ledger]:
    """Return a plan's own calendar, and its ledger where one is needed.

    Args:
        spec: what all rows have in common.
        plan: the plan.
        items: what the calendar is to have.
        choice: how it was chosen.
        earlier: the file in its place, which it follows if it is an earlier export.
    """
    following = follow_export(earlier, plan, items, choice, spec.stamp)
    if following is None and "plan" in spec.forms.files:
        following = follow(items, frozenset, {}, plan.calendar_id, spec.stamp)
    shape = shape_for(plan, choice, spec.forms.shape)
    if following is None:
        return render(items, plan.calendar_id, Revision(spec.stamp), shape), {}
    items = following.chosen(changes_only=False, feed=shape.feed)
    return render(items, plan.calendar_id, following.revisions, shape), following.ledger


def render_plan_file(
    spec: "BatchSpec", treatment: "Treatment", request: PlanRequest, plan: Plan, ledger: Ledger
) -> bytes:
    """Return a plan file, with the ledger of the calendar beside it if there is one."""
    request = structs.replace(request, id=plan.id)
    kept = create_plan_file(
        treatment.protocol, treatment.text, request, id=plan.id, made=spec.stamp
    )
    kept = with_clinic_days(kept, spec.planner.clinic)
    return encode(record_export(kept, spec.forms.choice.audience, ledger) if ledger else kept)
