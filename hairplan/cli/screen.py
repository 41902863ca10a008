"""`hairplan screen`: the questions on the patient's state, the answers, and what each means."""

import datetime as dt
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hairplan.cli.clock import stamp_from, today_from
from hairplan.cli.delivery import chosen_format, deliver_paged, render_document
from hairplan.cli.help import ShortHelp
from hairplan.cli.interview import Answered, ask_for, interview, refuse_deaf
from hairplan.cli.options import AskedTreatment, Environment, ResultOptions, ViewedResult, takes
from hairplan.cli.plan_references import find_plan_asked, refuse_requests
from hairplan.cli.terminal import say
from hairplan.cli.treatments import load_treatment
from hairplan.clinic.days import date_order_of, zone_asked
from hairplan.clinic.options import PATIENT, ChangeableOptions, Flag, RequestOptions
from hairplan.clinic.readers import OptionReader
from hairplan.clinic.request_from import naming_settings, request_from
from hairplan.clinic.settings import load_clinic
from hairplan.errors import REFUSED, InputError
from hairplan.history import Changed, Entry, replay_history

if TYPE_CHECKING:
    from hairplan.cli.plan_files import OpenedPlan
    from hairplan.protocol.model import Protocol
    from hairplan.request import PlanRequest
    from hairplan.standing import Screened

FORMATS: Final = ("table", "plain", "json", "markdown")


class ScreenOptions(AskedTreatment, kw_only=True):
    """The treatment, or the plan file, and the file that a patient's answers are kept in."""

    save_patient: Annotated[
        Path | None,
        Flag(
            "Write what is known of the patient into a file, such as anna.toml, for --patient.",
            "FILE", PATIENT,
        ),
    ] = None  # fmt: skip


_SHORT: Final = ShortHelp(
    (
        "hairplan screen smp --ask",
        "hairplan screen smp --ask --save-patient anna.toml",
        "hairplan screen A-17 --ask",
    ),
    (
        "ask", "save_patient", "start", "option", "answer", "event", "sex", "age", "override",
        "patient", "ref", "form", "output", "force",
    ),
)  # fmt: skip


@takes(ScreenOptions, RequestOptions, ResultOptions, Environment, short=_SHORT)
def screen(
    argument: ScreenOptions,
    options: RequestOptions,
    result: ResultOptions,
    environment: Environment,
) -> None:
    """Show what the patient's state means: contraindicated, postponed, a document needed ...

    Of a plan file, or of a patient's reference, --ask writes the answers into the plan.
    """
    from hairplan.planner import screen_patient

    form = chosen_format(result.form, result.output, FORMATS)
    if path := find_plan_asked(argument.treatment, environment):
        told = f"--save-patient: {path} keeps what is known of the patient itself"
        refuse_requests(options, path, *([told] if argument.save_patient else []))
        _screen_plan_file(path, form, argument, result, environment)
        return
    protocol, settings = load_treatment(argument.treatment, environment)
    today = today_from(environment.today, lambda: zone_asked(options.zone, settings))
    request = request_from(options, settings, protocol, today, say)
    if argument.save_patient:
        _check_writable(argument.save_patient, result)
    with naming_settings(settings, protocol):
        screening = screen_patient(protocol, request, today=today)
        if argument.ask:
            request = ask_for(
                protocol,
                request,
                today,
                date_order_of(settings),
                with_options=not argument.save_patient,
            )
            screening = screen_patient(protocol, request, today=today)
    _deliver(protocol, request.start, screening, form, result)
    if argument.save_patient:
        _save_patient(argument.save_patient, argument.treatment, options, request, result)
    _refuse_refused(screening)


def _deliver(
    protocol: "Protocol",
    day: dt.date,
    screening: Sequence["Screened"],
    form: str,
    result: ResultOptions,
) -> None:
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(screening)
    else:
        from hairplan.show.screening import screening_document

        text = render_document(screening_document(protocol, day, screening), form, result.output)
    deliver_paged(text, result, "the screening")


def _refuse_refused(screening: Sequence["Screened"]) -> None:
    """End with the code of a refusal if there is one.

    Raises:
        typer.Exit: a rule refuses.
    """
    if any(rule.refuses for rule in screening):
        raise typer.Exit(REFUSED)


# ---- a plan file ----


def _screen_plan_file(
    path: Path, form: str, argument: ScreenOptions, result: ResultOptions, environment: Environment
) -> None:
    """Show how the patient's state stands in a plan, or ask what is open and record the answers."""
    from hairplan.cli.plan_files import open_plan

    opened = open_plan(path, load_clinic(environment.config))
    today = opened.today(environment)
    if argument.ask:
        _record_answers(_ask_of_plan(opened, today, environment), path, result, environment)
        return
    screening = opened.plan(today).screening
    _deliver(opened.followed, today, screening, form, result)
    _refuse_refused(screening)


def _ask_of_plan(opened: "OpenedPlan", today: dt.date, environment: Environment) -> Answered:
    """Ask what is open in a plan; its file is not locked meanwhile."""
    refuse_deaf()
    at = stamp_from(environment.today)

    def screening(answered: Answered) -> Sequence["Screened"]:
        changed = Changed(
            sex=answered.sex, answers={**answered.answers}, events={**answered.events}
        )
        return opened.plan(today, Entry(at=at, on=today, what=(changed,))).screening

    request, _ = replay_history(opened.file.request, opened.file.history)
    return interview(
        opened.followed, request, screening, OptionReader(today, date_order_of(opened.settings))
    )


def _record_answers(
    answered: Answered, path: Path, result: ResultOptions, environment: Environment
) -> None:
    """Record the answers in the plan file, and show what follows from them."""
    from hairplan.cli.happenings import RecordOptions
    from hairplan.cli.record import EntryOptions, record_step

    if not answered.options:
        say(f"nothing was answered: nothing is recorded in {path}")
        return
    changes = ChangeableOptions(
        sex=answered.sex, answer=answered.answer_texts, event=answered.event_texts
    )
    shown = ViewedResult(form=result.form, output=result.output, force=result.force)
    record_step(EntryOptions(plan=path), RecordOptions(), changes, shown, environment)


# ---- a patient's file ----


def _check_writable(path: Path, result: ResultOptions) -> None:
    """Refuse a patient's file before anything is asked for it.

    Raises:
        InputError: its name is none of a patient's file.
        OutputError: there is another file.
    """
    from hairplan.clinic.patient_text import SUFFIX
    from hairplan.files.store import check_writable

    if path.suffix.lower() != SUFFIX:
        raise InputError(f"--save-patient: '{path}' does not end in {SUFFIX}, such as anna{SUFFIX}")
    check_writable(path, force=result.force)


def _save_patient(
    path: Path,
    treatment: str,
    options: RequestOptions,
    request: "PlanRequest",
    result: ResultOptions,
) -> None:
    from hairplan.clinic.patient_text import format_patient_file, patient_known
    from hairplan.files.store import write_file

    text = format_patient_file(patient_known(options, request))
    write_file(path, text.encode(), force=result.force)
    command = shlex.join(["hairplan", "schedule", treatment, "--patient", str(path)])
    say(f"wrote what is known of the patient to {path}; {command} plans with it")
