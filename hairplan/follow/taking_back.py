"""Taking an entry of a history back: the last one, or one that is named where the rest stands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hairplan.errors import InputError
from hairplan.history import Entry, entries_in_force, last_entry_in_force


def find_entry_to_undo(history: Sequence[Entry], number: int | None) -> int:
    """Return the number of the entry to take back.

    Args:
        history: all entries.
        number: the one that is named; None for the last that is in force.

    Raises:
        InputError: there is none, or the one that is named is not in force.
    """
    last = last_entry_in_force(history)
    if last is None:
        raise InputError("nothing is recorded that could be taken back")
    in_force = entries_in_force(history)
    if number is None or number in in_force:
        return number or last
    there = ", ".join(map(str, in_force))
    raise InputError(f"{_why_not(history, number)}; there are: {there}")


def _why_not(history: Sequence[Entry], number: int) -> str:
    """Say why an entry cannot be taken back."""
    if not 1 <= number <= len(history):
        return f"no entry {number}"
    if undoes := history[number - 1].undoes:
        return f"entry {number} takes entry {undoes} back, which can only be recorded anew"
    by = next(at for at, entry in enumerate(history, 1) if entry.undoes == number)
    return f"entry {number} is taken back already, by entry {by}"


@contextmanager
def standing_without(number: int) -> Iterator[None]:
    """Say of faults in a history that they come of an entry that is taken back.

    Raises:
        InputError: every fault, after the entry.
    """
    try:
        yield
    except InputError as error:
        first = f"entry {number} cannot be taken back: without it the rest does not stand"
        raise InputError(first, *error.faults) from None
