"""Runs of appointments, named by their ends: "course-3..12"."""

from collections.abc import Iterable, Sequence


def name_run(ids: Sequence[str]) -> str:
    """Name appointments from first to last, such as "course-1..3" or "weekly-1..fortnightly-4".

    Where numbers of a step are left out, every run is named by itself.
    """
    runs: list[list[str]] = []
    for name in ids:
        if runs and _goes_on(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(map(_name_ends, runs))


def _goes_on(before: str, name: str) -> bool:
    """Return whether an appointment is the next of its step, or the first of another one."""
    step, _, number = name.rpartition("-")
    step_before, _, number_before = before.rpartition("-")
    if not (number.isdecimal() and number_before.isdecimal()):
        return False  # the start, or an event
    return step != step_before or int(number) == int(number_before) + 1


def _name_ends(ids: Sequence[str]) -> str:
    first, last = ids[0], ids[-1]
    if len(ids) == 1:
        return first
    (step, _, _), (last_step, _, number) = first.rpartition("-"), last.rpartition("-")
    return f"{first}..{number}" if step == last_step else f"{first}..{last}"


def name_by_step(ids: Iterable[str]) -> list[str]:
    """Name appointments step by step, each once: "course-3..12" and "touch-up-1"."""
    steps: dict[str, list[str]] = {}
    for name in dict.fromkeys(ids):
        steps.setdefault(name.rpartition("-")[0], []).append(name)
    return [name_run(names) for names in steps.values()]
