"""The file format as others read it: a JSON Schema for editors, a table of all keys for people.

Both are made from the types in `protocol` and from what their docstrings say of each key, so that
neither can say anything else than what is read.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo, fields

from hairplan.protocol.faults import Hint, structs
from hairplan.protocol.languages import CODE_PATTERN
from hairplan.protocol.model import Protocol, Text, Traced

Schema: TypeAlias = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_LANGUAGES: Final = "Languages"


def meanings(kind: type) -> dict[str, str]:
    """Return what the docstrings of a struct, and of those it inherits from, say of each key."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        found |= _documented(each)
    return found


def _documented(kind: type) -> dict[str, str]:
    _, _, section = cleandoc(kind.__dict__.get("__doc__") or "").partition("\nAttributes:\n")
    section, _, _ = section.partition("\n\n")
    _, *entries = re.split(r"^    (?=\w+: )", section, flags=re.MULTILINE)
    pairs = (entry.split(": ", 1) for entry in entries)
    return {key: " ".join(meaning.split()) for key, meaning in pairs}


def _gist(kind: type) -> str:
    return cleandoc(kind.__doc__ or "").partition("\n")[0]


# ---- for editors ----


def json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a protocol file.

    It has no null, as TOML has none, and a text may be a table of languages.
    """
    found = msgspec.json.schema(Protocol)["$defs"]
    tables = {name: _table(found[name], each) for name, each in structs(Protocol).items()}
    outermost = tables.pop(Protocol.__name__)
    tables[_LANGUAGES] = _languages()
    return {"$schema": _DIALECT, **outermost, "title": "A hairplan protocol", "$defs": tables}


def _table(found: Schema, kind: type[Struct]) -> Schema:
    said = meanings(kind)
    keys = {
        key.encode_name: _key(found["properties"][key.encode_name], key, said.get(key.name, ""))
        for key in fields(kind)
    }
    return found | {"description": _gist(kind), "properties": keys}


def _key(found: Schema, key: FieldInfo, meaning: str) -> Schema:
    form = _form(found, key.type)
    said = " - ".join(filter(None, (meaning.removesuffix("."), form.get("description"))))
    head = {"description": said} if said else {}
    # An editor that fills in an empty list or table helps nobody.
    tail = {"default": key.default} if isinstance(key.default, str | int) else {}
    said_above = ("description", "default")
    return head | {name: each for name, each in form.items() if name not in said_above} | tail


def _form(found: Schema, hint: Hint) -> Schema:
    """Return the schema of a value without null, and with tables of languages for its texts."""
    if _origin(hint) is Union:
        return _form_of_several(found, hint)
    if hint == Text:
        return {"anyOf": [found, {"$ref": f"#/$defs/{_LANGUAGES}"}]}
    for keyword in ("additionalProperties", "items"):
        if isinstance(found.get(keyword), dict):
            found = found | {keyword: _form(found[keyword], get_args(_bare(hint))[_PLACE[keyword]])}
    return found


_PLACE: Final = {"additionalProperties": 1, "items": 0}


def _form_of_several(found: Schema, hint: Hint) -> Schema:
    forms = [each for each in found["anyOf"] if each != {"type": "null"}]
    hints = _present(hint)
    return _form(forms[0], hints[0]) if len(forms) == 1 else found | {"anyOf": forms}


def _languages() -> Schema:
    return {
        "title": _LANGUAGES,
        "description": "A text in several languages; hairplan shows the English one, or the first.",
        "type": "object",
        "propertyNames": {"pattern": CODE_PATTERN},
        "additionalProperties": msgspec.json.schema(Text),
        "minProperties": 1,
    }


# ---- types ----


def _origin(hint: Hint) -> Hint:
    """Return what a type is a case of: Annotated, Literal, Union, dict or tuple; else None."""
    origin: Hint = get_origin(hint)
    return Union if origin is UnionType else origin


def _bare(hint: Hint) -> Hint:
    return get_args(hint)[0] if _origin(hint) is Annotated else hint


def _present(union: Hint) -> list[Hint]:
    """Return the forms that a value may have where it is not left out."""
    return [each for each in get_args(union) if each is not NoneType]


# ---- for people ----

_HEAD: Final = """\
# The keys of a protocol file

