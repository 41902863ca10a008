"""The four treatments: every figure traced, nothing made up."""

import re
import tomllib
from pathlib import Path

import pytest
from conftest import OWN, plan
from msgspec import structs

from hairplan import load_protocol
from hairplan.protocol import catalog
from hairplan.protocol.catalog import protocol_names, read_protocol_text
from hairplan.protocol.figures import fact_ids, find_basis, traced_tables
from hairplan.protocol.languages import find_missing_languages
from hairplan.protocol.model import Protocol
from hairplan.protocol.values import Traced

PROTOCOLS = {name: load_protocol(name) for name in protocol_names()}
FACT = re.compile(r"(SMP|MN|MP|ME)-\d+")


@pytest.mark.parametrize("name", PROTOCOLS)
def test_no_text_lacks_a_language_that_others_have(name: str) -> None:
    assert find_missing_languages(tomllib.loads(read_protocol_text(name)), Protocol) == []


def test_a_new_one_is_a_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "_BUILT_IN", tmp_path)
    step = '[[steps]]\nid = "course"\nname = {languages}\ncount = 1\n'
    for name, languages in (("plain", '"Session"'), ("both", '{ fr = "Séance", en = "Session" }')):
        text = OWN + step.replace("{languages}", languages)
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    assert protocol_names() == ["both", "plain"]
    assert load_protocol("both") == load_protocol("plain")


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_table_has_a_strength_and_a_source_or_is_a_default(name: str) -> None:
    for kind, key, table in traced_tables(PROTOCOLS[name]):
        found = find_basis(table, "")
        assert found.strength in {"sourced", "read", "default"}, (kind, key)
        assert fact_ids(found.source) or found.strength == "default", (kind, key)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_figure_is_traced(name: str) -> None:
    for figure in plan(name, "2027-01-04").figures:
        assert figure.strength in {"sourced", "read", "default"}, figure
        assert bool(figure.sources) == (figure.strength != "default"), figure


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_fact_cited_is_told_and_every_fact_told_is_cited(name: str) -> None:
    protocol = PROTOCOLS[name]
    cited = set()
    for _, _, table in traced_tables(protocol):
        cited |= set(fact_ids(table.source))
        for exception in table.figures.values():
            cited |= set(fact_ids(exception.source))
        cited |= set(getattr(table, "says", {})) if isinstance(_says(table), dict) else set()
    # What a document says beside the facts is cited by the document's own name.
    facts = cited - set(protocol.documents)
    assert facts == set(protocol.facts)
    assert all(FACT.fullmatch(each) for each in facts)
    documents = {each.partition("-")[0] for each in cited}
    assert documents == set(protocol.documents)


def _says(table: Traced) -> object:
    return getattr(table, "says", None)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_file_fits_on_a_screen_or_few(name: str) -> None:
    assert structs.asdict(PROTOCOLS[name])["id"] == name
    assert len(PROTOCOLS[name].summary) < 100


def outcomes(protocol: Protocol) -> dict[str, str]:
    return {name: rule.outcome for name, rule in protocol.rules.items()}


def test_what_speaks_against_each_treatment() -> None:
    assert outcomes(PROTOCOLS["smp"]) == {
        "minoxidil": "caution",
        "pregnancy": "contraindicated",
        "breastfeeding": "contraindicated",
        "autoimmune": "contraindicated",
        "inflammatory-skin": "contraindicated",
        "psoriasis-eczema-active": "postpone",
        "psoriasis-eczema-localized": "assessment",
        "chemotherapy": "contraindicated",
        "chemotherapy-wait": "postpone",
        "chemotherapy-clearance": "document",
        "chemotherapy-stable": "assessment",
        "intensive-treatment": "contraindicated",
        "pigment-allergy": "contraindicated",
        "transplant-healing": "postpone",
        "transplant-caution": "caution",
    }
    needles = {
        "pregnancy": "contraindicated",
        "breastfeeding": "contraindicated",
        "circulation": "contraindicated",
        "cancer": "contraindicated",
        "past-cancer": "assessment",
        "infection": "postpone",
        "herpes": "prevention",
        "anticoagulants": "tell-doctor",
        "allergies": "tell-doctor",
    }
    skin_and_follicles = {
        "skin-disease": "contraindicated",
        "bald-scalp": "not-effective",
        "traction-alopecia": "not-effective",
    }
    assert outcomes(PROTOCOLS["mesotherapy"]) == needles | skin_and_follicles
    assert outcomes(PROTOCOLS["mesopecia"]) == needles | {
        "skin-disease": "assessment",
        "beyond-stage-4": "outside-indication",
        "beyond-stage-2": "outside-indication",
    }
    assert outcomes(PROTOCOLS["microneedling"]) == needles | skin_and_follicles


