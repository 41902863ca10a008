"""`hairplan schema`: the format of protocol files, for an editor or for a person."""

from typing import Annotated, Final

import typer
from msgspec import Struct

from hairplan.cli.delivery import STDOUT, chosen_format, deliver
from hairplan.cli.options import Force, Output, ResultOptions, takes
from hairplan.errors import InputError

FORMATS: Final = ("json", "markdown")

Form = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        help="json, a JSON Schema for editors; or markdown, a table of all keys.",
        metavar="FORMAT",
    ),
]


PlanFiles = Annotated[
    bool, typer.Option("--plan-file", help="The format of plan files, as a JSON Schema.")
]


class SchemaOptions(Struct, kw_only=True):
    """In which form, and where to."""

    form: Form = None
    plan_file: PlanFiles = False
    output: Output = None
    force: Force = False


@takes(SchemaOptions)
def schema(wanted: SchemaOptions) -> None:
    """Print the format of protocol files: a JSON Schema for editors, or a table of all keys."""
    if wanted.plan_file and wanted.form not in {None, "json"}:
        raise InputError(f"--format: the format of plan files is JSON Schema, not {wanted.form}")
    asked = wanted.form or ("json" if wanted.output in {None, STDOUT} else None)
    form = chosen_format(asked, wanted.output, FORMATS)
    text = _plan_files() if wanted.plan_file else _render(form)
    deliver(text, ResultOptions(output=wanted.output, force=wanted.force), "the format")


def _plan_files() -> str:
    from hairplan.files.plan_file import plan_file_schema
    from hairplan.show.json import render_json

    return render_json(plan_file_schema())


def _render(form: str) -> str:
    from hairplan.protocol.schema import json_schema, key_table

    if form == "markdown":
        return key_table()
    from hairplan.show.json import render_json

    return render_json(json_schema())
