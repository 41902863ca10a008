"""Random inputs: the pieces that broke something, mutated texts, and values to begin with.

Whatever is made of a seed is plain data, so that JSON keeps an input that failed.
"""

import random
from datetime import date
from pathlib import Path

from hairplan.protocol.catalog import read_protocol_text

BUILT_IN = ("smp", "microneedling", "mesopecia", "mesotherapy")
EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 11, 1)
ODD = (
    "", "\0", "\x1b[31m", "\x9b", "\u202e", "=1+1", "'", '"', "\\", "..", "|", ",", "=", "9" * 30,
    "0207-03-04", "9999-12-31", "0001-01-01", "2027-02-29", "-1", "1e999", "\udceb", "\ufeff", "é",
    "2026-12-01..2026-11-01", "[" * 300, "a." * 60, "no", "yes", "x" * 300, "\r\n", "\t", "∞",
    "@SUM(A1)", "+1", "\r", "\u2028", "\x85", "[red]", "{", "%s", "BEGIN:VEVENT", ";", "\ud83d",
)  # fmt: skip
"""Pieces that broke something once, here or elsewhere."""


def mutate(text: str, chance: random.Random) -> str:
    """Change a text in a few places: cut, double, swap, or put an odd piece in."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, length = chance.randint(0, len(text)), chance.choice((0, 1, 3, 10, 60))
        piece = chance.choice((*ODD, text[at : at + length] * 2, str(chance.randint(-3, 99))))
        text = text[:at] + piece + text[at + chance.choice((0, length)) :]
    return text


def mutate_bytes(data: bytes, chance: random.Random) -> bytes:
    """Change bytes in a place: turn a bit, cut, double, or put an odd piece in."""
    at, length = chance.randrange(len(data)), chance.choice((1, 3, 10, 60, 1000))
    bit = bytes([data[at] ^ 1 << chance.randrange(8)])
    odd = chance.choice(ODD).encode("utf-8", "surrogatepass")
    return chance.choice((
        data[:at] + bit + data[at + 1 :],
        data[:at],
        data[:at] + data[at + length :],
        data[:at] + data[at : at + length] + data[at:],
        data[:at] + odd + data[at:],
        data + data[:at],
    ))  # fmt: skip


def random_protocol_text(chance: random.Random) -> str:
    """Return the text of a protocol file, built in or an example."""
    path = chance.choice([None, *sorted((EXAMPLES / "protocols").glob("*.toml"))])
    return path.read_text("utf-8") if path else read_protocol_text(chance.choice(BUILT_IN))
