"""The JSON Schema of a plan's file, with the words of its types."""

from typing import Any

import msgspec
from msgspec import Struct

from hairplan.files.plan_file import SealedPlan


def plan_file_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a plan file."""
    from hairplan.protocol.schema import DIALECT
    from hairplan.protocol.shapes import structs_in

    definitions = msgspec.json.schema(SealedPlan)["$defs"]
    structs_by_name = structs_in(SealedPlan).items()
    tables = {name: _described(definitions[name], kind) for name, kind in structs_by_name}
    outermost = tables.pop(SealedPlan.__name__)
    return {"$schema": DIALECT, **outermost, "title": "A hairplan plan file", "$defs": tables}


def _described(schema: dict[str, Any], kind: type[Struct]) -> dict[str, Any]:
    """Return the schema of a table with descriptions of it and of its keys."""
    from hairplan.protocol.schema import describe_keys, gist

    by_key = describe_keys(kind)
    keys = {
        name: ({"description": by_key[name].removesuffix(".")} if name in by_key else {}) | form
        for name, form in schema["properties"].items()
    }
    return schema | {
        "description": gist(kind),
        "properties": keys,
        "additionalProperties": False,
    }
