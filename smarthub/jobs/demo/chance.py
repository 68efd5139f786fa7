"""Choices that look like chance and are the same every time.

A choice is a SHA-256 hash of the seed and of what is chosen (``"habit", "0001001001"``), so it
rests on nothing but its own name: a larger co-op has the same first members as a smaller one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chance:
    """All choices of one seed."""

    seed: int

    def number(self, *names: object, below: int) -> int:
        """Return a whole number from 0 up to, and not including, ``below``."""
        return self._hash(names) % below

    def happens(self, *names: object, permille: int) -> bool:
        """Return true for ``permille`` of a thousand names."""
        return self.number(*names, below=1000) < permille

    def pick(self, *names: object, among: Sequence[T]) -> T:
        """Return one of ``among``."""
        return among[self.number(*names, below=len(among))]

    def generator(self, *names: object) -> np.random.Generator:
        """Return a stream of numbers, for loads with many thousand hours."""
        return np.random.Generator(np.random.PCG64(self._hash(names)))

    def _hash(self, names: tuple[object, ...]) -> int:
        text = ":".join(str(part) for part in (self.seed, *names))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
