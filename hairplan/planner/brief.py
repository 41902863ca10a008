"""All that a plan is made from, together: what every part of the planner is handed."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from hairplan.dates.spans import shift, span
from hairplan.errors import InputError
from hairplan.planner.layout import Events, Frame, Happened, Layout, PlannedStep, lay_out
from hairplan.planner.resolve import Resolved
from hairplan.request import PlanRequest

FARTHEST_YEARS: Final = 50


class Brief(Struct, frozen=True):
    """A request and the template that answers it.

    Attributes:
        template: what does not depend on the start.
        request: what is asked for.
        today: the day on which the plan is made.
        has_begun: the plan has a past.
    """

    template: Resolved
    request: PlanRequest
    today: date
    has_begun: bool = False

    @property
    def is_bounded(self) -> bool:
        """Whether the request itself says how far maintenance is planned."""
        return self.request.until is not None or self.request.horizon is not None

    def layout(
        self,
        start: date,
        runs: Sequence[PlannedStep] | None = None,
        happened: Happened | None = None,
    ) -> Layout:
        """Lay the appointments out from a start.

        Args:
            start: day 0.
            runs: the steps, where what happened has changed them.
            happened: what happened.

        Raises:
            InputError: the end of what is planned does not fit; more than 10,000 appointments.
            OutOfRangeError: a date leaves the calendar.
        """
        frame = Frame(start, self.until(start), self.events(start), not self.is_bounded, happened)
        return self.template.chain.at(frame) if runs is None else lay_out(runs, frame)

    def events(self, start: date) -> Events:
        """Return the days that are known of events, for a start."""
        template = self.template
        return {**dict.fromkeys(template.starting, (start,)), **template.events}

    def until(self, start: date) -> date:
        """Return up to when maintenance is planned, for a start.

        Raises:
            InputError: it lies before the start, or more than 50 years after it.
            OutOfRangeError: it leaves the calendar.
        """
        if self.request.until is None:
            horizon = self.template.horizon
            return _within_reason(shift(start, span(horizon)), start, f"horizon: {horizon}")
        if self.request.until < start:
            raise InputError(f"until: {self.request.until} is before the start, {start}")
        return _within_reason(self.request.until, start, f"until: {self.request.until}")


def _within_reason(until: date, start: date, given: str) -> date:
    if until.year - start.year > FARTHEST_YEARS:
        raise InputError(f"{given} is more than {FARTHEST_YEARS} years after the start, {start}")
    return until
