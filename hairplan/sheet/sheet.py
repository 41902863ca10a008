"""The sheet of a plan: which days and words it has, as a view that a template lays out."""

from collections.abc import Iterator
from datetime import date

from hairplan.clinic.settings import ClinicConfig
from hairplan.errors import InputError, OutOfRangeError
from hairplan.identity import uid
from hairplan.plan import Plan, Session
from hairplan.sheet.appointments import (
    Forthcoming,
    appointments_of,
    first_proposed_again,
    later_lines,
)
from hairplan.sheet.care import Care, CareWording, DatedTurn, care_of
from hairplan.sheet.codes import CodeMaker
from hairplan.sheet.home import home_course_lines
from hairplan.sheet.model import AppointmentRow, Panel, Row, Sheet, Standing
from hairplan.sheet.picture import picture_of
from hairplan.sheet.questions import expected_of, questions_of
from hairplan.sheet.stages import stage_turns
from hairplan.sheet.tasks import TaskWording, routine_lines
from hairplan.sheet.words import Catalog, Text, opened

MOST_CARDS = 4
"""With more appointments than these they are a list."""


def sheet_of(plan: Plan, catalog: Catalog, clinic: ClinicConfig, today: date) -> Sheet:
    """Return the sheet of a plan as it stands on a day.

    Args:
        plan: the plan.
        catalog: the words of the patient's language, with those of the plan's protocol.
        clinic: what the sheet says of the clinic.
        today: the day.

    Raises:
        InputError: there is no plan, or no appointment ahead has a day.
        OutOfRangeError: a day on it lies before the year 1 or after the year 9999.
    """
    if plan.problem is not None:
        raise InputError(f"no sheet: {plan.problem.what}")
    appointments = appointments_of(plan, today)
    at_home = tuple(home_course_lines(plan, catalog, today))
    if plan.sessions and not (appointments.ahead or at_home):
        raise InputError(f"no sheet: no appointment has a day from {today} on")
    try:
        return _SheetMaker(plan, clinic, appointments, today, catalog).sheet()
    except OverflowError:
        raise OutOfRangeError("no sheet: its days leave the years 1 to 9999") from None


def sheet_mark(plan_id: str) -> str:
    """Return what every sheet of a plan has in it, and tells nobody anything."""
    return uid(plan_id, "sheet")


