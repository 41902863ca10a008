"""Every fault of a table that msgspec refused, in words and with its path.

msgspec stops at the first fault. jsonschema lists them all, against the schema that msgspec derives
from the very same type: there is one definition. As jsonschema is slow, it is only shown what
msgspec refuses, and stops where a file has more faults than anybody will read.
"""

from heapq import nsmallest
from itertools import islice
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    NamedTuple,
    TypeAlias,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec

from hairplan.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jsonschema.exceptions import ValidationError

Hint: TypeAlias = Any
"""A type, as an annotation says it."""
Json: TypeAlias = Any
"""A value of a file, or a part of a schema."""

MOST_FAULTS: Final = 100
_LONGEST_SHOWN: Final = 60
# What jsonschema may look at in one table, which bounds its time: an entry that msgspec has not
# passed counts as 1, a fault in it as 10.
_MOST_WORK: Final = 10_000
_WORK_OF_A_FAULT: Final = 10


class Fault(NamedTuple):
    """One fault, with what it takes to guess what was meant: a guess is slow, so it comes last.

    Attributes:
        said: where it is, and what is wrong.
        word: what may be misspelt.
        known: what it could have been.
        rest: what is said after the guess.
    """

    said: str
    word: str = ""
    known: tuple[str, ...] = ()
    rest: str = ""

    def __str__(self) -> str:
        return f"{self.said}{nearest(self.word, list(self.known))}{self.rest}"


def faults_of(table: object, kind: Hint, others: "Iterable[Fault]" = ()) -> list[str]:
    """Say what is wrong with a table: the first 100 faults, and how many more there are.

    Args:
        table: plain values, with dates as ISO texts.
        kind: the msgspec type that it has to fit.
        others: faults of it that are known already.
    """
    listing = _Listing(kind)
    found = {*others, *listing.faults(table)}
    said = [str(fault) for fault in nsmallest(MOST_FAULTS, found)]
    more = len(found) - len(said)
    if more:
        said.append(f"... and {'at least ' if listing.is_cut else ''}{more} more")
    elif said and listing.is_cut:
        said.append("... and perhaps more: there is too much in the file to look at all of it")
    return said


def structs(kind: Hint) -> dict[str, type[msgspec.Struct]]:
    """Return every struct that a type is made of, by name, each before those in it."""
    found: dict[str, type[msgspec.Struct]] = {}
    _gather(kind, found)
    return found


