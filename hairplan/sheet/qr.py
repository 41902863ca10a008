"""QR codes of moments as SVG, of level M, with their quiet zone.

A list of patients has thousands of moments, but few days and few times of day. So the code of a
moment is put together from one with its day and one with its time: each module is a sum, modulo 2,
of bits of what a code holds, as long as all have the same length and the same mask.
"""

import re
from functools import lru_cache
from itertools import groupby
from typing import Final

from msgspec import Struct

_MOMENT: Final = re.compile("([0-9]{8})T([0-9]{6})")
_QUIET_ZONE: Final = 4
# To try all eight masks takes most of a code's time, and readers read each as well.
_MASK: Final = 3


class _Modules(Struct, frozen=True):
    """A code without its quiet zone.

    Attributes:
        size: how many modules a row has, and how many rows there are.
        bits: all rows, each in whole bytes; a dark module is a one.
    """

    size: int
    bits: int


def qr_image(payload: str) -> str:
    """Return a QR code as SVG, each module a unit wide."""
    neither = _modules(_MOMENT.sub("20000101T000000", payload))
    by_day = _modules(_MOMENT.sub(r"\1T000000", payload))
    by_time = _modules(_MOMENT.sub(r"20000101T\2", payload))
    size, width = neither.size, _bytes_in_row(neither.size)
    drawn = (neither.bits ^ by_day.bits ^ by_time.bits).to_bytes(width * size, "big")
    rows = (drawn[begin : begin + width] for begin in range(0, len(drawn), width))
    path = f"m-{8 * width} 1".join("".join(map(_stroke, row)) for row in rows)
    edge, whole = -_QUIET_ZONE, size + 2 * _QUIET_ZONE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{edge} {edge} {whole} {whole}">'
        f'<path stroke="#000" d="M0 .5{path}"/></svg>'
    )


@lru_cache(maxsize=4096)
def _modules(payload: str) -> _Modules:
    import segno

    code = segno.make(payload, error="m", boost_error=False, micro=False, mask=_MASK)
    width = 8 * _bytes_in_row(len(code.matrix))
    rows = ["".join(map(str, row)).ljust(width, "0") for row in code.matrix]
    return _Modules(len(rows), int("".join(rows), 2))


def _bytes_in_row(size: int) -> int:
    return -(-size // 8)


@lru_cache(maxsize=256)
def _stroke(byte: int) -> str:
    """Return eight modules of a row as a path, which ends where the next ones begin."""
    runs = [(module, len(list(run))) for module, run in groupby(f"{byte:08b}")]
    return "".join(f"h{length}" if module == "1" else f"m{length} 0" for module, length in runs)
