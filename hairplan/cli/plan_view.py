"""A plan as text: at a glance in a terminal, as records in a pipe, or all there is to say of it."""

import shlex
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from msgspec import Struct, structs

from hairplan.cli.delivery import STDOUT, render_document
from hairplan.cli.terminal import shows_color, shows_glyphs, width
from hairplan.clinic.settings import ClinicConfig, Settings, View
from hairplan.errors import InputError
from hairplan.plan import Plan
from hairplan.protocol.model import Protocol

if TYPE_CHECKING:
    from hairplan.show.errands import Commands
    from hairplan.show.segments import Look

VIEWS: Final = get_args(View)


class PlanView(Struct, frozen=True, kw_only=True):
    """How a plan is shown.

    Attributes:
        form: the form that was asked for, such as "table".
        full: all there is to say of it.
        treatment: what a command names the treatment by; by default its id.
        plan_file: the plan's file; null for a plan that is not kept.
        output: the file that it goes to.
        clinic: what a patient's sheet says of the clinic.
        protocol: the protocol that the plan follows; null where no patient reads it.
        language: the language that the patient reads; null for the clinic's.
        catalogs: the folder of the clinic's own catalogs; null for none.
    """

    form: str
    full: bool
    treatment: str | None = None
    plan_file: Path | None = None
    output: Path | None = None
    clinic: ClinicConfig = ClinicConfig()
    protocol: Protocol | None = None
    language: str | None = None
    catalogs: Path | None = None

    def for_patient(
        self, protocol: Protocol, language: str | None, settings: Settings
    ) -> "PlanView":
        """Return the view with what the words of a patient's sheet depend on.

        Args:
            protocol: the protocol that the plan follows.
            language: the patient's own; null for the clinic's.
            settings: the clinic's.
        """
        code = language or settings.setting("language").value
        return structs.replace(
            self, protocol=protocol, language=code, catalogs=settings.config.catalogs
        )


def wants_full(settings: Settings, *, asked: bool) -> bool:
    """Return whether all of a plan is shown, as was asked for here or in the settings.

    Args:
        asked: the --full option.
        settings: the settings of this machine.

    Raises:
        InputError: the settings have another word than there are views.
    """
    setting = settings.setting("view")
    if setting.value not in VIEWS:
        views = ", ".join(VIEWS)
        raise InputError(f"{setting.origin}: no view '{setting.value}'; there are: {views}")
    return asked or setting.value == "full"


def render_plan(plan: Plan, today: date, view: PlanView) -> str:
    """Render a plan in one of the forms."""
    if view.form == "json":
        from hairplan.show.json import render_json

        return render_json(plan)
    if view.form == "csv":
        from hairplan.show.csv import render_csv

        return render_csv(plan)
    if view.form == "plain" and not view.full:
        from hairplan.show.records import render_records

        return render_records(plan, today, commands_of(plan, view))
    if view.form == "table" and not view.full:
        return _at_a_glance(plan, today, view)
    from hairplan.show.plan import plan_document

    return render_document(plan_document(plan), view.form, view.output)


def _at_a_glance(plan: Plan, today: date, view: PlanView) -> str:
    from hairplan.show.desk import Desk, desk_lines
    from hairplan.show.segments import render_segments

    is_file = view.output not in {None, STDOUT}
    lines = desk_lines(plan, Desk(today, width(), commands_of(plan, view)))
    text = render_segments(lines, _look(is_file=is_file))
    # By this a file is known again as one of the same plan.
    sign = f"({plan.protocol.id} {plan.protocol.version}) plan {plan.id}\n"
    return text + sign if is_file else text


def commands_of(plan: Plan, view: PlanView) -> "Commands":
    """Return the commands that go on from a plan."""
    from hairplan.show.errands import Commands

    plan_file = shlex.quote(str(view.plan_file)) if view.plan_file else None
    return Commands(view.treatment or plan.protocol.id, plan_file)


def _look(*, is_file: bool) -> "Look":
    from hairplan.show.segments import GLYPHS, Look

    if is_file:
        return Look()
    return Look(shows_color(sys.stdout), not shows_glyphs(sys.stdout, GLYPHS))
