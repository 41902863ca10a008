"""`hairplan due`: what needs a hand over all plans of a folder, on a day."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct

from hairplan.cli.asked_days import asked_days
from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, deliver_paged, render_document
from hairplan.cli.desk import DESK_FORMS
from hairplan.cli.help import ShortHelp
from hairplan.cli.options import Environment, ResultOptions, ViewOptions, takes
from hairplan.cli.terminal import say
from hairplan.clinic.days import clinic_days_of, date_order_of, zone_of
from hairplan.clinic.options import RESULT, Flag
from hairplan.clinic.settings import load_clinic
from hairplan.errors import DONE, LOOK_AT_THIS, InputError

if TYPE_CHECKING:
    from hairplan.dates.spans import Span
    from hairplan.follow.due_rows import Due, Unread

FORMATS: Final = ("table", "plain", "json", "csv", "markdown")


class DueResult(ResultOptions, kw_only=True):
    """The list as a result, which may also be a table for a spreadsheet."""

    form: Annotated[
        str | None,
        Flag(
            "table (in a terminal), plain (else), json, csv, markdown.",
            "FORMAT", RESULT, "-f", "--format",
        ),
    ] = None  # fmt: skip


class DueOptions(Struct, kw_only=True):
    """The plans to look at, and the day."""

    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of plans, or plan files (*.plan.json); the current folder if left out.",
            metavar="[DIR]...",
            show_default=False,
        ),
    ] = None
    on: Annotated[
        str | None,
        Flag(
            "On this day and the 6 after it (2026-12-01, tomorrow, +2w; today if left out), on days"
            ' such as 2026-12-14..2026-12-20, or on "this week".',
            "DAYS",
        ),
    ] = None
    within: Annotated[
        str | None, Flag("From that day on for so long: 1d, 7d, 2w, 30d.", "SPAN")
    ] = None
    paths: Annotated[bool, Flag("Name the plans' files.")] = False
    lost_after: Annotated[
        str | None,
        Flag(
            "List once, in place of all that is due for them, the patients who are awaited and of"
            ' whom nothing was heard for so long, such as "6 months".',
            "SPAN",
        ),
    ] = None


_SHORT: Final = ShortHelp(
    (
        "hairplan due plans",
        'hairplan due plans --on "this week"',
        "hairplan due plans --within 30d -f csv -o due.csv",
    ),
    ("on", "within", "paths", "full", "form", "output", "force"),
)


@takes(DueOptions, ViewOptions, DueResult, Environment, short=_SHORT)
def due(
    options: DueOptions, view: ViewOptions, result: DueResult, environment: Environment
) -> None:
    """List what is due over many plans: what is late, then the week, a line a patient.

    --full shows all of it by its kind, with the reasons; so do Markdown, CSV and JSON.
    """
    from hairplan.clinic.settings import protocols_folder
    from hairplan.files.plan_folder import find_plan_files
    from hairplan.follow.due_rows import Unread, sort_by_urgency
    from hairplan.follow.newer_protocol import PresentProtocols
    from hairplan.follow.worklist import read_due
    from hairplan.show.due import summarise
    from hairplan.show.due_desk import DueView, due_desk

    form = chosen_format(result.form, result.output, FORMATS)
    settings = load_clinic(environment.config)
    today = today_from(environment.today, lambda: zone_of(settings))
    days = asked_days(options.on, options.within, today, date_order_of(settings))
    clinic = clinic_days_of(settings, today)
    protocols = PresentProtocols(protocols_folder(environment.protocols, environment.config))
    lost_after = _span(options.lost_after)
    plans = 0
    rows: list[Due | Unread] = []
    for path in find_plan_files(options.folders or [Path()]):
        plans += 1
        rows += read_due(path, days, protocols, clinic, lost_after)
    rows = sort_by_urgency(rows)
    is_desk = not view.full and form in DESK_FORMS
    shown = DueView(days=days, plans=plans, plain=form == "plain", paths=options.paths)
    if is_desk:
        text = render_document(due_desk(rows, shown), form, result.output)
    else:
        text = _render(rows, form, days.first, result.output)
    (deliver_paged if view.full else deliver)(text, result, "what is due")
    if form != "table" or not is_desk:
        say(summarise(rows, plans))
    is_unread = any(isinstance(row, Unread) for row in rows)
    raise typer.Exit(LOOK_AT_THIS if is_unread else DONE)


def _span(text: str | None) -> "Span | None":
    if text is None:
        return None
    from hairplan.dates.typed_spans import typed_span

    try:
        return typed_span(text)
    except InputError as error:
        raise InputError(*(f"--lost-after: {fault}" for fault in error.faults)) from None


def _render(rows: Sequence["Due | Unread"], form: str, on: dt.date, output: Path | None) -> str:
    if form == "json":
        from hairplan.show.json import render_json

        return render_json(rows)
    from hairplan.show.due import render_due_csv, worklist_document

    if form == "csv":
        return render_due_csv(rows)
    return render_document(worklist_document(rows, on), form, output)
