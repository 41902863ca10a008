"""A patient's tasks in sentences of a calendar, which are those of the sheet."""

from datetime import date

from hairplan.calendar.patient_words import PatientWords, unbound
from hairplan.plan import Plan, PlannedTask
from hairplan.sheet.appointments import Forthcoming
from hairplan.sheet.tasks import TaskWording
from hairplan.sheet.words import plain


class TaskSentences(TaskWording):
    """Words the open tasks of a whole plan, whichever appointments are over."""

    def __init__(self, plan: Plan, words: PatientWords) -> None:
        """Take the plan and the language."""
        every = Forthcoming(plan.dated, frozenset(), (), (), (), {})
        super().__init__((), every, words.catalog, date.min)
        self.words = words

    def concern(self, task: PlannedTask) -> bool:
        """Return whether a task is the patient's, or perhaps is."""
        return self._may_concern_patient(task)

    def has_day(self, task: PlannedTask) -> bool:
        """Return whether a task is due on another day than its appointment's."""
        return self._has_row(task)

    def sentence(self, task: PlannedTask) -> str:
        """Say a task, with the day by which it is due where that is a day of its own."""
        due = task.due if self._has_row(task) else None
        at, since = task.due_at and task.due_at.time(), task.not_before
        day = since and self.sessions[task.session].on
        return self.words.once(
            (task.label, task.blocks, task.optional, task.lead, due, at, since, day),
            lambda: unbound(plain(self._by(task, due) if due else self._text(task))),
        )
