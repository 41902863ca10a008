"""The one family of errors, and the exit code that each of them means.

A fault in what the user gave is a sentence in lower case that names the thing, shows the value and
says what would be right. All faults of one input travel in one error.
"""

from collections.abc import Sequence

DONE = 0
LOOK_AT_THIS = 1
BAD_INPUT = 2
REFUSED = 3
NO_DATES = 4
BUG = 70
INTERRUPTED = 130

MOST_FAULTS = 100


class HairplanError(Exception):
    """An error that stops the work, in words for the person who can mend it.

    Attributes:
        faults: one sentence for each fault, at least one.
    """

    exit_code = BAD_INPUT

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class InputError(HairplanError):
    """An option, a request or a file that cannot be read as what it should be."""


class OutputError(HairplanError):
    """A result that could not be written; nothing half written is left."""


class OutOfRangeError(HairplanError):
    """A date that the calendar cannot hold (before year 1 or after year 9999)."""


def cap_faults(faults: Sequence[str], most: int = MOST_FAULTS) -> list[str]:
    """Return the first faults, and a line on how many more there are."""
    more = len(faults) - most
    return [*faults[:most], *([f"... and {more} more"] if more > 0 else ())]


def nearest(word: str, known: list[str]) -> str:
    """Return " (did you mean 'x'?)" for a word that is nearly a known one, else nothing."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
