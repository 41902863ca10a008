"""SHA-256, without waiting for OpenSSL.

`hashlib` loads OpenSSL whatever it is asked for, which takes a fiftieth of a short command's time.
Python's own implementation gives the same digests.
"""

import sys
from functools import cache
from importlib import import_module
from typing import Any


def sha256(data: bytes) -> str:
    """Return the SHA-256 digest of some bytes, in hexadecimal."""
    digest: str = hasher()(data).hexdigest()
    return digest


@cache
def hasher() -> Any:  # noqa: ANN401 - of whichever module there is
    """Return the constructor of a SHA-256, of Python's own module or the system's."""
    own = "_sha2" if sys.version_info >= (3, 12) else "_sha256"
    try:
        module = import_module(own)
    except ImportError:
        module = import_module("hashlib")
    return module.sha256
