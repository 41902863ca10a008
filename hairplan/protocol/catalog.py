"""Protocols by name: the built-in ones, and the clinic's own in a folder, in the same format.

A built-in protocol is a file in the package and nothing else. Loading it skips the checks of sense,
which the tests make; a file of the clinic is checked each time. Where both have one name, the
clinic's is used.
"""

import os
from pathlib import Path
from typing import Final

import msgspec

from hairplan.errors import InputError, nearest
from hairplan.protocol.model import Protocol

SCHEMA_LINE: Final = "#:schema ./hairplan.schema.json\n"
"""The line that tells an editor which schema checks the file; `hairplan schema` writes that."""

_BUILT_IN: Final = Path(__file__).parent.parent / "protocols"


def protocol_names(folder: Path | None = None) -> list[str]:
    """Return the names of the protocols, sorted.

    Args:
        folder: the clinic's protocol folder; None for the built-in ones alone.
    """
    return sorted({*_stems(_BUILT_IN), *own_protocol_names(folder)})


def own_protocol_names(folder: Path | None) -> list[str]:
    """Return the names of the protocols in the clinic's folder, sorted."""
    return sorted(_stems(folder)) if folder is not None else []


def _stems(folder: Path) -> list[str]:
    # A pipe of that name would be waited for, for ever.
    return [path.stem for path in folder.glob("*.toml") if not path.is_fifo()]


def is_path(name: str) -> bool:
    """Return whether a treatment is given by its file, such as ./prp.toml, and not by its name."""
    return name.endswith(".toml") or "/" in name or "\\" in name


def find_own_file(name: str, folder: Path | None = None) -> Path | None:
    """Return the file of one of the clinic's own treatments; None for a built-in one.

    Raises:
        InputError: there is no such protocol.
    """
    if is_path(name):
        return Path(name)
    if name in own_protocol_names(folder):
        return Path(folder or "") / f"{name}.toml"
    if name in protocol_names():
        return None
    known = protocol_names(folder)
    # The name may be any text, and Path would raise for one that is too long for a file.
    beside = os.path.isfile(f"{name}.toml")  # noqa: PTH113
    hint = f" (did you mean './{name}.toml'?)" if beside else nearest(name.lower(), known)
    raise InputError(
        f"treatment: no '{name}'{hint}; there are: {', '.join(known)};"
        " a file is named with its path, such as ./own.toml"
    )


def find_protocol_file(name: str, folder: Path | None = None) -> Path:
    """Return the file of a protocol, by its name or its path.

    Raises:
        InputError: there is no such protocol.
    """
    return find_own_file(name, folder) or _BUILT_IN / f"{name}.toml"


def read_protocol_text(name: str, folder: Path | None = None) -> str:
    """Return the text of a protocol's file, with the line that names its schema.

    Args:
        name: the protocol's name, or the path of a file.
        folder: the clinic's protocol folder.

    Raises:
        InputError: there is no such protocol, or its file cannot be read.
    """
    from hairplan.protocol.toml import read_text_file

    text = read_text_file(find_protocol_file(name, folder))
    return text if text.startswith("#:schema ") else SCHEMA_LINE + text


def load_protocol(name: str | Path, folder: Path | None = None) -> Protocol:
    """Load a protocol.

    Args:
        name: the name of a built-in protocol or of one in the folder, or the path of a file.
        folder: the clinic's protocol folder.

    Raises:
        InputError: there is no such protocol, or its file is not valid; every fault.
    """
    path = name if isinstance(name, Path) else find_own_file(name, folder)
    if path is None:
        return _load_built_in(_BUILT_IN / f"{name}.toml")
    from hairplan.protocol.load import parse_protocol
    from hairplan.protocol.toml import read_text_file

    protocol = parse_protocol(read_text_file(path), str(path))
    if path.parent == folder and protocol.id != path.stem:
        raise InputError(f"{path}: id: '{protocol.id}' is not the file's name, '{path.stem}'")
    return protocol


def _load_built_in(path: Path) -> Protocol:
    """Load a file of the package's own as quickly as can be: a short command waits for it."""
    import tomllib

    text = path.read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), Protocol)
    except msgspec.ValidationError:  # it has texts in several languages
        from hairplan.protocol.toml import parse_toml

        return parse_toml(text, Protocol, str(path))
