"""`hairplan show`: a protocol as a person reads it, as JSON, or as the file itself."""

import sys
from typing import Annotated, Final

from msgspec import Struct

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver_paged, render_document
from hairplan.cli.options import Environment, ResultOptions, TreatmentArgument, takes
from hairplan.cli.terminal import is_terminal
from hairplan.clinic.options import Flag
from hairplan.clinic.settings import protocols_folder
from hairplan.words import replace_controls

FORMATS: Final = ("table", "plain", "json", "markdown")


class ShowOptions(Struct, kw_only=True):
    """The file itself, or the protocol as it is read."""

    toml: Annotated[bool, Flag("The file itself, to start one's own protocol from.")] = False


@takes(TreatmentArgument, ShowOptions, ResultOptions, Environment)
def show(
    argument: TreatmentArgument,
    options: ShowOptions,
    result: ResultOptions,
    environment: Environment,
) -> None:
    """Show a protocol: steps, restrictions, tasks, screening, every figure with its source."""
    from hairplan.protocol.catalog import load_protocol, read_protocol_text

    today_from(environment.today)
    folder = protocols_folder(environment.protocols, environment.config)
    if options.toml:
        text = read_protocol_text(argument.treatment, folder)
        if not result.output and is_terminal(sys.stdout):
            # A file from outside cannot steer the terminal; elsewhere it stays as it is.
            text = "\n".join(replace_controls(line.expandtabs()) for line in text.split("\n"))
    else:
        form = chosen_format(result.form, result.output, FORMATS)
        protocol = load_protocol(argument.treatment, folder)
        if form == "json":
            from hairplan.show.json import render_json

            text = render_json(protocol)
        else:
            from hairplan.show.protocol import protocol_document

            text = render_document(protocol_document(protocol), form, result.output)
    deliver_paged(text, result, argument.treatment)
