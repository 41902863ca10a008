"""Our digests are SHA-256, with or without OpenSSL."""

import hashlib
import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hairplan import digests


@given(st.binary(max_size=300))
def test_a_digest_is_sha_256(data: bytes) -> None:
    assert digests.sha256(data) == hashlib.sha256(data).hexdigest()


def test_a_python_without_its_own_uses_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        if name.startswith("_"):
            raise ImportError(name)
        return importlib.import_module(name)

    monkeypatch.setattr(digests, "import_module", absent)
    digests.hasher.cache_clear()
    monkeypatch.setattr(digests, "hasher", digests.hasher.__wrapped__)
    assert digests.sha256(b"") == hashlib.sha256(b"").hexdigest()
