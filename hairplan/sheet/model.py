"""The sheet as it is read: every word of it, in the order of the patient's questions.

Templates lay it out, and add no word.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from hairplan.clinic.settings import ClinicConfig
from hairplan.sheet.words import Text

Standing = Literal["booked", "open"]
TurnKind = Literal["task", "begin", "free"]
Mark = Literal["must", "better", "allowed"]


class Code(Struct, frozen=True):
    """An appointment for a phone's calendar.

    Attributes:
        title: what it is, in words.
        caption: its day and time.
        image: a QR code, as SVG.
        file: the name of a calendar file.
        data: the calendar, in base 64.
    """

    title: str
    caption: str
    image: str
    file: str
    data: str


class AppointmentRow(Struct, frozen=True):
    """An appointment ahead.

    Attributes:
        number: its number.
        of: of how many.
        standing: whether its day was agreed on.
        state: the same in a word.
        when: its day and time.
        before: what to do before it.
        after: what to avoid after it, where appointments are cards.
        cells: from when on that is allowed again, where they are a list.
        code: for a phone.
    """

    number: str
    of: str
    standing: Standing
    state: str
    when: Text
    before: tuple[Text, ...]
    after: tuple[Text, ...]
    cells: tuple[Text, ...]
    code: Code


class TurnRow(Struct, frozen=True):
    """A row between appointments: something begins or ends, or is to be done by that day."""

    kind: TurnKind
    text: Text


Row = AppointmentRow | TurnRow


class Panel(Struct, frozen=True):
    """A titled part: a sentence that leads to it, then lines."""

    title: str
    lines: tuple[Text, ...]
    lead: Text = ()


class Picture(Struct, frozen=True):
    """The days at a glance, as SVG: wide for paper, narrow for a phone.

    Attributes:
        legend: the marks on the wide one that are to be explained.
    """

    wide: str
    narrow: str
    legend: tuple[Mark, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """The patient's sheet.

    Attributes:
        mark: tells an earlier sheet of the same plan.
        day: the day of the sheet.
        says: the words that are the same on every sheet.
        clinic: whose sheet it is.
        heading: what the page is headed.
        title: the document's title.
        made: the reference, and the day of the sheet.
        lead: how many appointments, and how long.
        is_list: appointments are a list; else they are cards.
        columns: of the list: what is allowed again from a day on.
        rows: the appointments, and what begins and ends between them, in date order.
        later: what is still to be arranged.
        care: what holds for each appointment, and at home.
        picture: the days at a glance; null where there are none.
        questions: what the patient is to tell.
        expected: what to expect.
        foreign: the language of each text that is not in the sheet's.
    """

    mark: str
    day: date
    language: str
    says: dict[str, str]
    clinic: ClinicConfig
    heading: str
    title: str
    made: Text
    lead: Text
    is_list: bool
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    later: tuple[Text, ...]
    care: tuple[Panel, ...]
    picture: Picture | None
    questions: Panel | None
    expected: Panel | None
    foreign: dict[str, str] = {}

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of the appointments."""
        return tuple(row.code for row in self.rows if isinstance(row, AppointmentRow))
