"""SHA-256, without waiting for OpenSSL.

`hashlib` loads OpenSSL whatever it is asked for, which takes a fiftieth of a short command's time.
Python's own implementation gives the same digests.
"""

import sys
from importlib import import_module


def sha256(data: bytes) -> str:
    """Return the SHA-256 digest of some bytes, in hexadecimal."""
    own = "_sha2" if sys.version_info >= (3, 12) else "_sha256"
    try:
        module = import_module(own)
    except ImportError:
        module = import_module("hashlib")
    digest: str = module.sha256(data).hexdigest()
    return digest
