"""The help: short enough to be read, with examples that hold, and all of it on request."""

import re
import shlex
from collections.abc import Callable
from importlib import import_module

import pytest
from conftest import Ran

from hairplan.cli.app import COMMANDS

Run = Callable[[str], Ran]
MOST_LINES = 60
LONG = ("schedule", "batch", "screen", "record", "due")


def names_in(text: str) -> set[str]:
    """Return the options that a help is about."""
    lines = re.findall(r"^  (-.*?)(?:  |$)", text, re.MULTILINE)
    return {name for line in lines for name in re.findall(r"--?[a-z-]+", line)}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_help_is_longer_than_two_screens(hairplan: Run, command: str) -> None:
    ran = hairplan(f"{command} -h")
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) <= MOST_LINES
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("command", LONG)
def test_three_examples_stand_on_top(hairplan: Run, command: str) -> None:
    lines = hairplan(f"{command} -h").out.splitlines()
    assert (lines[1], lines[5]) == ("", "")
    assert all(line.startswith(f"  $ hairplan {command} ") for line in lines[2:5])


@pytest.mark.parametrize("command", LONG)
def test_the_examples_use_what_the_short_help_shows(hairplan: Run, command: str) -> None:
    text = hairplan(f"{command} -h").out
    examples = re.findall(r"^  \$ (.*)$", text, re.MULTILINE)
    used = {word for line in examples for word in shlex.split(line) if word.startswith("-")}
    assert used <= names_in(text)


@pytest.mark.parametrize("command", LONG)
def test_the_rest_is_behind_an_option(hairplan: Run, command: str) -> None:
    short, every = (names_in(hairplan(f"{command} {name}").out) for name in ("-h", "--help-all"))
    assert short < every
    assert {"--help-all", "--help"} <= short
    module, _, function = COMMANDS[command].partition(":")
    shown = getattr(import_module(module), function).help.usual
    names = {"form": "format", "out_dir": "out-dir", "dry_run": "dry-run"}
    wanted = {f"--{names.get(name, name.replace('_', '-'))}" for name in shown}
    assert wanted <= short
    again = hairplan(f"{command} -h").out
    assert names_in(again) == short  # one help leaves no trace in the next


def test_a_command_with_few_options_has_one_help(hairplan: Run) -> None:
    assert "--help-all" not in hairplan("status -h").out
    assert "No such option: --help-all" in hairplan("status x --help-all").err


def test_all_texts_stand_in_one_column(hairplan: Run) -> None:
    lines = hairplan("schedule -h").out.splitlines()
    assert "  --time TIME              Time of day, such as 14:30 or 2:30 pm." in lines
    assert "  --ref TEXT               The clinic's own reference of the patient." in lines
    start = lines.index("  -a, --answer QUESTION=ANSWER")
    assert lines[start + 1] == (
        "                           An answer on the patient's state: QUESTION=yes, no"
    )


def test_the_program_names_its_commands(hairplan: Run) -> None:
    lines = hairplan("-h").out.splitlines()
    assert lines[0] == "Usage: hairplan [OPTIONS] COMMAND [ARGS]..."
    assert [line.split()[0] for line in lines if re.match(r"  [a-z]+  ", line)] == [*COMMANDS]


def test_the_program_alone_says_which_commands_there_are(hairplan: Run) -> None:
    assert hairplan("") == (2, "", hairplan("-h").out)


@pytest.mark.parametrize("width", ["60", "200"])
def test_the_help_fits_its_terminal(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = hairplan("schedule --help-all").out.splitlines()
    assert max(map(len, lines)) <= 80
    texts = [line for line in lines if not line.startswith(("  $", "  -a"))]
    assert max(map(len, texts)) <= int(width)
