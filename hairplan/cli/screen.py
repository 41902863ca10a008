"""`hairplan screen`: the questions on the patient's state, the answers, and what each means."""

import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer
from msgspec import Struct, structs

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Environment, ResultOptions, TreatmentArgument, takes
from hairplan.cli.terminal import is_terminal, say
from hairplan.cli.treatments import load_treatment
from hairplan.clinic.days import zone_asked
from hairplan.clinic.options import Flag, RequestOptions
from hairplan.clinic.request_from import naming_settings, request_from
from hairplan.dates.typed import typed_date
from hairplan.errors import REFUSED, InputError

if TYPE_CHECKING:
    from hairplan.protocol.model import Protocol
    from hairplan.request import Answer, PlanRequest, Sex

FORMATS: Final = ("table", "plain", "json", "markdown")
_ANSWERS: Final[dict[str, "Answer"]] = {
    "y": "yes", "yes": "yes", "n": "no", "no": "no", "u": "unknown", "unknown": "unknown",
    "": "unknown",
}  # fmt: skip
_SEXES: Final[dict[str, "Sex | None"]] = {
    "f": "female", "female": "female", "m": "male", "male": "male", "u": None, "": None,
}  # fmt: skip

T = TypeVar("T")


class InterviewOptions(Struct, kw_only=True):
    """Whether the open questions are asked."""

    ask: Annotated[bool, Flag("Ask the open questions one by one, in a terminal.")] = False


@takes(TreatmentArgument, InterviewOptions, RequestOptions, ResultOptions, Environment)
def screen(
    argument: TreatmentArgument,
    interview: InterviewOptions,
    options: RequestOptions,
    result: ResultOptions,
    environment: Environment,
) -> None:
    """Show what the patient's state means: contraindicated, postponed, a document needed ..."""
    from hairplan.planner import screen_patient

    form = chosen_format(result.form, result.output, FORMATS)
    protocol, settings = load_treatment(argument.treatment, environment)
    today = today_from(environment.today, lambda: zone_asked(options.zone, settings))
    request = request_from(options, settings, protocol, today, say)
    with naming_settings(settings, protocol):
        if interview.ask:
            request, given = _interview(protocol, request, today)
            say(f"the same for `hairplan schedule`: {' '.join(given)}")
        screening = screen_patient(protocol, request, today=today)
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(screening)
    else:
        from hairplan.show.screening import screening_document

        document = screening_document(protocol, request.start, screening)
        text = render_document(document, form, result.output)
    deliver(text, result, "the screening")
    if any(rule.refuses for rule in screening):
        raise typer.Exit(REFUSED)


def _interview(
    protocol: "Protocol", request: "PlanRequest", today: dt.date
) -> tuple["PlanRequest", list[str]]:
    """Ask the open questions; return the request with the answers, and these as options."""
    from hairplan.planner import screen_patient

    if not is_terminal(sys.stdin):
        raise InputError("--ask: needs a terminal; else give --answer QUESTION=yes|no|unknown")
    given = []
    if request.sex is None and any(
        "sex" in question.only for question in protocol.questions.values()
    ):
        sex = _ask_choice("sex: is the patient female or male? [f/m/u]", _SEXES)
        request = structs.replace(request, sex=sex)
        given += [f"--sex {sex}"] if sex else []
    open_questions = {
        rule.question: rule.ask
        for rule in screen_patient(protocol, request, today=today)
        if rule.question and rule.answer == "unknown" and rule.applies == "unknown"
    }
    for name, ask in open_questions.items():
        answer = _ask_choice(f"{name}: {ask} [y/n/u]", _ANSWERS)
        request = structs.replace(request, answers={**request.answers, name: answer})
        given.append(f"--answer {name}={answer}")
    dates = _ask_dates(protocol, request, today)
    request = structs.replace(request, events={**request.events, **dates})
    return request, given + [f"--event {name}={day}" for name, day in dates.items()]


def _ask_dates(protocol: "Protocol", request: "PlanRequest", today: dt.date) -> dict[str, dt.date]:
    """Ask for the day of each event that was answered with yes and has no date yet."""
    days = {}
    for name, event in protocol.events.items():
        answered = event.begins and request.answers.get(event.begins) == "yes"
        if answered and name not in request.events:
            day = _ask_date(
                f"{name}: on which day was it? [2026-09-01, nothing for unknown]", today
            )
            if day is not None:
                days[name] = day
    return days


def _ask_date(prompt: str, today: dt.date) -> dt.date | None:
    while text := _ask_line(prompt):
        try:
            return typed_date(text, today)
        except InputError as error:
            say(error.faults[0])
    return None


def _ask_choice(prompt: str, known: dict[str, T]) -> T:
    while True:
        word = _ask_line(prompt).lower()
        if word in known:
            return known[word]
        say(f"one of {', '.join(word for word in known if word)}; nothing for unknown")


def _ask_line(prompt: str) -> str:
    sys.stderr.write(f"{prompt} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()
