"""Values as TOML writes them, for the files that are written for a clinic."""

import datetime as dt
import json


def format_value(value: object) -> str:
    """Return a text, a number, a day or several of them as TOML."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(format_value, value))}]"
    if isinstance(value, int | dt.date):
        return str(value)
    # JSON escapes as TOML does, but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
