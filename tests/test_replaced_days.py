"""A recording that puts a day of an event in place of another one says so, and how to keep both."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OWN, Ran

Run = Callable[[str], Ran]

AGAIN = """
[[steps]]
id = "course"
name = "session"
strength = "clinic"
[[steps]]
id = "again"
name = "session"
anchor = "events.relapse"
spacing = "1 week"
strength = "clinic"
[events]
relapse = { label = "it comes back" }
"""
FIRST = "relapse: 2027-03-01 instead of 2027-02-01; to keep both:"
BOTH = "--event relapse=2027-02-01 --event relapse=2027-03-01"


@pytest.fixture
def said(hairplan: Run, keep: Callable[..., None]) -> Callable[..., list[str]]:
    """Record events one after the other, and return what is said of days at the last."""

    def said(*records: str) -> list[str]:
        Path("own.toml").write_text(OWN + AGAIN, "utf-8")
        *earlier, last = [f"{record} --today 2027-04-01" for record in records]
        keep("own.toml --start 2027-01-04", *earlier)
        ran = hairplan(f"record p.plan.json {last}")
        return [line for line in ran.err.splitlines() if line.startswith("relapse")]

    return said


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (["--event relapse=2027-02-01"], []),
        (["--event relapse=2027-02-01", "--event relapse=2027-03-01"], [f"{FIRST} {BOTH}"]),
        (["--event relapse=2027-02-01", "--finding relapse=2027-03-01"], [f"{FIRST} {BOTH}"]),
        (["--event relapse=2027-02-01", "--event relapse=2027-03-01 --dry-run"],
         [f"{FIRST} {BOTH}"]),
        (["--event relapse=2027-02-01", BOTH], []),
        (["--event relapse=2027-02-01", "--event relapse=2027-02-01"], []),
        (["--event relapse=2027-02-01", "--done course-1=2027-01-04"], []),
        ([BOTH, "--event relapse=2027-03-15"],
         ["relapse: 2027-03-15 instead of 2027-02-01, 2027-03-01; to keep all:"
          f" {BOTH} --event relapse=2027-03-15"]),
    ],
)  # fmt: skip
def test_a_day_that_goes_is_said(
    said: Callable[..., list[str]], records: list[str], expected: list[str]
) -> None:
    assert said(*records) == expected


def test_with_the_options_that_it_names_both_are_kept(
    hairplan: Run, said: Callable[..., list[str]]
) -> None:
    (line,) = said("--event relapse=2027-02-01", "--event relapse=2027-03-01")
    options = line.partition("to keep both: ")[2]
    assert hairplan(f"record p.plan.json {options} --today 2027-04-01").code in {0, 1}
    sessions = hairplan("schedule p.plan.json --today 2027-04-01").out
    assert [name for name in ("again-1", "again-2") if f"session   {name}" in sessions] == [
        "again-1", "again-2",
    ]  # fmt: skip
