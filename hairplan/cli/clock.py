"""The one place that reads the clock, and what may be put in its place."""

import datetime as dt
import os

from hairplan.dates.typed import iso_date
from hairplan.errors import InputError


def today_from(option: str | None) -> dt.date:
    """Return today: the option's, the environment's, else the clock's.

    Raises:
        InputError: the day given is no ISO date.
    """
    for name, text in (("--today", option), ("HAIRPLAN_TODAY", os.environ.get("HAIRPLAN_TODAY"))):
        if text:
            try:
                return iso_date(text)
            except InputError as error:
                raise InputError(*(f"{name}: {fault}" for fault in error.faults)) from None
    return dt.date.today()  # noqa: DTZ011 - a person's today is the day on the wall
