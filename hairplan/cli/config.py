"""`hairplan config`: each value that the clinic states once, and where it came from."""

import os
from typing import TYPE_CHECKING, Final

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Environment, ResultOptions, takes
from hairplan.clinic.settings import (
    ADDING_UP,
    NAMES,
    ClinicConfig,
    Setting,
    config_path,
    load_settings,
)

if TYPE_CHECKING:
    from hairplan.show.document import Document

FORMATS: Final = ("table", "plain", "json", "markdown")


@takes(ResultOptions, Environment)
def config(result: ResultOptions, environment: Environment) -> None:
    """Show the clinic's settings, and whether each is from the environment, a file or default."""
    today_from(environment.today)
    form = chosen_format(result.form, result.output, FORMATS)
    settings = load_settings(environment.config, environment.protocols)
    shown = [settings.setting(name) for name in NAMES]
    for name in ADDING_UP:
        shown += [stated for stated in settings.stated(name) if stated not in shown]
    folder = settings.protocols or config_path(environment.config)[0].parent / "protocols"
    there = "" if settings.protocols else " (there is none yet)"
    shown.append(Setting("protocols", f"{folder}{there}", _folder_origin(environment)))
    for treatment, own in sorted(settings.config.treatments.items()):
        shown += [
            Setting(f"{treatment}.{name}", _format_value(value), str(settings.path))
            for name in own.__struct_fields__
            if (value := getattr(own, name)) not in (None, {})
        ]
    shown += [
        Setting(f"calendar.{place}", template, str(settings.path))
        for place, template in settings.config.calendar.templates()
    ]
    if settings.config.calendar.name:
        shown.append(Setting("calendar.name", settings.config.calendar.name, str(settings.path)))
    clinic = settings.config.clinic
    shown += [
        Setting(f"clinic.{name}", _format_value(value), str(settings.path))
        for name in clinic.__struct_fields__
        if (value := getattr(clinic, name)) != getattr(ClinicConfig(), name)
    ]
    path, _ = config_path(environment.config)
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(shown)
    else:
        document = _document(shown, str(path), exists=settings.path is not None)
        text = render_document(document, form, result.output)
    deliver(text, result, "the settings")


def _folder_origin(environment: Environment) -> str:
    """Return what names the folder of the clinic's own protocols."""
    if environment.protocols:
        return "--protocols"
    return "HAIRPLAN_PROTOCOLS" if os.environ.get("HAIRPLAN_PROTOCOLS") else "beside the file"


def _format_value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={choice}" for name, choice in value.items())
    return "yes" if value is True else str(value)


def _document(settings: list[Setting], path: str, *, exists: bool) -> "Document":
    from hairplan.show.document import Document, Line, Section, TableRow

    rows = tuple(
        TableRow((setting.name, setting.value or "-", setting.origin)) for setting in settings
    )
    there = "" if exists else " (there is none yet)"
    head = (Line(f"configuration file: {path}{there}"),)
    return Document("Settings", head, (Section("", ("Setting", "Value", "From"), rows),))
