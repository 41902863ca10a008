"""Texts in several languages: what is chosen, what is wrong, and what is missing."""

import tomllib

import pytest

from hairplan.errors import InputError
from hairplan.protocol.languages import find_missing_languages
from hairplan.protocol.model import Protocol
from hairplan.protocol.toml import parse_toml

HEAD = """\
format = 1
id = "prp"
version = "1"
date = 2026-11-01
name = "PRP"
summary = "a test"
"""
STEP = """
[[steps]]
id = "course"
name = "session"
spacing = [{ preferred = "1 month" }]
"""


def read(text: str) -> Protocol:
    return parse_toml(text, Protocol, "prp.toml")


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        read(text)
    return [fault.removeprefix("prp.toml: ") for fault in error.value.faults]


def warnings(text: str) -> list[str]:
    return find_missing_languages(tomllib.loads(text), Protocol)


@pytest.mark.parametrize(
    ("languages", "shown"),
    [
        ('{ en = "PRP", fr = "PRP (fr)" }', "PRP"),
        ('{ fr = "PRP (fr)", en = "PRP" }', "PRP"),
        ('{ fr = "PRP (fr)", de = "PRP (de)" }', "PRP (fr)"),
        ('{ pt-BR = "PRP (pt)" }', "PRP (pt)"),
    ],
)
def test_english_is_shown_or_else_the_first_language(languages: str, shown: str) -> None:
    assert read(HEAD.replace('"PRP"', languages) + STEP).name == shown


def test_a_text_anywhere_may_be_in_several_languages() -> None:
    protocol = read(
        HEAD
        + STEP
        + 'figures.spacing = { strength = "default", why = { en = "figure" } }\n'
        + 'late = { then = "continue", says = { en = "late" } }\n'
        + '[documents]\nsmp = { en = "document" }\n'
        + '[facts]\nSMP-1 = { en = "fact" }\nSMP-2 = "plain"\n'
        + '[options.pace]\nlabel = { en = "option" }\ndefault = "a"\n'
        + 'choices = { a = { en = "choice" }, b = "B" }\n'
        + '[questions.sun]\nask = { en = "question" }\n'
        + '[[differences]]\ntopic = "x"\nholds = "y"\nsays = { SMP-1 = { en = "said" } }\n'
        + '[[notes]]\ntext = { en = "note" }\n'
    )
    (late,) = protocol.steps[0].lates
    assert [
        protocol.steps[0].figures["spacing"].why,
        late.says,
        protocol.documents,
        protocol.facts,
        protocol.options["pace"].label,
        protocol.options["pace"].choices,
        protocol.questions["sun"].ask,
        protocol.differences[0].says,
        protocol.notes[0].text,
    ] == [
        "figure",
        "late",
        {"smp": "document"},
        {"SMP-1": "fact", "SMP-2": "plain"},
        "option",
        {"a": "choice", "b": "B"},
        "question",
        {"SMP-1": "said"},
        "note",
    ]


def test_every_fault_of_a_table_of_languages_has_its_path() -> None:
    text = HEAD.replace('"a test"', f'{{ en = "{"x" * 2001}" }}') + STEP
    text += (
        '[restrictions.sun]\nlabel = { en = "x", fr = 3, de = "", english = "x", x = 1 }\n'
        "[documents]\nsmp = {}\n"
    )
    assert faults(text) == [
        'documents.smp: no language in it: give a text such as { en = "..." }',
        "restrictions.sun.label.de: '' is empty",
        "restrictions.sun.label.english: 'english' is not a language code such as 'en' or 'pt-BR'",
        "restrictions.sun.label.fr: 3 is not a text",
        "restrictions.sun.label.x: 'x' is not a language code such as 'en' or 'pt-BR'",
        "restrictions.sun.label.x: 1 is not a text",
        f"summary.en: '{'x' * 59}... is longer than 2000 characters",
    ]


def test_faults_beside_a_table_of_languages_are_said_with_its_own() -> None:
    text = HEAD.replace('"PRP"', '{ en = "PRP", f = "x" }') + STEP + "count = 0\nprice = 3\n"
    assert faults(text + "[[notes]]\ntext = [{ en = 1 }]\n") == [
        "name.f: 'f' is not a language code such as 'en' or 'pt-BR'",
        "notes[1].text: [{'en': 1}] is not a text",
        "steps[1].count: 0 is less than 1",
        "steps[1].price: 3 is not a price such as '385 USD' or '300..500 USD' or a table",
    ]


def test_only_texts_that_people_read_have_languages() -> None:
    text = HEAD.replace('"prp"', '{ en = "prp" }') + STEP + '[facts]\nx = { en = "x" }\n'
    assert faults(text) == [
        "id: {'en': 'prp'} is not a short name in lower case such as 'touch-up'"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + STEP, []),
        (
            HEAD.replace('"PRP"', '{ en = "PRP", fr = "PRP" }') + STEP,
            [
                "steps[1].name: no text in 'fr', which other texts have",
                "summary: no text in 'fr', which other texts have",
            ],
        ),
        (
            HEAD.replace('"PRP"', '{ fr = "PRP", de = "PRP" }')
            + STEP.replace('"session"', '{ en = "session", fr = "séance" }')
            + "[facts]\nSMP-1 = { fr = 'x' }\nSMP-2 = {}\n",
            [
                "facts.SMP-1: no text in 'de', which other texts have",
                "facts.SMP-1: no text in English ('en'), which hairplan speaks: 'fr' is shown",
                "facts.SMP-2: no text in 'de', which other texts have",
                "facts.SMP-2: no text in 'fr', which other texts have",
                "name: no text in English ('en'), which hairplan speaks: 'fr' is shown",
                "steps[1].name: no text in 'de', which other texts have",
                "summary: no text in 'de', which other texts have",
                "summary: no text in 'fr', which other texts have",
            ],
        ),
    ],
)
def test_a_language_that_one_text_has_is_missed_in_the_others(
    text: str, expected: list[str]
) -> None:
    assert warnings(text) == expected


def test_a_type_without_texts_has_no_languages() -> None:
    assert find_missing_languages({"a": {"en": "x"}}, dict[str, str]) == []
