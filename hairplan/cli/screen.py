"""`hairplan screen`: the questions on the patient's state, the answers, and what each means."""

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct, structs

from hairplan.cli.asking import request_from
from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Around, Asked, Named, Result, takes
from hairplan.cli.settings import load_settings
from hairplan.cli.terminal import is_terminal, say
from hairplan.errors import REFUSED, InputError

if TYPE_CHECKING:
    from hairplan.plan import Screened
    from hairplan.request import Answer, PlanRequest

FORMATS: Final = ("table", "plain", "json", "markdown")
_SHORT: Final[dict[str, "Answer"]] = {
    "y": "yes", "yes": "yes", "n": "no", "no": "no", "u": "unknown", "unknown": "unknown",
    "": "unknown",
}  # fmt: skip

Ask = Annotated[
    bool, typer.Option("--ask", help="Ask the open questions one by one, in a terminal.")
]


class Interview(Struct, kw_only=True):
    """Whether to ask."""

    ask: Ask = False


@takes(Named, Interview, Asked, Result, Around)
def screen(
    named: Named, interview: Interview, asked: Asked, result: Result, around: Around
) -> None:
    """Show what the patient's state means: contraindicated, postponed, a document needed ..."""
    from hairplan.catalog import load_protocol
    from hairplan.planner import screen_patient

    form = chosen_format(result.form, result.output, FORMATS)
    today = today_from(around.today)
    protocol = load_protocol(named.treatment)
    request = request_from(asked, load_settings(around.config), protocol, today)
    screening = screen_patient(protocol, request, today=today)
    if interview.ask:
        request = _interview(request, screening)
        screening = screen_patient(protocol, request, today=today)
    if form == "json":
        from hairplan.export import json_text

        text = json_text.render(screening)
    else:
        from hairplan.export.screening_lines import screening_document

        document = screening_document(protocol, request.start, screening)
        text = render_document(document, form, result.output)
    deliver(text, result.output, plan_id="", force=result.force, what="the screening")
    if any(each.refuses for each in screening):
        raise typer.Exit(REFUSED)


def _interview(request: "PlanRequest", screening: tuple["Screened", ...]) -> "PlanRequest":
    """Ask each question that is still open, and return the request with the answers."""
    if not is_terminal(sys.stdin):
        raise InputError("--ask: needs a terminal; else give --answer QUESTION=yes|no|unknown")
    unasked = {
        each.question: each.ask
        for each in screening
        if each.question and each.answer == "unknown" and each.applies == "unknown"
    }
    answers = {name: _answer(name, ask or name) for name, ask in unasked.items()}
    given = " ".join(f"--answer {name}={answer}" for name, answer in answers.items())
    say(f"the same for `hairplan schedule`: {given}")
    return structs.replace(request, answers={**request.answers, **answers})


def _answer(name: str, ask: str) -> "Answer":
    while True:
        sys.stderr.write(f"{name}: {ask} [y/n/u] ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        answer = _SHORT.get(line.strip().lower())
        if answer is not None:
            return answer
        say("y for yes, n for no, u or nothing for unknown")
