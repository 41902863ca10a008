"""An appointment for a phone's calendar: as a QR code on paper, as a file on the phone itself.

The code holds a bare event with a neutral title and nothing else, as small as it can be, so that a
phone reads it from 22 mm of paper.
"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from hairplan.dates.clock import in_utc, minutes_from
from hairplan.identity import uid
from hairplan.plan import Session
from hairplan.sheet.model import Code
from hairplan.sheet.qr import qr_image
from hairplan.sheet.words import Catalog, plain
from hairplan.words import duration_minutes


class CodeMaker:
    """Makes the codes of one plan's appointments."""

    def __init__(self, plan_id: str, today: date, catalog: Catalog) -> None:
        self.plan_id = plan_id
        self.today = today
        self.catalog = catalog

    def code(self, session: Session, number: int) -> Code:
        """Return the code of an appointment."""
        day = plain(self.catalog.moment(session.on, session.time, year=True))
        event = [f"SUMMARY:{self.catalog.says['appointment']}", *_when(session)]
        return Code(
            self.catalog.tell("code", moment=day),
            day,
            qr_image("\n".join(["BEGIN:VEVENT", *event, "END:VEVENT"])),
            f"appointment-{number}.ics",
            b64encode("\r\n".join(self._calendar(session, event)).encode()).decode(),
        )

    def _calendar(self, session: Session, event: list[str]) -> list[str]:
        unique = f"UID:{uid(self.plan_id, session.id)}"
        stamp = f"DTSTAMP:{self.today:%Y%m%d}T000000Z"
        head = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:-//hairplan//sheet//{self.catalog.language.upper()}",
            "BEGIN:VEVENT",
        ]
        return [*head, unique, stamp, *event, "END:VEVENT", "END:VCALENDAR", ""]


def _when(session: Session) -> Iterator[str]:
    """Yield when an appointment begins and ends: a day, a moment in UTC, or one of no zone."""
    if session.time is None:
        yield f"DTSTART;VALUE=DATE:{session.on:%Y%m%d}"
        return
    length = duration_minutes(session.duration or "")
    if session.zone:
        begin = in_utc(session.on, session.time, session.zone)
        moments, mark = (begin, begin + timedelta(minutes=length)), "Z"
    else:
        end = minutes_from(session.on, session.time, length, None)
        moments, mark = (datetime.combine(session.on, session.time), end), ""
    for name, moment in zip(("DTSTART", "DTEND"), moments, strict=True):
        if length or name == "DTSTART":
            yield f"{name}:{moment:%Y%m%dT%H%M%S}{mark}"
