"""What accounts need from outside: a layout in which a holder can take their own data away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from smarthub.accounts.types import Agreement


class HolderFormat(Protocol):
    """A layout of who holds an account and where it is served; it is personal data."""

    def write(
        self,
        *,
        account_number: str,
        holders: Sequence[str],
        agreements: Sequence[Agreement],
        zone: ZoneInfo,
        updated_at: dt.datetime,
    ) -> Iterator[str]:
        """Yield the file in order; ``holders`` are names, ``zone`` is that of the dates."""
