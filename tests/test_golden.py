"""Whole outputs beside the commands that make them: `pytest --update-golden` writes them anew."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import GOLDEN, Ran

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.cmd")))
def test_the_output_is_as_before(
    name: str, hairplan: Callable[[str], Ran], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    expected = GOLDEN / f"{name}.out"
    ran = hairplan((GOLDEN / f"{name}.cmd").read_text("utf-8").strip())
    if request.config.getoption("--update-golden"):
        expected.write_text(ran.out, "utf-8", newline="")
    assert ran.out == expected.read_bytes().decode("utf-8")
