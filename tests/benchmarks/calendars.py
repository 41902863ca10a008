"""What a batch of calendars costs, against the straightforward way to write them with icalendar.

Run it alone on a quiet machine: `python tests/benchmarks/calendars.py`. Both go from the finished
plan to the bytes, in one process and in turns; what counts is the ratio of the medians.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent.parent))

from plain_ics import plain

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.calendar.ics import Revision, render
from hairplan.calendar.items import CalendarChoice, Item, items_of

TODAY = date(2026, 11, 1)
STARTS = [date(2026, 12, 1) + timedelta(days=number % 365) for number in range(1000)]
VERSION = Revision(datetime(2026, 11, 1, 12, tzinfo=UTC))
ROUNDS = 3
TARGET = 15

Write = Callable[[tuple[Item, ...], str, Revision], bytes]


def plans(*, has_refs: bool = False, **asked: Any) -> list[Plan]:
    """Return the plans of a batch: one patient's each, with a reference and a place of their own.

    Without references they differ by their dates alone.
    """
    smp = load_protocol("smp")
    return [
        make_plan(
            smp,
            PlanRequest(
                start=start,
                time=datetime(2026, 11, 1, 14, 30).time(),  # noqa: DTZ001 - a time on the wall
                zone="Europe/Paris",
                place=f"{number if has_refs else 12} rue de la Paix, 75002 Paris",
                ref=f"P-{number:04}" if has_refs else None,
                **asked,
            ),
            today=TODAY,
        )
        for number, start in enumerate(STARTS)
    ]


def timed(batch: list[Plan], choice: CalendarChoice, write: Write) -> tuple[float, float]:
    """Return the seconds of a whole batch, and of the writing in it."""
    writing = 0.0
    begin = time.perf_counter()
    for plan in batch:
        items = items_of(plan, choice)
        start = time.perf_counter()
        write(items, plan.id, VERSION)
        writing += time.perf_counter() - start
    return time.perf_counter() - begin, writing


def compared(name: str, batch: list[Plan], choice: CalendarChoice, rounds: int = ROUNDS) -> float:
    """Print how fast both ways are, and return how many times as fast ours is on the whole."""
    events = 0
    for plan in batch:
        items = items_of(plan, choice)
        events += len(items)
        assert render(items, plan.id, VERSION) == plain(items, plan.id, VERSION), plan.start
    runs = [(*timed(batch, choice, plain), *timed(batch, choice, render)) for _ in range(rounds)]
    plain_all, plain_writing, our_all, our_writing = (
        statistics.median([run[place] for run in runs]) for place in range(4)
    )
    print(
        f"{name}: {len(batch)} calendars, {events} events\n"
        f"  plain {plain_all * 1e6 / events:.1f} us an event, ours {our_all * 1e6 / events:.1f} us:"
        f" {plain_all / our_all:.1f} x as fast\n"
        f"  the writing alone {plain_writing * 1e6 / events:.1f} us,"
        f" ours {our_writing * 1e6 / events:.1f} us: {plain_writing / our_writing:.1f} x as fast"
    )
    return plain_all / our_all


def main() -> None:
    """Print the ratios, and fail if ours is not worth its code."""
    patient, practice = CalendarChoice(details="full"), CalendarChoice(audience="practice")
    times_as_fast = compared("patients", plans(), patient)
    busy: dict[str, Any] = {"closed": ("sun",), "holidays": ("FR",)}
    compared("patients, closed days", plans(**busy), patient, 1)
    compared("practice, a ref and a place each", plans(has_refs=True), practice, 1)
    compared(
        "practice, a ref and a place each, closed days", plans(has_refs=True, **busy), practice, 1
    )
    if times_as_fast < TARGET:
        sys.exit(
            f"ours is {times_as_fast:.1f} x as fast as the plain way, and has to be {TARGET} x"
        )


if __name__ == "__main__":
    main()
