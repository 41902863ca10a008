"""A course without an end: it begins at the start, and repeats up to the horizon."""

from collections.abc import Callable
from pathlib import Path

from conftest import OWN, Ran

Run = Callable[[str], Ran]
OPEN = (
    OWN
    + """horizon = "6 weeks"
[steps]
id = "course"
name = "session"
count = "open"
spacing = { min = "12 days", preferred = "2 weeks", max = "3 weeks" }
strength = "clinic"
"""
)


def days(ran: Ran) -> list[str]:
    lines = ran.out.partition("SESSIONS\n")[2].splitlines()
    return [line.split()[3] for line in lines if line.startswith("course-")]


def test_it_begins_at_the_start(hairplan: Run) -> None:
    Path("own.toml").write_text(OPEN)
    assert hairplan("validate own.toml").code == 0
    assert days(hairplan("schedule ./own.toml --start 2026-12-01 --full")) == [
        "2026-12-01", "2026-12-15", "2026-12-29", "2027-01-12",
    ]  # fmt: skip


def test_it_goes_on_from_what_was_done(hairplan: Run) -> None:
    Path("own.toml").write_text(OPEN)
    made = hairplan("schedule ./own.toml --start 2026-12-01 --ref A --save a.plan.json")
    assert made.code == 0
    assert hairplan("record a.plan.json --done course-1 --today 2026-12-01").code == 0
    assert hairplan("record a.plan.json --done course-2=2026-12-17 --today 2026-12-17").code == 0
    assert days(hairplan("schedule a.plan.json --full --today 2026-12-18")) == [
        "2026-12-01", "2026-12-17", "2026-12-31",
    ]  # fmt: skip
