"""How long an answer takes at the least, so that its time tells nothing about what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def no_sooner_than(
    seconds: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Let what is done inside take ``seconds`` at least, also when it fails."""
    began = clock()
    try:
        yield
    finally:
        sleep(max(0.0, seconds - (clock() - began)))
