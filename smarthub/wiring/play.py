"""The gateway with which the demo's history is played: the sandbox's own program."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from smarthub.integrations.sandbox.play import Play, run_play

__all__ = ["Play", "play_gateway"]

BOOKS = Path("sandbox") / "gateway.sqlite3"
"""Under the state folder, where the demo's own gateway looks for it."""


def play_gateway(*, state_dir: Path) -> AbstractContextManager[Play]:
    """Run the sandbox's gateway while a history is played; its books are the demo's."""
    return run_play(state_dir / BOOKS)
