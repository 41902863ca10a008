"""The encoding of a list, told by its bytes alone, so that nobody has to know it.

Conventions:

* A byte order mark decides; without one, text with a zero in every other byte is UTF-16.
* Text is UTF-8 if more of what is not ASCII in it is UTF-8 than is not: a damaged row spoils itself
  alone. Any other text is Windows-1252, which spreadsheets of western Europe save, or Latin-1 where
  that has no such byte.
* Guesses by the frequency of letters are worse here: they take a short French or Italian list for
  one of central Europe.
"""

import codecs
from collections.abc import Callable
from typing import IO, Final, Literal

Encoding = Literal["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]

ENCODING_NAMES: Final[dict[Encoding, str]] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}

_HEAD: Final = 4096
_PART: Final = 8192
_CHUNK: Final = 1 << 20
_NOT_IN_CP1252: Final = b"\x81\x8d\x8f\x90\x9d"


def find_encoding(stream: IO[bytes]) -> Encoding:
    """Return the encoding of a text that can be read twice; of any other stream it is UTF-8.

    Args:
        stream: the text from its beginning, where it stands afterwards too.
    """
    if not stream.seekable():
        return "utf-8"
    begin = stream.tell()
    head = stream.read(_HEAD)
    found = _by_zeros(head) or ("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else None)
    stream.seek(begin)
    if found is None:
        found = _by_letters(stream)
        stream.seek(begin)
    return found


def line_reader(stream: IO[bytes], encoding: Encoding) -> Callable[[int], str]:
    """Return what reads the next line of a text, or the next part of one that is longer.

    Bytes that are no UTF-8 become lone surrogates, so that they come out as they went in.
    """
    if encoding.startswith("utf-16"):
        return _Utf16Lines(stream, encoding).read_line
    if encoding.startswith("utf-8"):
        return lambda most: stream.readline(most).decode("utf-8", "surrogateescape")
    return lambda most: stream.readline(most).decode(encoding)


class _Utf16Lines:
    """The lines of UTF-16, in whose bytes a line end is no single one."""

    def __init__(self, stream: IO[bytes], encoding: Encoding) -> None:
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder(encoding)("replace")
        self.ahead = ""

    def read_line(self, most: int) -> str:
        while len(self.ahead) < most and "\n" not in self.ahead:
            data = self.stream.read(_PART)
            if not data:
                break
            self.ahead += self.decoder.decode(data)
        end = self.ahead.find("\n", 0, most) + 1 or most
        line, self.ahead = self.ahead[:end], self.ahead[end:]
        return line


def _by_zeros(head: bytes) -> Encoding | None:
    """Return the kind of UTF-16 that a text begins in; null for none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for first, encoding in enumerate[Encoding](("utf-16-be", "utf-16-le")):
        zeros = head[first::2].count(0)
        if zeros > len(head) // 4 and not head[1 - first :: 2].count(0):
            return encoding
    return None


def _by_letters(stream: IO[bytes]) -> Encoding:
    """Return the encoding by all that is not ASCII."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    others, is_cp1252, balance = False, True, 0
    while chunk := stream.read(_CHUNK):
        if not others and chunk.isascii():
            continue
        others = True
        is_cp1252 = is_cp1252 and not any(byte in chunk for byte in _NOT_IN_CP1252)
        text = decoder.decode(chunk)
        balance += sum(-1 if "\udc80" <= char <= "\udcff" else 1 for char in text if char > "\x7f")
    if balance >= 0:
        return "utf-8"
    return "cp1252" if is_cp1252 else "latin-1"
