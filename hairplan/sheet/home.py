"""Courses at home on the sheet: their days while they are few, else how often and until when."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from hairplan.dates.weekdays import weekly_days
from hairplan.plan import Plan
from hairplan.sheet.words import Catalog, Text, opened

_FEW: Final = 8


def home_course_lines(plan: Plan, catalog: Catalog, today: date) -> Iterator[Text]:
    """Yield what is ahead of each course at home."""
    steps: dict[str, list[tuple[str, date]]] = {}
    for session in plan.at_home:
        if session.status == "planned" and session.on >= today:
            steps.setdefault(session.phase, []).append((session.name, session.on))
    for sessions in steps.values():
        what = opened(catalog.patient_words(sessions[0][0]))
        yield _course_line(what, [day for _, day in sessions], catalog)


def _course_line(what: str, days: Sequence[date], catalog: Catalog) -> Text:
    if len(days) <= _FEW:
        return catalog.say("home_days", what=what, days=catalog.join([*map(catalog.short, days)]))
    first, last = (catalog.day(day, year=True) for day in (days[0], days[-1]))
    gaps = {(later - earlier).days for earlier, later in pairwise(days)}
    weekdays = weekly_days(days)
    if gaps == {1}:
        return catalog.say("home_daily", what=what, first=first, last=last)
    if weekdays:
        names = catalog.join([catalog.weekdays[day] for day in weekdays])
        return catalog.say("home_weekdays", what=what, weekdays=names, first=first, last=last)
    if len(gaps) == 1:
        return catalog.say("home_every", what=what, gap=f"{gaps.pop()}", first=first, last=last)
    return catalog.say("home_course", what=what, count=f"{len(days)}", first=first, last=last)
