"""The format as editors and people read it."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from conftest import Ran
from jsonschema import Draft202012Validator

from hairplan.dates.typed_spans import TYPED_PATTERN, TYPED_SHORT
from hairplan.files.plan_file_schema import plan_file_schema
from hairplan.protocol.catalog import protocol_names, read_protocol_text
from hairplan.protocol.model import Protocol
from hairplan.protocol.schema import describe_keys, json_schema, key_table
from hairplan.protocol.shapes import structs_in

Run = Callable[[str], Ran]
SCHEMA = json_schema()


def faults(table: dict[str, Any]) -> list[str]:
    plain = msgspec.to_builtins(table, builtin_types=())
    errors = Draft202012Validator(SCHEMA).iter_errors(plain)
    return [f"{error.json_path}: {error.message}" for error in errors]


def smp() -> dict[str, Any]:
    return tomllib.loads(read_protocol_text("smp"))


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["title"] == "A hairplan protocol"
    assert SCHEMA["description"] == "A whole treatment, without dates."


@pytest.mark.parametrize("name", protocol_names())
def test_every_built_in_protocol_fits(name: str) -> None:
    assert faults(tomllib.loads(read_protocol_text(name))) == []


def test_a_text_may_be_in_several_languages() -> None:
    table = smp() | {"name": {"en": "x", "pt-BR": "y"}, "facts": {"SMP-1": {"fr": "x"}}}
    assert faults(table) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"nam": "x"},
            "$: Additional properties are not allowed ('nam' was unexpected)",
        ),
        ({"name": {}}, "$.name: {} is not valid under any of the given schemas"),
        (
            {"name": {"english": "x"}},
            "$.name: {'english': 'x'} is not valid under any of the given schemas",
        ),
        ({"id": {"en": "x"}}, "$.id: {'en': 'x'} is not of type 'string'"),
        (
            {"notes": [{"text": "x", "colour": 1}]},
            "$.notes[0]: Additional properties are not allowed ('colour' was unexpected)",
        ),
    ],
)
def test_what_does_not_fit(changed: dict[str, Any], expected: str) -> None:
    assert faults(smp() | changed) == [expected]


@pytest.mark.parametrize(
    "changed",
    [
        {"steps": {"id": "course", "name": "session"}},
        {"steps": [{"id": "a", "name": "a", "spacing": "2w", "price": "300..500 USD"}]},
        {"steps": [{"id": "a", "name": "a", "duration": "1 h 30", "durations": "45m"}]},
        {"steps": [{"id": "a", "name": "a", "spacing": ["1 week", {"min": "3d"}]}]},
        {"steps": [{"id": "a", "name": "a", "weekdays": "mon", "offsets": "-2w"}]},
        {"horizon": "7 months + 4 weeks - 1 day", "notes": {"text": "x"}},
        {"restrictions": {"a": {"label": "a", "before": "1d at 9:00", "around": "all"}}},
    ],
)
def test_shorthands_fit(changed: dict[str, Any]) -> None:
    assert faults(smp() | changed) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"steps": {"id": "course"}},
            "$.steps: 'name' is a required property",
        ),
        (
            {"steps": [{"id": "a", "name": "a", "weekdays": "today"}]},
            "$.steps[0].weekdays: 'today' is not one of"
            " ['fri', 'mon', 'sat', 'sun', 'thu', 'tue', 'wed']",
        ),
        (
            {"steps": [{"id": "first", "name": "a"}]},
            "$.steps[0].id: 'first' should not be valid under {'enum': ['all', 'each', 'events',"
            " 'first', 'last', 'next', 'start']}",
        ),
        ({"horizon": "soon"}, f"$.horizon: 'soon' does not match {TYPED_PATTERN!r}"),
    ],
)
def test_what_is_no_shorthand(changed: dict[str, Any], expected: str) -> None:
    assert faults(smp() | changed) == [expected]


def test_it_has_no_null() -> None:
    assert "null" not in json.dumps(SCHEMA)


def test_every_text_has_its_languages() -> None:
    # What a patient reads has its languages by its type.
    texts = json.dumps(msgspec.json.schema(Protocol)).count('"maxLength": 2000, "minLength": 1')
    assert json.dumps(SCHEMA).count("#/$defs/Languages") == texts + len(
        ["steps.details"]  # a list of texts, of which one may stand without its brackets
    )


def test_a_key_is_described_by_the_docstring_and_by_its_form() -> None:
    step = SCHEMA["$defs"]["Step"]
    assert step["description"] == "A run of appointments with one rhythm."
    assert step["additionalProperties"] is False
    assert SCHEMA["$defs"]["Duration"]["properties"]["min"] == {
        "description": "the shortest - a span such as '45 minutes'",
        "type": "string",
        "pattern": TYPED_SHORT,
    }
    assert step["properties"]["end_included"] == {
        "description": "an appointment may fall on the very end of `lasting`",
        "type": "boolean",
        "default": False,
    }
    assert step["properties"]["early"] == {
        "description": "what to do when one took place too early",
        "$ref": "#/$defs/Early",
    }
    assert step["properties"]["why"]["description"] == (
        "how the source is read, or why this default"
    )


@pytest.mark.parametrize("kind", structs_in(Protocol).values())
def test_docstrings_speak_of_all_keys_or_of_none(kind: type[msgspec.Struct]) -> None:
    assert set(describe_keys(kind)) in ({*kind.__struct_fields__}, set())


# ---- for people ----


def section(title: str) -> str:
    _, _, rest = key_table().partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0].strip()


def test_a_section_has_a_row_for_each_key() -> None:
    assert section("`steps.price`, `charges.NAME.price`") == (
        "The price range of one appointment, in whole units of the currency (ISO 4217).\n"
        "\n"
        "| key | value | meaning |\n"
        "| --- | --- | --- |\n"
        "| `min` | a whole number from 0; required | the least. |\n"
        "| `max` | a whole number from 0; required | the most. |\n"
        "| `currency` | a currency code such as `EUR`; required | the ISO 4217 code. |\n"
        "| `within` | a span such as `5 weeks` | it holds only so long after the step's anchor. |\n"
        "| `later` | a table: see `steps.price.later` | what holds after that. |\n"
        "| `per` | one of `session`, `hour`, `course`; default `session` | what it is the price of:"
        ' a "session", each "hour" of one, or the "course": all of its step together. |\n'
        "| `sessions` | a whole number from 1 to 10000; default `1` | in place of `per`, of so many"
        ' together ("3 for 600 EUR"); fewer at the end cost as much. |'
    )


@pytest.mark.parametrize(
    ("title", "row"),
    [
        ("The head of the file", "| `format` | `1`; required | the version of this format, 1. |"),
        (
            "The head of the file",
            "| `version` | a text (1 to 40); required | the protocol's own version. |",
        ),
        (
            "The head of the file",
            "| `date` | a date such as `2026-11-01`; required | when this version was written. |",
        ),
        (
            "The head of the file",
            "| `facts` | by name, a text, or one for each language | what the sources say, by id"
            ' ("SMP-2"). |',
        ),
        (
            "The head of the file",
            "| `rules` | by name, a table: see `[rules.NAME]` | what the patient's state means for"
            " the treatment. |",
        ),
        (
            "Every table",
            "| `strength` | one of `sourced`, `read`, `default`, `clinic` | how they follow from"
            " the source. Where it is left out: sourced where there is a source, or else that of"
            " the file's head, or the clinic's own. |",
        ),
        (
            "`[[steps]]`",
            "| `end_included` | true or false; default `false` | an appointment may fall on the"
            " very end of `lasting`. |",
        ),
        (
            "`[[steps]]`",
            '| `since` | one of `anchor`, `previous`; default `anchor` | what a repeat is counted'
            ' on from: its "anchor" (no drift at month ends) or the "previous" appointment. |',
        ),
        (
            "`[[steps]]`",
            "| `price` | a table: see `steps.price` or a list, each a table: see `steps.price` |"
            " of one appointment; or a list with one for each in turn. |",
        ),
        ("`[[indications]]`, `[[notes]]`",
         "| `text` | a text, or one for each language; required | what it says. |"),
    ],
)  # fmt: skip
def test_a_value_is_said_in_words(title: str, row: str) -> None:
    assert row in section(title).splitlines()


def test_every_struct_has_one_section() -> None:
    titles = [line for line in key_table().splitlines() if line.startswith("## ")]
    assert len(titles) == len(set(titles)) == len(structs_in(Protocol)) + 1


def test_what_every_table_has_is_said_once() -> None:
    assert "`source`" not in section("`[[steps]]`")
    assert section("Every table").splitlines()[2] == (
        "That is `[options.NAME]`, `[[steps]]`, `[restrictions.NAME]`, `[tasks.NAME]`,"
        " `[routines.NAME]`, `[milestones.NAME]`, `[expectations.NAME]`, `[[indications]]`,"
        " `[[notes]]`, `[rules.NAME]`, `[[differences]]`, `[charges.NAME]`."
    )


# ---- the command ----


def test_the_schema_is_printed(hairplan: Run) -> None:
    ran = hairplan("schema")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == SCHEMA
    assert ran.out.startswith('{\n  "$schema": ')
    assert ran.out.endswith("}\n")
    assert hairplan("schema -f json -o -").out == ran.out


def test_the_keys_are_printed(hairplan: Run) -> None:
    assert hairplan("schema -f markdown") == Ran(0, key_table(), "")


def test_the_schema_goes_to_a_file_of_its_kind(hairplan: Run) -> None:
    said = "wrote the format to hairplan.schema.json\n"
    assert hairplan("schema -o hairplan.schema.json") == Ran(0, "", said)
    assert json.loads(Path("hairplan.schema.json").read_text()) == SCHEMA
    assert hairplan("schema -o hairplan.schema.json").code == 2
    assert hairplan("schema -o hairplan.schema.json --force").code == 0
    assert hairplan("schema -o keys.md").code == 0
    assert Path("keys.md").read_text() == key_table()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("-f yaml", "--format: no 'yaml'; there are: json, markdown"),
        (
            "-o keys.txt",
            "--output: 'keys.txt' does not end in .json, .md: choose one, or say --format",
        ),
    ],
)
def test_a_form_that_there_is_not(hairplan: Run, options: str, expected: str) -> None:
    assert hairplan(f"schema {options}") == Ran(2, "", f"error: {expected}\n")


def test_the_format_of_plan_files_is_a_schema_too(hairplan: Callable[[str], Ran]) -> None:
    ran = hairplan("schema --plan-file")
    assert (ran.code, json.loads(ran.out)["title"]) == (0, plan_file_schema()["title"])
    assert hairplan("schema --plan-file -f markdown") == Ran(
        2, "", "error: --format: the format of plan files is JSON Schema, not markdown\n"
    )
