"""Describes the file format: a JSON Schema for editors, and a table of all keys for people.

Both are made from the types of the model and from their docstrings, so that they always describe
what hairplan reads.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from hairplan.dates.typed_spans import TYPED_PATTERN, TYPED_SHORT, TYPED_SIDE
from hairplan.protocol.model import Protocol
from hairplan.protocol.shapes import Form, Hint, Key, Shape, keys_of, structs_in
from hairplan.protocol.shorthands import DAY_PATTERN, SHORT, kind_of_day, kind_of_span, lone_item
from hairplan.protocol.values import CODE_PATTERN, Text, Traced

Schema: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_LANGUAGES: Final = "Languages"
_LOOKS: Final = {"side": TYPED_SIDE, "short": TYPED_SHORT}
"""The looks of spans of other kinds, by the kind."""

_BASES: Final[dict[str, Hint]] = {"array": tuple, "object": dict, "string": str, "integer": int}


def describe_keys(kind: type) -> dict[str, str]:
    """Return the meaning of each key, from the docstrings of a struct and of its ancestors."""
    by_key: dict[str, str] = {}
    for ancestor in reversed(kind.__mro__):
        by_key |= _documented(ancestor)
    return by_key


def _documented(kind: type) -> dict[str, str]:
    _, _, section = cleandoc(kind.__dict__.get("__doc__") or "").partition("\nAttributes:\n")
    section, _, _ = section.partition("\n\n")
    _, *entries = re.split(r"^    (?=\w+: )", section, flags=re.MULTILINE)
    pairs = (entry.split(": ", 1) for entry in entries)
    return {key: " ".join(meaning.split()) for key, meaning in pairs}


def gist(kind: type) -> str:
    """Return the first line of a struct's docstring."""
    return cleandoc(kind.__doc__ or "").partition("\n")[0]


# ---- for editors ----


def json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a protocol file.

    It has no null, as TOML has none, and a text may be a table of languages. Shorthands are in it.
    """
    definitions = msgspec.json.schema(Protocol)["$defs"]
    tables = {name: _table(definitions[name], kind) for name, kind in structs_in(Protocol).items()}
    outermost = tables.pop(Protocol.__name__)
    tables[_LANGUAGES] = _languages()
    return {"$schema": DIALECT, **outermost, "title": "A hairplan protocol", "$defs": tables}


def _table(schema: Schema, table: type[Struct]) -> Schema:
    by_key = describe_keys(table)
    keys = {
        key.name: _key(schema["properties"][key.name], key, by_key.get(key.name, ""))
        for key in keys_of(table)
    }
    return schema | {"description": gist(table), "properties": keys}


def _key(schema: Schema, key: Key, meaning: str) -> Schema:
    value = _value_schema(schema, key.shape)
    description = " - ".join(filter(None, (meaning.removesuffix("."), value.get("description"))))
    head = {"description": description} if description else {}
    # An editor that fills in an empty list or table helps nobody.
    tail = {"default": key.default} if isinstance(key.default, str | int) else {}
    body = {name: part for name, part in value.items() if name not in {"description", "default"}}
    return head | body | tail


def _value_schema(schema: Schema, shape: Shape) -> Schema:
    """Return the schema of a value without null, and with tables of languages for its texts."""
    given = [form for form in schema.get("anyOf", [schema]) if form != {"type": "null"}]
    forms = [form for part in given for form in _forms(part, _form_of(part, shape))]
    if len(shape.forms) > 1:
        return schema | {"anyOf": forms}
    if lone_item(shape):
        return _or_one(forms[0])
    return forms[0] if len(forms) == 1 else {"anyOf": forms}


def _or_one(schema: Schema) -> Schema:
    """Return the schema of a list that may be one entry without brackets.

    An editor that meets a list still goes straight to its entries, and says what is wrong in one.
    """
    item = schema["items"]
    kind = "object" if "$ref" in item else "string"
    return schema | {"type": ["array", kind], "if": {"type": kind}, "then": item}


def _form_of(schema: Schema, shape: Shape) -> Form:
    """Return the form of a shape that a schema describes."""
    base = Struct if "$ref" in schema else _BASES.get(schema.get("type", ""), Literal)
    return next((form for form in shape.forms if form.base is base), shape.forms[0])


def _forms(schema: Schema, form: Form) -> Iterator[Schema]:
    """Yield the schema of a form, and of what may be written in its place."""
    if form.has_languages:
        yield schema
        yield {"$ref": f"#/$defs/{_LANGUAGES}"}
    elif kind_of_span(form):
        pattern = _LOOKS.get(kind_of_span(form) or "", TYPED_PATTERN)
        yield schema | {"pattern": f"{pattern}|{DAY_PATTERN}" if kind_of_day(form) else pattern}
    elif form.table in SHORT:
        yield {"type": "string", "pattern": SHORT[form.table].pattern}
        yield schema
    elif form.items:
        keyword = "additionalProperties" if form.base is dict else "items"
        yield schema | {keyword: _value_schema(schema[keyword], form.items)}
    else:
        yield schema


def _languages() -> Schema:
    return {
        "title": _LANGUAGES,
        "description": "A text in several languages; hairplan shows the English one, or the first.",
        "type": "object",
        "propertyNames": {"pattern": CODE_PATTERN},
        "additionalProperties": msgspec.json.schema(Text),
        "minProperties": 1,
    }


# ---- for people ----

_HEAD: Final = """\
# The keys of a protocol file