class _SheetMaker:
    """Makes the sheet of one plan."""

    def __init__(
        self,
        plan: Plan,
        clinic: ClinicConfig,
        appointments: Forthcoming,
        today: date,
        catalog: Catalog,
    ) -> None:
        self.plan = plan
        self.clinic = clinic
        self.appointments = appointments
        self.today = today
        self.catalog = catalog
        self.ahead = appointments.ahead
        self.is_list = len(self.ahead) > MOST_CARDS
        days = {session.id: session.on for session in self.ahead}
        self.care = care_of(
            plan.restrictions,
            days,
            appointments.unseen,
            today,
            self.catalog,
        )
        again = first_proposed_again(self.ahead)
        self.wording = CareWording(self.catalog, today, days.values(), again)
        self.tasks = TaskWording(plan.tasks, appointments, self.catalog, today)
        self.codes = CodeMaker(plan.calendar_id, today, self.catalog)

    def sheet(self) -> Sheet:
        catalog, ref = self.catalog, self.plan.ref
        name = "title" if self.ahead else "care"
        columns = tuple(catalog.tell("column", names=opened(care.names)) for care in self._each())
        return Sheet(
            mark=sheet_mark(self.plan.calendar_id),
            day=self.today,
            language=catalog.language,
            says=catalog.says,
            clinic=self.clinic,
            heading=catalog.says[name],
            title=catalog.tell(f"{name}_of", ref=ref) if ref else catalog.says[name],
            made=self._made(),
            lead=self._lead(),
            is_list=self.is_list,
            columns=columns,
            rows=tuple(self._rows()),
            later=tuple(later_lines(self.appointments, catalog)),
            care=tuple(panel for panel in self._panels() if panel.lines),
            picture=picture_of(self.appointments, self.care, catalog, self.today)
            if self.ahead or self.care
            else None,
            questions=questions_of(self.plan, self.ahead, catalog, self.today),
            expected=expected_of(self.plan, catalog, self.today),
            foreign={text.words: text.language for text in catalog.missing.values()},
        )

    def _made(self) -> Text:
        made = self.catalog.day_of_year(self.today)
        if self.plan.ref is None:
            return self.catalog.say("made_on", today=made)
        return self.catalog.say("reference", ref=self.plan.ref, today=made)

    def _lead(self) -> Text:
        """Say how many appointments are ahead, how long each, where, and what is to be settled."""
        count = len(self.ahead)
        if not count:
            return self.catalog.say("none", day=self.catalog.day(self.plan.start, year=True))
        lengths = {session.duration for session in self.ahead}
        (length,) = lengths if len(lengths) == 1 else (None,)
        name = "length" if count == 1 else "length_each"
        say = self.catalog.say
        text = say(
            "one" if count == 1 else "several",
            count=f"{count}",
            length=say(name, length=self.catalog.length(length)) if length else "",
        )
        if self.plan.place:
            text += say("place", place=self.plan.place)
        is_settled = all(session.booked for session in self.ahead)
        return text if is_settled else text + say("confirm")

    # ---- the appointments, and what lies between them ----

    def _rows(self) -> Iterator[Row]:
        turns = list(self.tasks.turns())
        for care in self.care:
            turns += self.wording.turns(care)
        turns += stage_turns(
            self.plan.restrictions, self.appointments.unseen, self.catalog, self.today
        )
        turns += self.wording.instructions(self.plan, self.appointments.unseen)
        dated: list[tuple[date, int, Row]] = [_place(turn) for turn in turns]
        dated += [(session.on, 1, self._appointment(session)) for session in self.ahead]
        yield from (row for *_, row in sorted(dated, key=lambda entry: entry[:2]))

    def _appointment(self, session: Session) -> AppointmentRow:
        number = self.appointments.numbers[session.id]
        standing: Standing = "booked" if session.booked else "open"
        return AppointmentRow(
            number=f"{number}",
            of=self.catalog.tell("of", count=f"{len(self.appointments.numbers)}"),
            standing=standing,
            state=self.catalog.says[standing],
            when=self.catalog.moment(session.on, session.time, year=True),
            before=tuple(self._before(session)),
            after=() if self.is_list else tuple(self._after(session)),
            cells=tuple(self.wording.cell(care, session.id) for care in self._each()),
            code=self.codes.code(session, number),
        )

    def _each(self) -> list[Care]:
        """Return what begins anew with appointments."""
        return [care for care in self.care if care.by_session]

    def _before(self, session: Session) -> Iterator[Text]:
        if session.status in {"missed", "overdue"} and not session.booked:
            # Nothing is counted from a day that is a mere proposal.
            yield self.catalog.say("resettle")
        yield from self.tasks.before(session.id, common=not self.is_list)
        stills = (
            [] if self.is_list else [self.wording.still(care, session.id) for care in self.care]
        )
        yield from filter(None, stills)

    def _after(self, session: Session) -> Iterator[Text]:
        for care in self._each():
            if session.id in care.by_session:
                is_first = session.id == next(iter(care.by_session))
                yield self.wording.after(care, session.id, is_first=is_first)

    # ---- the rest ----

    def _panels(self) -> Iterator[Panel]:
        says = self.catalog.says
        if self.is_list:
            yield Panel(says["before_each"], self.tasks.before_each())
            yield Panel(says["after_each"], tuple(map(self.wording.in_list, self._each())))
        courses = home_course_lines(self.plan, self.catalog, self.today)
        routines = routine_lines(self.plan.routines, self.catalog, self.today)
        yield Panel(says["at_home"], (*courses, *routines))


def _place(turn: DatedTurn) -> tuple[date, int, Row]:
    return turn.day, 2 if turn.after_appointment else 0, turn.row
