"""`hairplan status`: where a patient is on a day: done, next, overdue, in force, to ask."""

from typing import Final

from hairplan.cli.delivery import chosen_format, deliver, deliver_paged, render_document
from hairplan.cli.desk import DESK_FORMS
from hairplan.cli.options import Environment, PlanArgument, ResultOptions, ViewOptions, takes
from hairplan.cli.plan_files import open_plan
from hairplan.clinic.settings import load_clinic

FORMATS: Final = ("table", "plain", "json", "markdown")


@takes(PlanArgument, ViewOptions, ResultOptions, Environment)
def status(
    argument: PlanArgument, view: ViewOptions, result: ResultOptions, environment: Environment
) -> None:
    """Show where a patient is: done, next, overdue, what is in force today, what to ask.

    --full shows the questions, the tasks and the reasons as well; so do Markdown and JSON.
    """
    form = chosen_format(result.form, result.output, FORMATS)
    opened = open_plan(argument.plan, load_clinic(environment.config))
    today = opened.today(environment)
    plan = opened.plan(today)
    from hairplan.clinic.settings import protocols_folder
    from hairplan.follow.newer_protocol import PresentProtocols
    from hairplan.follow.status import find_status

    protocols = PresentProtocols(protocols_folder(environment.protocols, environment.config))
    newer = protocols.describe_newer(plan, opened.file, opened.path)
    standing = find_status(plan, opened.file, today, newer)
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(standing)
    elif form in DESK_FORMS and not view.full:
        from hairplan.show.status_desk import StatusView, status_desk

        desk = StatusView(plan=plan, status=standing, path=opened.path, plain=form == "plain")
        text = render_document(status_desk(desk), form, result.output)
    else:
        from hairplan.show.status import status_document

        text = render_document(status_document(plan, standing), form, result.output)
    (deliver_paged if view.full else deliver)(text, result, "the status")
