"""The options that end a plan and take it up again, and their way to its history.

Both take a day, which may be `today`: an option whose value may be left out would take the next
option for its value.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from msgspec import Struct

from hairplan.cli.adoption import AdoptionOptions
from hairplan.clinic.options import Flag
from hairplan.clinic.readers import OptionReader
from hairplan.files.plan_file import PlanFile
from hairplan.history import Ended, Ending, Entry, Resumed, entries_in_force, replay_history

_THE_PLAN: Final = "The plan as a whole"


class EndOptions(AdoptionOptions, kw_only=True):
    """The end of a plan and its taking up again, beside another version of its protocol."""

    ended: Annotated[
        str | None,
        Flag(
            "The plan ends: nothing from this day on takes place; say why with --reason.",
            "today|DATE",
            _THE_PLAN,
        ),
    ] = None
    resumed: Annotated[
        str | None,
        Flag("A plan that had ended is taken up again from this day on.", "today|DATE", _THE_PLAN),
    ] = None


class Endings(Struct, frozen=True):
    """The end that is recorded, the taking up again, and the end that was recorded before."""

    ended: tuple[Ended, ...]
    resumed: tuple[Resumed, ...]
    before: Ending | None

    def booking_faults(
        self, option: str, days: Mapping[str, dt.date], today: dt.date
    ) -> Iterator[str]:
        """Yield the faults of appointments for days on which nothing takes place any more."""
        for name, day in days.items():
            if self.ended and day >= self.ended[0].on:
                yield f"{option} {name}: {day} is not before the end, {self.ended[0].on}"
            elif self.before and not self.resumed and max(day, today) >= self.before.since:
                yield (
                    f"{option} {name}: {day}: the plan ended on {self.before.since}:"
                    " --resumed takes it up again"
                )


def endings_from(options: EndOptions, reader: OptionReader, file: PlanFile) -> Endings:
    """Read the options; every fault goes to the reader."""
    ended = reader.one("--ended", options.ended, reader.date)
    resumed = reader.one("--resumed", options.resumed, reader.date)
    before = replay_history(file.request, file.history)[1].ended
    reader.faults += _faults(ended, resumed, before, file.history)
    return Endings((Ended(ended),) if ended else (), (Resumed(resumed),) if resumed else (), before)


def _faults(
    ended: dt.date | None,
    resumed: dt.date | None,
    before: Ending | None,
    history: tuple[Entry, ...],
) -> Iterator[str]:
    if ended and resumed:
        yield "--ended and --resumed: give one of the two"
    elif ended and before:
        number = max(
            number
            for number, entry in entries_in_force(history).items()
            if any(isinstance(happening, Ended) for happening in entry.what)
        )
        yield f"--ended: the plan ended on {before.since} already: undo {number} takes that back"
    elif resumed and not before:
        yield "--resumed: the plan has not ended"
    elif resumed and before and resumed < before.since:
        yield f"--resumed: {resumed} is before the end, {before.since}"
