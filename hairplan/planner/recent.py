"""A memory of what was used last: bounded, however many different things a batch asks for."""

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Values by key, of which the least recently used are forgotten.

    It holds two generations: what is used moves to the young one, and when that is full, it becomes
    the old one, whose values are forgotten. So both using and forgetting take a constant time.
    """

    def __init__(self, most: int) -> None:
        """Take how many values a generation may have."""
        self._most = most
        self._young: dict[Hashable, T] = {}
        self._old: dict[Hashable, T] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def clear(self) -> None:
        """Forget all of them."""
        self._young, self._old = {}, {}

    def get(self, key: Hashable) -> T | None:
        """Return the value of a key; None if it is not known, or forgotten."""
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.put(key, found)
        return found

    def put(self, key: Hashable, value: T) -> None:
        """Remember a value."""
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
        self._young[key] = value
