"""Tasks of the patient, for the appointments and at home.

A task that is for the practice alone is not on the sheet. What the practice has to settle before an
appointment is told without its name, as it may tell of an illness.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from hairplan.plan import PlannedRoutine, PlannedTask
from hairplan.sheet.appointments import Forthcoming
from hairplan.sheet.care import DatedTurn
from hairplan.sheet.model import TurnRow
from hairplan.sheet.rhythms import rhythm_of
from hairplan.sheet.words import Catalog, Text, continued, opened


class TaskWording:
    """Words a plan's open tasks, for the appointments ahead."""

    def __init__(
        self, tasks: Sequence[PlannedTask], appointments: Forthcoming, catalog: Catalog, today: date
    ) -> None:
        self.catalog = catalog
        self.today = today
        self.sessions = {session.id: session for session in appointments.ahead}
        self.unseen = appointments.unseen
        self.tasks = [task for task in tasks if self._concerns_patient(task)]
        self.common = self._common()

    def _concerns_patient(self, task: PlannedTask) -> bool:
        """Return whether a task is open, settled as one of this patient's, and not the practice's.

        One that hangs on an open answer waits for it: the sheet asks, and the answer tells.
        """
        return task.applies == "yes" and self._may_concern_patient(task)

    def _may_concern_patient(self, task: PlannedTask) -> bool:
        """Return whether a task is open and not the practice's, whatever the open answers are."""
        is_ahead = task.session in self.sessions
        if task.lag and task.due:
            is_ahead = task.session not in self.unseen and task.due >= self.today
        is_open = task.done is None and is_ahead
        return is_open and (task.blocks or self.catalog.patient_words(task.label) != "")

    # ---- with an appointment ----

    def before(self, session: str, *, common: bool) -> tuple[Text, ...]:
        """Say what to do before an appointment; `common` tells whether what each has is said."""
        said = set() if common else self.common
        own = [task for task in self.tasks if task.session == session and not self._has_row(task)]
        texts = [self._text(task) for task in own if _name(task) not in said]
        return tuple(dict.fromkeys(texts))

    def before_each(self) -> tuple[Text, ...]:
        """Say what to do before each appointment alike."""
        having = [task for task in self.tasks if _name(task) in self.common]
        texts = [self._text(task, alone=False) for task in having]
        return tuple(dict.fromkeys(texts))

    def _common(self) -> set[str]:
        """Return the tasks that each appointment has."""
        sessions: dict[str, set[str]] = {}
        for task in self.tasks:
            if not self._has_row(task):
                sessions.setdefault(_name(task), set()).add(task.session)
        return {name for name, having in sessions.items() if having == set(self.sessions)}

    def _text(self, task: PlannedTask, *, alone: bool = True) -> Text:
        """Say a task; for several appointments at once without the day that is only one's."""
        what = self._what(task)
        day = self.sessions[task.session].on
        if task.lead:
            return self._ahead(task, what, self.catalog.span(task.lead))
        if task.not_before and task.not_before < day:
            if alone:
                since = self.catalog.day(task.not_before)
                return self.catalog.say("task_from", what=what, day=since)
            if self.catalog.patient_words(task.label) != task.label:
                return self.catalog.say("task", what=what)
            days = (day - task.not_before).days
            lead = self.catalog.count(days, "day")
            return self.catalog.say("task_from_early", what=what, lead=lead)
        return self.catalog.say("task", what=what)

    def _ahead(self, task: PlannedTask, what: str, lead: str) -> Text:
        """Say a task with its lead, and its time where that is known."""
        time = task.due_at and self.catalog.time(task.due_at)
        if lead.replace("\N{NO-BREAK SPACE}", " ") in what:
            # The patient's words have the lead in them, as one that is about so long.
            name = "task_about" if time else "task"
        else:
            name = "task_at" if time else "task_lead"
        return self.catalog.say(name, what=what, lead=lead, time=time or "")

    def _what(self, task: PlannedTask) -> str:
        words = self.catalog.patient_words(task.label)
        if task.blocks and words in {"", task.label}:
            return self.catalog.tell("settle")
        return opened(self.catalog.tell("optional", what=words) if task.optional else words)

    # ---- by a day of its own ----

    def turns(self) -> Iterator[DatedTurn]:
        """Yield the rows of what is due on a day of its own."""
        for task in self.tasks:
            if task.due is not None and self._has_row(task):
                row = TurnRow("task", self._by(task, task.due))
                yield DatedTurn(max(task.due, self.today), row)

    def _has_row(self, task: PlannedTask) -> bool:
        if task.due is None:
            return False
        return task.lag is not None or task.due < self.sessions[task.session].on

    def _by(self, task: PlannedTask, due: date) -> Text:
        what = continued(self._what(task))
        by = self.catalog.moment(due, task.due_at, year=True)
        if task.not_before and task.not_before < due:
            since = self.catalog.day(task.not_before)
            return self.catalog.say("task_by_from", day=by, what=what, since=since)
        return self.catalog.say("task_by", day=by, what=what)


def _name(task: PlannedTask) -> str:
    return task.id.partition(".")[0]


def routine_lines(
    routines: Sequence[PlannedRoutine], catalog: Catalog, today: date
) -> Iterator[Text]:
    """Yield what is done at home again and again."""
    for routine in routines:
        words = opened(catalog.patient_words(routine.label))
        if not words or routine.applies != "yes" or (routine.last and routine.last < today):
            continue
        first = catalog.day(routine.first, year=True)
        rhythm = rhythm_of(routine, catalog)
        if routine.last is None:
            text = catalog.say("routine", what=words, rhythm=rhythm, first=first)
        else:
            last = catalog.day(routine.last, year=True)
            text = catalog.say("routine_to", what=words, rhythm=rhythm, first=first, last=last)
        pauses = [each for each in routine.pauses if each.last >= today]
        days = [catalog.from_to(each.first, each.last) for each in pauses]
        yield text + (catalog.say("pauses", periods=catalog.join(days)) if days else ())
