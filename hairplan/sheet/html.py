"""The sheet as one HTML file, with nothing from outside and no script in it."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from hairplan.sheet.foreign import tell_language
from hairplan.sheet.model import Sheet

if TYPE_CHECKING:
    from jinja2 import Template


def render_html(sheet: Sheet) -> str:
    """Render a sheet as HTML."""
    return _template().render(sheet=sheet, says=sheet.says, clinic=sheet.clinic)


@lru_cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["tell_language"] = tell_language
    return environment.get_template("sheet.html.jinja")
