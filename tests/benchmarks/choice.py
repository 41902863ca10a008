"""How long the hardest requests take, and how much memory: long closures, dense courses, pasts.

Run it alone on a quiet machine: `python tests/benchmarks/choice.py`. Each case is planned in a
process of its own, so that nothing is remembered; of 200 random ones with a past, the slowest five
are shown. A request of up to 60 appointments should take half a second at most, of up to 600 two
seconds, and none more than 200 MB.
"""

import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hairplan import HairplanError, PlanRequest, Protocol, load_protocol, make_plan
from hairplan.dates.spans import Period
from hairplan.history import Cancelled, Done, Entry, Missed, Moved, Skipped
from hairplan.protocol.load import parse_protocol

EXAMPLES = Path(__file__).parents[2] / "examples" / "protocols"
RANDOM = 200
SLOWEST = 5
TODAY = date(2026, 11, 26)
HEAD = """
format = 1
id = "dense"
version = "1"
date = 2026-11-01
name = "Dense"
summary = "one step"
strength = "clinic"
[[steps]]
id = "course"
name = "session"
count = {count}
spacing = {{ {spacing} }}
"""
EXACT = """
[[steps]]
id = "main"
name = "second"
count = 3
anchor = "course.last"
spacing = { min = "4 days", max = "4 days" }
"""
WEEKENDS = ("sat", "sun")

Case = tuple[str, Callable[[], Protocol], dict[str, Any]]


def example(name: str) -> Callable[[], Protocol]:
    """Return what loads an example protocol."""
    return lambda: load_protocol(EXAMPLES / f"{name}.toml")


def dense(count: int, spacing: str, more: str = "") -> Callable[[], Protocol]:
    """Return what reads a protocol of one long step."""
    return lambda: parse_protocol(HEAD.format(count=count, spacing=spacing) + more, "dense.toml")


def days(first: str, last: str) -> tuple[Period, ...]:
    """Return one closure or absence."""
    return (Period(date.fromisoformat(first), date.fromisoformat(last)),)


def request(start: str, **given: Any) -> dict[str, Any]:
    """Return what is asked for."""
    return {"start": date.fromisoformat(start), **given}


def cases() -> Iterator[Case]:
    """Yield the hard requests."""
    closed = {"closed": (*WEEKENDS, "mon")}
    impossible = dense(3, 'min = "3 weeks", preferred = "4 weeks"', EXACT)
    yield "no dates at all", impossible, request("2027-03-16", **closed, horizon="9 years")
    away = days("2028-03-02", "2028-06-30")
    yield (
        "mesopecia, away for months",
        lambda: load_protocol("mesopecia"),
        request("2027-08-05", away=away),
    )
    laser = example("laser-clinic-taper")
    closures = days("2027-07-19", "2028-05-04")
    yield "tapered laser, closed for ten months", laser, request("2027-04-07", closures=closures)
    away = days("2028-01-25", "2028-08-07")
    busy = {"closed": ("sun",), "holidays": ("FR",)}
    yield "tapered laser, away", laser, request("2027-03-19", away=away, **busy)
    seasons = example("mesotherapy-seasons")
    closures = days("2029-04-02", "2029-07-11")
    yield "seasons, one closed", seasons, request("2028-06-05", closed=("fri",), closures=closures)
    yield "seasons, 37 years", seasons, request("2027-10-21", closed=WEEKENDS, horizon="37 years")
    rhythm = 'min = "5 days", preferred = "1 week", max = "11 days"'
    closures = days("2028-03-02", "2028-03-11")
    weekly = {"closed": WEEKENDS, "holidays": ("FR",), "closures": closures}
    yield (
        "600 every other day",
        dense(600, 'preferred = "2 days"'),
        request("2027-03-16", closed=WEEKENDS),
    )
    yield (
        "600 daily, closed for three days",
        dense(600, 'preferred = "1 day"'),
        request("2027-03-16", closures=days("2028-03-02", "2028-03-04")),
    )
    yield (
        "600 weekly, closed too long: no dates",
        dense(600, rhythm),
        request("2027-03-16", **weekly),
    )


def measured(case: Case) -> tuple[float, float, str]:
    """Return the seconds and the megabytes that a case takes in a new process, and its end."""
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def work() -> None:
        _, load, asked = case
        protocol = load()
        begun = time.perf_counter()
        plan = make_plan(protocol, PlanRequest(**asked), today=TODAY)
        seconds = time.perf_counter() - begun
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        ends = plan.problem.kind if plan.problem else f"{len(plan.sessions)} appointments"
        sender.send((seconds, most, ends))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join()
    assert process.exitcode == 0, f"{case[0]} ends with {process.exitcode}"
    found: tuple[float, float, str] = receiver.recv()
    return found


def lives() -> Iterator[tuple[float, str]]:
    """Yield what random requests with a past take: the seconds, and what was asked."""
    chance = random.Random(1)  # noqa: S311 - nothing secret
    protocols = [load_protocol(path) for path in sorted(EXAMPLES.glob("*.toml"))]
    for _ in range(RANDOM):
        protocol = chance.choice(protocols)
        start = date(2026, 12, 1) + timedelta(days=chance.randint(0, 700))
        first = start + timedelta(days=chance.randint(0, 600))
        closure = Period(first, first + timedelta(days=chance.choice([3, 20, 100, 300])))
        closed = tuple(chance.sample(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 3))
        given: dict[str, Any] = {"closed": closed}
        asked = PlanRequest(start=start, **given, closures=(closure,))
        try:
            names = [each.id for each in make_plan(protocol, asked, today=TODAY).sessions]
        except HairplanError:
            continue
        today, entries = start, []
        for _ in range(chance.randint(1, 4)):
            today += timedelta(days=chance.choice([0, 3, 14, 40, 200]))
            name = chance.choice(names or ["none-1"])
            late = today + timedelta(days=chance.choice([1, 5, 40]))
            what: Any = chance.choice(
                [Done(name, today), Moved(name, late), Missed(name), Cancelled(name), Skipped(name)]
            )
            entries.append(Entry(at=datetime(2026, 12, 1, tzinfo=UTC), on=today, what=(what,)))
        begun = time.perf_counter()
        try:
            count = len(make_plan(protocol, asked, entries, today=today).sessions)
        except HairplanError:
            continue
        seconds = time.perf_counter() - begun
        yield seconds, f"{protocol.id}, {count} appointments, {asked.start}, closed {closure.first}"


def main() -> None:
    """Print what each case takes."""
    for case in cases():
        seconds, most, ends = measured(case)
        print(f"{case[0]}: {seconds:.2f} s, {most:.0f} MB: {ends}")
    found = sorted(lives(), reverse=True)
    print(f"{len(found)} random lives; the slowest:")
    for seconds, what in found[:SLOWEST]:
        print(f"  {seconds:.2f} s: {what}")


if __name__ == "__main__":
    main()
