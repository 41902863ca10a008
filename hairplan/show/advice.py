"""The advice on a plan that goes into a file: all that a careful colleague would say of it.

Conventions: `!` is for what has to be seen to; of each sort there is one line, and of what is in
order none. Where the start is past, that comes in place of all that is late because of it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from hairplan.plan import Plan
from hairplan.show.errands import Commands, errands, questions
from hairplan.show.warnings import plan_warnings
from hairplan.words import format_count, format_date

_SLIP_OF_A_YEAR: Final = 180
"""From so many days on, it is rather the year than the day that was typed wrongly."""


def advice_lines(plan: Plan, today: date, commands: Commands) -> Iterator[str]:
    """Yield what there is to say of a plan, in four lines at most; of one without dates nothing."""
    if plan.problem is None:
        yield from _warning(plan, today)
        yield from _questions(plan, commands)
        yield from _blocking(plan)
        yield from _proposals(plan)


def _warning(plan: Plan, today: date) -> Iterator[str]:
    """Yield the gravest warning."""
    if any(remark.code == "start-past" for remark in plan.remarks):
        days = (today - plan.start).days
        what = "year" if days >= _SLIP_OF_A_YEAR else "day"
        before = f"{format_count(days, 'day')} before today"
        yield f"! it starts on {format_date(plan.start)}, {before}: is the {what} right?"
        return
    if texts := [text for text, *_ in plan_warnings(plan)]:
        more = f"; and {format_count(len(texts) - 1, 'more warning')}" if texts[1:] else ""
        yield f"! {texts[0]}{more}"


def _questions(plan: Plan, commands: Commands) -> Iterator[str]:
    found = questions(plan)
    grave = sum(question.could_refuse for question in found)
    if found:
        could = f", {grave} could refuse it" if grave else ""
        start = "!" if grave else " "
        yield f"{start} {format_count(len(found), 'question')} open{could}: {commands.ask}"


def _blocking(plan: Plan) -> Iterator[str]:
    """Yield what has to be done before the next session that is blocked may take place."""
    found = [errand for errand in errands(plan) if errand.blocks]
    if found:
        ours = [errand for errand in found if errand.sessions == found[0].sessions]
        what = "; ".join(
            f"if {errand.only_if}: {errand.label}" if errand.only_if else errand.label
            for errand in ours
        )
        yield f"! first, before {found[0].sessions}: {what}"


def _proposals(plan: Plan) -> Iterator[str]:
    open_days = [session for session in plan.dated if session.is_ahead and not session.booked]
    if open_days:
        count = format_count(len(plan.dated), "appointment")
        verb = "is a proposal" if len(open_days) == 1 else "are proposals"
        yield f"  {len(open_days)} of {count} {verb}, not booked"
