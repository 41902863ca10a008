"""`hairplan list`: the treatments, a line each."""

from pathlib import Path
from typing import Final

from msgspec import Struct

from hairplan.cli.clock import today_from
from hairplan.cli.delivery import chosen_format, deliver, render_document
from hairplan.cli.options import Around, Result, takes

FORMATS: Final = ("table", "plain", "json", "markdown")


class Listed(Struct, frozen=True):
    """A protocol in one line."""

    id: str
    version: str
    name: str
    summary: str


@takes(Result, Around)
def list_protocols(result: Result, around: Around) -> None:
    """List the treatments, a line each."""
    today_from(around.today)
    from hairplan.catalog import load_protocol, names

    form = chosen_format(result.form, result.output, FORMATS)
    found = [load_protocol(name) for name in names()]
    listed = [Listed(each.id, each.version, each.name, each.summary) for each in found]
    text = _render(listed, form, result.output)
    deliver(text, result.output, force=result.force, what="the list")


def _render(listed: list[Listed], form: str, output: Path | None) -> str:
    if form == "json":
        from hairplan.export import json_text

        return json_text.render(listed)
    from hairplan.export.document import Document, Row, Section

    rows = tuple(Row((each.id, each.name, each.summary)) for each in listed)
    section = Section("", ("Treatment", "Name", "What it is"), rows)
    return render_document(Document("", (), (section,)), form, output)