def test_nothing_is_said_of_the_depth_of_a_needle() -> None:
    protocol = PROTOCOLS["microneedling"]
    assert "MN-12" not in protocol.facts
    assert "depth" not in str(structs.asdict(protocol))


@pytest.mark.parametrize(
    ("name", "figure", "value", "strength", "sources"),
    [
        ("smp", "course.spacing.min", "10 days", "sourced", ("SMP-2",)),
        ("smp", "course.spacing.preferred", "14 days", "default", ()),
        ("smp", "course.count.preferred", "3", "sourced", ("SMP-1",)),
        ("smp", "course.count.max", "6", "default", ()),
        ("smp", "touch-up.spacing.max", "36 months", "sourced", ("SMP-3",)),
        ("smp", "restrictions.sun.after.at_least", "3 days", "read", ("SMP-4",)),
        ("smp", "rules.chemotherapy-wait.ends", "3 months", "default", ()),
        ("smp", "tasks.patch-test.lead", "7 days", "default", ()),
        ("smp", "horizon", "3 years", "default", ()),
        ("microneedling", "course[cadence=weekly].count", "12", "read", ("MN-1",)),
        ("microneedling", "course[cadence=weekly].duration", "20 minutes", "sourced", ("MN-5",)),
        ("microneedling", "course[cadence=weekly].price", "150..300 EUR", "sourced", ("MN-11",)),
        (
            "mesopecia",
            "maintenance[maintenance=monthly].spacing.tolerance",
            "1 week",
            "default",
            (),
        ),
        ("mesopecia", "fortnightly.anchor", "weekly.last", "read", ("MP-1",)),
        ("mesotherapy", "course.count.preferred", "4", "default", ()),
        ("mesotherapy", "course.spacing.min", "15 days", "read", ("ME-1",)),
    ],
)
def test_a_figure_and_what_it_rests_on(
    name: str, figure: str, value: str, strength: str, sources: tuple[str, ...]
) -> None:
    found = {each.figure: each for each in plan(name, "2027-01-04").figures}[figure]
    assert (found.value, found.strength, found.sources) == (value, strength, sources)


def test_a_figure_asked_for_is_labelled_so() -> None:
    found = plan("smp", "2027-01-04", sessions=4, spacing="10 days", horizon="5 years", duration=90)
    chosen = {each.figure: each.value for each in found.figures if each.strength == "chosen"}
    assert chosen == {
        "course.count.preferred": "4",
        "course.spacing.preferred": "10 days",
        "course.duration": "1 h 30 min",
        "touch-up.duration": "1 h 30 min",
        "horizon": "5 years",
    }


def test_where_sources_differ_both_are_shown() -> None:
    found = plan("mesopecia", "2027-01-04")
    topics = {each.topic: each for each in found.differences}
    contraindications = topics["contraindications and side effects"]
    assert set(contraindications.says) == {"MP-8", "ME-3", "ME-6", "MN-10"}
    assert contraindications.holds == (
        "the more cautious sources hold (ME-3, MN-10, ME-6); a skin or scalp disease needs an"
        " assessment here instead, as mesopecia itself treats seborrhoea and itching"
    )
