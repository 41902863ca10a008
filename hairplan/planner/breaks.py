"""Breaks of the protocol: appointments that are too early, too late, or on a closed day."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Literal

from msgspec import Struct, structs

from hairplan.dates.spans import shift, shift_days
from hairplan.history import Record
from hairplan.plan import Break, Session
from hairplan.planner.apart_breaks import apart_break
from hairplan.planner.default_windows import has_default_window
from hairplan.planner.early import NOT_COUNTED, days_early, describe_early, early_rule
from hairplan.planner.late import Grade, consequence_of, days_late, grade_on
from hairplan.planner.past import Selection
from hairplan.planner.slot import Slot
from hairplan.protocol.figures import fact_ids, find_basis
from hairplan.protocol.step import VisitWindow
from hairplan.request import PlanRequest
from hairplan.words import cite, format_count, format_date

Broken = Literal["early", "late", "near", "closed", "order"]

_A_YEAR: Final = 366


class BreakFinder(Struct, frozen=True):
    """Finds where the appointments of a plan with a past leave the protocol.

    Attributes:
        request: what is asked for by now.
        selection: the chosen days.
        record: what has happened.
    """

    request: PlanRequest
    selection: Selection
    record: Record

    def of_chain(self, session: Session, at: int) -> Break | None:
        """Return where an appointment of the chain leaves the protocol; None if it does not."""
        slot, day = self.selection.layout.slots[at], session.on
        is_done = session.status == "done"
        if broken := self._out_of_order(session, slot):
            return broken
        days_off = self.days_off(at)
        closed = None
        if not is_done and slot.id in self.record.booked:
            closed = self.selection.ground.closed(slot, day)
        if not (days_off or closed):
            return apart_break(session, slot, self.selection.ground)
        what: Broken = "closed" if closed else "late" if days_off > 0 else "early"
        broken = Break(
            session=session.id,
            what=what,
            days=0 if closed else abs(days_off),
            rule=self._rule(session, at, what),
            says=f"booked for {format_date(day)}, which is {closed}",
            nearest=self._nearest(slot, session) if session.booked else day,
            is_done=is_done,
        )
        return broken if closed else structs.replace(broken, says=self._says(broken, session, at))

    def _out_of_order(self, session: Session, slot: Slot) -> Break | None:
        """Return that one before it did not take place, or not before it; None if all is well."""
        booked = f"booked for {format_date(session.on)}"
        if session.status == "done" and (before := self._not_after(session)):
            booked = f"done on {format_date(session.on)}"
            says = f"not after {before}, done on {format_date(self.record.done[before])}"
        elif session.status != "done" and slot.after:
            says = f"but {slot.after} before it did not take place, and has no new day"
        else:
            return None
        return Break(
            session=session.id,
            what="order",
            days=0,
            rule="the order of sessions",
            says=f"{booked}, {says}",
            nearest=None,
            is_done=session.status == "done",
        )

    def _not_after(self, session: Session) -> str | None:
        """Return an earlier one of its step that was done on its day or later; None for none.

        Who gave a reason has settled it.
        """
        if session.id in self.record.reasons:
            return None
        step, _, number = session.id.rpartition("-")
        names = (f"{step}-{earlier}" for earlier in range(1, int(number)))
        days = self.record.done
        return next((name for name in names if days.get(name, date.min) >= session.on), None)

    def days_off(self, at: int) -> int:
        """Return by how many days an appointment lies outside its window; below 0 if too early."""
        if self.selection.layout.slots[at].pinned:
            return 0
        return days_late(self.selection, at) or -days_early(self.selection, at)

    def outside_chain(self, session: Session, slot: Slot) -> Break | None:
        """Return where one outside the chain is ahead on a closed day; None if it is not.

        It was added, or is booked again although later ones of its step were done.
        """
        closed = self._taken(slot, session.on) if session.status == "planned" else None
        if closed is None:
            return None
        return Break(
            session=session.id,
            what="closed",
            days=0,
            rule="an open day",
            says=f"booked for {format_date(session.on)}, which is {closed}",
            nearest=None,
            is_done=False,
        )

    def too_near(self, session: Session, others: Iterable[Session]) -> Break | None:
        """Return where one that was added comes nearer to another than the course's sessions do.

        None where the course has no least distance.

        Args:
            session: the one that was added, which treats.
            others: those that treat, and take place.
        """
        slots = self.selection.layout.slots
        slot = next((slot for slot in slots if slot.step.kind == "session" and slot.low), None)
        if slot is None or slot.low is None:
            return None
        is_done = session.status == "done"
        verb, figure = "done on" if is_done else "booked for", describe_figure(slot, "early")
        for other in others:
            first, last = sorted((other.on, session.on))
            short = (shift(first, slot.low) - last).days
            if short > 0:
                apart = f"{format_count((last - first).days, 'day')} from {other.id}"
                return Break(
                    session=session.id,
                    what="near",
                    days=short,
                    rule=figure,
                    says=f"{verb} {format_date(session.on)}, {apart}: nearer than {figure}",
                    nearest=None,
                    is_done=is_done,
                )
        return None

    def _taken(self, slot: Slot, day: date) -> str | None:
        return self.selection.ground.blocked(slot, day)

    def _says(self, broken: Break, session: Session, at: int) -> str:
        """Say how far an appointment leaves its window, and what follows."""
        slot = self.selection.layout.slots[at]
        verb = "done" if broken.is_done else "booked" if session.booked else ""
        days = format_count(broken.days, "day")
        if broken.what == "early":
            first = shift_days(session.on, broken.days)
            consequence = self._early_consequence(session, slot) if broken.is_done else ""
            return f"{verb} {days} before its earliest day, {first} ({broken.rule}){consequence}"
        if not verb:
            latest = shift_days(session.on, -broken.days)
            return (
                f"cannot keep to the protocol any more: its latest day was {latest}"
                f" ({broken.rule}); the nearest day is {format_date(session.on)}, {days} late"
            )
        follows = consequence_of(self.selection, at, self.request)
        consequence = follows if session.counted else NOT_COUNTED
        return f"{verb} {', and '.join(self._late_facts(session, at))}; {consequence}"

    def _rule(self, session: Session, at: int, what: Broken) -> str:
        """Say which figure an appointment breaks: where its window is kept, that of the rule."""
        slot, grade = self.selection.layout.slots[at], grade_on(self.selection, at)
        is_in_window = session.latest is None or session.on <= session.latest
        if grade and what == "late" and is_in_window:
            return describe_late_figure(slot, grade)
        return describe_figure(slot, what)

    def _late_facts(self, session: Session, at: int) -> Iterator[str]:
        """Say after which days an appointment is late: its window's last, and that of the rule."""
        slot, grade = self.selection.layout.slots[at], grade_on(self.selection, at)
        if session.latest and session.on > session.latest:
            days = format_count((session.on - session.latest).days, "day")
            figure = describe_figure(slot, "late")
            yield f"{days} after its latest day, {session.latest} ({figure})"
        if grade and grade.last:
            days = format_count((session.on - grade.last).days, "day")
            yield f"{days} after {grade.last} ({describe_late_figure(slot, grade)})"

    def _early_consequence(self, session: Session, slot: Slot) -> str:
        said = self.record.counted.get(session.id)
        return describe_early(early_rule(slot.step), said=said, counted=session.counted)

    def _nearest(self, slot: Slot, session: Session) -> date | None:
        """Return the free day of the window nearest to a day, or else the first after it."""
        first = session.earliest or session.on
        last = session.latest or shift_days(session.on, _A_YEAR)
        since = self.record.not_before(slot.id) or date.min
        free = [day for day in _days(first, last) if day >= since and not self._taken(slot, day)]
        if free:
            return min(free, key=lambda day: (abs(day - session.on), day))
        after = (shift_days(max(last, since), number) for number in range(1, _A_YEAR))
        return next((day for day in after if not self._taken(slot, day)), None)


