"""A patient's tasks in sentences of a calendar, which are those of the sheet."""

from datetime import date

from msgspec import structs

from hairplan.calendar.patient_words import unbound
from hairplan.plan import Plan, PlannedTask
from hairplan.sheet.appointments import Forthcoming
from hairplan.sheet.tasks import TaskWording
from hairplan.sheet.words import Catalog, plain


class TaskSentences(TaskWording):
    """Words the open tasks of a whole plan, whichever appointments are over."""

    def __init__(self, plan: Plan, catalog: Catalog) -> None:
        """Take the plan and the words."""
        every = Forthcoming(plan.dated, frozenset(), (), (), (), {})
        super().__init__(plan.tasks, every, catalog, date.min)

    def concern(self, task: PlannedTask) -> bool:
        """Return whether a task is the patient's, or perhaps is."""
        return self._concerns_patient(structs.replace(task, applies="yes"))

    def has_day(self, task: PlannedTask) -> bool:
        """Return whether a task is due on another day than its appointment's."""
        return self._has_row(task)

    def sentence(self, task: PlannedTask) -> str:
        """Say a task, with the day by which it is due where that is a day of its own."""
        due = task.due if self._has_row(task) else None
        return unbound(plain(self._by(task, due) if due else self._text(task)))
