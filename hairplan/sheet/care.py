"""Care around the appointments: on their cards, or in rows of its own between them.

Conventions:

* The ideal length leads; the least stands in brackets, always with the same words.
* A restriction that begins anew with each appointment is told with the appointment. Any other
  period has a row where it begins, and one where it ends.
* What is over by the day of the sheet is not on it, nor what surrounds appointments alone whose
  days are still far off.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from hairplan.plan import Plan, PlannedRestriction
from hairplan.plan_parts import PlannedStage, RestrictedPeriod
from hairplan.planner.restrictions import alike
from hairplan.planner.stages import has_steps
from hairplan.sheet.model import TurnRow
from hairplan.sheet.words import Catalog, Text, opened, plain

_DAY = timedelta(days=1)


class CarePeriod(Struct, frozen=True):
    """Days on which something is avoided.

    Attributes:
        ideal: by the ideal length.
        least: the pieces of it by the least length.
        session: the appointment that it begins with; null for any other.
    """

    ideal: RestrictedPeriod
    least: tuple[RestrictedPeriod, ...]
    session: str | None

    @property
    def end(self) -> date:
        """The day from which on nothing is to be avoided."""
        return self.ideal.resume_on or self.ideal.last + _DAY

    @property
    def may_end_earlier(self) -> bool:
        """Whether it ends earlier by the least length."""
        return bool(self.least) and self.least[-1].last < self.ideal.last

    @property
    def may_begin_later(self) -> bool:
        """Whether it begins later by the least length."""
        return bool(self.least) and self.least[0].first != self.ideal.first


class Care(Struct, frozen=True):
    """Restrictions that last alike, in the patient's words.

    Attributes:
        names: their short names.
        labels: what to avoid.
        doubtful: the same, with a word of doubt where it hangs on an open answer.
        stops: it is stopped and taken up again.
        periods: from when to when.
        id: the first restriction's id.
        only_if: the missing answers that it hangs on; null where it is sure.
        stages: what is allowed again in turn.
    """

    names: str
    labels: str
    doubtful: str
    stops: bool
    periods: tuple[CarePeriod, ...]
    id: str
    only_if: str | None
    stages: tuple[PlannedStage, ...] = ()

    @property
    def by_session(self) -> dict[str, CarePeriod]:
        """The periods that begin with an appointment."""
        return {period.session: period for period in self.periods if period.session}


class DatedTurn(Struct, frozen=True):
    """A row between appointments with its day, and whether it follows the day's appointment."""

    day: date
    row: TurnRow
    after_appointment: bool = False


def care_of(
    restrictions: Sequence[PlannedRestriction],
    ahead: Mapping[str, date],
    unseen: Collection[str],
    today: date,
    catalog: Catalog,
) -> tuple[Care, ...]:
    """Return what to avoid from today on.

    Args:
        restrictions: the plan's.
        ahead: the days of the appointments that are on the sheet.
        unseen: the appointments that are neither ahead nor over.
        today: the day of the sheet.
        catalog: the words.
    """
    found: list[Care] = []
    for group in alike(restrictions):
        periods = tuple(
            _period(group[0], ideal, ahead)
            for ideal in group[0].ideal
            if any(session not in unseen for session in ideal.sessions)
        )
        periods = tuple(each for each in periods if each.ideal.goes_on or each.end > today)
        if periods:
            found.append(_care(group, periods, catalog))
    return tuple(found)


def _care(
    group: Sequence[PlannedRestriction], periods: tuple[CarePeriod, ...], catalog: Catalog
) -> Care:
    first = group[0]
    stops = first.label in catalog.stopped
    words = _words(group, catalog)
    return Care(*words, stops, periods, first.id, first.only_if, first.stages)


def _period(
    restriction: PlannedRestriction, ideal: RestrictedPeriod, ahead: Mapping[str, date]
) -> CarePeriod:
    least = tuple(
        piece for piece in restriction.at_least if ideal.first <= piece.first <= ideal.last
    )
    begins_with_it = (
        len(ideal.sessions) == 1
        and ideal.first == ahead.get(ideal.sessions[0])
        and ideal.resume_on is not None
    )
    return CarePeriod(ideal, least, ideal.sessions[0] if begins_with_it else None)


def _words(group: Sequence[PlannedRestriction], catalog: Catalog) -> tuple[str, str, str]:
    """Return the words of restrictions that last alike: names, labels, and labels with doubt."""
    names = [
        catalog.names.get(restriction.label, restriction.id.replace("-", " "))
        for restriction in group
    ]
    labels = catalog.dates["semicolon"].join(
        catalog.patient_words(restriction.label) for restriction in group
    )
    if has_steps(group[0]):
        labels = catalog.tell("in_steps", what=labels)
    is_open = group[0].applies == "unknown"
    doubtful = catalog.tell("concerned", what=labels) if is_open else labels
    return catalog.join(names), labels, doubtful


def is_between(day: date | None, first: date, end: date) -> bool:
    """Return whether there is a day, and it lies before another, but not before the first."""
    return day is not None and first <= day < end


def free_from(period: RestrictedPeriod) -> tuple[date, datetime | None]:
    """Return the day from which on a period is over, and the moment where it is known."""
    at = period.resume_at
    day = at.date() if at else period.resume_on
    assert day is not None, "what ends with an appointment has no such day"
    return day, at


