"""`hairplan schedule`: from a treatment and a start to the whole plan."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from msgspec import structs

from hairplan.cli.clock import stamp_from, today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import (
    CalendarOptions,
    ChangeableOptions,
    Environment,
    RehearsedResult,
    RequestOptions,
    ResultOptions,
    Save,
    TreatmentArgument,
    takes,
)
from hairplan.cli.terminal import say, say_faults
from hairplan.cli.treatments import load_treatment
from hairplan.clinic.request_from import both, naming_settings, request_from
from hairplan.clinic.settings import load_settings
from hairplan.errors import NO_DATES, REFUSED, InputError
from hairplan.protocol.catalog import protocol_text
from hairplan.words import format_date, join_words, plural

if TYPE_CHECKING:
    from datetime import date, datetime

    from hairplan.cli.calendar import CalendarRequest
    from hairplan.clinic.settings import Settings
    from hairplan.plan import Plan, Problem
    from hairplan.protocol.model import Protocol
    from hairplan.request import PlanRequest

CALENDAR_ALONE: Final = (
    "audience",
    "details",
    "only",
    "without",
    "alarm",
    "feed",
    "changes_only",
)
FORMATS: Final = ("table", "plain", "json", "csv", "markdown", "ics")


class Kept(RehearsedResult, kw_only=True):
    """Likewise, and the plan itself in a file."""

    save: Save = None


@takes(TreatmentArgument, RequestOptions, Kept, CalendarOptions, Environment)
def schedule(
    named: TreatmentArgument,
    asked: RequestOptions,
    result: Kept,
    calendar: CalendarOptions,
    around: Environment,
) -> None:
    """Plan a treatment: every session, what to avoid and until when, what to prepare.

    It plans and does not decide: the practitioner does. Of a plan file it shows or exports the plan
    as it is by now.
    """
    form = "ics" if calendar.split else chosen_format(result.form, result.output, FORMATS)
    today = today_from(around.today)
    if named.treatment.lower().endswith(".json"):
        from hairplan.cli.reopened import schedule_plan_file

        _refuse_requests(asked, result, named.treatment)
        settings = load_settings(around.config, around.protocols)
        wanted = _wanted(form, calendar, result, settings, around)
        schedule_plan_file(Path(named.treatment), form, wanted, result, today)
        return
    if calendar.changes_only:
        raise InputError(
            "--changes-only: of a plan file: hairplan schedule PLAN; keep one with --save"
        )
    protocol, settings = load_treatment(named.treatment, around)
    wanted, request = both(
        lambda: _wanted(form, calendar, result, settings, around),
        lambda: request_from(asked, settings, protocol, today, say),
    )
    if request.start.isoformat() != asked.start:
        say(f"start: {asked.start or 'today'} is {format_date(request.start)}")
    request = _for_calendar(_to_keep(request, result), wanted)
    plan = _planned(protocol, request, settings, today)
    if plan.problem is None and result.save is not None and not result.dry_run:
        text = protocol_text(named.treatment, settings.protocols)
        _keep(result.save, protocol, text, request, stamp_from(around.today))
        if wanted is not None:
            from hairplan.cli.reopened import export_calendar

            export_calendar(result.save, wanted, result, today)
            return
    if plan.problem is None or form == "json":
        deliver_plan(plan, form, wanted, result)
    if plan.problem is not None:
        _say_problem(plan.problem)
        raise typer.Exit(REFUSED if plan.problem.kind == "refused" else NO_DATES)


def _planned(
    protocol: "Protocol", request: "PlanRequest", settings: "Settings", today: "date"
) -> "Plan":
    from hairplan.planner import make_plan

    with naming_settings(settings, protocol):
        return make_plan(protocol, request, today=today)


def _keep(
    path: Path, protocol: "Protocol", text: str, request: "PlanRequest", made: "datetime"
) -> None:
    from hairplan.cli.plan_files import keep_plan

    keep_plan(path, protocol, text, request, made)
    say(f"kept the plan in {path}; hairplan record {path} goes on with it")


def _to_keep(request: "PlanRequest", result: Kept) -> "PlanRequest":
    """Return the request of a plan that is kept: its id is random, unless one is given."""
    if result.save is None:
        return request
    from hairplan.cli.calendar import zoned
    from hairplan.cli.plan_files import new_id, refuse_overwriting

    refuse_overwriting(result.save)
    request = zoned(request)
    return request if request.id else structs.replace(request, id=new_id())


def _refuse_requests(asked: RequestOptions, result: Kept, path: str) -> None:
    """Refuse what a plan file says already.

    Raises:
        InputError: every option of a request that was given.
    """
    given = [name for name in asked.__struct_fields__ if getattr(asked, name) is not None]
    faults = [
        f"--{name}: {path} holds what was asked for; hairplan record changes it"
        if name in ChangeableOptions.__struct_fields__
        else f"--{name}: {path} holds what was asked for"
        for name in given
    ]
    if result.save is not None:
        faults.append(f"--save: {path} is a plan file already")
    if faults:
        raise InputError(*faults)


def _wanted(
    form: str,
    calendar: CalendarOptions,
    result: ResultOptions,
    settings: "Settings",
    around: Environment,
) -> "CalendarRequest | None":
    """Return the calendar that is wanted; None if the result is no calendar."""
    if form != "ics":
        if given := [
            f"--{name.replace('_', '-')}" for name in CALENDAR_ALONE if getattr(calendar, name)
        ]:
            raise InputError(
                *(f"{name}: for a calendar alone: -o plan.ics or --format ics" for name in given)
            )
        return None
    from hairplan.cli.calendar import refuse_shapes, wanted_from

    refuse_shapes(calendar, result)
    return wanted_from(calendar, settings, stamp_from(around.today))


def _for_calendar(request: "PlanRequest", wanted: "CalendarRequest | None") -> "PlanRequest":
    """Return the request as a calendar needs it, and say what there is to know."""
    if wanted is None:
        return request
    from hairplan.cli.calendar import say_nameless, zoned

    say_nameless(request)
    return zoned(request)


def deliver_plan(
    plan: "Plan", form: str, wanted: "CalendarRequest | None", result: ResultOptions
) -> None:
    """Put a plan where it was asked for, in one of the forms."""
    if wanted is not None:
        from hairplan.cli.calendar import deliver_calendar

        deliver_calendar(plan, wanted, result)
        return
    from hairplan.show.earlier import marks_of

    what = plural(len(plan.sessions), "appointment") if plan.sessions else "why there is none"
    deliver(render(plan, form, result.output), result, what, marks=marks_of(plan, form))


def render(plan: "Plan", form: str, output: "Path | None") -> str:
    """Render a plan in one of the forms."""
    if form == "json":
        from hairplan.show.json import render_json

        return render_json(plan)
    if form == "csv":
        from hairplan.show.csv import render_csv

        return render_csv(plan)
    from hairplan.show.plan import plan_document

    return render_document(plan_document(plan), form, output)


def _say_problem(problem: "Problem") -> None:
    say_faults((problem.what, *problem.why))
    if problem.earliest_start:
        say(f"earliest start that screening allows: {format_date(problem.earliest_start)}")
    elif problem.kind == "refused":
        say("no earliest start: it refuses until the answer changes")
    starts = [format_date(day) for day in problem.nearest_starts if day != problem.earliest_start]
    if starts:
        say(f"nearest workable start: {join_words(starts, 'or')}")
    elif problem.kind == "no dates":
        say("no workable start was found within a year, from today on")
    for rule in problem.rules:
        say(f'a practitioner may go on all the same: --override {rule}="the reason"')
