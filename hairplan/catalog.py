"""Protocols by name: the built-in ones are data files in the format that a clinic writes."""

from pathlib import Path
from typing import Final

from hairplan.errors import InputError, nearest
from hairplan.protocol import Protocol
from hairplan.typed_toml import read_text, typed_toml

_BUILT_IN: Final = Path(__file__).parent / "protocols"


def names() -> list[str]:
    """Return the names of the built-in protocols, sorted."""
    return sorted(path.stem for path in _BUILT_IN.glob("*.toml"))


def protocol_text(name: str) -> str:
    """Return the file of a protocol, by the protocol's name.

    Raises:
        InputError: there is no such protocol.
    """
    known = names()
    if name not in known:
        hint = nearest(name.lower(), known)
        raise InputError(f"treatment: no '{name}'{hint}; there are: {', '.join(known)}")
    return read_text(_BUILT_IN / f"{name}.toml")


def load_protocol(name: str) -> Protocol:
    """Load a protocol by its name.

    Raises:
        InputError: there is no such protocol.
    """
    # The tests have put the built-in files through every check of `protocol_file`; a third of the
    # reading time is left out here.
    return typed_toml(protocol_text(name), Protocol, f"{name}.toml")
