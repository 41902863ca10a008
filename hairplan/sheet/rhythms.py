"""How often something is done at home, in the patient's language."""

from hairplan.dates.spans import span
from hairplan.dates.weekdays import WEEKDAYS
from hairplan.plan import PlannedRoutine
from hairplan.sheet.words import Catalog


def rhythm_of(routine: PlannedRoutine, catalog: Catalog) -> str:
    """Say how often a routine is done, such as "3 times a week" or "every 2 days"."""
    if routine.often and routine.per:
        return _times(routine, routine.often, catalog.rhythms[f"a_{routine.per}"], catalog)
    if routine.weekdays:
        names = [catalog.weekdays[WEEKDAYS.index(day)] for day in routine.weekdays]
        days = [catalog.rhythms["weekday"].format(weekday=name) for name in names]
        return catalog.rhythms["weekdays"].format(days=catalog.join(days))
    return (
        _every(routine.every, catalog) if routine.every else catalog.patient_words(routine.rhythm)
    )


def _times(routine: PlannedRoutine, often: int, unit: str, catalog: Catalog) -> str:
    name = {1: "once", 2: "twice"}.get(often, "times")
    rhythm = unit.format(times=catalog.rhythms[name].format(count=often))
    if routine.at_most is not None:
        rhythm = catalog.rhythms["at_most"].format(rhythm=rhythm, count=routine.at_most)
    return catalog.rhythms[routine.spread].format(rhythm=rhythm) if routine.spread else rhythm


def _every(text: str, catalog: Catalog) -> str:
    every = span(text)
    name = f"every_{every.unit}" + ("" if every.count == 1 else "s")
    if every.others or name not in catalog.rhythms:
        return catalog.rhythms["every"].format(span=catalog.span(text))
    return catalog.rhythms[name].format(count=every.count)
