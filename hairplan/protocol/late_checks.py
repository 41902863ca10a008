"""Checks of the rules on late appointments: which gap each is for, and what it adds."""

from collections.abc import Iterator
from itertools import pairwise

from hairplan.dates.spans import never_longer, span
from hairplan.protocol.model import Protocol
from hairplan.protocol.step import Late, Step
from hairplan.protocol.step_checks import count_faults


def late_faults(protocol: Protocol) -> Iterator[str]:
    """Yield what is wrong with the rules on late appointments."""
    for number, step in enumerate(protocol.steps, 1):
        yield from _rule_faults(step, f"steps[{number}]")


def _rule_faults(step: Step, path: str) -> Iterator[str]:
    if isinstance(step.late, tuple) and not step.late:
        yield f"{path}.late: an empty list: give a rule for each gap"
    at = f"{path}.late[{{}}]" if isinstance(step.late, tuple) else f"{path}.late"
    for number, rule in enumerate(step.lates, 1):
        yield from _more_faults(rule, f"{at.format(number)}.more")
    for number, (rule, following) in enumerate(pairwise(step.lates), 2):
        yield from _order_faults(rule, following, f"{at.format(number)}.after")


def _more_faults(rule: Late, path: str) -> Iterator[str]:
    yield from count_faults(rule.more, path)
    if rule.more and rule.then != "extra":
        yield f'{path}: belongs to then = "extra", and not to "{rule.then}"'


def _order_faults(rule: Late, following: Late, path: str) -> Iterator[str]:
    """Yield that of two rules the second is not for the longer gap."""
    if not following.after:
        yield f"{path}: missing: only the first rule may go without"
    elif rule.after and not is_longer(following.after, rule.after):
        yield f"{path}: {following.after} is not always longer than the one before, {rule.after}"


def is_longer(one: str, other: str) -> bool:
    """Return whether a span is longer than another, from whatever day on."""
    return never_longer(span(other), span(one)) and not never_longer(span(one), span(other))
