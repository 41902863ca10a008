"""`hairplan show`: a protocol as a person reads it, as JSON, or as the file itself."""

from typing import Annotated, Final

import typer
from msgspec import Struct

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Environment, ResultOptions, TreatmentArgument, takes
from hairplan.clinic.settings import protocols_folder

FORMATS: Final = ("table", "plain", "json", "markdown")

Toml = Annotated[
    bool, typer.Option("--toml", help="The file itself, to start one's own protocol from.")
]


class ShowOptions(Struct, kw_only=True):
    """The file in place of its reading."""

    toml: Toml = False


@takes(TreatmentArgument, ShowOptions, ResultOptions, Environment)
def show(
    named: TreatmentArgument, shown: ShowOptions, result: ResultOptions, around: Environment
) -> None:
    """Show a protocol: steps, restrictions, tasks, screening, every figure with its source."""
    from hairplan.protocol.catalog import load_protocol, protocol_text

    today_from(around.today)
    folder = protocols_folder(around.protocols, around.config)
    if shown.toml:
        text = protocol_text(named.treatment, folder)
    else:
        form = chosen_format(result.form, result.output, FORMATS)
        protocol = load_protocol(named.treatment, folder)
        if form == "json":
            from hairplan.show.json import render_json

            text = render_json(protocol)
        else:
            from hairplan.show.protocol import protocol_document

            text = render_document(protocol_document(protocol), form, result.output)
    deliver(text, result, named.treatment)
