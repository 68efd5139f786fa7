"""The layout as the port wants it."""

from __future__ import annotations

from smarthub.integrations.nacha.reading import read_file
from smarthub.integrations.nacha.writing import write_file
from smarthub.payments.ports import BankFile, Originator, ReadBankFile


class Nacha:
    """Files of 94 columns, as every American bank takes and gives them."""

    def write(self, *, file: BankFile, originator: Originator) -> bytes:
        """Return the file as it is handed in."""
        return write_file(file=file, originator=originator)

    def read(self, *, content: bytes) -> ReadBankFile:
        """Return what a file holds."""
        return read_file(content=content)
