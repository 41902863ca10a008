"""What it costs to load and check a protocol file, against `tomllib` on the same text.

Run it alone on a quiet machine: `python tests/benchmarks/loading.py`. The two run in turns; what
counts is the ratio of the medians. Last, how the planning of one step grows with its appointments.
"""

import statistics
import time
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

from hairplan import PlanRequest, make_plan
from hairplan.protocol.load import parse_protocol

ROOT = Path(__file__).parent.parent.parent
ROUNDS = 40
STEP = """\
format = 1
id = "long"
version = "1"
date = 2026-11-01
name = "x"
summary = "x"
[[steps]]
id = "course"
name = "x"
count = {count}
spacing = {{ preferred = "1 day", min = "1 day", max = "3 days" }}
"""


def seconds(work: Callable[..., object], *given: object) -> float:
    """Time one call."""
    begin = time.perf_counter()
    work(*given)
    return time.perf_counter() - begin


def main() -> None:
    """Print the ratios."""
    files = [*ROOT.glob("examples/*/*.toml"), *ROOT.glob("hairplan/protocols/*.toml")]
    for path in sorted(files, key=lambda each: each.stat().st_size)[-3:]:
        text = path.read_text("utf-8")
        pairs = [
            (seconds(tomllib.loads, text), seconds(parse_protocol, text, path.name))
            for _ in range(ROUNDS)
        ]
        plain, checked = (statistics.median(each) for each in zip(*pairs, strict=True))
        print(
            f"{path.name}, {len(text)} characters: {checked * 1000:.1f} ms,"
            f" {checked / plain:.2f} x tomllib"
        )
    for count in (50, 500, 5000):
        protocol = parse_protocol(STEP.format(count=count), "long.toml")
        request = PlanRequest(start=date(2026, 12, 1))
        median = statistics.median(seconds(make_plan, protocol, request) for _ in range(5))
        print(f"{count} appointments: {median / count * 1e6:.1f} us each")


if __name__ == "__main__":
    main()
