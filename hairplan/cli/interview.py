"""The interview: the open questions on a patient's state, asked one by one in a terminal.

An answer may open a question or settle one, so the plan is asked anew after each. Unknown is no
answer: it is kept nowhere.
"""

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar, cast

from msgspec import Struct, structs

from hairplan.cli.terminal import between_words, is_terminal, say
from hairplan.clinic.readers import OptionReader, read_answer, read_sex
from hairplan.dates.written import DateOrder
from hairplan.errors import InputError
from hairplan.request import Answer, PlanRequest, Sex
from hairplan.standing import Screened

if TYPE_CHECKING:
    from hairplan.protocol.model import Protocol

_UNKNOWN: Final = ("u", "unknown", "?")

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
    protocol: "Protocol",
    request: PlanRequest,
    today: dt.date,
    order: DateOrder | None,
    *,
    with_options: bool,
) -> PlanRequest:
    """Ask the open questions; return the request with the answers, and say these as options.

    Args:
        protocol: the treatment.
        request: what is known.
        today: the day that relative days count from.
        order: the order of day, month and year in figures; null if it is not known.
        with_options: say how the answers are given on a command line.
    """
    from hairplan.planner import screen_patient

    refuse_deaf()

    def screening(answered: Answered) -> Sequence[Screened]:
        return screen_patient(protocol, answered.added_to(request), today=today)

    answered = interview(protocol, request, screening, OptionReader(today, order))
    if with_options and answered.options:
        say(f"the same for `hairplan schedule`: {answered.options}", to_copy=True)
    return answered.added_to(request)


def interview(
    protocol: "Protocol", request: PlanRequest, screen: Screening, reader: OptionReader
) -> Answered:
    """Ask what is open of a patient's state.

    Args:
        protocol: the treatment.
        request: what is known of the patient.
        screen: how the patient's state stands with further answers.
        reader: reads the days that are typed.
    """
    answered = Answered()
    if request.sex is None and any("sex" in each.only for each in protocol.questions.values()):
        answered = Answered(
            sex=_ask("sex: is the patient female or male? [f/m/u]", _read_sex, None)
        )
    asked: set[str] = set()
    while ahead := _questions_ahead(protocol, screen(answered), asked):
        name, ask = next(iter(ahead.items()))
        prompt = f"{_count(len(asked), len(ahead))}{name}: {ask} [y/n/u]"
        asked.add(name)
        if (answer := _ask(prompt, _read_answer, "unknown")) != "unknown":
            answered = structs.replace(answered, answers={**answered.answers, name: answer})
    return structs.replace(answered, events=_ask_days(protocol, request, screen, answered, reader))


def _questions_ahead(
    protocol: "Protocol", screening: Sequence[Screened], asked: set[str]
) -> dict[str, str]:
    """Return the open questions and their words: the first is none that hangs on another."""
    found = {
        rule.question: rule.ask or ""
        for rule in screening
        if rule.question and rule.answer == "unknown" and rule.applies == "unknown"
    }
    ahead = [name for name in found if name not in asked]
    free = [name for name in ahead if protocol.questions[name].only.keys().isdisjoint(ahead)]
    return {name: found[name] for name in (*free, *ahead)}


def _count(asked: int, ahead: int) -> str:
    """Say which question it is, of as many as there are by now; nothing for the only one."""
    total = asked + ahead
    return f"{asked + 1}/{total} " if total > 1 else ""


def _ask_days(
    protocol: "Protocol",
    request: PlanRequest,
    screen: Screening,
    answered: Answered,
    reader: OptionReader,
) -> dict[str, dt.date]:
    """Ask for the day of each event that was answered with yes, or that something counts from."""
    answers = request.answers | answered.answers
    awaited = {rule.rule: rule.ask for rule in screen(answered) if rule.question is None}
    days: dict[str, dt.date] = {}
    for name, event in protocol.events.items():
        began = event.begins is not None and answers.get(event.begins) == "yes"
        if name not in request.events and (began or name in awaited):
            ask = "on which day was it?" if began else awaited[name]
            day = _ask(f"{name}: {ask} [2026-09-01, nothing for unknown]", reader.patient_day, None)
            days |= {name: day} if day else {}
    return days


def _read_answer(word: str) -> Answer:
    return "unknown" if word.lower() in _UNKNOWN else cast("Answer", read_answer(word))


def _read_sex(word: str) -> Sex | None:
    return None if word.lower() in _UNKNOWN else cast("Sex", read_sex(word))


def _ask(prompt: str, read: Callable[[str], T], nothing: T) -> T:
    """Ask until an answer can be read; nothing typed is an answer too."""
    while text := _ask_line(prompt):
        try:
            return read(text)
        except InputError as error:
            say(f"{error.faults[0]}; nothing for unknown")
    return nothing


def _ask_line(prompt: str) -> str:
    sys.stderr.write(f"{between_words(prompt)} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()
