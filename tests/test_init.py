"""The clinic's settings, written for the first time."""

import stat
import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from conftest import Ran
from hypothesis import given
from hypothesis import strategies as st
from test_cli import errors

from hairplan.clinic.config_text import FirstSettings, format_config
from hairplan.clinic.settings import Config
from hairplan.dates.weekdays import WEEKDAYS
from hairplan.protocol.toml import parse_toml

Run = Callable[[str], Ran]
PATH = Path("xdg/hairplan/config.toml")
CLOSED = "Which days of the week is the clinic closed (sat,sun; nothing for none)?\n"
HOLIDAYS = "Whose public holidays close it (FR, FR-57, US-CA; nothing for none)?\n"
ZONE = "Which time zone is it in (Europe/Paris; nothing for this machine's, UTC)?\n"
TIME = "When do appointments begin as a rule (14:30; nothing to leave it open)?\n"
PLANS = (
    "In which folder are the patients' plans (plans; nothing for the one that hairplan is run"
    " in)?\n"
)


@pytest.fixture
def answering(
    monkeypatch: pytest.MonkeyPatch, hairplan: Run, machine_zone: Callable[[str], None]
) -> Callable[..., Ran]:
    """Run `hairplan init` in a terminal, with answers."""

    def run(answers: str, options: str = "", zone: str = "UTC") -> Ran:
        machine_zone(zone)
        monkeypatch.setattr("hairplan.cli.init.is_terminal", lambda _: True)
        monkeypatch.setattr("sys.stdin", StringIO(answers))
        return hairplan(f"init {options}")

    return run


def wrote(path: object) -> str:
    return (
        f"wrote the settings to {path}: hairplan config shows them, and any editor changes them\n"
    )


# ---- asked ----


