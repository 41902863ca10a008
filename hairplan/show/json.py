"""JSON: the plan's own types are the document, so that it says everything."""

import msgspec


def render_json(value: object) -> str:
    """Render a plan, or any of our values, as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
