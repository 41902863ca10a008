"""The advice on a plan that goes into a file, as the person who writes it does not see the plan."""

from datetime import date

from hairplan.cli.delivery import STDOUT, is_rehearsal
from hairplan.cli.options import ResultOptions
from hairplan.cli.plan_view import PlanView, commands_of
from hairplan.cli.terminal import say
from hairplan.plan import Plan


def say_advice(
    plan: Plan, today: date, view: PlanView, result: ResultOptions, *, is_split: bool = False
) -> None:
    """Say what there is to say of a plan that was written into a file, or into a folder."""
    is_file = is_split or result.output not in {None, STDOUT}
    if not is_file or is_rehearsal(result):
        return
    from hairplan.show.advice import advice_lines

    for line in advice_lines(plan, today, commands_of(plan, view)):
        say(line)
