"""What `make_plan` costs, against a loop written by hand for the same dates and the same structs.

Run it alone on a quiet machine: `python tests/benchmarks/planning.py`. The two run in turns; what
counts is the ratio of the medians.

The loop by hand knows the SMP protocol by heart: no screening, no closed days, no protocol file. It
computes the same dates with dateutil and fills the same structs, so that its plan equals ours.
"""

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

import msgspec
from dateutil.relativedelta import relativedelta

from hairplan import Plan, PlanRequest, load_protocol, make_plan
from hairplan.dates.spans import Period
from hairplan.plan import PlannedExpectation, PlannedRestriction, PlannedTask, Session
from hairplan.plan_parts import RestrictedPeriod
from hairplan.protocol.load import parse_protocol
from hairplan.standing import Screened

TODAY = date(2026, 11, 1)
STARTS = [date(2026, 12, 1) + timedelta(days=number) for number in range(300)]
ROUNDS = 15
DAY = timedelta(days=1)


def by_hand(model: Plan, start: date) -> Plan:
    """Fill the structs of an SMP plan in a plain loop; what has no dates is taken from a model."""
    sessions = [session(model.sessions[0], start, start, start, start)]
    before = start
    for known in model.sessions[1:3]:
        first, last = before + 10 * DAY, before + 21 * DAY
        before += 14 * DAY
        sessions.append(session(known, before, first, last, start))
    touch_up = before + relativedelta(months=30)
    first, last = before + relativedelta(months=24), before + relativedelta(months=36)
    sessions.append(session(model.sessions[3], touch_up, first, last, start))
    no_relief = (
        "pause topical minoxidil (if minoxidil=yes): ideally without a free day from"
        f" {start - 7 * DAY} to {before + 7 * DAY}, through course-1..course-3"
    )
    return msgspec.structs.replace(
        model,
        start=start,
        requested_start=start,
        until=start + relativedelta(years=3),
        sessions=tuple(sessions),
        restrictions=tuple(restriction(each, sessions) for each in model.restrictions),
        tasks=tuple(task(each, start) for each in model.tasks),
        expectations=tuple(
            PlannedExpectation(
                each.id,
                each.label,
                each.first and before + relativedelta(years=2),
                each.last and before + relativedelta(years=5),
                each.applies,
                each.only_if,
                each.sources,
            )
            for each in model.expectations
        ),
        screening=tuple(screened(each) for each in model.screening),
        notes=(no_relief, *model.notes[1:]),
        remarks=(
            msgspec.structs.replace(model.remarks[0], text=no_relief),
            *model.remarks[1:],
        ),
    )


def session(model: Session, planned: date, first: date, last: date, start: date) -> Session:
    """Fill a session."""
    return Session(
        id=model.id, phase=model.phase, kind=model.kind, status=model.status, number=model.number,
        of=model.of, earliest=first, target=planned, latest=last, planned=planned, time=None,
        zone=None, duration=model.duration, reason=None, sources=model.sources, name=model.name,
        day=(planned - start).days, optional=model.optional,
    )  # fmt: skip


def restriction(model: PlannedRestriction, sessions: list[Session]) -> PlannedRestriction:
    """Fill a restriction, merging what touches."""
    ends = {"minoxidil": ((5, 5), (7, 7))}.get(model.id, ((0, 3), (0, 5)))
    least, ideal = (merged(before, after, sessions) for before, after in ends)
    return PlannedRestriction(
        model.id, model.label, least, ideal, model.applies, model.sources, model.only_if
    )


def merged(before: int, after: int, sessions: list[Session]) -> tuple[RestrictedPeriod, ...]:
    """Return the periods around sessions."""
    found: list[RestrictedPeriod] = []
    for each in sessions:
        first, last = each.on - before * DAY, each.on + after * DAY
        names: tuple[str, ...] = (each.id,)
        if found and first <= found[-1].last + DAY:
            earlier = found.pop()
            first, names = earlier.first, earlier.sessions + names
        found.append(RestrictedPeriod(first, last, last + DAY, None, names))
    return tuple(found)


def task(model: PlannedTask, start: date) -> PlannedTask:
    """Fill a task."""
    return msgspec.structs.replace(model, due=start - 7 * DAY if model.due else None)


def screened(model: Screened) -> Screened:
    """Fill a screening entry."""
    return Screened(
        rule=model.rule, question=model.question, outcome=model.outcome, answer=model.answer,
        since=None, until=None, overridden=None, sources=model.sources, applies=model.applies,
        says=model.says, ask=model.ask, strength=model.strength, why=model.why,
    )  # fmt: skip


def timed(work: Callable[[date], object]) -> float:
    """Return the seconds per plan of one round over all starts."""
    begin = time.perf_counter()
    for start in STARTS:
        work(start)
    return (time.perf_counter() - begin) / len(STARTS)


def in_turns(works: dict[str, Callable[[date], object]]) -> dict[str, float]:
    """Return the median seconds per plan of several works, run in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            seconds[name].append(timed(work))
    return {name: statistics.median(each) for name, each in seconds.items()}


def linear() -> dict[int, float]:
    """Return the seconds of a course of so many sessions, with nothing in the way."""
    found = {}
    for count in (12, 120, 1200):
        text = (
            'format = 1\nid = "long"\nversion = "1"\ndate = 2026-11-01\nname = "x"\nsummary = "x"\n'
            f'[[steps]]\nid = "course"\nname = "x"\ncount = {count}\n'
            'spacing = { min = "5 days", preferred = "1 week", max = "9 days" }\n'
            '[restrictions]\nsun = { label = "x", after = "3 days" }\n'
        )
        protocol = parse_protocol(text, "long")
        request = PlanRequest(start=STARTS[0])
        runs = []
        for _ in range(7):
            begin = time.perf_counter()
            make_plan(protocol, request, today=TODAY)
            runs.append(time.perf_counter() - begin)
        found[count] = statistics.median(runs)
    return found


def main() -> None:
    """Print the ratios."""
    smp = load_protocol("smp")
    busy = {
        "closed": ("sun",),
        "holidays": ("FR",),
        "away": (Period(date(2027, 1, 10), date(2027, 1, 20)),),
    }

    def plain(start: date) -> Plan:
        return make_plan(smp, PlanRequest(start=start), today=TODAY)

    def in_the_way(start: date) -> Plan:
        return make_plan(smp, PlanRequest(start=start, **busy), today=TODAY)  # type: ignore[arg-type]

    model = plain(STARTS[0])
    for start in STARTS:
        ours = plain(start)
        ids = {"id": ours.id, "calendar_id": ours.calendar_id}
        assert msgspec.structs.replace(by_hand(model, start), **ids) == ours, start
        in_the_way(start)
    found = in_turns(
        {
            "by_hand": lambda start: by_hand(model, start),
            "nothing in the way": plain,
            "closed days, holidays and absences": in_the_way,
        }
    )
    hand = found.pop("by_hand")
    print(f"by hand: {hand * 1e6:.0f} us a plan")
    for name, seconds in found.items():
        print(f"{name}: {seconds * 1e6:.0f} us a plan, {seconds / hand:.1f} x by hand")
    for count, seconds in linear().items():
        print(f"{count} sessions: {seconds * 1e6 / count:.1f} us a session")


if __name__ == "__main__":
    main()
