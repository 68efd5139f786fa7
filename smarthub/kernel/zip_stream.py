"""What a zip is written into while it is sent: it takes bytes and gives them on, and keeps none."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any


class ZipSink(io.RawIOBase):
    """Takes what the zip writes until it is sent on; it cannot go back, so neither does the zip."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._waiting += data
        return len(data)

    def take(self) -> bytes:
        """Return what waits, and keep nothing of it."""
        waiting, self._waiting = bytes(self._waiting), bytearray()
        return waiting


def zip_entry(name: str, now: dt.datetime) -> zipfile.ZipInfo:
    """Return the entry of a file that was made at an instant."""
    entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
