"""The days on which no appointment can be, and why: closed days, absences, the patient's state.

A day has at most one reason: the first that takes it, in the order weekly closed day, public
holiday, closure, absence, the patient's state.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from hairplan.dates.spans import Period
from hairplan.dates.weekdays import WEEKDAY_NAMES, WEEKDAYS
from hairplan.errors import InputError, nearest
from hairplan.request import PlanRequest
from hairplan.words import format_range


class Availability:
    """The days on which no appointment can be, looked up one by one and remembered."""

    def __init__(self, request: PlanRequest, refused: Sequence[Period] = ()) -> None:
        """Take the closed days and absences of a request, and days that screening refuses.

        Args:
            request: closed weekdays, regions, closures and absences.
            refused: days on which the patient's state speaks against a session, with the reason.

        Raises:
            InputError: a region that has no known public holidays.
        """
        self._weekdays = {WEEKDAYS.index(day) for day in request.closed}
        for region in request.holidays:
            public_holidays(region)
        self._regions = request.holidays
        self._periods = [
            *((period, f"closed: {_named('closure', period)}") for period in request.closures),
            *(
                (period, f"not possible: {_named('the patient is away', period)}")
                for period in request.away
            ),
            *((period, f"not possible: {period.reason}") for period in refused),
        ]
        self._known: dict[date, str | None] = {}
        self.always_open = not (self._weekdays or self._regions or self._periods)

    def taken(self, day: date) -> str | None:
        """Return why no appointment can be on a day, as in "Friday is ...", or None if one can."""
        if self.always_open:
            return None
        if day not in self._known:
            self._known[day] = self._reason(day)
        return self._known[day]

    def _reason(self, day: date) -> str | None:
        if day.weekday() in self._weekdays:
            return f"closed: {WEEKDAY_NAMES[day.weekday()]}"
        for region in self._regions:
            if name := _holiday(region, day):
                return f"closed: {name} ({region})"
        return next((reason for period, reason in self._periods if day in period), None)


def _named(what: str, period: Period) -> str:
    reason = f" ({period.reason})" if period.reason else ""
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
