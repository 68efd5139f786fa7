"""One thing ``doctor`` looked at, and what it says about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How bad a finding is."""

    GOOD = "ok"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found and, where it is wrong, how to mend it."""

    level: Level
    subject: str
    found: str
    mend: str = ""

    @property
    def wrong(self) -> bool:
        """Whether the installation should not serve members like this."""
        return self.level is Level.WRONG

    def line(self) -> str:
        """Return the finding as it is printed."""
        mend = f"\n        To mend: {self.mend}" if self.mend else ""
        return f"{self.level.value:<6}{self.subject}: {self.found}{mend}"
