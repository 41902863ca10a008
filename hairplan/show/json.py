"""JSON: values are encoded by their own types, so that it holds all that they do."""

import json
import re
from typing import Final

import msgspec

_STEERING: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal, or turn a text around: in JSON they may stand as escapes."""


def render_json(value: object) -> str:
    """Render a plan, or any other of our values, as indented JSON."""
    try:
        encoded = msgspec.json.encode(value)
    except UnicodeEncodeError:
        # The name of a file may be no UTF-8: it is written with escapes.
        return json.dumps(msgspec.to_builtins(value), indent=2) + "\n"
    text = msgspec.json.format(encoded, indent=2).decode()
    return _STEERING.sub(lambda char: f"\\u{ord(char[0]):04x}", text) + "\n"
