"""JSON: values are encoded by their own types, so that it holds all that they do."""

import msgspec


def render_json(value: object) -> str:
    """Render a plan, or any other of our values, as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
