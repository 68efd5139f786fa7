"""What sign-ins need from outside: where a network address is, if the co-op has a file for it."""

from __future__ import annotations

from typing import Protocol


class NetworkPlaces(Protocol):
    """Knows roughly where network addresses are; asks nobody outside for it."""

    def place_of(self, address: str) -> str:
        """Return the place of a network address, or the empty string when it is not known."""
