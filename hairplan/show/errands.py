"""Errands and open questions, as data: once for the whole plan, or at each session.

Conventions: what is done, and what belongs to a done or a far-off session, is left out.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from hairplan.plan import Plan, PlannedTask
from hairplan.protocol.values import REFUSING, treating_kinds
from hairplan.show.avoid import drawn_sessions
from hairplan.words import name_run


class Errand(Struct, frozen=True, kw_only=True):
    """A task, said once for all sessions that it is for.

    Attributes:
        label: what to do.
        sessions: what it is for: the ids from first to last, or "each session".
        due: the day by which it has to be done, if it is done once.
        how_far: how long before the session, or after it.
        blocks: without it the session may not take place.
        optional: a source leaves it open.
        only_if: the answers that it hangs on, while they are open.
    """

    label: str
    sessions: str
    due: date | None
    how_far: str | None
    blocks: bool
    optional: bool
    only_if: str | None


class Commands(Struct, frozen=True):
    """The commands that go on from a view of a plan.

    Attributes:
        treatment: what a command names the treatment by.
        plan_file: the plan's file; null for a plan that is not kept.
    """

    treatment: str
    plan_file: str | None = None

    @property
    def show(self) -> str:
        """The command that shows the treatment."""
        return f"hairplan show {self.treatment}"

    @property
    def ask(self) -> str:
        """The command that asks the open questions."""
        if self.plan_file:
            return f"hairplan screen {self.plan_file} --ask"
        return f"hairplan screen {self.treatment} --ask"


class OpenQuestion(Struct, frozen=True):
    """An open question: its name, and whether the answer could refuse the treatment."""

    name: str
    could_refuse: bool


def errands(plan: Plan) -> list[Errand]:
    """Return what is to be done: what blocks a session, then by day, then at each session."""
    sessions = [session for session in drawn_sessions(plan) if session.status != "done"]
    ahead = [session.id for session in sessions]
    by_name: dict[str, list[PlannedTask]] = {}
    for task in plan.tasks:
        if not task.done and task.session in ahead:
            by_name.setdefault(task.id.partition(".")[0], []).append(task)
    kinds = treating_kinds(session.kind for session in sessions)
    treating = sum(session.kind in kinds for session in sessions) or len(sessions)
    found = [_errand(tasks, treating) for tasks in by_name.values()]
    return sorted(found, key=_order)


def _errand(tasks: Sequence[PlannedTask], treating: int) -> Errand:
    task = tasks[0]
    is_once = "." not in task.id
    is_repeated = not is_once and treating > 1
    names = name_run([task.session for task in tasks])
    return Errand(
        label=task.label,
        sessions="each session" if is_repeated and len(tasks) == treating else names,
        due=task.due if is_once else None,
        how_far=_how_far(task),
        blocks=task.blocks,
        optional=task.optional,
        only_if=task.only_if,
    )


def _how_far(task: PlannedTask) -> str | None:
    if task.lag:
        return f"{task.lag} after"
    return f"{task.lead} before" if task.lead else None


def _order(errand: Errand) -> tuple[bool, date, bool]:
    return not errand.blocks, errand.due or date.max, errand.optional


def questions(plan: Plan) -> list[OpenQuestion]:
    """Return the open questions: first those that could refuse, then those on whom it is for."""
    if plan.problem:
        return []
    found: dict[str, list[str]] = {}
    for screened in plan.screening:
        if screened.applies == "unknown":
            found.setdefault(screened.question or screened.rule, []).append(screened.outcome)
    ordered = sorted(found, key=lambda name: _gravity(found[name]))
    return [OpenQuestion(name, not REFUSING.isdisjoint(found[name])) for name in ordered]


def _gravity(outcomes: Sequence[str]) -> tuple[bool, bool]:
    return REFUSING.isdisjoint(outcomes), "outside-indication" not in outcomes