A protocol is a TOML file. Each section below is a table of it, and each row a key. A key that is
not said to be required may be left out. A text that has "one for each language" may be a table
such as `{ en = "...", fr = "..." }` in place of the text.
"""


def key_table() -> str:
    """Return all keys of a protocol file as Markdown: key, value and meaning, a section a table."""
    places = _places()
    carrying = [
        path for kind, paths in places.items() if issubclass(kind, Traced) for path in paths
    ]
    sections = [
        _section("The head of the file", Protocol, ""),
        _section("Every table", Traced, "", f"That is {_titles(carrying)}.\n"),
        *(_section(_titles(paths), kind, f"{paths[0]}.") for kind, paths in places.items()),
    ]
    return "\n".join([_HEAD, *sections])


def _section(title: str, kind: type[Struct], inside: str, note: str = "") -> str:
    said = meanings(kind)
    rows = (
        f"| `{key.encode_name}` | {_cell(_value(key, inside))} | {_cell(said.get(key.name, ''))} |"
        for key in _own(kind)
    )
    head = (f"## {title}\n", f"{_gist(kind)}\n", *([note] if note else []))
    return "\n".join((*head, "| key | value | meaning |", "| --- | --- | --- |", *rows, ""))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _own(kind: type[Struct]) -> list[FieldInfo]:
    """Return the keys of a table without those that every table has."""
    inherited = Traced.__struct_fields__ if kind is not Traced and issubclass(kind, Traced) else ()
    return [each for each in fields(kind) if each.name not in inherited]


# ---- where tables stand ----


def _places() -> dict[type[Struct], list[str]]:
    """Return where in the file each struct may stand, by paths such as "options.NAME"."""
    found: dict[type[Struct], list[str]] = {}
    for kind in (Traced, Protocol):
        for key in fields(kind):
            _visit(key.type, key.encode_name, found)
    return found


def _visit(hint: Hint, path: str, found: dict[type[Struct], list[str]]) -> None:
    if isinstance(hint, type) and issubclass(hint, Struct):
        paths = found.setdefault(hint, [])
        paths += [path] if path not in paths else []
        for key in _own(hint):
            _visit(key.type, f"{path}.{key.encode_name}", found)
    elif _origin(hint) is dict:
        _visit(get_args(hint)[1], f"{path}.NAME", found)
    else:
        for each in get_args(hint):
            _visit(each, path, found)


def _titles(paths: Iterable[str]) -> str:
    return ", ".join(_title(path) for path in paths)


def _title(path: str) -> str:
    """Return how a file begins the table at a path, if a line of its own does."""
    table, _, rest = path.partition(".")
    if not rest:
        return f"`[[{table}]]`"
    return f"`[{path}]`" if rest == "NAME" and table != "figures" else f"`{path}`"


# ---- values in words ----


def _value(key: FieldInfo, inside: str) -> str:
    words = _words(key.type, f"{inside}{key.encode_name}")
    if key.required:
        return f"{words}; required"
    if isinstance(key.default, bool):
        return f"{words}; default `{str(key.default).lower()}`"
    return f"{words}; default `{key.default}`" if isinstance(key.default, str | int) else words


def _words(hint: Hint, path: str) -> str:
    """Say what a value looks like, such as "a span such as `5 weeks`"."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    said = _COMPOUND.get(_origin(hint))
    return said(hint, path) if said else f"a table: see {_title(path)}"


_PLAIN: Final[dict[Hint, str]] = {
    Text: "a text, or one for each language",
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    dt.date: "a date such as `2026-11-01`",
}


def _one_of(hint: Hint, _: str) -> str:
    said = [f"`{each}`" for each in get_args(hint)]
    return f"one of {', '.join(said)}" if len(said) > 1 else said[0]


def _limited(hint: Hint, path: str) -> str:
    inner, meta = get_args(hint)
    if meta.description:
        return re.sub(r"'([^']*)'", r"`\1`", meta.description)
    return " ".join([_words(inner, path), *_bounds(meta)])


def _bounds(meta: Meta) -> Iterator[str]:
    if meta.ge is not None:
        yield f"from {meta.ge}"
    if meta.le is not None:
        yield f"to {meta.le}"
    if meta.max_length is not None:
        yield f"({meta.min_length} to {meta.max_length})"


_COMPOUND: Final[dict[Hint, Callable[[Hint, str], str]]] = {
    Annotated: _limited,
    Literal: _one_of,
    dict: lambda hint, path: f"by name, {_words(get_args(hint)[1], f'{path}.NAME')}",
    tuple: lambda hint, path: f"a list, each {_words(get_args(hint)[0], path)}",
    Union: lambda hint, path: " or ".join(_words(each, path) for each in _present(hint)),
}
