"""`hairplan list`: the treatments, a line each, the clinic's own beside the built-in ones."""

from pathlib import Path
from typing import Final

import typer
from msgspec import Struct

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Environment, ResultOptions, takes
from hairplan.cli.terminal import say_faults
from hairplan.clinic.settings import protocols_folder
from hairplan.errors import LOOK_AT_THIS, InputError

FORMATS: Final = ("table", "plain", "json", "markdown")


class ListedTreatment(Struct, frozen=True):
    """A protocol in one line.

    Attributes:
        id: its name.
        version: its version.
        name: what a person calls it.
        summary: what it is.
        path: the file that it is in, where it is the clinic's own.
    """

    id: str
    version: str
    name: str
    summary: str
    path: str | None


@takes(ResultOptions, Environment)
def list_protocols(result: ResultOptions, environment: Environment) -> None:
    """List the treatments, a line each."""
    today_from(environment.today)
    from hairplan.protocol.catalog import protocol_names

    form = chosen_format(result.form, result.output, FORMATS)
    folder = protocols_folder(environment.protocols, environment.config)
    listed: list[ListedTreatment] = []
    faults: list[str] = []
    for name in protocol_names(folder):
        try:
            listed.append(_listed(name, folder))
        except InputError as error:
            faults += error.faults
    text = _render(listed, form, result.output)
    deliver(text, result, "the list")
    if faults:
        say_faults(tuple(faults))
        raise typer.Exit(LOOK_AT_THIS)


def _listed(name: str, folder: Path | None) -> ListedTreatment:
    from hairplan.protocol.catalog import find_own_file, load_protocol

    protocol, path = load_protocol(name, folder), find_own_file(name, folder)
    return ListedTreatment(
        protocol.id, protocol.version, protocol.name, protocol.summary, str(path) if path else None
    )


def _render(listed: list[ListedTreatment], form: str, output: Path | None) -> str:
    if form == "json":
        from hairplan.show.json import render_json

        return render_json(listed)
    from hairplan.show.document import Document, Section, TableRow

    columns: tuple[str, ...] = ("Treatment", "Name", "What it is")
    rows = tuple(
        TableRow((treatment.id, treatment.name, treatment.summary)) for treatment in listed
    )
    if any(treatment.path for treatment in listed):
        columns = (*columns, "From")
        rows = tuple(
            TableRow((*row.cells, Path(treatment.path).name if treatment.path else "built in"))
            for row, treatment in zip(rows, listed, strict=True)
        )
    return render_document(Document("", (), (Section("", columns, rows),)), form, output)
