"""The interview: the open questions on a patient's state, asked one by one in a terminal.

An answer may open a question or settle one, so the plan is asked anew after each. Unknown is no
answer: it is kept nowhere.
"""

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct, structs

from hairplan.cli.terminal import between_words, is_terminal, say
from hairplan.dates.typed import typed_date
from hairplan.errors import InputError
from hairplan.request import Answer, PlanRequest, Sex
from hairplan.standing import Screened

if TYPE_CHECKING:
    from hairplan.protocol.model import Protocol

_ANSWERS: Final[dict[str, Answer]] = {
    "y": "yes", "yes": "yes", "n": "no", "no": "no", "u": "unknown", "unknown": "unknown",
    "": "unknown",
}  # fmt: skip
_SEXES: Final[dict[str, Sex | None]] = {
    "f": "female", "female": "female", "m": "male", "male": "male", "u": None, "": None,
}  # fmt: skip

T = TypeVar("T")


class Answered(Struct, frozen=True, kw_only=True):
    """The answers of an interview.

    Attributes:
        sex: female or male; null where it was not asked, or is unknown.
        answers: yes or no, by question.
        events: the days of events, by name.
    """

    sex: Sex | None = None
    answers: dict[str, Answer] = {}
    events: dict[str, dt.date] = {}

    @property
    def answer_texts(self) -> list[str]:
        """The answers as they are typed after `--answer`."""
        return [f"{name}={answer}" for name, answer in self.answers.items()]

    @property
    def event_texts(self) -> list[str]:
        """The days of events as they are typed after `--event`."""
        return [f"{name}={day}" for name, day in self.events.items()]

    @property
    def options(self) -> str:
        """All of it as options of a command line."""
        texts = [f"--sex {self.sex}"] if self.sex else []
        texts += [f"--answer {text}" for text in self.answer_texts]
        texts += [f"--event {text}" for text in self.event_texts]
        return " ".join(texts)

    def added_to(self, request: PlanRequest) -> PlanRequest:
        """Return a request with these answers."""
        return structs.replace(
            request,
            sex=self.sex or request.sex,
            answers=request.answers | self.answers,
            events=request.events | self.events,
        )


Screening = Callable[[Answered], Sequence[Screened]]
"""How a patient's state stands, with the answers so far."""


def refuse_deaf() -> None:
    """Refuse to ask where nobody answers.

    Raises:
        InputError: there is no terminal.
    """
    if not is_terminal(sys.stdin):
        raise InputError("--ask: needs a terminal; else give --answer QUESTION=yes|no|unknown")


def ask_for(
    protocol: "Protocol", request: PlanRequest, today: dt.date, *, with_options: bool
) -> PlanRequest:
    """Ask the open questions; return the request with the answers, and say these as options.

    Args:
        protocol: the treatment.
        request: what is known.
        today: the day that relative days count from.
        with_options: say how the answers are given on a command line.
    """
    from hairplan.planner import screen_patient

    refuse_deaf()

    def screening(answered: Answered) -> Sequence[Screened]:
        return screen_patient(protocol, answered.added_to(request), today=today)

    answered = interview(protocol, request, screening, today)
    if with_options and answered.options:
        say(f"the same for `hairplan schedule`: {answered.options}", to_copy=True)
    return answered.added_to(request)


def interview(
    protocol: "Protocol", request: PlanRequest, screen: Screening, today: dt.date
) -> Answered:
    """Ask what is open of a patient's state.

    Args:
        protocol: the treatment.
        request: what is known of the patient.
        screen: how the patient's state stands with further answers.
        today: the day that relative days count from.
    """
    answered = Answered()
    if request.sex is None and any("sex" in each.only for each in protocol.questions.values()):
        answered = Answered(sex=_ask_choice("sex: is the patient female or male? [f/m/u]", _SEXES))
    asked: set[str] = set()
    while question := _next_question(protocol, screen(answered), asked):
        name, ask = question
        asked.add(name)
        if (answer := _ask_choice(f"{name}: {ask} [y/n/u]", _ANSWERS)) != "unknown":
            answered = structs.replace(answered, answers={**answered.answers, name: answer})
    return structs.replace(answered, events=_ask_days(protocol, request, screen, answered, today))


def _next_question(
    protocol: "Protocol", screening: Sequence[Screened], asked: set[str]
) -> tuple[str, str] | None:
    """Return the next open question and its words: none before one that it hangs on."""
    found = {
        rule.question: rule.ask or ""
        for rule in screening
        if rule.question and rule.answer == "unknown" and rule.applies == "unknown"
    }
    ahead = [name for name in found if name not in asked]
    free = [name for name in ahead if protocol.questions[name].only.keys().isdisjoint(ahead)]
    return next(((name, found[name]) for name in free or ahead), None)


def _ask_days(
    protocol: "Protocol",
    request: PlanRequest,
    screen: Screening,
    answered: Answered,
    today: dt.date,
) -> dict[str, dt.date]:
    """Ask for the day of each event that was answered with yes, or that something counts from."""
    answers = request.answers | answered.answers
    awaited = {rule.rule: rule.ask for rule in screen(answered) if rule.question is None}
    days: dict[str, dt.date] = {}
    for name, event in protocol.events.items():
        began = event.begins is not None and answers.get(event.begins) == "yes"
        if name not in request.events and (began or name in awaited):
            ask = "on which day was it?" if began else awaited[name]
            day = _ask_date(f"{name}: {ask} [2026-09-01, nothing for unknown]", today)
            days |= {name: day} if day else {}
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
    sys.stderr.write(f"{between_words(prompt)} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()
