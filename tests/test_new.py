"""A protocol to start from."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TODAY, Ran

from hairplan.protocol.load import parse_protocol

Run = Callable[[str], Ran]


def test_a_new_protocol_is_right_as_it_is(hairplan: Run) -> None:
    ran = hairplan("new prp-scalp")
    assert (ran.code, ran.out) == (0, "")
    text = Path("prp-scalp.toml").read_text("utf-8")
    assert text.startswith("#:schema ./hairplan.schema.json\n")
    protocol = parse_protocol(text, "prp-scalp.toml")
    assert (protocol.id, protocol.name, protocol.version) == ("prp-scalp", "Prp scalp", "1.0")
    assert protocol.date == TODAY
    assert [step.count for step in protocol.steps] == [3, "open"]


@pytest.mark.parametrize(
    ("output", "check", "schedule"),
    [
        ("", "prp.toml", "./prp.toml"),
        ("x.toml", "x.toml", "./x.toml"),
        ("my own.toml", "'my own.toml'", "'./my own.toml'"),
        ("own/x.toml", "own/x.toml", "own/x.toml"),
        ("{here}/x.toml", "{here}/x.toml", "{here}/x.toml"),
    ],
)
def test_what_to_do_next_is_said(
    hairplan: Run, tmp_path: Path, output: str, check: str, schedule: str
) -> None:
    Path("own").mkdir()
    chosen = output.format(here=tmp_path)
    said = (
        f"wrote a protocol to start from to {chosen or 'prp.toml'}\n"
        f"next: hairplan validate {check}, then hairplan schedule {schedule}\n"
        "hairplan schema -o hairplan.schema.json lets your editor check it\n"
    )
    ran = hairplan(f"new prp -o '{chosen}'" if chosen else "new prp")
    assert ran == Ran(0, "", said.format(here=tmp_path))
    assert Path(chosen or "prp.toml").is_file()


def test_a_new_protocol_can_be_printed(hairplan: Run) -> None:
    ran = hairplan("new prp -o - --today 2027-02-03")
    assert (ran.code, ran.err) == (0, "")
    assert 'id = "prp"\nversion = "1.0"\ndate = 2027-02-03\nname = "Prp"\n' in ran.out


def test_a_file_that_exists_is_left_alone_unless_it_is_forced(hairplan: Run) -> None:
    path = Path("prp.toml")
    path.write_text("mine")
    assert hairplan("new prp") == Ran(
        2, "", "error: prp.toml: exists already: choose another name, or --force\n"
    )
    assert path.read_text() == "mine"
    assert hairplan("new prp --force").code == 0
    assert path.read_text() != "mine"


@pytest.mark.parametrize(
    "name", ["PRP", "prp scalp", "prp-", "../prp", "1prp", "prp\n", "x" * 41, "''"]
)
def test_a_name_is_short_and_in_lower_case(hairplan: Run, name: str) -> None:
    ran = hairplan(f"new '{name}'" if name != "''" else "new ''")
    shown = name.replace("\n", "\ufffd").strip("'")
    assert ran == Ran(
        2,
        "",
        f"error: NAME: '{shown}' is not a short name in lower case such as 'touch-up', of 40"
        " characters at most\n",
    )
    assert list(Path().glob("**/*.toml")) == []
