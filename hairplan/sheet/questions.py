"""Questions that the patient is to answer to the practice, and things to expect."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from hairplan.plan import Plan, PlannedExpectation, Session
from hairplan.sheet.model import Panel
from hairplan.sheet.words import Catalog, Text, opened

_DAY = timedelta(days=1)


def questions_of(
    plan: Plan, ahead: Sequence[Session], catalog: Catalog, today: date
) -> Panel | None:
    """Return the questions that are open; None if there are none for the patient to answer."""
    open_ = [rule for rule in plan.screening if rule.answer == "unknown" and rule.ask]
    order = {label: place for place, label in enumerate(catalog.labels)}
    open_.sort(key=lambda rule: order.get(rule.ask or "", len(order)))
    asked = {rule.question: catalog.patient_words(rule.ask or "") for rule in open_}
    lines = tuple(catalog.say("task", what=words) for words in asked.values() if words)
    if not lines:
        return None
    deadline = _deadline(plan, ahead)
    lead = (
        catalog.say("at_once")
        if deadline <= today
        else catalog.say("deadline", day=catalog.day(deadline, year=True))
    )
    return Panel(catalog.says["tell" if ahead else "tell_us"], lines, lead)


def _deadline(plan: Plan, ahead: Sequence[Session]) -> date:
    """Return the first day that hangs on an open answer, or else the one before the next visit."""
    days = [session.on - _DAY for session in ahead[:1]] or [plan.start]
    days += [task.due for task in plan.tasks if task.applies == "unknown" and task.due]
    days += [
        period.first
        for restriction in plan.restrictions
        if restriction.applies == "unknown"
        for period in restriction.ideal
    ]
    return min(days)


def expected_of(plan: Plan, catalog: Catalog, today: date) -> Panel | None:
    """Return what to expect; None if nothing is known of it."""
    lines = (*_milestones(plan, catalog, today), *_expectations(plan, catalog, today))
    return Panel(catalog.says["expect"], lines) if lines else None


def _milestones(plan: Plan, catalog: Catalog, today: date) -> Iterator[Text]:
    ahead = [each for each in plan.milestones if each.on >= today]
    days: dict[str, list[str]] = {}
    for milestone in ahead:
        words = catalog.patient_words(milestone.label)
        days.setdefault(words, []).append(catalog.day_of_year(milestone.on))
    for words, its_days in days.items():
        if words:
            yield catalog.say("milestone", days=catalog.join(its_days), what=words)


def _expectations(plan: Plan, catalog: Catalog, today: date) -> Iterator[Text]:
    for expected in plan.expectations:
        is_over = expected.last is not None and expected.last < today
        # What holds for some patients alone is told once it is known that this is one of them.
        words = catalog.patient_words(expected.label)
        if words and expected.applies == "yes" and not is_over:
            yield _expectation(expected, words, catalog)


def _expectation(expected: PlannedExpectation, words: str, catalog: Catalog) -> Text:
    what = opened(words)
    if expected.first is None or expected.last is None:
        return catalog.say("expected", what=what)
    first, last = catalog.month(expected.first), catalog.month(expected.last)
    if first == last:
        return catalog.say("expected_in", what=what, first=first)
    return catalog.say("expected_between", what=what, first=first, last=last)
