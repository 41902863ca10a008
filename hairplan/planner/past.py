"""What can still be chosen of a plan that has a past, and what the past leaves of its steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct, structs

from hairplan.dates.spans import Period, shift, shift_days, span
from hairplan.errors import InputError
from hairplan.history import Record, Spell
from hairplan.planner.availability import Availability
from hairplan.planner.brief import Brief
from hairplan.planner.choose import Chosen, Ground, Stuck, choose
from hairplan.planner.layout import Happened, Layout, PlannedStep
from hairplan.planner.screening import RuleStanding, describe_rule, refused_days
from hairplan.planner.slot import Slot
from hairplan.planner.start import first_free
from hairplan.protocol.figures import fact_ids
from hairplan.protocol.model import REFUSING, Step
from hairplan.request import OnLate, PlanRequest
from hairplan.words import cite

_A_YEAR: Final = 366


class Selection(Struct, frozen=True):
    """What a choice came to.

    Attributes:
        layout: the chain.
        runs: the steps that it was laid from.
        ground: what was chosen on.
        found: the chosen days.
        targets: the day that the protocol prefers, of each.
        baseline: the day of each place that windows count from.
        more: how many sessions more than asked for a step has, as some came too late.
        stuck: what finds no day at all; null for nothing.
    """

    layout: Layout
    runs: Sequence[PlannedStep]
    ground: Ground
    found: Sequence[Chosen]
    targets: Sequence[date]
    baseline: Mapping[int, date]
    more: Mapping[str, int]
    stuck: Stuck | None = None

    def window(self, at: int) -> tuple[date | None, date | None]:
        """Return the window of an appointment, as the protocol gives it."""
        slot = structs.replace(self.layout.slots[at], not_before=None)
        return self.ground.window(slot, self.targets[at], self.baseline.__getitem__)


def select_days(
    brief: Brief, record: Record, start: date, days: Availability, more: Mapping[str, int]
) -> Selection:
    """Choose the days of what is ahead; what finds none in its window is late.

    Args:
        brief: what is asked for.
        record: what has happened.
        start: day 0.
        days: the days that are not free.
        more: how many sessions more than asked for a step has.
    """
    rolling = brief.request.anchor != "fixed"
    runs = [_run_after(run, record, more.get(run.step.id, 0)) for run in brief.template.runs]
    late: dict[str, date] = {}
    while True:
        happened = Happened(record, late, rolling)
        layout = brief.layout(start, runs, happened)
        ground = Ground(layout.slots, layout.known, days.taken, layout.frame.until)
        found = choose(ground)
        if not isinstance(found, Stuck):
            break
        name = layout.slots[found.index].id
        if name in late or layout.slots[found.index].pinned:
            return Selection(layout, runs, ground, (), (), {}, more, found)
        late[name] = shift_days(max(found.latest, found.earliest), 1)
    baseline = {**layout.known, **{at: each.planned for at, each in enumerate(found)}}
    targets = _targets(layout, baseline)
    outcome = Selection(layout, runs, ground, found, targets, baseline, more)
    return outcome if rolling else structs.replace(outcome, found=_as_recorded(outcome, record))


def _targets(layout: Layout, baseline: Mapping[int, date]) -> list[date]:
    """Return the days that the protocol prefers, whatever can be booked again when."""
    found: list[date] = []
    for slot in layout.slots:
        counts_on = slot.on_target and 0 <= slot.base < len(found)
        found.append(slot.preferred(found[slot.base] if counts_on else baseline[slot.base]))
    return found


def _as_recorded(outcome: Selection, record: Record) -> list[Chosen]:
    """Return appointments as they were or are booked; what is ahead keeps its least distance."""
    days = dict(outcome.layout.known)
    found = []
    for at, (slot, chosen) in enumerate(zip(outcome.layout.slots, outcome.found, strict=True)):
        day = record.fixed.get(slot.id)
        if day is None:
            since = max(record.not_before(slot.id) or date.min, _least(slot, days))
            day = chosen.planned if since <= chosen.planned else _free(outcome, slot, since)
        days[at] = day
        found.append(structs.replace(chosen, planned=day))
    return found


def _least(slot: Slot, days: Mapping[int, date]) -> date:
    """Return the first day that is far enough from the appointment before, as it really was."""
    if slot.follows is None:
        return date.min
    before = days[slot.follows]
    following = shift_days(before, 1)
    return max(following, shift(before, slot.low)) if slot.low else following


def _free(outcome: Selection, slot: Slot, since: date) -> date:
    """Return the first free day from a day on, or that day if none is within a year."""
    days = (shift_days(since, number) for number in range(_A_YEAR))
    return next((day for day in days if not outcome.ground.blocked(slot, day)), since)


def _run_after(run: PlannedStep, record: Record, more: int) -> PlannedStep:
    """Return a step with what happened to it."""
    numbers = _numbers(run, record)
    if not numbers and not more:
        return run
    done = [number for number, name in numbers.items() if name in record.done]
    skipped = frozenset(number for number, name in numbers.items() if name in record.skipped)
    aside = frozenset(range(1, max(done, default=0))) - skipped - frozenset(done)
    gone = skipped | aside
    highest = max(numbers, default=0)
    changes: dict[str, object] = {
        "skipped": skipped,
        "aside": aside,
        "recorded": highest - sum(each <= highest for each in gone) + run.is_open,
        "offsets": tuple(each for place, each in enumerate(run.offsets, 1) if place not in gone),
    }
    if any(name in record.fixed for name in numbers.values()):
        # What is booked or was done waits for nothing any more.
        changes["waits"] = None
    if run.count is not None:
        most = run.count + run.more + more
        total = max(run.count + more, min(highest, most))
        changes |= {"count": total - sum(each <= total for each in gone), "more": most - total}
    return structs.replace(run, **changes)


def _numbers(run: PlannedStep, record: Record) -> dict[int, str]:
    """Return what is recorded of a step's appointments, by their numbers."""
    found = {}
    for name in record.names:
        step, _, number = name.rpartition("-")
        if step == run.step.id and number.isdecimal():
            found[int(number)] = name
    return found


