"""Named points at which a test may stop a real process and kill it from outside.

In service nothing is armed and ``reach`` does nothing. ``config`` arms one point for a
process; reaching it writes a marker file and waits, so that the test can send SIGKILL there.
"""

from __future__ import annotations

import time
from pathlib import Path

_armed: dict[str, Path] = {}


def arm(point: str, marker: Path) -> None:
    """Make this process stop at ``point``, after writing ``marker``."""
    _armed[point] = marker


def reach(point: str) -> None:
    """Say that ``point`` was reached; stop there if it is armed and its marker is not yet there."""
    marker = _armed.get(point)
    if marker is None or marker.exists():
        return
    marker.write_text(point)
    while True:
        time.sleep(60)
