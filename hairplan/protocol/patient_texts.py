"""The texts of a protocol that a patient reads, in all their languages.

Conventions:

* A patient reads `patient`, or else the label, which is in the language of the file's plain texts.
* An empty text, what the clinic does, and what only the practitioner can answer are not for the
  patient.
* Views find a text by the label that the practice reads: two of one label have one text.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

from msgspec import Struct, structs

from hairplan.protocol.model import Protocol, Question, Restriction
from hairplan.protocol.values import Words, in_english

T = TypeVar("T", bound=Struct)

_LABELED = ("restrictions", "tasks", "routines", "milestones", "expectations")


class PatientText(Struct, frozen=True):
    """A text that a patient reads.

    Attributes:
        path: where it stands in the file, such as "tasks.comb".
        label: the same as the practice reads it.
        words: the text by language; empty for what is not for the patient.
        short: its short name by language; empty where it has none.
        stops: it is stopped and taken up again.
        if_so: a state as a condition by language; empty where there is none.
    """

    path: str
    label: str
    words: dict[str, str]
    short: dict[str, str] = {}
    stops: bool = False
    if_so: dict[str, str] = {}


def patient_texts(protocol: Protocol) -> Iterator[PatientText]:
    """Yield the texts that a patient reads, and those of the practice that have none."""
    language = protocol.language
    for kind in _LABELED:
        for name, table in getattr(protocol, kind).items():
            path = f"{kind}.{name}"
            is_own = getattr(table, "by", "patient") == "patient"
            words = _by_language(table.patient, table.label, language) if is_own else {}
            if isinstance(table, Restriction):
                short = _by_language(table.short, "", language)
                yield PatientText(path, table.label, words, short, table.stops)
                yield from _stages(table, path, language)
            else:
                yield PatientText(path, table.label, words)
    for number, step in enumerate(protocol.steps, 1):
        if step.kind == "home":
            words = _by_language(step.patient, step.name, language)
            yield PatientText(f"steps[{number}]", step.name, words)
    yield from _measures(protocol)
    for name, question in protocol.questions.items():
        words = _of_question(question, language)
        if_so = _by_language(question.if_so, "", language)
        yield PatientText(f"questions.{name}", question.ask, words, if_so=if_so)


def _stages(restriction: Restriction, path: str, language: str) -> Iterator[PatientText]:
    for number, stage in enumerate(restriction.stages, 1):
        words = _by_language(stage.patient, stage.label, language)
        yield PatientText(f"{path}.stages[{number}]", stage.label, words)


def _measures(protocol: Protocol) -> Iterator[PatientText]:
    """Yield what stands in words in place of a length or a rhythm."""
    for kind, key in (("restrictions", "how_long"), ("routines", "how_often")):
        for name, table in getattr(protocol, kind).items():
            if measure := getattr(table, key):
                words = _by_language(measure, "", protocol.language)
                yield PatientText(f"{kind}.{name}.{key}", in_english(measure), words)


def _of_question(question: Question, language: str) -> dict[str, str]:
    if question.asks == "practitioner":
        return {}
    return _by_language(question.patient, question.ask, language)


def _by_language(words: Words | None, label: str, language: str) -> dict[str, str]:
    if isinstance(words, dict):
        return {code: text for code, text in words.items() if text}
    text = label if words is None else words
    return {language: text} if text else {}


def in_one_language(protocol: Protocol) -> Protocol:
    """Return a protocol of which labels and measures are in one language alone.

    A plan's file seals a protocol so: by what the practice reads in it.
    """
    named = {
        kind: {name: _in_one_language(table) for name, table in getattr(protocol, kind).items()}
        for kind in (*_LABELED, "questions")
    }
    steps = tuple(map(_in_one_language, protocol.steps))
    return structs.replace(protocol, steps=steps, **named)


def _in_one_language(table: T) -> T:
    changes: dict[str, Any] = {}
    if isinstance(patient := getattr(table, "patient", None), dict):
        labels = {getattr(table, key, None) for key in ("label", "ask", "name")}
        if in_english(patient) in labels:
            changes["patient"] = None
    if stages := getattr(table, "stages", ()):
        changes["stages"] = tuple(map(_in_one_language, stages))
    for key in ("how_long", "how_often"):
        if isinstance(measure := getattr(table, key, None), dict):
            changes[key] = in_english(measure)
    return structs.replace(table, **changes) if changes else table


def find_missing_patient_texts(protocol: Protocol) -> list[str]:
    """List the texts for patients that lack a language that others have, in the order of the file.

    Returns:
        A sentence for each; none where all are in one language.
    """
    texts = [text for text in patient_texts(protocol) if text.words]
    known = sorted({language for text in texts for language in text.words})
    return [
        f"{text.path}: no text for the patient in '{language}', which others have"
        for text in texts
        for language in known
        if language not in text.words
    ]


def patient_text_faults(protocol: Protocol) -> Iterator[str]:
    """Yield the tables of languages that are empty, and labels with two texts for the patient."""
    for path, words in _tables(protocol):
        if words == {}:
            yield f'{path}: no language in it: give a text such as {{ en = "..." }}'
    first: dict[str, PatientText] = {}
    for text in patient_texts(protocol):
        other = first.setdefault(text.label, text)
        if (text.words, text.short) != (other.words, other.short):
            yield (
                f"{text.path}: has the label of {other.path} and another text for the patient:"
                " give it a label of its own"
            )


def _tables(protocol: Protocol) -> Iterator[tuple[str, Words | None]]:
    for number, step in enumerate(protocol.steps, 1):
        yield f"steps[{number}].patient", step.patient
    for kind in (*_LABELED, "questions"):
        for name, table in getattr(protocol, kind).items():
            for key in ("patient", "short", "if_so"):
                yield f"{kind}.{name}.{key}", getattr(table, key, None)
            for number, stage in enumerate(getattr(table, "stages", ()), 1):
                yield f"{kind}.{name}.stages[{number}].patient", stage.patient
