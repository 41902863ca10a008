"""`hairplan schedule`: from a treatment and a start to the whole plan, or from a plan file.

A calendar that is exported of a plan file goes into its ledger, so that the next export knows what
the patient has.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from msgspec import Struct, structs

from hairplan.cli.advice import say_advice
from hairplan.cli.clock import stamp_from, today_from
from hairplan.cli.delivery import STDOUT, chosen_format, deliver, deliver_paged, is_rehearsal
from hairplan.cli.desk import DESK_FORMS
from hairplan.cli.help import ShortHelp
from hairplan.cli.options import (
    AskedTreatment,
    CalendarOptions,
    Environment,
    ResultOptions,
    SavedResult,
    ShownResult,
    option_name,
    takes,
)
from hairplan.cli.plan_references import find_plan_asked, refuse_requests
from hairplan.cli.plan_view import PlanView, render_plan, wants_full
from hairplan.cli.terminal import say, say_faults
from hairplan.cli.treatments import load_treatment
from hairplan.clinic.days import clinic_days_of, date_order_of, zone_asked
from hairplan.clinic.options import RequestOptions
from hairplan.clinic.request_from import both, naming_settings, request_from
from hairplan.clinic.settings import load_clinic
from hairplan.errors import NO_DATES, REFUSED, InputError
from hairplan.protocol.catalog import read_protocol_text
from hairplan.words import format_count, format_date, join_words

if TYPE_CHECKING:
    from datetime import date

    from hairplan.calendar.ledger import CalendarUpdate
    from hairplan.cli.calendar import CalendarRequest
    from hairplan.clinic.settings import Settings
    from hairplan.files.plan_file import PlanFile
    from hairplan.plan import Plan, Problem
    from hairplan.protocol.model import Protocol
    from hairplan.request import PlanRequest

FORMATS: Final = ("table", "plain", "json", "csv", "markdown", "ics", "sheet", "pdf")
_OF_CALENDARS_ALONE: Final = (
    "audience", "details", "care", "only", "also", "without", "alarm", "utc", "feed",
    "changes_only",
)  # fmt: skip


_SHORT: Final = ShortHelp(
    (
        "hairplan schedule smp --start 2026-12-01",
        "hairplan schedule smp --start +2w --ref A-17 --save anna.plan.json",
        "hairplan schedule anna.plan.json -o anna.ics",
    ),
    (
        "ask", "start", "sessions", "option", "answer", "event", "away", "patient", "ref",
        "closed", "holidays", "time", "zone", "form", "output", "force", "save", "full",
    ),
)  # fmt: skip


@takes(AskedTreatment, RequestOptions, ShownResult, CalendarOptions, Environment, short=_SHORT)
def schedule(
    argument: AskedTreatment,
    options: RequestOptions,
    result: ShownResult,
    calendar: CalendarOptions,
    environment: Environment,
) -> None:
    """Plan a treatment: every session, what to avoid and until when, what to prepare.

    It plans and does not decide: the practitioner does. Of a plan file it shows or exports the plan
    as it is by now. --full shows all of it, with its sources.
    """
    form = _form(result, calendar)
    if path := find_plan_asked(argument.treatment, environment):
        asked = structs.replace(options, language=None)
        refuse_requests(asked, path, *_faults_beside(path, result, argument))
        kept = _KeptPlan(path, load_clinic(environment.config), environment)
        wanted = _calendar_request(form, calendar, result, kept.settings, environment)
        view = _view(form, result, kept.settings)
        view = structs.replace(view, plan_file=path, language=options.language)
        _schedule_plan_file(kept, view, wanted, result)
        return
    _schedule_treatment(argument, options, result, calendar, environment)


def _schedule_treatment(
    argument: AskedTreatment,
    options: RequestOptions,
    result: ShownResult,
    calendar: CalendarOptions,
    environment: Environment,
) -> None:
    """Plan a treatment, and show, export and keep the plan."""
    form = _form(result, calendar)
    if calendar.changes_only:
        raise InputError(
            "--changes-only: of a plan file: hairplan schedule PLAN; keep one with --save"
        )
    protocol, settings = load_treatment(argument.treatment, environment)
    today = today_from(environment.today, lambda: zone_asked(options.zone, settings))
    wanted, request = both(
        lambda: _calendar_request(form, calendar, result, settings, environment),
        lambda: request_from(options, settings, protocol, today, say),
    )
    if request.start.isoformat() != options.start:
        say(f"start: {options.start or 'today'} is {format_date(request.start)}")
    request = _for_calendar(_to_keep(request, result), wanted)
    if argument.ask:
        request = _asked_for(protocol, request, settings, today, result)
    plan = _planned(protocol, request, settings, today)
    view = _view(form, result, settings, argument.treatment)
    view = view.for_patient(protocol, request.language, settings)
    if plan.problem is None and result.save is not None and not result.dry_run:
        kept = _KeptPlan(result.save, settings, environment)
        _keep(kept, argument.treatment, protocol, request, today)
        view = structs.replace(view, plan_file=result.save)
        if wanted is not None:
            _export_calendar(kept, view, wanted, result)
            return
    _finish(plan, today, view, wanted, result)


def _form(result: ShownResult, calendar: CalendarOptions) -> str:
    """Return the form that is asked for."""
    return "ics" if calendar.split else chosen_format(result.form, result.output, FORMATS)


def _view(
    form: str, result: ShownResult, settings: "Settings", treatment: str | None = None
) -> PlanView:
    """Return how a plan is shown; `treatment` is what a command names the treatment by."""
    full = wants_full(settings, asked=result.full)
    return PlanView(
        form=form,
        full=full,
        treatment=treatment,
        output=result.output,
        clinic=settings.config.clinic,
    )


def _finish(
    plan: "Plan",
    today: "date",
    view: PlanView,
    wanted: "CalendarRequest | None",
    result: ShownResult,
) -> None:
    """Deliver a plan, or say why there is none.

    Raises:
        typer.Exit: there is none.
    """
    if plan.problem is None or view.form == "json":
        _deliver_plan(plan, today, view, wanted, result)
    if plan.problem is not None:
        _say_problem(plan.problem)
        raise typer.Exit(REFUSED if plan.problem.kind == "refused" else NO_DATES)


# ---- a treatment ----


def _asked_for(
    protocol: "Protocol",
    request: "PlanRequest",
    settings: "Settings",
    today: "date",
    result: SavedResult,
) -> "PlanRequest":
    """Return a request with the answers to what is asked, one question after another."""
    from hairplan.cli.interview import ask_for

    order, with_options = date_order_of(settings), result.save is None
    with naming_settings(settings, protocol):
        return ask_for(protocol, request, today, order, with_options=with_options)


def _planned(
    protocol: "Protocol", request: "PlanRequest", settings: "Settings", today: "date"
) -> "Plan":
    from hairplan.planner import make_plan

    with naming_settings(settings, protocol):
        clinic = clinic_days_of(settings, today)
        return make_plan(protocol, request, today=today, clinic=clinic)


def _to_keep(request: "PlanRequest", result: SavedResult) -> "PlanRequest":
    """Return the request of a plan that is kept: its id is random, unless one is given."""
    if result.save is None:
        return request
    from hairplan.cli.calendar import zoned
    from hairplan.cli.plan_files import new_id, refuse_overwriting

    refuse_overwriting(result.save)
    request = zoned(request)
    return request if request.id else structs.replace(request, id=new_id())


def _keep(
    kept: "_KeptPlan", treatment: str, protocol: "Protocol", request: "PlanRequest", today: "date"
) -> None:
    """Keep a new plan in its file."""
    from hairplan.cli.plan_files import keep_plan, place_from
    from hairplan.files.kept_plan import with_clinic_days
    from hairplan.files.plan_file import create_plan_file, locate_protocol

    assert request.id is not None, "a plan that is kept has an id"
    text = read_protocol_text(treatment, kept.settings.protocols)
    made = stamp_from(kept.environment.today)
    file = create_plan_file(protocol, text, request, id=request.id, made=made)
    file = locate_protocol(file, place_from(kept.path, treatment))
    keep_plan(kept.path, with_clinic_days(file, clinic_days_of(kept.settings, today)))
    say(f"kept the plan in {kept.path}; hairplan record {kept.path} goes on with it")


def _calendar_request(
    form: str,
    calendar: CalendarOptions,
    result: ResultOptions,
    settings: "Settings",
    environment: Environment,
) -> "CalendarRequest | None":
    """Return the calendar that is asked for; None if the result is no calendar."""
    if form == "ics":
        from hairplan.cli.calendar import refuse_shapes, wanted_from

        refuse_shapes(calendar, result)
        return wanted_from(calendar, settings, stamp_from(environment.today))
    given = [option_name(name) for name in _OF_CALENDARS_ALONE if getattr(calendar, name)]
    if given:
        raise InputError(
            *(f"{name}: for a calendar alone: -o plan.ics or --format ics" for name in given)
        )
    return None


def _for_calendar(request: "PlanRequest", wanted: "CalendarRequest | None") -> "PlanRequest":
    """Return the request as a calendar needs it, and say what there is to know."""
    if wanted is None:
        return request
    from hairplan.cli.calendar import say_nameless, zoned

    say_nameless(request)
    return zoned(request)


# ---- a plan file ----


def _faults_beside(path: Path, result: SavedResult, argument: AskedTreatment) -> Iterator[str]:
    """Yield what cannot be asked of a plan that is kept."""
    if result.save is not None:
        yield f"--save: {path} is a plan file already"
    if argument.ask:
        yield f"--ask: {path} is a plan file: hairplan screen {path} --ask"


class _KeptPlan(Struct, frozen=True):
    """A plan file, and what it is made anew under."""

    path: Path
    settings: "Settings"
    environment: Environment


def _schedule_plan_file(
    kept: _KeptPlan, view: PlanView, wanted: "CalendarRequest | None", result: ResultOptions
) -> None:
    """Show or export the plan of a plan file."""
    from hairplan.cli.plan_files import open_plan

    if wanted is None:
        opened = open_plan(kept.path, kept.settings)
        today = opened.today(kept.environment)
        plan = opened.plan(today)
        language = view.language or opened.request.language
        view = view.for_patient(opened.followed, language, kept.settings)
        _deliver_plan(plan, today, view, None, result)
    else:
        plan = _export_calendar(kept, view, wanted, result)
    is_short = view.form in DESK_FORMS and not view.full and view.output in {None, STDOUT}
    if plan.problem is not None and not is_short:
        say(plan.problem.what)


def _export_calendar(
    kept: _KeptPlan, view: PlanView, wanted: "CalendarRequest", result: ResultOptions
) -> "Plan":
    """Export the calendar of a plan file, and write down what it holds."""
    from hairplan.cli.calendar import deliver_items, for_patient, say_left_out
    from hairplan.cli.plan_files import opened_for
    from hairplan.files.plan_file import record_export

    with opened_for(kept.path, result, kept.settings) as opened:
        today = opened.today(kept.environment)
        plan = opened.plan(today)
        language = view.language or opened.request.language
        view = view.for_patient(opened.followed, language, kept.settings)
        wanted = for_patient(wanted, plan, view, forced=result.force)
        following = _followed(plan, opened.file, wanted)
        chosen = following.chosen(changes_only=wanted.changes_only, feed=wanted.shape.feed)
        if wanted.changes_only and not chosen:
            say("nothing has changed since the last export: no calendar is written")
            return plan
        if not is_rehearsal(result):
            # No calendar goes out that the plan file could not be told of.
            opened.save(opened.file)
        deliver_items(plan, chosen, following.revisions, wanted, result)
        say_left_out(plan, wanted)
        if not is_rehearsal(result):
            ledger = following.ledger
            opened.save(record_export(opened.file, wanted.choice.audience, ledger))
    say_advice(plan, today, view, result, is_split=wanted.split is not None)
    return plan


def _followed(plan: "Plan", file: "PlanFile", wanted: "CalendarRequest") -> "CalendarUpdate":
    """Return what a calendar holds, as it follows what was exported before."""
    from hairplan.calendar.earlier_export import follow_plan
    from hairplan.calendar.items import items_of

    choice = wanted.choice
    ledger = file.exports.get(choice.audience, {})
    return follow_plan(plan, items_of(plan, choice), choice, ledger, wanted.stamp)


# ---- the result ----


def _deliver_plan(
    plan: "Plan",
    today: "date",
    view: PlanView,
    wanted: "CalendarRequest | None",
    result: ResultOptions,
) -> None:
    """Put a plan where it was asked for, in one of the forms."""
    if wanted is not None:
        from hairplan.cli.calendar import deliver_calendar, for_patient

        deliver_calendar(plan, for_patient(wanted, plan, view, forced=result.force), result)
    elif view.form in {"sheet", "pdf"}:
        from hairplan.cli.sheet import deliver_sheet, render_sheet

        sheet = render_sheet(plan, today, view, forced=result.force)
        deliver_sheet(plan, sheet, view.form, result)
    else:
        from hairplan.show.earlier import marks_of

        what = "why there is none" if plan.problem else "a sheet"
        if plan.sessions:
            what = format_count(len(plan.sessions), "appointment")
        text, marks = render_plan(plan, today, view), marks_of(plan, view.form)
        (deliver_paged if view.full else deliver)(text, result, what, marks=marks)
    say_advice(plan, today, view, result, is_split=wanted is not None and wanted.split is not None)


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
