"""The sheet as PDF, laid out by Typst: the view of the HTML page, by a template of its own.

Typst is an extra, as it is large. Texts are handed over as values: nothing in them is markup.
"""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

import msgspec

from hairplan.errors import InputError
from hairplan.sheet.model import Sheet

_TEMPLATE: Final = Path(__file__).parent / "sheet.typ"
_NEEDS_TYPST: Final = (
    "a sheet as PDF needs Typst: pip install 'hairplan[pdf]'; or make sheet.html, which a browser"
    " prints to PDF"
)


def render_pdf(sheet: Sheet) -> bytes:
    """Render a sheet as PDF.

    Raises:
        InputError: Typst is not installed.
    """
    try:
        import typst
    except ImportError:
        raise InputError(_NEEDS_TYPST) from None
    view = msgspec.to_builtins(sheet)
    view["clinic"] = {name: value for name, value in view["clinic"].items() if value is not None}
    made = datetime.combine(sheet.day, time.min, UTC)
    return typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        format="pdf",
        sys_inputs={"sheet": msgspec.json.encode(view).decode()},
        timestamp=int(made.timestamp()),
    )
