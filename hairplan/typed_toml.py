"""A TOML text into a frozen type, or every fault in it with its path.

msgspec converts strictly and stops at the first fault. Only after it refused does jsonschema list
them all, against the schema that msgspec derives from the very same type: there is one definition.
"""

import os
import tomllib
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from hairplan.errors import InputError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

T = TypeVar("T")

MOST_BYTES: Final = 1024 * 1024
MOST_FAULTS: Final = 100
_LONGEST_VALUE: Final = 60


def read_text(path: "Path") -> str:
    """Read a UTF-8 file of at most 1 MiB.

    Raises:
        InputError: it is missing, a folder, too large, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                raise InputError(f"{path}: larger than 1 MiB, which no such file needs to be")
            return file.read(MOST_BYTES + 1).decode("utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start + 1})") from None


def typed_toml(text: str, kind: type[T], where: str) -> T:
    """Convert a TOML text to a type.

    Args:
        text: the TOML.
        kind: the msgspec type that it has to fit.
        where: what the messages call it, a path as a rule.

    Raises:
        InputError: every fault, each with its path in the text.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{where}: not valid TOML: {_lower(str(error))}") from None
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        faults = _faults(table, kind) or [_lower(str(error))]
        raise InputError(*capped([f"{where}: {fault}" for fault in faults])) from None


def capped(faults: "Sequence[str]") -> list[str]:
    """Keep the first 100 faults, and say how many more there are."""
    kept = list(faults[:MOST_FAULTS])
    if len(faults) > MOST_FAULTS:
        kept.append(f"... and {len(faults) - MOST_FAULTS} more")
    return kept


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _faults(table: dict[str, Any], kind: type) -> list[str]:
    from jsonschema import Draft202012Validator

    checker = Draft202012Validator.FORMAT_CHECKER
    validator = Draft202012Validator(msgspec.json.schema(kind), format_checker=checker)
    plain = msgspec.to_builtins(table, builtin_types=())
    found = [fault for error in validator.iter_errors(plain) for fault in _worded(error)]
    return sorted(dict.fromkeys(found))


def _worded(error: "ValidationError") -> "Iterable[str]":
    """Say one fault of jsonschema's in words; of a choice of forms, the form that was meant."""
    if error.validator == "anyOf":
        yield from _worded_choice(error)
        return
    schema: Any = error.schema
    path = said_path(error.absolute_path)
    shown = _shown(error.instance)
    instance: Any = error.instance
    expected: Any = error.validator_value
    if error.validator == "additionalProperties":
        known = sorted(schema["properties"])
        for key in sorted(set(instance) - set(known)):
            hint = nearest(key, known)
            yield f"{_inside(path, key)}: no such key{hint}; known: {', '.join(known)}"
    elif error.validator == "required":
        for key in expected:
            if key not in instance:
                yield f"{_inside(path, key)}: missing"
    else:
        yield f"{path or 'the file'}: {shown} {_said_limit(error, expected)}"


def _worded_choice(error: "ValidationError") -> "Iterable[str]":
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [inners for inners in branches.values() if not any(map(_is_other_form, inners))]
    for inner in meant[0] if meant else ():
        yield from _worded(inner)
    if not meant:
        forms = [_form(inner) for inners in branches.values() for inner in inners]
        said = " or ".join(form for form in dict.fromkeys(forms) if form)
        yield f"{said_path(error.absolute_path)}: {_shown(error.instance)} is not {said}"


def _is_other_form(inner: "ValidationError") -> bool:
    return not inner.path and inner.validator in {"type", "enum"}


def _form(inner: "ValidationError") -> str:
    expected: Any = inner.validator_value
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


def _said_limit(error: "ValidationError", expected: Any) -> str:  # noqa: ANN401 - a JSON value
    schema: Any = error.schema
    match error.validator:
        case "type":
            return f"is not {_KINDS.get(str(expected), str(expected))}"
        case "enum":
            words = [str(each) for each in expected]
            hint = nearest(str(error.instance), words)
            return f"is not one of {', '.join(words)}{hint}"
        case "pattern":
            return f"is not {schema.get('description', f'of the form {expected}')}"
        case limit:
            return _LIMITS.get(str(limit), f"does not fit ({limit})").format(expected)


def said_path(parts: "Iterable[str | int]") -> str:
    """Say where in a file something stands, such as "steps[2].spacing.min"."""
    said = ""
    for part in parts:
        if isinstance(part, int):
            said += f"[{part + 1}]"
        else:
            said = _inside(said, part)
    return said


def _inside(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: object) -> str:
    text = f"'{value}'" if isinstance(value, str) else str(value)
    text = text.lower() if isinstance(value, bool) else text
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "..."
