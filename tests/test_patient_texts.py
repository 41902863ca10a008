"""The texts of a protocol that a patient reads: kept in all their languages."""

import gc
from typing import Any

import msgspec
import pytest
from conftest import TODAY, day, own_plan, own_protocol

from hairplan import PlanRequest, load_protocol, make_plan
from hairplan.errors import InputError
from hairplan.planner.compile import digest_of
from hairplan.protocol.catalog import protocol_names
from hairplan.protocol.patient_texts import find_missing_patient_texts, patient_texts
from hairplan.protocol.values import Words
from hairplan.sheet.catalogs import default_catalog, with_texts_of
from hairplan.sheet.words import load_catalog

STEP = '[[steps]]\nid = "course"\nname = "session"\n'


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as error:
        own_protocol(text)
    return [fault.removeprefix("own.toml: ") for fault in error.value.faults]


def texts(text: str) -> dict[str, dict[str, str]]:
    return {each.path: each.words for each in patient_texts(own_protocol(text))}


@pytest.mark.parametrize("name", protocol_names(None))
def test_a_patient_reads_the_built_in_protocols_in_english_and_french(name: str) -> None:
    protocol = load_protocol(name)
    found = list(patient_texts(protocol))
    assert {language for each in found for language in each.words} == {"en", "fr"}
    assert find_missing_patient_texts(protocol) == []
    restrictions = [each for each in found if each.path.startswith("restrictions.")]
    assert all(set(each.short) == {"en", "fr"} for each in restrictions)


def test_what_is_for_the_practice_alone_is_in_no_language() -> None:
    found = [
        each.path
        for name in protocol_names(None)
        for each in patient_texts(load_protocol(name))
        if not each.words
    ]
    assert found == [
        "tasks.led",
        "milestones.baseline",
        "questions.beyond-stage-4",
        "questions.beyond-stage-2",
        "tasks.led",
        "questions.bald-scalp",
        "questions.traction-alopecia",
        "tasks.led",
        "questions.bald-scalp",
        "questions.traction-alopecia",
    ]


def test_a_patient_reads_the_label_where_there_is_no_other_text() -> None:
    assert texts(
        STEP + '[[steps]]\nid = "home"\nname = "at home"\nkind = "home"\n'
        "[restrictions]\n"
        'sun = { label = "no sun", how_long = "as we say" }\n'
        'dye = { label = { en = "no dye", fr = "pas de couleur" }, after = "1 day" }\n'
        'oil = { label = "no oil", after = "1 day", patient = { fr = "pas d\'huile", de = "" } }\n'
        '[tasks]\ncomb = { label = "bring a comb", patient = "a comb, please" }\n'
        'led = { label = "LED", by = "clinic", patient = "light" }\n'
        "[routines]\n"
        'foam = { label = "foam", how_often = { en = "at times", fr = "parfois" } }\n'
        '[milestones]\nlook = { label = "look", patient = "" }\n'
        '[questions]\nill = { ask = { en = "ill?", fr = "malade ?" } }\n'
        'bald = { ask = "bald?", asks = "practitioner" }\n'
    ) == {
        "restrictions.sun": {"en": "no sun"},
        "restrictions.dye": {"en": "no dye", "fr": "pas de couleur"},
        "restrictions.oil": {"fr": "pas d'huile"},
        "tasks.comb": {"en": "a comb, please"},
        "tasks.led": {},
        "routines.foam": {"en": "foam"},
        "milestones.look": {},
        "steps[2]": {"en": "at home"},
        "restrictions.sun.how_long": {"en": "as we say"},
        "routines.foam.how_often": {"en": "at times", "fr": "parfois"},
        "questions.ill": {"en": "ill?", "fr": "malade ?"},
        "questions.bald": {},
    }


def test_a_stage_and_a_condition_have_their_languages_too() -> None:
    text = STEP + (
        '[restrictions.wash]\nlabel = "no washing"\nafter = "2 days"\n'
        'stages = [{ label = { en = "wash gently", fr = "laver doucement" }, after = "5 days" }]\n'
        '[questions.oil]\nask = "oil?"\npatient = "oil"\nif_so = { fr = "avec huile" }\n'
    )
    assert texts(text)["restrictions.wash.stages[1]"] == {
        "en": "wash gently",
        "fr": "laver doucement",
    }
    conditions = [each.if_so for each in patient_texts(own_protocol(text)) if each.if_so]
    assert conditions == [{"fr": "avec huile"}]
    plain = text.replace('{ en = "wash gently", fr = "laver doucement" }', '"wash gently"')
    assert digest_of(own_protocol(text)) == digest_of(own_protocol(plain))
    empty = plain.replace('label = "wash gently"', 'label = "wash gently", patient = {}')
    assert faults(empty) == [
        'restrictions.wash.stages[1].patient: no language in it: give a text such as { en = "..." }'
    ]