def first_session_day(brief: Brief, days: Availability, record: Record) -> date | None:
    """Return day 0: the first session's, as it was or is booked, or the first that can be."""
    firsts = [
        _run_after(run, record, 0).name_of(1)[0] for run in brief.template.runs if run.is_pinned
    ]
    fixed = [record.fixed[name] for name in firsts if name in record.fixed]
    if fixed:
        return min(fixed)
    again = [day for name in firsts if (day := record.not_before(name))]
    return first_free(brief, days, max([brief.request.start, *again]))


def refuse_unknown(outcome: Selection, record: Record) -> None:
    """Refuse a history of sessions that the plan does not have.

    Raises:
        InputError: every one of them.
    """
    known = {slot.id for slot in outcome.layout.slots} | {each.session for each in record.added}
    known |= {
        f"{run.step.id}-{number}" for run in outcome.runs for number in run.skipped | run.aside
    }
    waiting = {slot.id for slot, _ in outcome.layout.waiting}
    there = ", ".join(sorted(known))
    faults = [
        f"history: {name} has no day yet: it can be booked, done or given up"
        if name in waiting
        else f"history: no session {name}; there are: {there}"
        for name in sorted(set(record.names) - known)
    ]
    if faults:
        raise InputError(*faults)


# ---- late sessions ----


def late_rule(step: Step, request: PlanRequest) -> OnLate:
    """Return what is done when a session of a step is late."""
    if request.on_late and step.kind == "session":
        return request.on_late
    return step.late.then if step.late else "continue"


def more_sessions(brief: Brief, outcome: Selection) -> dict[str, int]:
    """Return how many sessions more each step has, as some of it were done too late."""
    found: dict[str, int] = {}
    for at in range(len(outcome.found)):
        slot = outcome.layout.slots[at]
        rule = late_rule(slot.step, brief.request)
        if rule == "continue" or slot.fixed is None or not days_late(outcome, at):
            continue
        if rule == "extra":
            found[slot.step.id] = found.get(slot.step.id, 0) + 1
        else:
            # A session that begins a step again is the first of as many as the step has.
            found[slot.step.id] = slot.number - 1
    return found


def days_late(outcome: Selection, at: int) -> int:
    """Return by how many days an appointment is too late; 0 if it is not."""
    slot, day = outcome.layout.slots[at], outcome.found[at].planned
    last = outcome.window(at)[1]
    if slot.step.late and slot.step.late.after and slot.follows is not None:
        last = shift(outcome.baseline[slot.follows], span(slot.step.late.after))
    return max(0, (day - last).days) if last else 0


# ---- an answer that stops ----


class LastingRefusal(Struct, frozen=True):
    """A rule that refuses for good, and from when on."""

    standing: RuleStanding
    since: date


def stops_of(brief: Brief, record: Record) -> list[LastingRefusal]:
    """Return the rules that refuse for good, each from its own day or that of the answer."""
    answered = {each.question: each.since for each in record.spells if each.until is None}
    return [
        LastingRefusal(each, each.first or answered.get(each.rule.question or "", date.min))
        for each in brief.template.standings
        if each.refuses and each.until is None
    ]


def refused_by(brief: Brief, record: Record, stops: Sequence[LastingRefusal]) -> list[Period]:
    """Return the days that are refused for a time: by rules with dates, and by past answers."""
    stopping = [each.standing for each in stops]
    dated = refused_days(each for each in brief.template.standings if each not in stopping)
    return [*dated, *_past_answers(brief, record.spells)]


def _past_answers(brief: Brief, spells: Iterable[Spell]) -> Iterator[Period]:
    for spell in spells:
        for each in brief.template.standings:
            refuses = each.rule.outcome in REFUSING and each.overridden is None
            is_asked = each.rule.question == spell.question
            if is_asked and refuses and spell.until and spell.since < spell.until:
                last = shift_days(spell.until, -1)
                reason = describe_rule(each.rule) + cite(fact_ids(each.rule.source))
                yield Period(spell.since, last, reason)
