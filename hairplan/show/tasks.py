"""The things to do: for the appointments, then at home, then those without a day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from hairplan.plan import Plan, PlannedRoutine, PlannedTask
from hairplan.planner.paused import describe_pauses
from hairplan.protocol.values import treating_kinds
from hairplan.show.document import Line, Mark
from hairplan.show.undated import undated_lines
from hairplan.words import (
    by_date,
    cite,
    describe_rhythm,
    format_count,
    format_date,
    format_moment,
    join_words,
    only_if,
)

TaskGroup = tuple[bool, str, date]


def task_lines(plan: Plan) -> Iterator[Line]:
    """Yield what to do for the appointments, then at home; what blocks one comes first."""
    groups: dict[TaskGroup, list[PlannedTask]] = {}
    for task in plan.tasks:
        groups.setdefault(_task_group(task), []).append(task)
    first = {key: min(task.due or date.min for task in group) for key, group in groups.items()}
    kinds = treating_kinds(session.kind for session in plan.dated)
    wording = _TaskWording(
        {session.id: session.on for session in plan.dated},
        sum(session.kind in kinds for session in plan.dated),
    )
    for key in sorted(groups, key=lambda key: (key[0], first[key], key)):
        yield wording.line(groups[key])
    yield from map(_routine_line, plan.routines)
    yield from undated_lines(plan.undated, {"task", "routine"})


def _task_group(task: PlannedTask) -> TaskGroup:
    """Return what the tasks of one line share: those done on one day stand apart from the open."""
    return not task.blocks, task.id.partition(".")[0], task.done or date.max


def _routine_line(routine: PlannedRoutine) -> Line:
    """Say what is done at home again and again, in one line."""
    rhythm = describe_rhythm(routine.rhythm, routine.first, routine.last)
    rhythm += describe_pauses(routine.pauses)
    if routine.last_at_most:
        rhythm += f" ({format_date(routine.last_at_most)} at most)"
    total = f", {format_count(routine.count, 'time')} in all" if routine.count else ""
    what = f"{routine.label}{only_if(routine.only_if)}{cite(routine.sources)}"
    mark: Mark = "open" if routine.only_if else "plain"
    return Line(f"at home, {rhythm}{total}: {what}", mark)


class _TaskWording(Struct, frozen=True):
    """Words tasks, each once, with the appointments that it is for.

    Attributes:
        days: the day of each appointment.
        treating: how many appointments treat.
    """

    days: Mapping[str, date]
    treating: int

    def line(self, tasks: Sequence[PlannedTask]) -> Line:
        """Say a task with the appointments that it is for."""
        task = tasks[0]
        optional = ", optional" if task.optional else ""
        text = f"{self.when(tasks)}: {task.label}{optional}{only_if(task.only_if)}"
        is_open = task.only_if or task.blocks
        mark: Mark = "good" if task.done else "open" if is_open else "plain"
        return Line(text + cite(task.sources), mark)

    def when(self, tasks: Sequence[PlannedTask]) -> str:
        """Say when a task is due, and before which appointments."""
        task = tasks[0]
        if task.done:
            sessions = join_words([task.session for task in tasks])
            return f"done on {format_date(task.done)}, for {sessions}"
        if task.lag:
            return _describe_lag(tasks)
        lead = f"{task.lead} before" if task.lead else "before"
        if task.blocks and "." not in task.id:
            return f"before session 1 can take place{self.since(tasks)}{by_date(task.due)}"
        if "." not in task.id:
            due = f"by {format_moment(task.due, task.due_at)}, " if task.due else ""
            return f"{due}{lead} {task.session}{self.since(tasks)}"
        needed = ", which cannot take place without it" if task.blocks else ""
        if len(tasks) == self.treating:
            due = self.due(tasks)
            by = f", {lead}{f' ({due})' if due else ''}" if task.lead else ""
            return f"each session{by}{self.since(tasks)}{needed}"
        sessions = ", ".join(task.session for task in tasks)
        due = self.due(tasks)
        return f"{f'by {due}, ' if due else ''}{lead} {sessions}{self.since(tasks)}{needed}"

    def due(self, tasks: Sequence[PlannedTask]) -> str:
        """Say the days, or moments, by which a task is due; nothing where that goes by itself."""
        if not tasks[0].lead:
            return ""
        moments = [task.due_at for task in tasks]
        own_day = all(task.due == self.days[task.session] for task in tasks)
        times = {at.time() for at in moments if at}
        if own_day and len(times) <= 1:
            return "".join(f"{at:%H:%M}" for at in times)
        return ", ".join(format_moment(task.due, task.due_at) for task in tasks if task.due)

    def since(self, tasks: Sequence[PlannedTask]) -> str:
        """Say from when on a task may be done, where that is limited."""
        limited = [task for task in tasks if task.not_before and task.not_before != task.due]
        limited += [task for task in tasks if task.not_before_at and task not in limited]
        times = {task.not_before_at.time() for task in limited if task.not_before_at}
        if not limited or all(task.not_before == self.days[task.session] for task in limited):
            return "".join(f", from {at:%H:%M} on" for at in sorted(times)[:1])
        days = (
            format_moment(task.not_before, task.not_before_at)
            for task in limited
            if task.not_before
        )
        return f", from {', '.join(days)} on"


def _describe_lag(tasks: Sequence[PlannedTask]) -> str:
    """Say by when a task after its appointments is due, and after which of them."""
    days = ", ".join(format_moment(task.due, task.due_at) for task in tasks if task.due)
    sessions = ", ".join(task.session for task in tasks)
    return f"by {days}, {tasks[0].lag} after {sessions}"
