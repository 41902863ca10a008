"""The shapes of values: the one way to walk the types that describe a file.

Faults, languages, the schema and the table of keys all ask this module which keys a table has and
which forms a value may take. So one definition, the annotations of the model, decides how a file
is read, checked and described.

* A **shape** belongs to a type and has one form or several: "a text or a list". Null, which
  stands in JSON for a key that is left out, is no form.
* A **form** is a text, a number, a choice, a list, a mapping (names that the writer chooses) or a
  table (a struct, whose keys are known).
* Places in lists are counted from 1.
"""

from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields

Hint: TypeAlias = Any
"""A type, as an annotation says it."""
Json: TypeAlias = Any
"""A value of a file, or a part of a schema."""

_LONGEST_SHOWN: Final = 60
_NO_LIMITS: Final = Meta()


class Form(Struct, frozen=True):
    """One form that a value may take.

    Attributes:
        base: str, int, bool, a class of datetime, Literal, tuple, dict, or Struct for any table.
        limits: what the annotation says beside the base: bounds, pattern, description.
        choices: the values of a Literal, as the annotation lists them.
        names: the names of a mapping.
        items: the items of a list, or the values of a mapping.
        table: the struct of a table.
    """

    base: Hint
    limits: Meta = _NO_LIMITS
    choices: tuple[Any, ...] = ()
    names: "Shape | None" = None
    items: "Shape | None" = None
    table: type[Struct] | None = None

    @property
    def has_languages(self) -> bool:
        """Whether a table of languages may stand in place of the text."""
        return bool(self.limits.extra and self.limits.extra.get("languages"))

    @property
    def tag(self) -> tuple[str, Any]:
        """The key and the value by which a table names its kind; an empty key for none."""
        config = self.table.__struct_config__ if self.table else None
        return (config.tag_field or "", config.tag) if config else ("", None)


class Shape(Struct, frozen=True):
    """The forms that values of a type may take.

    Attributes:
        hint: the annotation.
        forms: the forms that it may take.
        is_optional: it may be null.
    """

    hint: Hint
    forms: tuple[Form, ...]
    is_optional: bool = False

    def fits(self, value: Json) -> bool:
        """Return whether a plain value, with dates as ISO texts, is of the type."""
        try:
            msgspec.convert(value, self.hint)
        except msgspec.ValidationError:
            return False
        return True

    def form_of(self, value: Json) -> Form | None:
        """Return the form that a table, a mapping or a list is meant to have; None for none."""
        for form in self.forms:
            if isinstance(value, list) and form.base is tuple:
                return form
            if isinstance(value, dict) and (form.base is dict or _is_table(value, form)):
                return form
        return None


class Key(Struct, frozen=True):
    """A key of a table.

    Attributes:
        name: what the file calls it.
        shape: its value.
        is_required: it may not be left out.
        default: what holds where it is left out.
    """

    name: str
    shape: Shape
    is_required: bool
    default: Any


def _is_table(value: dict[str, Any], form: Form) -> bool:
    field, tag = form.tag
    return form.base is Struct and (not field or value.get(field) == tag)


# ---- from types ----


@cache
def keys_of(table: type[Struct]) -> tuple[Key, ...]:
    """Return the keys of a table, in the order in which the model has them."""
    return tuple(
        Key(key.encode_name, shape_of(key.type), key.required, key.default) for key in fields(table)
    )


def shape_of(hint: Hint) -> Shape:
    """Return the shape of a type's values."""
    parts = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    forms = tuple(_form(part) for part in parts if part is not NoneType)
    return Shape(hint, forms, is_optional=NoneType in parts)


def _form(hint: Hint) -> Form:
    origin: Hint = get_origin(hint)
    arguments = get_args(hint)
    if origin is Annotated:
        return msgspec.structs.replace(_form(arguments[0]), limits=arguments[1])
    if origin is Literal:
        return Form(Literal, choices=arguments)
    if origin is dict:
        return Form(dict, names=shape_of(arguments[0]), items=shape_of(arguments[1]))
    if origin is tuple:
        return Form(tuple, items=shape_of(arguments[0]))
    return Form(Struct, table=hint) if issubclass(hint, Struct) else Form(hint)


def structs_in(hint: Hint) -> dict[str, type[Struct]]:
    """Return every struct that a type is made of, by name, each before those in it."""
    structs: dict[str, type[Struct]] = {}
    _gather(shape_of(hint), structs)
    return structs


def _gather(shape: Shape, structs: dict[str, type[Struct]]) -> None:
    for form in shape.forms:
        if form.items:
            _gather(form.items, structs)
        elif form.table and form.table.__name__ not in structs:
            structs[form.table.__name__] = form.table
            for key in keys_of(form.table):
                _gather(key.shape, structs)


# ---- beside values ----


def parts_of(value: Json, form: Form, path: str) -> Iterator[tuple[str, str | int, Shape]]:
    """Yield the parts of a table, a mapping or a list, each with its path.

    Yields:
        The path; the key, or the place from 0, by which the value holds the part; its shape.
    """
    if form.table:
        for key in keys_of(form.table):
            if key.name in value:
                yield inside(path, key.name), key.name, key.shape
        return
    assert form.items, "nothing else than a table, a mapping or a list has parts"
    if form.base is dict:
        for name in value:
            yield inside(path, name), name, form.items
    else:
        for place in range(len(value)):
            yield f"{path}[{place + 1}]", place, form.items


def inside(path: str, key: str) -> str:
    """Return the path of a key of the table at a path."""
    return f"{path}.{_cut(key)}" if path else _cut(key)


def shown(value: object) -> str:
    """Return a value of a file for a message, a long one in part."""
    if isinstance(value, bool):
        return str(value).lower()
    return _cut(f"'{value}'" if isinstance(value, str) else str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
