"""What usage needs from outside: a layout in which a member can take their use away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from smarthub.usage.types import UsageExport


class UsageFormat(Protocol):
    """A layout of exported use; ``wiring.usage_formats`` has those we know."""

    @property
    def media_type(self) -> str:
        """The type of the file, as a browser is told it."""

    @property
    def suffix(self) -> str:
        """The end of the file's name, without the point."""

    def write(self, export: UsageExport) -> Iterator[str]:
        """Yield the file in order, a piece at a time, so that memory stays flat."""
