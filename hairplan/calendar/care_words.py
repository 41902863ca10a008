"""Sentences of a patient's calendar on care: with an appointment, or on a day of its own.

The ideal length leads, and the least stands in brackets, as on the sheet.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from hairplan.calendar.changes import CareEntry, Stretch, VisitCare
from hairplan.calendar.patient_words import PatientWords, unbound
from hairplan.plan_parts import PlannedStage, RestrictedPeriod, StagePeriod
from hairplan.sheet.care import free_from, is_between
from hairplan.sheet.stages import find_sooner
from hairplan.sheet.words import opened


class CareSentences:
    """Words periods of care, in one language."""

    def __init__(
        self, words: PatientWords, questions: Mapping[str, str], again: date | None
    ) -> None:
        """Take the language, and what else the sentences depend on.

        Args:
            words: the language.
            questions: the open questions by their names.
            again: the first day for which something is proposed that did not take place.
        """
        self.words = words
        self.questions = questions
        self.again = again

    # ---- in full ----

    def with_visit(self, care: VisitCare, day: date) -> Iterator[str]:
        """Yield what is over on an appointment's day, what goes on, and what begins."""
        for stretch in care.over:
            yield self._asked(stretch, self._over(stretch))
        for stretch in care.still:
            yield self._asked(stretch, self.words.say("still", what=stretch.care.labels))
        for stretch in care.begins:
            is_after = stretch.first == day and stretch.free is not None
            yield self._asked(stretch, self._until(stretch) if is_after else self._begin(stretch))
            yield from self._stages(stretch)

    def between(self, entry: CareEntry) -> Iterator[str]:
        """Yield what is over and what begins, on a day of its own or soon."""
        for stretch in entry.over:
            yield self._asked(stretch, self._over(stretch))
        for stretch in entry.begins:
            yield self._asked(stretch, self._begin(stretch))
            yield from self._stages(stretch)

    def of_period(self, stretch: Stretch, *, in_full: bool) -> Iterator[str]:
        """Yield from when to when something is avoided, and when it is over."""
        if in_full:
            yield self._asked(stretch, self._begin(stretch))
            yield from self._stages(stretch)
            if stretch.free:
                yield self._asked(stretch, self._over(stretch))
            return
        yield self._begins_in_brief(stretch)
        if stretch.free:
            yield self.words.say("brief_over", free=self._free(stretch.period.ideal, year=True))

    # ---- in brief ----

    def in_brief(self, care: VisitCare) -> Iterator[str]:
        """Yield how long what begins or goes on lasts, without saying what it is."""
        both = (*care.begins, *care.still)
        if any(stretch.goes_on and stretch.is_sure for stretch in both):
            return
        ends = [(stretch.free, stretch) for stretch in both if stretch.free]
        if ends:
            _, last = max(ends, key=lambda end: end[0])
            yield self.words.say("brief_until", end=self._end(last))

    def between_in_brief(self, entry: CareEntry) -> Iterator[str]:
        """Yield that care is over or begins."""
        for stretch in entry.over[-1:]:
            yield self.words.say("brief_over", free=self._free(stretch.period.ideal, year=True))
        for stretch in entry.begins[:1]:
            yield self._begins_in_brief(stretch)

    def _begins_in_brief(self, stretch: Stretch) -> str:
        ideal = stretch.period.ideal
        begin = self.words.moment(ideal.first, ideal.begin_at, year=True)
        return self.words.say("brief_begins", begin=begin)

    # ---- sentences ----

    def _asked(self, stretch: Stretch, sentence: str) -> str:
        return self.words.ask(stretch.care.only_if, sentence, self.questions)

    def _until(self, stretch: Stretch) -> str:
        """Say up to when to avoid what begins with an appointment, and from when on it is free."""
        ideal, what = stretch.period.ideal, stretch.care.labels
        if ideal.resume_at:
            return self.words.say("until", end=self._end(stretch), what=what)
        return self.words.say(
            "until_free",
            end=self._end(stretch),
            what=what,
            free=self._free(ideal),
            least=self._earliest(stretch) + self._unless(stretch),
        )

    def _begin(self, stretch: Stretch) -> str:
        """Say from when to when to avoid what has a beginning of its own."""
        ideal = stretch.period.ideal
        values = {
            "begin": self.words.moment(ideal.first, ideal.begin_at, year=True),
            "least": self._latest(stretch),
            "what": stretch.care.labels,
        }
        if stretch.ends_with is None or stretch.goes_on:
            return self.words.say("begin_open", **values)
        if stretch.free is None and ideal.ends_with == "that day":
            return self.words.say("begin_before_day", **values, end=self._end(stretch))
        if stretch.free is None:
            return self.words.say("begin_before", **values)
        pieces = self._pieces(stretch)
        return self.words.say("begin", **values, end=self._end(stretch), pieces=pieces)

    def _over(self, stretch: Stretch) -> str:
        free = self._free(stretch.period.ideal, year=True)
        least = self._earliest(stretch)
        names, unless = stretch.care.names, self._unless(stretch)
        return self.words.say("freed", free=free, least=least, names=names, unless=unless)

    def _unless(self, stretch: Stretch) -> str:
        """Say that something is over unless a visit that is proposed begins it again."""
        is_open = is_between(self.again, stretch.first, stretch.period.end)
        return self.words.say("unless") if is_open else ""

    def _stages(self, stretch: Stretch) -> Iterator[str]:
        """Yield what is allowed again in turn, after each appointment of a period."""
        for stage in stretch.care.stages:
            for period in stage.ideal:
                if period.session in stretch.period.ideal.sessions:
                    yield self._asked(stretch, self._stage(stage, period))

    def _stage(self, stage: PlannedStage, period: StagePeriod) -> str:
        sooner = find_sooner(stage, period)
        values = {
            "day": self.words.moment(period.first, period.begin_at),
            "least": "",
            "what": opened(self.words.catalog.patient_words(stage.label)),
        }
        if sooner:
            day = self.words.moment(sooner.first, sooner.begin_at)
            values["least"] = self.words.say("earliest", day=day)
        if period.last is None:
            return self.words.say("stage", **values)
        return self.words.say("stage_to", **values, end=self.words.day(period.last))

    # ---- days ----

    def _end(self, stretch: Stretch) -> str:
        ideal = stretch.period.ideal
        if ideal.resume_at:
            return self._free(ideal)
        return self.words.say("through", day=self.words.day(ideal.last))

    def _free(self, period: RestrictedPeriod, *, year: bool = False) -> str:
        day, at = free_from(period)
        return self.words.moment(day, at, year=year)

    def _earliest(self, stretch: Stretch) -> str:
        if not stretch.period.may_end_earlier:
            return ""
        return self.words.say("earliest", day=self._free(stretch.period.least[-1]))

    def _latest(self, stretch: Stretch) -> str:
        if not stretch.period.may_begin_later:
            return ""
        return self.words.say("latest", day=self.words.day(stretch.period.least[0].first))

    def _pieces(self, stretch: Stretch) -> str:
        pieces = stretch.period.least
        if len(pieces) <= 1:
            return ""
        return self.words.say("pieces", periods=self._join(pieces))

    def _join(self, pieces: Iterable[RestrictedPeriod]) -> str:
        catalog = self.words.catalog
        days = tuple((each.first, each.last) for each in pieces)
        return self.words.once(
            days, lambda: unbound(catalog.join([catalog.from_to(*ends) for ends in days]))
        )
