"""Completion in a shell: names, values, and nothing where something is amiss."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran

Run = Callable[[str], Ran]
Complete = Callable[..., list[str]]


@pytest.fixture
def complete(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """Ask how a command line goes on, the last of its words being typed, as Bash does."""

    def run(*words: str) -> list[str]:
        monkeypatch.setenv("_HAIRPLAN_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", "\n".join(("hairplan", *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        ran = hairplan("")
        monkeypatch.delenv("_HAIRPLAN_COMPLETE")
        assert (ran.code, ran.err) == (0, "")
        return ran.out.split()

    return run


@pytest.fixture
def plans(hairplan: Run) -> None:
    for extra in ("--ref A-17 --save a.plan.json", "--save b.plan.json"):
        assert hairplan(f"schedule smp --start 2026-12-01 {extra}").code == 0
    assert hairplan("record A-17 --booked course-1 --today 2026-11-20").code == 0
    assert hairplan("record A-17 --done course-1 --today 2026-12-01").code == 0


# ---- treatments and plans ----


def test_commands_and_treatments_are_completed(complete: Complete) -> None:
    assert complete("sch") == ["schedule", "schema"]
    assert complete("show", "mi") == ["microneedling"]
    assert complete("batch", "-t", "mi") == ["microneedling"]


def test_the_clinics_own_treatments_are_completed(complete: Complete) -> None:
    Path("own").mkdir()
    Path("own/own-peel.toml").write_text(OWN)
    assert complete("show", "--protocols", "own", "own") == ["own-peel"]


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize("command", ["status", "record", "history", "schedule", "screen"])
def test_plans_are_completed_by_reference_or_file(complete: Complete, command: str) -> None:
    assert complete(command, "A") == ["A-17"]
    assert complete(command, "b") == ["b.plan.json"]


@pytest.mark.usefixtures("plans")
def test_only_what_takes_a_plan_completes_one(complete: Complete) -> None:
    assert complete("show", "A") == []


@pytest.mark.usefixtures("plans")
def test_the_sessions_of_the_plan_are_completed(complete: Complete) -> None:
    ahead = ["course-2", "course-3", "touch-up-1"]
    for option in ("--missed", "--cancelled", "--skipped", "--moved"):
        assert complete("record", "A-17", option, "") == ahead
    assert complete("record", "A-17", "--done", "course") == ["course-2", "course-3"]
    assert complete("record", "b.plan.json", "--done", "cons") == ["consultation"]
    assert complete("record", "A-17", "--booked", "course-2,") == [
        "course-2,course-3", "course-2,touch-up-1",
    ]  # fmt: skip
    assert complete("undo", "A-17", "") == ["1", "2"]


# ---- names with values ----


def test_questions_are_completed_then_their_answers(complete: Complete) -> None:
    asked = complete("schedule", "smp", "--answer", "psoriasis")
    assert asked == ["psoriasis-eczema-active=", "psoriasis-eczema-localized="]
    # One name comes with its values: a shell would end a word that is the only one.
    assert complete("schedule", "smp", "-a", "minox") == [
        "minoxidil=yes", "minoxidil=no", "minoxidil=unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (("--answer", "minoxidil", "="), ["yes", "no", "unknown"]),
        (("--answer", "minoxidil", "=", "y"), ["yes"]),
        (("--answer", "=", "minoxidil", "=", "n"), ["no"]),
        (("--answer", "nothing", "="), []),
        (("--ref", "=", "x", "--answer", "minoxidil", "=", "u"), ["unknown"]),
    ],
)
def test_bash_gets_the_word_after_the_equals_sign(
    complete: Complete, words: tuple[str, ...], values: list[str]
) -> None:
    assert complete("schedule", "smp", *words) == values


def test_other_shells_get_the_whole_word(hairplan: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_HAIRPLAN_COMPLETE", "complete_fish")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "hairplan schedule smp --answer minoxidil=y")
    assert hairplan("") == Ran(0, "minoxidil=yes\n", "")


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("schedule microneedling --option cad", ["cadence=weekly", "cadence=fortnightly"]),
        ("schedule microneedling --option cadence = f", ["fortnightly"]),
        ("schedule smp --event tr", ["transplant="]),
        ("schedule smp --override trans", ["transplant-healing="]),
        ("schedule smp --start 2026-12-01 --sex f", ["female"]),
        ("schedule smp --on-late e", ["extra"]),
        ("schedule smp --anchor r", ["rolling"]),
        ("schedule smp --zone Europe/Pari", ["Europe/Paris"]),
        ("schedule smp --holidays US-CA", ["US-CA"]),
        ("schedule smp --holidays FR,FR-5", ["FR,FR-57"]),
        ("schedule smp --closed sat,su", ["sat,sun"]),
        ("schedule smp --patient-days m", ["mon"]),
        ("schedule smp -f sh", ["sheet"]),
        ("due -f c", ["csv"]),
        ("schedule smp --audience pr", ["practice"]),
        ("schedule smp --details f", ["full"]),
        ("schedule smp --only sessions,r", ["sessions,restrictions", "sessions,reviews",
                                            "sessions,routines"]),
        ("schedule smp --without t", ["tasks"]),
        ("record A-17 --as m", ["maintenance"]),
        ("record A-17 --as s", []),
        ("record A-17 --as h", []),
        ("schedule smp --sessions c", ["course="]),
        ("schedule mesotherapy --spacing cou", ["course="]),
        ("schedule smp --figure rules.ch", ["rules.chemotherapy-wait.ends="]),
        ("schedule smp --language f", ["fr"]),
        ("schedule smp --care b", ["bars"]),
        ("schedule smp --with sessions,te", ["sessions,tentative"]),
        ("record A-17 --finding tran", ["transplant="]),
        ("record A-17 --extend su", ["sun="]),
        ("screen A-17 -f j", ["json"]),
        ("schedule A-17 --answer minox", ["minoxidil=yes", "minoxidil=no", "minoxidil=unknown"]),
        ("schedule smp --place x", []),
    ],
)  # fmt: skip
def test_values_are_completed(complete: Complete, line: str, values: list[str]) -> None:
    assert complete(*line.split()) == values


# ---- where something is amiss ----


@pytest.mark.parametrize(
    "line",
    [
        "schedule nothing --answer x",
        "schedule --answer x",
        "record nobody --done c",
        "record --done c",
        "undo nobody 1",
        "batch --answer x",
        "nothing x",
    ],
)
def test_nothing_is_completed_and_nothing_said(complete: Complete, line: str) -> None:
    assert complete(*line.split()) == []


def test_a_faulty_settings_file_is_no_concern_of_completion(complete: Complete) -> None:
    Path("clinic.toml").write_text("closed = 3")
    assert complete("status", "--config", "clinic.toml", "A") == []
    assert complete("schedule", "smp", "--config", "clinic.toml", "--sex", "m") == ["male"]


def test_a_shell_that_is_out_of_step_gets_nothing(
    hairplan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_HAIRPLAN_COMPLETE", "complete_nothing")
    assert hairplan("") == Ran(0, "", "")