def test_a_file_says_in_which_language_its_plain_texts_are() -> None:
    text = 'language = "fr"\n' + STEP + '[tasks]\ncomb = { label = "un peigne" }\n'
    assert texts(text) == {"tasks.comb": {"fr": "un peigne"}}


def test_a_measure_in_words_is_shown_in_english_to_the_practice() -> None:
    found = own_plan(
        STEP + '[restrictions]\nsun = { label = "no sun",'
        ' how_long = { fr = "comme dit", en = "as we say" } }\n'
        '[routines]\nfoam = { label = "foam", how_often = { fr = "parfois" } }\n'
    )
    assert [each.how_long for each in found.instructions] == ["as we say"]
    assert [each.rhythm for each in found.routines] == ["parfois"]
    values = {each.figure: each.value for each in found.figures}
    assert values["restrictions.sun.how_long"] == "as we say"


def test_what_is_wrong_with_a_text_for_the_patient_is_said() -> None:
    assert faults(
        STEP + '[restrictions]\na = { label = "a", after = "1 day", patient = 3,'
        ' short = { english = "x", fr = 3 } }\n'
    ) == [
        "restrictions.a.patient: 3 is not a text or a table of languages such as"
        ' \'{ en = "...", fr = "..." }\'',
        "restrictions.a.short.fr: 3 is not a text",
        "restrictions.a.short: 'english' is not a language code such as 'en' or 'pt-BR'",
    ]
    assert faults(
        STEP + 'patient = {}\n[restrictions]\na = { label = "a", after = "1 day", short = {} }\n'
    ) == [
        'restrictions.a.short: no language in it: give a text such as { en = "..." }',
        'steps[1].patient: no language in it: give a text such as { en = "..." }',
    ]


def test_two_texts_of_one_label_are_refused() -> None:
    same = '{ label = "look", patient = "a look", after = "1 day" }'
    text = f"{STEP}[milestones]\na = {same}\nb = {same}\n"
    own_protocol(text)
    assert faults(text + 'c = { label = "look" }\n') == [
        "milestones.c: has the label of milestones.a and another text for the patient: give it a"
        " label of its own"
    ]


def test_a_language_that_one_text_has_is_missed_in_the_others() -> None:
    protocol = own_protocol(
        STEP + "[tasks]\n"
        'a = { label = "a", patient = { fr = "un" } }\n'
        'b = { label = "b" }\nc = { label = "c", by = "clinic" }\n'
    )
    assert find_missing_patient_texts(protocol) == [
        "tasks.a: no text for the patient in 'en', which others have",
        "tasks.b: no text for the patient in 'fr', which others have",
    ]


def test_the_languages_of_labels_do_not_change_what_a_plan_file_seals() -> None:
    plain = STEP + (
        '[restrictions]\nsun = { label = "no sun", how_long = "as we say" }\n'
        '[questions]\nill = { ask = "ill?" }\n'
    )
    several = plain
    for text in ("session", "no sun", "as we say", "ill?"):
        several = several.replace(f'"{text}"', f'{{ en = "{text}", fr = "x" }}')
    assert digest_of(own_protocol(several)) == digest_of(own_protocol(plain))
    other = plain.replace('"as we say"', '"as we say", patient = { en = "sun", fr = "soleil" }')
    assert digest_of(own_protocol(other)) != digest_of(own_protocol(plain))


def test_reading_texts_again_and_again_frees_no_memory_twice() -> None:
    value: dict[str, Any] = {"a": "x", "b": {"en": "x", "pt-BR": "y"}}
    for _ in range(2_000):
        assert msgspec.convert(value, dict[str, Words | None]) == value
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"a": {"english": "x"}}, dict[str, Words | None])
    gc.collect()
    assert own_protocol(STEP).language == "en"


def test_a_protocol_of_another_content_has_not_the_texts_of_a_built_in_one() -> None:
    protocol = load_protocol("smp")
    changed = msgspec.structs.replace(protocol, version="9.9")
    request = PlanRequest(start=day("2026-12-01"))
    own, other = (
        default_catalog(make_plan(each, request, today=TODAY)) for each in (protocol, changed)
    )
    assert own == with_texts_of(protocol, load_catalog("en"))
    assert other == load_catalog("en") != own