class CareWording:
    """Words what to avoid, in one language, as on a given day."""

    def __init__(
        self, catalog: Catalog, today: date, ahead: Collection[date], again: date | None = None
    ) -> None:
        """Take the language, and the days that there are.

        Args:
            catalog: the words.
            today: the day of the sheet.
            ahead: the days of the appointments that are on it.
            again: the first day for which something is proposed that did not take place.
        """
        self.catalog = catalog
        self.today = today
        self.ahead = ahead
        self.again = again

    # ---- with an appointment ----

    def after(self, care: Care, session: str, *, is_first: bool) -> Text:
        """Say what to avoid after an appointment, in full where it is said for the first time."""
        period = care.by_session[session]
        name = "until" if is_first else "again"
        values: dict[str, str | Text] = {
            "end": self._end(period),
            "what": care.doubtful,
            "names": care.names,
        }
        if period.ideal.resume_at:
            return self.catalog.say(name, **values)
        values["free"] = self._free(period.ideal)
        return self.catalog.say(f"{name}_free", **values, least=self._earliest(period))

    def still(self, care: Care, session: str) -> Text:
        """Say before an appointment what goes on through it; nothing where nothing does."""
        if any(session in period.ideal.sessions[1:] for period in care.periods):
            return self.catalog.say("still", what=care.labels)
        return ()

    def cell(self, care: Care, session: str) -> Text:
        """Say from when on it is allowed again after an appointment; nothing where it is not so."""
        period = care.by_session.get(session)
        if period is None:
            return ()
        least = f" ({plain(self._free(period.least[-1]))})" if period.may_end_earlier else ""
        return self.catalog.say("cell", day=self._free(period.ideal), least=least)

    def in_list(self, care: Care) -> Text:
        """Say what to avoid after each appointment, where the days are in the list."""
        has_least = any(period.may_end_earlier for period in care.by_session.values())
        what = opened(care.doubtful)
        return self.catalog.say("see_list_least" if has_least else "see_list", what=what)

    # ---- between appointments ----

    def turns(self, care: Care) -> Iterator[DatedTurn]:
        """Yield the rows of what begins and ends between appointments."""
        for period in care.periods:
            if period.session:
                continue
            begin = max(period.ideal.first, self.today)
            with_visit = period.ideal.first in self.ahead
            yield DatedTurn(begin, TurnRow("begin", self._begin(care, period)), with_visit)
            if period.ideal.resume_on:
                yield DatedTurn(period.end, TurnRow("free", self._over(care, period)))

    def _begin(self, care: Care, period: CarePeriod) -> Text:
        ideal = period.ideal
        ends = ideal.resume_on is not None
        values: dict[str, str | Text] = {"what": care.doubtful, "end": self._end(period)}
        pieces = self._pieces(period)
        before = "before" if ideal.ends_with == "the appointment" else "before_day"
        if ideal.goes_on:
            before = "open"
        if ideal.first < self.today:
            name = "running" if ends else f"running_{before}"
            return self.catalog.say(name, **values, pieces=pieces)
        values["begin"] = self.catalog.moment(ideal.first, ideal.begin_at, year=True)
        values["least"] = self._latest(period)
        return self.catalog.say("begin" if ends else f"begin_{before}", **values, pieces=pieces)

    def _over(self, care: Care, period: CarePeriod) -> Text:
        free = self._free(period.ideal, year=True)
        least = self._earliest(period)
        name = "resume" if care.stops else "free"
        unless = self._unless(period.end)
        return self.catalog.say(name, free=free, least=least, names=care.names, unless=unless)

    def _unless(self, day: date) -> str:
        """Say that something is over on a day unless a visit before it begins it again."""
        return self.catalog.says["unless"] if is_between(self.again, self.today, day) else ""

    def instructions(self, plan: Plan, unseen: Collection[str]) -> Iterator[DatedTurn]:
        """Yield the rows of what has no end but the clinic's word; of those begun, the last."""
        for one in plan.instructions:
            pairs = zip(one.begins, one.sessions, strict=True)
            begins = [begin for begin, session in pairs if session not in unseen]
            begun = [begin for begin in begins if begin < self.today]
            what = self.catalog.patient_words(one.label)
            length = self.catalog.patient_words(one.how_long)
            if one.applies == "unknown":
                what = self.catalog.tell("concerned", what=what)
            for begin in [*begun[-1:], *(begin for begin in begins if begin >= self.today)]:
                day = self.catalog.day(begin, year=True)
                text = self.catalog.say("instruction", day=day, what=what, length=length)
                yield DatedTurn(max(begin, self.today), TurnRow("begin", text), begin in self.ahead)

    # ---- days ----

    def _end(self, period: CarePeriod) -> Text:
        """Say up to when something is avoided: the last day, or the moment."""
        if period.ideal.resume_at:
            return self._free(period.ideal)
        return self.catalog.say("through", day=self.catalog.day(period.ideal.last))

    def _free(self, period: RestrictedPeriod, *, year: bool = False) -> Text:
        """Say from when on it is allowed again."""
        day, at = free_from(period)
        return self.catalog.moment(day, at, year=year)

    def _earliest(self, period: CarePeriod) -> str | Text:
        # A day that has passed would only puzzle who reads it.
        if not period.may_end_earlier or free_from(period.least[-1])[0] < self.today:
            return ""
        return self.catalog.say("earliest", day=self._free(period.least[-1]))

    def _latest(self, period: CarePeriod) -> str | Text:
        if not period.may_begin_later:
            return ""
        return self.catalog.say("latest", day=self.catalog.day(period.least[0].first))

    def _pieces(self, period: CarePeriod) -> str | Text:
        """Say the pieces of the least length, where it leaves days free between them."""
        ahead = [piece for piece in period.least if piece.last >= self.today]
        pieces = [self.catalog.from_to(piece.first, piece.last) for piece in ahead]
        if len(pieces) <= 1:
            return ""
        return self.catalog.say("pieces", periods=self.catalog.join(pieces))
