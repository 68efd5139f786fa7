"""Places of network addresses, from a file the co-op supplies: ``first,last,place`` in each row.

Without such a file no place is shown, and no address is ever sent anywhere to be looked up.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from ipaddress import ip_address
from pathlib import Path


class FilePlaces:
    """Addresses between the first and the last of a row are at its place.

    Raises:
        ValueError: a row is not three columns, or holds no address; the text says which row.
    """

    def __init__(self, file: Path) -> None:
        rows = []
        with file.open(encoding="utf-8", newline="") as opened:
            for number, row in enumerate(csv.reader(opened), start=1):
                try:
                    first, last, place = row
                    rows.append((_key(first), _key(last), place.strip()))
                except ValueError as error:
                    text = f"{file.name}, row {number}: give first address, last address, place"
                    raise ValueError(text) from error
        self.rows = sorted(rows)
        self.firsts = [first for first, _, _ in self.rows]

    def place_of(self, address: str) -> str:
        """Return the place of a network address, or the empty string when no row holds it."""
        try:
            wanted = _key(address)
        except ValueError:
            return ""
        at = bisect_right(self.firsts, wanted) - 1
        if at < 0 or wanted > self.rows[at][1]:
            return ""
        return self.rows[at][2]


class NoPlaces:
    """Knows no place at all: the co-op supplied no file."""

    def place_of(self, address: str) -> str:  # noqa: ARG002 (the port's own shape)
        """Return the empty string."""
        return ""


def _key(address: str) -> tuple[int, int]:
    found = ip_address(address.strip())
    return found.version, int(found)