def _gather(kind: Hint, found: dict[str, type[msgspec.Struct]]) -> None:
    parts: Iterable[Hint] = get_args(kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__name__ not in found:
        found[kind.__name__] = kind
        parts = get_type_hints(kind, include_extras=True).values()
    for part in parts:
        _gather(part, found)


# ---- what jsonschema is shown ----


class _Listing:
    """One run of jsonschema over a table.

    Attributes:
        is_cut: there was more to look at than it may.
    """

    def __init__(self, kind: Hint) -> None:
        self.is_cut = False
        self._kind = kind
        self._left = _MOST_WORK
        self._structs = structs(kind)
        self._keys = {
            name: get_type_hints(each, include_extras=True) for name, each in self._structs.items()
        }

    def faults(self, table: object) -> "Iterator[Fault]":
        """Yield every fault, some of them twice."""
        for error in self._validator().iter_errors(table):
            yield from _worded(error)

    def _validator(self) -> Json:
        from jsonschema import Draft202012Validator
        from jsonschema.validators import extend

        keywords = {
            "properties": self._properties,
            "additionalProperties": self._additional_properties,
            "propertyNames": self._property_names,
            "items": self._items,
        }
        extended: Hint = extend(Draft202012Validator, keywords)  # type: ignore[no-untyped-call]
        return extended(
            msgspec.json.schema(self._kind), format_checker=Draft202012Validator.FORMAT_CHECKER
        )

    # jsonschema calls these with itself, the keyword's value, the value to check, and the schema
    # that the keyword stands in.

    def _properties(
        self,
        validator: Json,
        keys: Json,
        table: Json,
        schema: Json,
    ) -> "Iterator[ValidationError]":
        kinds = self._keys[schema["title"]]
        for key, inner in keys.items() if isinstance(table, dict) else ():
            if key in table and not _fits(table[key], kinds[key]):
                refused = _refused(table[key], kinds[key])
                yield from validator.descend(refused, inner, path=key, schema_path=key)

    def _additional_properties(
        self,
        validator: Json,
        inner: Json,
        table: Json,
        schema: Json,
    ) -> "Iterator[ValidationError]":
        from jsonschema.exceptions import ValidationError

        if not isinstance(table, dict):
            return
        if inner is not False:
            yield from self._entries(validator, inner, table.items())
        elif not table.keys() <= schema["properties"].keys():
            yield ValidationError("no such key")

    def _property_names(
        self,
        validator: Json,
        inner: Json,
        table: Json,
        _: Json,
    ) -> "Iterator[ValidationError]":
        if isinstance(table, dict):
            yield from self._entries(validator, inner, ((None, key) for key in table))

    def _items(
        self,
        validator: Json,
        inner: Json,
        values: Json,
        _: Json,
    ) -> "Iterator[ValidationError]":
        if isinstance(values, list):
            yield from self._entries(validator, inner, enumerate(values))

    def _entries(
        self,
        validator: Json,
        inner: Json,
        entries: "Iterable[tuple[Json, Json]]",
    ) -> "Iterator[ValidationError]":
        kind = self._structs.get(inner.get("$ref", "").removeprefix("#/$defs/"))
        for place, value in entries:
            if kind is not None and _fits(value, kind):
                continue
            if self._left <= 0:
                self.is_cut = True
                return
            errors = list(validator.descend(value, inner, path=place))
            self._left -= 1 + _WORK_OF_A_FAULT * len(errors)
            yield from errors


def _fits(value: object, kind: Hint) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _refused(value: Json, kind: Hint) -> Json:
    """Return a table without the entries that fit, as far as will be looked at; else the value."""
    origin: Hint = get_origin(kind)
    if origin is not dict or not isinstance(value, dict):
        return value
    keys, values = get_args(kind)
    entries = (
        (key, each)
        for key, each in value.items()
        if not _fits(key, keys) or not _fits(each, values)
    )
    return dict(islice(entries, _MOST_WORK // _WORK_OF_A_FAULT))


# ---- words ----


def _worded(error: "ValidationError") -> "Iterator[Fault]":
    """Say one fault of jsonschema's in words; of a choice of forms, the form that was meant."""
    path = format_path(error.absolute_path)
    match error.validator:
        case "anyOf":
            yield from _worded_choice(error)
        case "additionalProperties":
            yield from _unknown_keys(error, path)
        case "required":
            yield from _missing_keys(error, path)
        case "enum":
            yield _worded_enum(error, path)
        case "minItems" | "maxItems":
            yield _worded_length(error, path)
        case _:
            yield Fault(f"{path or 'the file'}: {shown(error.instance)} {_describe_limit(error)}")


def _unknown_keys(error: "ValidationError", path: str) -> "Iterator[Fault]":
    schema: Json = error.schema
    instance: Json = error.instance
    known = tuple(sorted(schema["properties"]))
    rest = f"; known: {', '.join(known)}"
    for key in instance.keys() - set(known):
        yield Fault(f"{inside(path, key)}: no such key", key, known, rest)


def _missing_keys(error: "ValidationError", path: str) -> "Iterator[Fault]":
    instance: Json = error.instance
    expected: Json = error.validator_value
    for key in expected:
        if key not in instance:
            yield Fault(f"{inside(path, key)}: missing")


def _worded_enum(error: "ValidationError", path: str) -> Fault:
    expected: Json = error.validator_value
    known = tuple(str(each) for each in expected)
    word = error.instance if isinstance(error.instance, str) else ""
    return Fault(f"{path}: {shown(error.instance)} is not one of {', '.join(known)}", word, known)


def _worded_length(error: "ValidationError", path: str) -> Fault:
    instance: Json = error.instance
    limit = f"{'fewer' if error.validator == 'minItems' else 'more'} than {error.validator_value}"
    return Fault(f"{path}: {len(instance)} entries are {limit}")


def _worded_choice(error: "ValidationError") -> "Iterator[Fault]":
    branches: dict[Json, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [inners for inners in branches.values() if not any(map(_is_other_form, inners))]
    for inner in meant[0] if meant else ():
        yield from _worded(inner)
    if not meant:
        forms = [_form(inner) for inners in branches.values() for inner in inners]
        said = " or ".join(form for form in dict.fromkeys(forms) if form)
        yield Fault(f"{format_path(error.absolute_path)}: {shown(error.instance)} is not {said}")


def _is_other_form(inner: "ValidationError") -> bool:
    return not inner.path and inner.validator in {"type", "enum"}


def _form(inner: "ValidationError") -> str:
    expected: Json = inner.validator_value
    if inner.validator == "enum":
        return " or ".join(f"'{each}'" for each in expected)
    return "" if expected == "null" else _KINDS.get(str(expected), str(expected))


_KINDS: Final = {
    "string": "a text",
    "integer": "a whole number",
    "array": 'a list such as ["a", "b"]',
    "object": "a table",
    "boolean": "true or false",
}
_LIMITS: Final = {
    "minimum": "is less than {}",
    "maximum": "is more than {}",
    "format": "is not a {}",
    "minLength": "is empty",
    "maxLength": "is longer than {} characters",
}


def _describe_limit(error: "ValidationError") -> str:
    expected: Json = error.validator_value
    schema: Json = error.schema
    match error.validator:
        case "type":
            form = schema.get("description") if "pattern" in schema else None
            return f"is not {form or _KINDS.get(str(expected), str(expected))}"
        case "pattern":
            return f"is not {schema.get('description', f'of the form {expected}')}"
        case limit:
            return _LIMITS.get(str(limit), f"does not fit ({limit})").format(expected)


def format_path(parts: "Iterable[str | int]") -> str:
    """Say where in a file something stands, such as "steps[2].spacing.min"."""
    said = ""
    for part in parts:
        said = f"{said}[{part + 1}]" if isinstance(part, int) else inside(said, part)
    return said


def inside(path: str, key: str) -> str:
    """Say where a key of the table at a path stands."""
    return f"{path}.{_cut(key)}" if path else _cut(key)


def shown(value: object) -> str:
    """Show a value of a file, a long one in part."""
    if isinstance(value, bool):
        return str(value).lower()
    return _cut(f"'{value}'" if isinstance(value, str) else str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
