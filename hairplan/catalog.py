"""Protocols by name: the built-in ones are data files in the format that a clinic writes.

Beside each file lies its content as JSON, made from it after every check: reading that takes a
command a tenth less time than reading and checking the file.
"""

from pathlib import Path
from typing import Final

import msgspec

from hairplan.errors import InputError, nearest
from hairplan.protocol import (
    Protocol,
)

_BUILT_IN: Final = Path(__file__).parent / "protocols"


def names() -> list[str]:
    """Return the names of the built-in protocols, sorted."""
    return sorted(path.stem for path in _BUILT_IN.glob("*.toml"))


def protocol_text(name: str) -> str:
    """Return the file of a protocol, by the protocol's name.

    Raises:
        InputError: there is no such protocol.
    """
    return _file(name, "toml").read_text("utf-8")


def load_protocol(name: str) -> Protocol:
    """Load a protocol by its name.

    Raises:
        InputError: there is no such protocol.
    """
    return msgspec.json.decode(_file(name, "json").read_bytes(), type=Protocol)


def _file(name: str, suffix: str) -> Path:
    known = names()
    if name not in known:
        hint = nearest(name.lower(), known)
        raise InputError(f"treatment: no '{name}'{hint}; there are: {', '.join(known)}")
    return _BUILT_IN / f"{name}.{suffix}"
