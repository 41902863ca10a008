"""The stages in which things are allowed again, in rows of their own on the sheet."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from hairplan.plan import PlannedRestriction
from hairplan.plan_parts import PlannedStage, StagePeriod
from hairplan.sheet.care import DatedTurn
from hairplan.sheet.model import TurnRow
from hairplan.sheet.words import Catalog, Text, opened


def stage_turns(
    restrictions: Sequence[PlannedRestriction],
    unseen: Collection[str],
    catalog: Catalog,
    today: date,
) -> Iterator[DatedTurn]:
    """Yield the rows of the stages that have not ended by a day.

    Args:
        restrictions: the plan's.
        unseen: the appointments that are neither ahead nor over.
        catalog: the words.
        today: the day of the sheet.
    """
    for restriction in restrictions:
        for stage in restriction.stages:
            what = opened(catalog.patient_words(stage.label))
            if restriction.applies == "unknown":
                what = catalog.tell("concerned", what=what)
            for period in stage.ideal:
                is_over = period.last is not None and period.last < today
                if period.session not in unseen and not is_over:
                    sooner = find_sooner(stage, period)
                    least = sooner if sooner and sooner.first >= today else None
                    row = TurnRow("free", _stage_text(period, least, what, catalog))
                    yield DatedTurn(max(period.first, today), row)


def find_sooner(stage: PlannedStage, period: StagePeriod) -> StagePeriod | None:
    """Return a stage's period by the least length, where that begins on an earlier day."""
    sooner = (
        least
        for least in stage.at_least
        if least.session == period.session and least.first < period.first
    )
    return next(sooner, None)


def _stage_text(
    period: StagePeriod, sooner: StagePeriod | None, what: str, catalog: Catalog
) -> Text:
    day = catalog.moment(period.first, period.begin_at, year=True)
    least: str | Text = ""
    if sooner:
        least = catalog.say("earliest", day=catalog.moment(sooner.first, sooner.begin_at))
    if period.last is None:
        return catalog.say("stage", day=day, least=least, what=what)
    end = catalog.day(period.last)
    return catalog.say("stage_to", day=day, least=least, end=end, what=what)
