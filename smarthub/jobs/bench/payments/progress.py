"""Say how far a long run is, at each tenth of it and no oftener than it takes to read."""

from __future__ import annotations

import time
from collections.abc import Callable

TENTHS = 10
LEAST_SECONDS = 5.0


class Progress:
    """Called with how much is done and how much there is; says it now and then."""

    def __init__(self, name: str, say: Callable[[str], object]) -> None:
        self._name, self._say = name, say
        self._begun = self._told = time.perf_counter()
        self._tenth = 0

    def __call__(self, done: int, in_all: int) -> None:
        """Say it, if another tenth is done and something was said long enough ago."""
        now, tenth = time.perf_counter(), TENTHS * done // max(in_all, 1)
        if tenth > self._tenth and now - self._told >= LEAST_SECONDS:
            self._tenth, self._told = tenth, now
            self._say(f"  {self._name} {done:,} of {in_all:,} ({now - self._begun:.0f} s)")
