"""`hairplan schema`: the format of protocol files, for an editor or for a person."""

from typing import Annotated, Final

from msgspec import Struct

from hairplan.cli.delivery import STDOUT, chosen_format, deliver
from hairplan.cli.options import Force, Output, ResultOptions, takes
from hairplan.clinic.options import Flag
from hairplan.errors import InputError

FORMATS: Final = ("json", "markdown")


class SchemaOptions(Struct, kw_only=True):
    """The form of the schema, and the file that it goes to."""

    form: Annotated[
        str | None,
        Flag(
            "json, a JSON Schema for editors; or markdown, a table of all keys.",
            "FORMAT", None, "-f", "--format",
        ),
    ] = None  # fmt: skip
    plan_file: Annotated[bool, Flag("The format of plan files, as a JSON Schema.")] = False
    output: Output = None
    force: Force = False


@takes(SchemaOptions)
def schema(options: SchemaOptions) -> None:
    """Print the format of protocol files: a JSON Schema for editors, or a table of all keys."""
    if options.plan_file and options.form not in {None, "json"}:
        raise InputError(f"--format: the format of plan files is JSON Schema, not {options.form}")
    form = options.form or ("json" if options.output in {None, STDOUT} else None)
    form = chosen_format(form, options.output, FORMATS)
    text = _plan_files() if options.plan_file else _render(form)
    deliver(text, ResultOptions(output=options.output, force=options.force), "the format")


def _plan_files() -> str:
    from hairplan.files.plan_file_schema import plan_file_schema
    from hairplan.show.json import render_json

    return render_json(plan_file_schema())


def _render(form: str) -> str:
    from hairplan.protocol.schema import json_schema, key_table

    if form == "markdown":
        return key_table()
    from hairplan.show.json import render_json

    return render_json(json_schema())
