"""Sessions that took place while something was open that they should have waited for.

What happened is recorded, and what is open is said. A task that blocks the session is asked about
first where it has a day of its own, or where an answer of this patient asks for it: whoever knows
better forces it. A task without either, which every patient has, is said alone: that nobody wrote
down a consultation does not mean that there was none.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from hairplan.errors import InputError
from hairplan.follow.status import open_questions
from hairplan.history import Done, Happening
from hairplan.plan import Plan, PlannedTask
from hairplan.protocol.step import Step
from hairplan.protocol.values import REFUSING
from hairplan.words import by_date, only_if

_NAMED: Final = 4


def refuse_unready(plan: Plan, what: Sequence[Happening]) -> None:
    """Refuse sessions without what they may not take place without.

    Args:
        plan: the plan after it.
        what: what is to be recorded.

    Raises:
        InputError: every task that is open.
    """
    asked_for = {rule.rule for rule in plan.screening}
    if faults := [
        f"{task.session}: may not take place without this, and it is not done:"
        f" {_describe_task(task)}, or --force records the session all the same"
        for task in _open_tasks(plan, what)
        if task.applies == "yes" and (task.due or task.id in asked_for)
    ]:
        raise InputError(*faults)


def refuse_unsettled(plan: Plan, steps: Sequence[Step], what: Sequence[Happening]) -> None:
    """Refuse sessions that were too early where the protocol asks whether such a one counts.

    Args:
        plan: the plan after it.
        steps: the steps of its protocol.
        what: what is to be recorded.

    Raises:
        InputError: every session of which it is not said.
    """
    asking = {step.id for step in steps if step.early and step.early.then == "ask"}
    asked = {session.id for session in plan.sessions if session.phase in asking}
    done = (happening for happening in what if isinstance(happening, Done))
    unsaid = {happening.session for happening in done if happening.counted is None} & asked
    if faults := [
        f"{broken.session}: {broken.says}: --counted or --not-counted"
        for broken in plan.breaks
        if broken.what == "early" and broken.session in unsaid
    ]:
        raise InputError(*faults)


def describe_open(plan: Plan, what: Sequence[Happening]) -> Iterator[str]:
    """Yield what was open when sessions took place: tasks, and questions that could refuse them.

    Args:
        plan: the plan after it.
        what: what is recorded.
    """
    for task in _open_tasks(plan, what):
        yield f"{task.session}: not done: {_describe_task(task)}"
    done = [happening.session for happening in what if isinstance(happening, Done)]
    names = list(dict.fromkeys(
        rule.question or rule.rule for rule in open_questions(plan) if rule.outcome in REFUSING
    ))  # fmt: skip
    if done and names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield (
            f"{', '.join(done)}: not answered, and a yes may speak against it:"
            f" {', '.join(names[:_NAMED])}{more} (--answer {names[0]}=?)"
        )


def _open_tasks(plan: Plan, what: Sequence[Happening]) -> list[PlannedTask]:
    """Return the tasks that block the sessions of which it is recorded that they took place."""
    done = {happening.session for happening in what if isinstance(happening, Done)}
    blocking = (task for task in plan.tasks if task.blocks and not task.done)
    return [task for task in blocking if task.session in done]


def _describe_task(task: PlannedTask) -> str:
    due = by_date(task.due)
    return f"{task.label}{due}{only_if(task.only_if)} (--done {task.id}=DAY says that it was)"