A protocol is a TOML file. Each section below is a table of it, and each row a key. A key that is
not said to be required may be left out. A text that has "one for each language" may be a table
such as `{ en = "...", fr = "..." }` in place of the text.

A span is a number and a unit: minutes, hours, days, weeks, months or years. It may be short (`2w`,
`1 wk`, `45 min`, `2h30`, `1.5 hours`) and have several parts (`2 hours 30 minutes`,
`7 months + 4 weeks - 1 day`: years and months first, then weeks and days). `m` alone is minutes in
the length of an appointment, and refused elsewhere. `spacing = "14 days"` stands for
`spacing = { preferred = "14 days" }`, and `price = "385 USD"` for a table as well. A list with one
entry may do without its brackets: `[steps]` for `[[steps]]`.

`day 15` is the day that a source calls so: 14 days after what it counts from where `first_day` is
1, or else 15. It may stand in `spacing`, `offsets`, `limits` and `lag`, in `late.after` and
`early.before`, in `begins` and `after` of restrictions, and in the dates of milestones,
expectations and routines. `week 3` and `month 2` are read alike.
"""


def key_table() -> str:
    """Return all keys of a protocol file as Markdown: key, value and meaning, a section a table."""
    places = _places()
    traced = [
        path for table, paths in places.items() if issubclass(table, Traced) for path in paths
    ]
    sections = [
        _section("The head of the file", Protocol, ""),
        _section("Every table", Traced, "", f"That is {_titles(traced)}.\n"),
        *(_section(_titles(paths), table, f"{paths[0]}.") for table, paths in places.items()),
    ]
    return "\n".join([_HEAD, *sections])


def _section(title: str, table: type[Struct], inside: str, note: str = "") -> str:
    by_key = describe_keys(table)
    rows = (
        f"| `{key.name}` | {_cell(_value(key, inside))} | {_cell(by_key.get(key.name, ''))} |"
        for key in _own_keys(table)
    )
    head = (f"## {title}\n", f"{gist(table)}\n", *([note] if note else []))
    return "\n".join((*head, "| key | value | meaning |", "| --- | --- | --- |", *rows, ""))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _own_keys(table: type[Struct]) -> list[Key]:
    """Return the keys of a table without those that every table has."""
    inherits = table is not Traced and issubclass(table, Traced)
    inherited = Traced.__struct_fields__ if inherits else ()
    return [key for key in keys_of(table) if key.name not in inherited]


# ---- where tables stand ----


def _places() -> dict[type[Struct], list[str]]:
    """Return where in the file each struct may stand, by paths such as "options.NAME"."""
    places: dict[type[Struct], list[str]] = {}
    for table in (Traced, Protocol):
        for key in keys_of(table):
            _visit(key.shape, key.name, places)
    return places


def _visit(shape: Shape, path: str, places: dict[type[Struct], list[str]]) -> None:
    for form in shape.forms:
        if form.items:
            _visit(form.items, f"{path}.NAME" if form.base is dict else path, places)
        elif form.table:
            paths = places.setdefault(form.table, [])
            paths += [path] if path not in paths else []
            for key in _own_keys(form.table):
                _visit(key.shape, f"{path}.{key.name}", places)


def _titles(paths: Iterable[str]) -> str:
    return ", ".join(_title(path) for path in paths)


def _title(path: str) -> str:
    """Return how a file begins the table at a path, if a line of its own does."""
    table, _, rest = path.partition(".")
    if not rest:
        return f"`[[{table}]]`"
    return f"`[{path}]`" if rest == "NAME" and table != "figures" else f"`{path}`"


# ---- values in words ----


def _value(key: Key, inside: str) -> str:
    words = _words(key.shape, f"{inside}{key.name}")
    if key.is_required:
        return f"{words}; required"
    if isinstance(key.default, bool):
        return f"{words}; default `{str(key.default).lower()}`"
    return f"{words}; default `{key.default}`" if isinstance(key.default, str | int) else words


def _words(shape: Shape, path: str) -> str:
    """Return a shape in words, such as "a span such as `5 weeks`"."""
    return " or ".join(_describe_form(form, path) for form in shape.forms)


def _describe_form(form: Form, path: str) -> str:
    if form.has_languages:
        return "a text, or one for each language"
    if form.limits.description:
        return re.sub(r"'([^']*)'", r"`\1`", form.limits.description)
    return " ".join([_describe_base(form, path), *_bounds(form.limits)])


def _describe_base(form: Form, path: str) -> str:
    if form.base is Literal:
        choices = ", ".join(f"`{choice}`" for choice in form.choices)
        return f"one of {choices}" if len(form.choices) > 1 else choices
    if form.items:
        before, inner = ("by name, ", f"{path}.NAME") if form.names else ("a list, each ", path)
        return f"{before}{_words(form.items, inner)}"
    return f"a table: see {_title(path)}" if form.table else _PLAIN[form.base]


_PLAIN: Final[dict[Hint, str]] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    dt.date: "a date such as `2026-11-01`",
}


def _bounds(limits: Meta) -> Iterator[str]:
    if limits.ge is not None:
        yield f"from {limits.ge}"
    if limits.le is not None:
        yield f"to {limits.le}"
    if limits.max_length is not None:
        yield f"({limits.min_length} to {limits.max_length})"
