"""JSON: values are encoded by their own types, so that it holds all that they do."""

import json

import msgspec

from hairplan.words import escape_controls


def render_json(value: object) -> str:
    """Render a plan, or any other of our values, as indented JSON."""
    try:
        encoded = msgspec.json.encode(value)
    except UnicodeEncodeError:
        # The name of a file may be no UTF-8: it is written with escapes.
        return json.dumps(msgspec.to_builtins(value), indent=2) + "\n"
    return escape_controls(msgspec.json.format(encoded, indent=2)).decode() + "\n"
