"""Whole outputs beside the commands that make them: `pytest --update-golden` writes them anew.

A file of commands has one a line, and the output is the last one's; settings of the environment may
stand in front of a command, and `2>&1` behind it takes in what it says.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import GOLDEN, Ran

EXAMPLES = Path(__file__).parent.parent / "examples"
LINE = re.compile(r"((?:[A-Z_]+=\S+ )*)(.*?)( 2>&1)?")


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.cmd")))
def test_the_output_is_as_before(
    name: str,
    hairplan: Callable[[str], Ran],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.setenv("HAIRPLAN_BY", "Zoé")
    expected = GOLDEN / f"{name}.out"
    out = ""
    for line in (GOLDEN / f"{name}.cmd").read_text("utf-8").splitlines():
        settings, command, takes_all = LINE.fullmatch(line).groups()  # type: ignore[union-attr]
        for setting in settings.split():
            monkeypatch.setenv(*setting.split("=", 1))
        ran = hairplan(command)
        out = ran.out + (ran.err if takes_all else "")
    if request.config.getoption("--update-golden"):
        expected.write_text(out, "utf-8", newline="")
    assert out == expected.read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    ("names", "most"),
    [
        ("desk-smp desk-mesopecia desk-microneedling desk-mesotherapy", 30),
        ("desk-moved-missed-done desk-stopped desk-cannot-keep", 30),
        ("desk-with-times desk-start-in-the-past desk-maintenance-5-years", 30),
        ("desk-52-sessions due-today due-week", 20),
        ("due-within-30d", 40),
        ("status-new status-on-course status-missed status-overdue status-stopped", 12),
        ("record-booked record-done record-missed record-away record-pregnant", 8),
    ],
)
def test_a_view_of_the_desk_is_no_longer_than_it_may_be(names: str, most: int) -> None:
    lengths = {name: (GOLDEN / f"{name}.out").read_text("utf-8").count("\n")
               for name in names.split()}  # fmt: skip
    assert {name: length for name, length in lengths.items() if length > most} == {}
