"""The tasks of a plan in the words of a change: how each stands, and by when it is due."""

from hairplan.plan import PlannedTask
from hairplan.words import format_date, format_moment


def describe_task(task: PlannedTask) -> str:
    """Say what there is to do, and by when or since when it is done."""
    standing = f"done on {format_date(task.done)}" if task.done else format_due(task)
    return f"{task.label}, {standing}" if standing else task.label


def format_due(task: PlannedTask) -> str | None:
    """Say by when a task is due; None if it has no day."""
    day = task.due_at.date() if task.due_at else task.due
    return f"by {format_moment(day, task.due_at)}" if day else None
