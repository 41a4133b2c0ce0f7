"""Numbers that follow from a seed and the name of what is thrown for: the same on every machine and in every order."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_BYTES = 64
_EACH = 4


class Dice:
    """Throws for one thing, one after another."""

    __slots__ = ("_at", "_bytes", "_name", "_round")

    def __init__(self, seed: int, *name: object) -> None:
        self._name = "/".join(map(str, (seed, *name)))
        self._round, self._at, self._bytes = 0, _BYTES, b""

    def below(self, limit: int) -> int:
        """A whole number from 0 to below the limit."""
        return self._next() * limit >> 32

    def one_of(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[self.below(len(things))]

    def part(self) -> float:
        """A number from 0 to below 1."""
        return self._next() / 2**32

    def _next(self) -> int:
        if self._at == _BYTES:
            self._bytes = hashlib.blake2b(f"{self._name}/{self._round}".encode(), digest_size=_BYTES).digest()
            self._round, self._at = self._round + 1, 0
        self._at += _EACH
        return int.from_bytes(self._bytes[self._at - _EACH : self._at], "big")
