"""Replay the visits of a real trial as a clinic would have recorded them, and count the windows.

Run `python tests/replay_visits.py`. Each subject's baseline is the start of a plan, with a fixed
anchor; their visits are recorded one after another, each on its own day. What a visit counts as is
what the plan says of it (`Session.off_by`): before its window, inside or after it.
"""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from hairplan import Plan, PlanRequest, Protocol, make_plan
from hairplan.history import Done, Entry
from hairplan.plan import Session
from hairplan.protocol.load import parse_protocol
from hairplan.request import AnchorRule

DATA: Final = Path(__file__).parent / "data"
PLACES: Final = ("before", "in", "after")


class Visit(NamedTuple):
    """A visit that took place: the appointment of the protocol that it was, and its day."""

    session: str
    on: dt.date


def trial() -> Protocol:
    """Read the trial's protocol file."""
    path = DATA / "lzzt.toml"
    return parse_protocol(path.read_text(encoding="utf-8"), path.name)


def visits_by_subject() -> dict[str, list[Visit]]:
    """Read what took place, each subject's visits in the order of their dates."""
    found: dict[str, list[Visit]] = {}
    with (DATA / "lzzt-visits.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            visit = Visit(f"{row['visit']}-1", dt.date.fromisoformat(row["date"]))
            found.setdefault(row["subject"], []).append(visit)
    # Of two on one day the file's order holds: the sort keeps it.
    return {subject: sorted(visits, key=lambda each: each.on) for subject, visits in found.items()}


def history_of(visits: Iterable[Visit]) -> list[Entry]:
    """Return the history in which each visit was recorded on its day, at noon."""
    noon = dt.time(12, tzinfo=dt.UTC)
    return [
        Entry(at=dt.datetime.combine(on, noon), on=on, what=(Done(session, on),))
        for session, on in visits
    ]


def plan_after(protocol: Protocol, visits: Sequence[Visit], anchor: AnchorRule = "fixed") -> Plan:
    """Return the plan from the first day on, as it stands on the last, when all are recorded."""
    days = [each.on for each in visits]
    request = PlanRequest(start=min(days), anchor=anchor)
    return make_plan(protocol, request, history_of(visits), today=max(days))


def replayed(protocol: Protocol, visits: Sequence[Visit]) -> Iterator[Plan]:
    """Yield the plan as it stood after each visit."""
    for number in range(1, len(visits) + 1):
        yield plan_after(protocol, visits[:number])


def place_of(session: Session) -> str:
    """Return whether a visit that took place lies before its window, in it or after it."""
    if session.off_by is None:
        return "in"
    return "before" if session.off_by < 0 else "after"


def counted(plans: Iterable[Plan]) -> dict[str, Counter[str]]:
    """Count the visits of all plans, by step and by place."""
    found: dict[str, Counter[str]] = {}
    for plan in plans:
        for session in plan.sessions:
            if session.status == "done":
                found.setdefault(session.phase, Counter())[place_of(session)] += 1
    return found


def replayed_all() -> dict[str, list[Plan]]:
    """Replay every subject: the plans after each visit."""
    protocol = trial()
    return {
        subject: list(replayed(protocol, visits)) for subject, visits in visits_by_subject().items()
    }


def report(lives: Mapping[str, Sequence[Plan]]) -> Iterator[str]:
    """Yield the lines of the report."""
    found = counted(plans[-1] for plans in lives.values())
    baselines = found.pop("baseline").total()
    yield f"{len(lives)} subjects, {sum(map(len, lives.values()))} plans, each after one visit more"
    yield f"{baselines} baselines, which are the starts, and in their windows:"
    yield _row("visit", "done", *PLACES)
    found = {name: found[name] for name in sorted(found, key=_week)}
    for name, places in {**found, "all": sum(found.values(), Counter[str]())}.items():
        yield _row(name, places.total(), *(places[place] for place in PLACES))


def _week(name: str) -> int:
    return int(name.removeprefix("week-"))


def _row(name: str, *figures: object) -> str:
    return f"{name:8}" + "".join(f"{figure!s:>8}" for figure in figures)


if __name__ == "__main__":
    print("\n".join(report(replayed_all())))
