"""`hairplan schedule`: from a treatment and a start to the whole plan."""

from typing import TYPE_CHECKING, Final

import typer

from hairplan.cli.asking import naming_settings, request_from
from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Around, Asked, Named, Result, takes
from hairplan.cli.settings import load_treatment
from hairplan.cli.terminal import say, say_faults
from hairplan.errors import NO_DATES, REFUSED
from hairplan.texts import listed, plural, said_date

if TYPE_CHECKING:
    from pathlib import Path

    from hairplan.plan import Plan, Problem

FORMATS: Final = ("table", "plain", "json", "csv", "markdown")


@takes(Named, Asked, Result, Around)
def schedule(named: Named, asked: Asked, result: Result, around: Around) -> None:
    """Plan a treatment: every session, what to avoid and until when, what to prepare.

    It plans and does not decide: the practitioner does.
    """
    from hairplan.planner import make_plan

    form = chosen_format(result.form, result.output, FORMATS)
    today = today_from(around.today)
    protocol, settings = load_treatment(named.treatment, around)
    request = request_from(asked, settings, protocol, today)
    if request.start.isoformat() != asked.start:
        say(f"start: {asked.start or 'today'} is {said_date(request.start)}")
    with naming_settings(settings, protocol):
        plan = make_plan(protocol, request, today=today)
    if plan.problem is None or form == "json":
        what = plural(len(plan.sessions), "appointment") if plan.sessions else "why there is none"
        text = render(plan, form, result.output)
        marks = _marks(plan, form)
        deliver(text, result.output, marks=marks, force=result.force, what=what)
    if plan.problem is not None:
        _say_problem(plan.problem)
        raise typer.Exit(REFUSED if plan.problem.kind == "refused" else NO_DATES)


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