def _days(first: date, last: date) -> Iterator[date]:
    return (shift_days(first, number) for number in range((last - first).days + 1))


def describe_figure(slot: Slot, what: Broken) -> str:
    """Say which figure an appointment breaks, with its source."""
    step = slot.step
    if what == "closed":
        return "an open day"
    if what == "early" and step.early and step.early.before:
        return f"{step.id}.early.before {step.early.before}{_facts(slot, 'early')}"
    # Of two targets it may be the second that counts.
    spacing = "either.spacing" if step.either and slot.follows != slot.anchor else "spacing"
    figure = slot.high if what == "late" else slot.low
    key = f"{spacing}.max" if what == "late" else f"{spacing}.min"
    if figure is None:
        figure, key = slot.tolerance, f"{spacing}.tolerance"
    if figure is None:
        return _describe_window_end(slot, what) or f"{step.id}.limits"
    if step.rate and step.rate.days and not any(each.min or each.max for each in step.spacings):
        return f"{step.id}.rate.days {step.rate.days}{_facts(slot, 'rate.days')}"
    if has_default_window(step):
        return f"{step.id}.{key} {figure}, our default"
    return f"{step.id}.{key} {figure}{_facts(slot, key)}"


def _describe_window_end(slot: Slot, what: Broken) -> str | None:
    """Say which end of its own window an appointment is beyond; None if it has no such window."""
    number = min(slot.number, len(slot.step.offsets))
    window = slot.step.offsets[number - 1] if number else None
    if not isinstance(window, VisitWindow):
        return None
    end = "max" if what == "late" else "min"
    key = f"offsets.{number}.{end}"
    return f"{slot.step.id}.{key} {getattr(window, end)}{_facts(slot, key)}"


def describe_late_figure(slot: Slot, grade: Grade) -> str:
    """Say how long after the one before a rule on late ones holds, with its source."""
    key = f"{slot.step.late_key(grade.number)}.after"
    return f"{slot.step.id}.{key} {grade.rule.after}{_facts(slot, key)}"


def _facts(slot: Slot, figure: str) -> str:
    return cite(fact_ids(find_basis(slot.step, figure).source))
