"""`hairplan schedule`: from a treatment and a start to the whole plan."""

from typing import TYPE_CHECKING, Final

import typer

from hairplan.cli.asking import both, naming_settings, request_from
from hairplan.cli.clock import stamp_from, today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Around, Asked, Calendar, Named, Rehearsed, Result, takes
from hairplan.cli.settings import load_treatment
from hairplan.cli.terminal import say, say_faults
from hairplan.errors import NO_DATES, REFUSED, InputError
from hairplan.texts import listed, plural, said_date

if TYPE_CHECKING:
    from pathlib import Path

    from hairplan.cli.calendar import Wanted
    from hairplan.cli.settings import Settings
    from hairplan.plan import Plan, Problem
    from hairplan.request import PlanRequest

CALENDAR_ALONE: Final = ("audience", "details", "only", "without", "alarm", "feed")
FORMATS: Final = ("table", "plain", "json", "csv", "markdown", "ics")


@takes(Named, Asked, Rehearsed, Calendar, Around)
def schedule(
    named: Named, asked: Asked, result: Rehearsed, calendar: Calendar, around: Around
) -> None:
    """Plan a treatment: every session, what to avoid and until when, what to prepare.

    It plans and does not decide: the practitioner does.
    """
    from hairplan.planner import make_plan

    form = "ics" if calendar.split else chosen_format(result.form, result.output, FORMATS)
    today = today_from(around.today)
    protocol, settings = load_treatment(named.treatment, around)
    wanted, request = both(
        lambda: _wanted(form, calendar, result, settings, around),
        lambda: request_from(asked, settings, protocol, today),
    )
    if request.start.isoformat() != asked.start:
        say(f"start: {asked.start or 'today'} is {said_date(request.start)}")
    request = _for_calendar(request, wanted, settings)
    with naming_settings(settings, protocol):
        plan = make_plan(protocol, request, today=today)
    if plan.problem is None or form == "json":
        _deliver(plan, form, wanted, result)
    if plan.problem is not None:
        _say_problem(plan.problem)
        raise typer.Exit(REFUSED if plan.problem.kind == "refused" else NO_DATES)


def _wanted(
    form: str, calendar: Calendar, result: Result, settings: "Settings", around: Around
) -> "Wanted | None":
    """Return the calendar that is wanted; None if the result is no calendar."""
    if form != "ics":
        if given := [f"--{name}" for name in CALENDAR_ALONE if getattr(calendar, name)]:
            raise InputError(
                *(f"{name}: for a calendar alone: -o plan.ics or --format ics" for name in given)
            )
        return None
    from hairplan.cli.calendar import refuse_shapes, wanted_from

    refuse_shapes(calendar, result)
    return wanted_from(calendar, settings, stamp_from(around.today))


def _for_calendar(
    request: "PlanRequest", wanted: "Wanted | None", settings: "Settings"
) -> "PlanRequest":
    """Return the request as a calendar needs it, and say what there is to know."""
    if wanted is None:
        return request
    from hairplan.cli.calendar import say_warnings, zoned

    request = zoned(request)
    say_warnings(wanted, settings, request)
    return request


def _deliver(plan: "Plan", form: str, wanted: "Wanted | None", result: Result) -> None:
    if wanted is not None:
        from hairplan.cli.calendar import deliver_calendar

        deliver_calendar(plan, wanted, result)
        return
    what = plural(len(plan.sessions), "appointment") if plan.sessions else "why there is none"
    deliver(render(plan, form, result.output), result, what, marks=_marks(plan, form))


def render(plan: "Plan", form: str, output: "Path | None") -> str:
    """Render a plan in one of the forms."""
    if form == "json":
        from hairplan.export import json_text

        return json_text.render(plan)
    if form == "csv":
        from hairplan.export import csv_text

        return csv_text.render(plan)
    from hairplan.export.plan_document import plan_document

    return render_document(plan_document(plan), form, output)


def _marks(plan: "Plan", form: str) -> tuple[str, str]:
    """Return what an earlier export of the same plan in the same form has in it."""
    treatment = plan.protocol.id
    if form == "json":
        return f'\n  "id": "{plan.id}",', f'\n    "id": "{treatment}",'
    if form == "csv":
        return f"\r\n{plan.id},", f",{treatment},"
    return f"plan {plan.id}\n", f"({treatment} {plan.protocol.version})"


def _say_problem(problem: "Problem") -> None:
    say_faults((problem.what, *problem.why))
    if problem.earliest_start:
        say(f"earliest start that screening allows: {said_date(problem.earliest_start)}")
    elif problem.kind == "refused":
        say("no earliest start: it refuses until the answer changes")
    starts = [said_date(day) for day in problem.nearest_starts if day != problem.earliest_start]
    if starts:
        say(f"nearest workable start: {listed(starts, 'or')}")
    elif problem.kind == "no dates":
        say("no workable start was found within a year, from today on")
    for rule in problem.rules:
        say(f'a practitioner may go on all the same: --override {rule}="the reason"')
