"""Check the built-in protocol files and write each as JSON beside it.

Run `python tests/compile_protocols.py` after a change to one of them.

Reading TOML and checking it takes a tenth of a short command's time. A built-in protocol is checked
here, once, instead of at every start; a test says when one of the JSON files is behind.
"""

from pathlib import Path

import msgspec

from hairplan.protocol.catalog import names, protocol_text
from hairplan.protocol.load import parse_protocol

FOLDER = Path(__file__).parent.parent / "hairplan" / "protocols"


def compiled(name: str) -> bytes:
    """Return a built-in protocol as JSON, after every check."""
    protocol = parse_protocol(protocol_text(name), f"{name}.toml")
    return msgspec.json.format(msgspec.json.encode(protocol), indent=1) + b"\n"


def main() -> None:
    """Write all of them."""
    for name in names():
        (FOLDER / f"{name}.json").write_bytes(compiled(name))


if __name__ == "__main__":
    main()
