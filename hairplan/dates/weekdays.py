"""The days of the week: their keys in files and requests, and their names; Monday comes first.

The place of a day in each table is what `date.weekday` returns for it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal, get_args

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
WEEKDAY_NAMES: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip

_A_WEEK: Final = timedelta(weeks=1)


def weekly_days(days: Sequence[date]) -> list[int]:
    """Return the days of the week on which days fall, the same ones week by week.

    Returns:
        none where they are not the same, or where no week comes back.
    """
    weekdays = sorted({day.weekday() for day in days})
    weeks_apart = zip(days, days[len(weekdays) :], strict=False)
    is_weekly = all(later - earlier == _A_WEEK for earlier, later in weeks_apart)
    return weekdays if is_weekly and len(weekdays) < len(days) else []
