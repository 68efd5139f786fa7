"""Two ports that nobody listens on, for a portal and its gateway that tests start."""

from __future__ import annotations

import os
import socket

PORTS = range(20_000, 30_000, 2)


def two_free_ports() -> int:
    """Return the first of two neighbours that are free.

    A program binds its port long after it was chosen, so processes that run at the same time
    begin to look at different ones.
    """
    start = os.getpid() % len(PORTS)
    ports = [*PORTS[start:], *PORTS[:start]]
    chosen: int = next(port for port in ports if _free(port) and _free(port + 1))
    return chosen


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
