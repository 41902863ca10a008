"""`hairplan config`: each value that the clinic states once, and where it came from."""

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from msgspec import structs

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Environment, ResultOptions, takes
from hairplan.clinic.settings import (
    ADDING_UP,
    NAMES,
    ClinicConfig,
    Setting,
    Settings,
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
    shown += _of_file_alone(settings)
    path, _ = config_path(environment.config)
    if form == "json":
        from hairplan.show.json import render_json

        text = render_json(shown)
    else:
        if form == "table":
            shown = _brief(shown, str(settings.path))
        document = _document(shown, str(path), exists=settings.path is not None)
        text = render_document(document, form, result.output)
    deliver(text, result, "the settings")


def _of_file_alone(settings: Settings) -> Iterator[Setting]:
    """Yield what only the file can say: of treatments, of calendars and of the clinic."""
    config, origin = settings.config, str(settings.path)
    for treatment, own in sorted(config.treatments.items()):
        for name in own.__struct_fields__:
            if (value := getattr(own, name)) not in (None, {}):
                yield Setting(f"{treatment}.{name}", _format_value(value), origin)
    for place, template in config.calendar.templates():
        yield Setting(f"calendar.{place}", template, origin)
    if config.calendar.name:
        yield Setting("calendar.name", config.calendar.name, origin)
    for name in config.clinic.__struct_fields__:
        if (value := getattr(config.clinic, name)) != getattr(ClinicConfig(), name):
            yield Setting(f"clinic.{name}", _format_value(value), origin)


def _brief(settings: Iterable[Setting], path: str) -> list[Setting]:
    """Return settings without the path of their file, which stands at the top of the table."""
    return [
        structs.replace(setting, origin="the file") if setting.origin == path else setting
        for setting in settings
    ]


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
