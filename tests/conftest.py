"""What all tests share: a day that is today, a machine without settings, and the program itself."""

import shlex
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import icsstrict
import pytest
from hypothesis import HealthCheck, settings

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.__main__ import main
from hairplan.protocol.load import parse_protocol
from hairplan.protocol.model import Protocol

TODAY = date(2026, 11, 1)
GOLDEN = Path(__file__).parent / "golden"

settings.register_profile(
    "here",
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("here")


class Ran(NamedTuple):
    """What a run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """What was said, but for the advice on a plan that went into a file."""
        lines = self.err.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(("! ", "  ")))


def day(text: str) -> date:
    """Shorten a date in a table of cases."""
    return date.fromisoformat(text)


def plan(name: str, start: str, **asked: Any) -> Plan:
    """Make a plan of a built-in protocol, on the day that all examples share."""
    return make_plan(load_protocol(name), PlanRequest(start=day(start), **asked), today=TODAY)


def planned(found: Plan, phase: str | None = None) -> list[str]:
    """Return the chosen days of a plan, or of one of its phases."""
    sessions = [each for each in found.sessions if phase in {None, each.phase}]
    return [str(each.planned) for each in sessions]


def strict_faults(calendar: bytes) -> list[str]:
    """Return what the strict checker finds wrong with a calendar, doubts included."""
    found = icsstrict.Checker().check(calendar)
    return [f"{line}: {code}: {text}" for line, severity, code, text in found if severity != "H"]


@pytest.fixture(autouse=True)
def _every_calendar_is_strictly_right(tmp_path: Path) -> Iterator[None]:
    """Check each calendar that a test writes."""
    yield
    for path in tmp_path.rglob("*.ics"):
        if (data := path.read_bytes()).startswith(b"BEGIN:VCALENDAR"):
            assert strict_faults(data) == [], path


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no setting of this machine into a test."""
    for name in (
        "CONFIG",
        "CLOSED",
        "HOLIDAYS",
        "CLOSURE",
        "OPEN",
        "ZONE",
        "PLACE",
        "TIME",
        "DURATION",
        "PROTOCOLS",
        "AUDIENCE",
        "DETAILS",
        "ALARM",
        "VIEW",
        "DATES",
    ):
        monkeypatch.delenv(f"HAIRPLAN_{name}", raising=False)
    monkeypatch.setenv("HAIRPLAN_TODAY", str(TODAY))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def hairplan(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], Ran]:
    """Run a command line of the program, in this process."""

    def run(command: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["hairplan", *shlex.split(command)])
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        else:
            code = 0
        captured = capsys.readouterr()
        if captured.out.startswith("BEGIN:VCALENDAR"):
            assert strict_faults(captured.out.encode()) == []
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def keep(hairplan: Callable[[str], Ran]) -> Callable[..., None]:
    """Keep a plan in p.plan.json, and record things in it."""

    def keep(treatment: str, *records: str) -> None:
        made = f"schedule {treatment} --save p.plan.json --today 2026-11-01"
        assert hairplan(made).code == 0
        for record in records:
            assert hairplan(f"record p.plan.json {record}").code in {0, 1}

    return keep


@pytest.fixture
def machine_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Give this machine another time zone."""

    def choose(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        # tzlocal remembers the first answer.
        monkeypatch.setattr("tzlocal.unix._cache_tz_name", None)
        time.tzset()

    yield choose
    monkeypatch.undo()
    time.tzset()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that writes golden files anew."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


OWN = """\
format = 1
id = "own"
version = "3"
date = 2026-11-01
name = "Our own"
summary = "a test"
"""


def own_protocol(text: str) -> Protocol:
    """Read a protocol whose head does not matter."""
    return parse_protocol(OWN + text, "own.toml")


def own_plan(text: str, **asked: Any) -> Plan:
    """Make a plan of such a protocol, from Monday 2027-01-04 if nothing else is asked for."""
    request = PlanRequest(**{"start": day("2027-01-04"), **asked})
    return make_plan(own_protocol(text), request, today=TODAY)
