"""What a command does not need, it does not import: start-up is a feature."""

import os
import subprocess
import sys

import pytest

LATE = {
    "rich", "icalendar", "jinja2", "segno", "typst", "hairplan.sheet.sheet", "babel", "holidays",
    "platformdirs", "zoneinfo",
    "dateutil", "tempfile", "csv", "hairplan.files.store",
    "hairplan.protocol.load", "hairplan.protocol.toml", "hairplan.planner.problems",
    "hairplan.planner.routines", "hairplan.planner.replan",
    "hairplan.files.plan_file", "filelock", "tzlocal", "hairplan.calendar.items",
    "hairplan.follow.diff", "secrets", "hairplan.cli.interview", "hairplan.cli.completers",
    "hairplan.cli.pager", "hairplan.show.advice", "hairplan.protocol.shapes",
    "hairplan.cli.completion", "hairplan.planner.costs",
}  # fmt: skip
PLANNING = {"msgspec", "hashlib", "tomllib", "hairplan.planner", "hairplan.protocol.model"}
PROGRAM = """
import sys
from hairplan.__main__ import main
try:
    main()
except SystemExit:
    pass
print(*sys.modules, sep="\\n", file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CONFIG_HOME": "/nowhere"},
    )
    return set(ran.stderr.splitlines())


@pytest.mark.parametrize(
    ("arguments", "late"),
    [
        (["--version"], LATE | PLANNING),
        (["list", "-f", "json"], LATE | {"hairplan.planner"}),
        (["schedule", "smp", "--start", "2026-12-01"], LATE),
        (
            ["schedule", "smp", "--start", "2026-12-01", "-f", "json"],
            LATE | {"hairplan.planner.stages"},
        ),
        (["schedule", "smp", "--start", "2026-12-01", "-f", "table"], LATE),
        (["schedule", "smp", "--full", "-f", "table"], LATE - {"rich", "zoneinfo"}),
        (
            ["schedule", "smp", "--start", "2026-12-01", "--time", "9:00", "--zone", "UTC"],
            LATE - {"zoneinfo", "tempfile"},
        ),
        (
            ["schedule", "smp", "--start", "2026-12-01", "-f", "ics", "-o", "-"],
            LATE - {"hairplan.calendar.items"},
        ),
        (
            ["schedule", "smp", "--start", "2026-12-01", "-f", "sheet"],
            LATE
            - {"jinja2", "segno", "hairplan.sheet.sheet", "hairplan.calendar.items", "tempfile"},
        ),
    ],
)
def test_what_is_not_needed_is_not_imported(arguments: list[str], late: set[str]) -> None:
    if sys.platform != "linux":
        late = late - {"platformdirs", "tempfile"}
    assert not late & loaded(*arguments)


def test_what_is_needed_is() -> None:
    assert "rich.table" in loaded("schedule", "smp", "--full", "-f", "table")
    assert loaded("schedule", "smp", "--start", "2026-12-01") > PLANNING