def test_five_things_are_asked(
    answering: Callable[..., Ran], hairplan: Run, tmp_path: Path
) -> None:
    ran = answering("sat, sunday\nFR,FR-57\nEurope/Paris\n9:30\nplans\n")
    path = tmp_path / PATH
    assert ran == Ran(0, "", CLOSED + HOLIDAYS + ZONE + TIME + PLANS + wrote(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert tomllib.loads(path.read_text("utf-8")) == {
        "closed": ["sat", "sun"],
        "holidays": ["FR", "FR-57"],
        "zone": "Europe/Paris",
        "time": "09:30",
        "plans": "plans",
    }
    shown = hairplan("config").out
    assert f"configuration file: {path}\n" in shown


def test_nothing_leaves_all_open_but_the_zone(answering: Callable[..., Ran]) -> None:
    assert answering("\nnone\n\n\n\n").code == 0
    assert tomllib.loads(PATH.read_text("utf-8")) == {"zone": "UTC"}


def test_a_machine_without_a_zone_suggests_none(answering: Callable[..., Ran]) -> None:
    ran = answering("\n\n\n\n\n", zone="EST5EDT,M3.2.0,M11.1.0")
    assert "Which time zone is it in (Europe/Paris; nothing to leave it open)?" in ran.err
    assert tomllib.loads(PATH.read_text("utf-8")) == {}


def test_it_asks_again_where_an_answer_cannot_be_read(answering: Callable[..., Ran]) -> None:
    ran = answering("saturn\nsat\nParis\nFR\nMars/X\n\n25:00\n\n\n")
    assert ran.code == 0
    assert (
        f"{CLOSED}'saturn' is not a weekday; several are separated by commas:"
        f" mon,tue,wed,thu,fri,sat,sun\n{CLOSED}{HOLIDAYS}'Paris' is no country"
    ) in ran.err
    assert "'Mars/X' is not a time zone" in ran.err
    assert tomllib.loads(PATH.read_text("utf-8")) == {
        "closed": ["sat"], "holidays": ["FR"], "zone": "UTC",
    }  # fmt: skip


def test_an_input_that_ends_leaves_no_file(answering: Callable[..., Ran]) -> None:
    ran = answering("sat\nFR\n")
    assert (ran.code, errors(ran)) == (2, ["no answer: the input has ended"])
    assert not PATH.parent.exists()


# ---- stated ----


def test_in_a_pipe_options_stand_for_answers(hairplan: Run, tmp_path: Path) -> None:
    ran = hairplan("init --closed sun --time 9:00 --config clinic.toml")
    assert ran == Ran(0, "", wrote("clinic.toml"))
    assert tomllib.loads(Path("clinic.toml").read_text("utf-8")) == {
        "closed": ["sun"], "time": "09:00",
    }  # fmt: skip
    assert not (tmp_path / "xdg").exists()


def test_with_options_nothing_is_asked_in_a_terminal_either(answering: Callable[..., Ran]) -> None:
    ran = answering("", "--plans 'our \"plans\"' --closed none --holidays ''")
    assert ran.code == 2
    assert errors(ran)[0].startswith("--holidays: '' is no country")
    ran = answering("", "--plans 'our \"plans\"' --closed none")
    assert ran.code == 0
    assert tomllib.loads(PATH.read_text("utf-8")) == {"plans": 'our "plans"'}


@pytest.mark.parametrize(
    ("options", "faults"),
    [
        ("", ["init: needs a terminal; else give --closed, --holidays, --zone, --time or --plans"]),
        ("--closed saturn --zone Mars/X --time 25:00", [
            "--closed: 'saturn' is not a weekday; several are separated by commas:"
            " mon,tue,wed,thu,fri,sat,sun",
            "--zone: 'Mars/X' is not a time zone such as 'Europe/Paris'",
            "--time: '25:00' is not a time of day such as '14:30'"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(hairplan: Run, options: str, faults: list[str]) -> None:
    ran = hairplan(f"init {options}")
    assert (ran.code, ran.out, errors(ran)) == (2, "", faults)
    assert not PATH.parent.exists()


# ---- the file ----


def test_a_file_that_exists_is_left_alone_unless_it_is_forced(
    answering: Callable[..., Ran], tmp_path: Path
) -> None:
    PATH.parent.mkdir(parents=True)
    PATH.write_text("# mine")
    ran = answering("sat\n\n\n\n\n")
    fault = f"{tmp_path / PATH}: exists already: choose another name, or --force"
    assert (ran.code, errors(ran), PATH.read_text()) == (2, [fault], "# mine")
    assert answering("sat\n\n\n\n\n", "--force").code == 0
    assert 'closed = ["sat"]' in PATH.read_text()


def test_a_place_that_cannot_be_is_said(hairplan: Run) -> None:
    Path("file").write_text("")
    ran = hairplan("init --closed sun --config file/config.toml")
    assert (ran.code, ran.out) == (2, "")
    assert errors(ran)


def test_every_example_in_the_file_holds() -> None:
    text = format_config(FirstSettings())
    assert tomllib.loads(text) == {}
    examples = "\n".join(
        line.removeprefix("# ")
        for line in text.splitlines()
        if line.startswith(("# [", "# closed", "# closures")) or " = " in line
    )
    config = parse_toml(examples, Config, "config.toml")
    nothing, names = Config(), config.__struct_fields__
    stated = {name for name in names if getattr(config, name) != getattr(nothing, name)}
    assert stated == {
        "closed", "holidays", "closures", "open", "zone", "time", "duration", "place", "plans",
        "dates", "view", "treatments", "clinic",
    }  # fmt: skip


SETTINGS = st.builds(
    FirstSettings,
    closed=st.lists(st.sampled_from(WEEKDAYS)).map(tuple),
    holidays=st.lists(st.sampled_from(["FR", "US-CA"])).map(tuple),
    zone=st.none() | st.just("Europe/Paris"),
    time=st.none() | st.times().map(lambda at: f"{at:%H:%M}"),
    plans=st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)


@given(SETTINGS)
def test_all_settings_are_read_back_as_written(settings: FirstSettings) -> None:
    config = parse_toml(format_config(settings), Config, "config.toml")
    read = {name: getattr(config, name) for name in settings.__struct_fields__}
    assert FirstSettings(**read) == settings
