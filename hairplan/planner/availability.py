"""The days on which no appointment can be, and why: closed days, absences, the patient's state.

A day has at most one reason: the first that takes it, in the order weekly closed day, public
holiday, closure, absence, the patient's days of the week, the patient's state. A day that the
clinic opens is not closed; of the patient that says nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import lru_cache

from hairplan.dates.seasons import YearlyPeriod
from hairplan.dates.spans import Period, shift_days
from hairplan.dates.weekdays import WEEKDAY_NAMES, WEEKDAYS
from hairplan.errors import InputError, nearest
from hairplan.request import PlanRequest
from hairplan.words import format_range, join_words


class Availability:
    """The days on which no appointment can be, looked up one by one and remembered."""

    def __init__(self, request: PlanRequest, refused: Sequence[Period] = ()) -> None:
        """Take the closed days and absences of a request, and days that screening refuses.

        Args:
            request: closed weekdays, regions, closures, opened days, absences, the patient's days.
            refused: days on which the patient's state speaks against a session, with the reason.

        Raises:
            InputError: a region that has no known public holidays.
        """
        self._request = request
        self._weekdays = {WEEKDAYS.index(day) for day in request.closed}
        for region in request.holidays:
            public_holidays(region)
        self._regions = request.holidays
        self._closures: tuple[Period | YearlyPeriod, ...] = (
            *request.closures,
            *request.yearly_closures,
        )
        self._open = request.open
        self._away = request.away
        self._patient_days = {WEEKDAYS.index(day) for day in request.patient_days}
        self._refused = refused
        self._known: dict[date, str | None] = {}
        closed = self._weekdays or self._regions or self._closures
        self.always_open = not (closed or self._away or self._patient_days or self._refused)

    def since(self, first: date) -> "Availability":
        """Return the same days, of which none before a day is free."""
        past = Period(date.min, shift_days(first, -1), "it is past")
        return Availability(self._request, (*self._refused, past))

    def taken(self, day: date) -> str | None:
        """Return why no appointment can be on a day, as in "Friday is ...", or None if one can."""
        if self.always_open:
            return None
        if day not in self._known:
            self._known[day] = self._reason(day)
        return self._known[day]

    def taken_at_home(self, day: date) -> str | None:
        """Return why nothing can be done at home on a day: of the patient's state alone."""
        reasons = (period.reason for period in self._refused if day in period)
        reason = next(reasons, None)
        return reason and f"not possible: {reason}"

    def _reason(self, day: date) -> str | None:
        closed = next(self._closed(day), None)
        if closed and not any(day in period for period in self._open):
            return f"closed: {closed}"
        unfit = next(self._unfit(day), None)
        return unfit and f"not possible: {unfit}"

    def _closed(self, day: date) -> Iterator[str]:
        """Yield why the clinic would be closed on a day."""
        if day.weekday() in self._weekdays:
            yield WEEKDAY_NAMES[day.weekday()]
        for region in self._regions:
            if name := _holiday(region, day):
                yield f"{name} ({region})"
        yield from (_named("closure", period) for period in self._closures if day in period)

    def _unfit(self, day: date) -> Iterator[str]:
        """Yield why the patient cannot be treated on a day."""
        yield from (_named("the patient is away", period) for period in self._away if day in period)
        if self._patient_days and day.weekday() not in self._patient_days:
            yield _describe_patient_days(self._patient_days)
        yield from (period.reason for period in self._refused if day in period)


def _describe_patient_days(days: AbstractSet[int]) -> str:
    """Say on which days of the week a patient comes, or does not, whichever are fewer."""
    others = set(range(len(WEEKDAYS))) - days
    fewer = min(days, others, key=len)
    names = join_words([WEEKDAY_NAMES[day] for day in sorted(fewer)])
    return f"the patient {'comes' if fewer is days else 'does not come'} on {names}"


def _named(what: str, period: Period | YearlyPeriod) -> str:
    reason = f" ({period.reason})" if period.reason else ""
    if isinstance(period, YearlyPeriod):
        days = period.first if period.first == period.last else f"{period.first}..{period.last}"
        return f"{what} {days} every year{reason}"
    return f"{what} {format_range(period.first, period.last)}{reason}"


@lru_cache(maxsize=16_384)
def _holiday(region: str, day: date) -> str | None:
    """Return the public holiday of a region on a day, which is slow to find; None for none."""
    return public_holidays(region).get(day)


@lru_cache(maxsize=64)
def public_holidays(region: str) -> Mapping[date, str]:
    """Return the public holidays of a country or region by day; its years fill in when asked.

    Args:
        region: an ISO 3166 code, such as "FR", "FR-57" or "US-CA".

    Raises:
        InputError: no public holidays are known for it.
    """
    import holidays

    country, _, subdivision = region.partition("-")
    country = country.upper()
    regions = holidays.list_supported_countries(include_aliases=True)
    if country not in regions:
        hint = nearest(country, list(regions))
        raise InputError(
            f"'{region}' is no country whose public holidays are known{hint};"
            " use a code such as FR, FR-57 or US-CA"
        )
    if subdivision and subdivision not in regions[country]:
        known = ", ".join(regions[country]) or "none"
        hint = nearest(subdivision, list(regions[country]))
        raise InputError(f"'{region}': {country} has no such region{hint}; it has: {known}")
    return holidays.country_holidays(country, subdiv=subdivision or None, language="en_US")
