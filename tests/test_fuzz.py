"""The fuzzer itself: a few inputs of each face, and that it sees what it looks for."""

import importlib.util
import random
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def fuzzer() -> ModuleType:
    path = Path(__file__).parent / "fuzz" / "run.py"
    spec = importlib.util.spec_from_file_location("fuzzer", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mutated_inputs_end_in_errors_of_ours(fuzzer: ModuleType) -> None:
    assert [said for seed in range(200) if (said := fuzzer.fails(seed))] == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda _: 1 / 0, "ZeroDivisionError"),
        (lambda _: time.sleep(60), "over 0.2 s"),
        (lambda chance: chance.missing, "AttributeError"),
    ],
)
def test_a_fault_is_seen(
    fuzzer: ModuleType, monkeypatch: pytest.MonkeyPatch, fault: object, said: str
) -> None:
    fault.__name__ = "fault"  # type: ignore[attr-defined]
    monkeypatch.setattr(fuzzer, "FACES", (fault,))
    monkeypatch.setattr(fuzzer, "MOST_SECONDS", 0.2)
    assert said in (fuzzer.fails(7) or "")


def test_the_same_seed_is_the_same_input(fuzzer: ModuleType) -> None:
    one, other = (fuzzer.mutate("2026-12-01", random.Random(3)) for _ in range(2))  # noqa: S311
    assert one == other != "2026-12-01"


def test_it_runs_as_a_program(
    fuzzer: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["run.py", "--inputs", "4", "--seed", "8"])
    with pytest.raises(SystemExit) as end:
        fuzzer.main()
    assert end.value.code == 0
    assert capsys.readouterr().out == "4 inputs from seed 8 on, 0 failed\n"
