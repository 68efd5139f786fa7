"""The records of a file: 94 columns each, and in which of them each field stands.

One table serves writing and reading, so the two cannot disagree. Columns are counted from 1 and
both ends belong to the field, as the clearing house's own book counts them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smarthub.payments.ports import BankFileRefused

WIDTH, BLOCK = 94, 10
"""Columns of a record, and records of a block."""
FILLER = "9" * WIDTH
HASH_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field stands; numbers stand right with zeros, words left with blanks."""

    name: str
    first: int
    last: int
    is_number: bool = False

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.last - self.first + 1


FILE_HEADER = (
    Field("priority", 2, 3),
    Field("destination", 4, 13),
    Field("origin", 14, 23),
    Field("created_on", 24, 29),
    Field("created_at", 30, 33),
    Field("letter", 34, 34),
    Field("record_size", 35, 37),
    Field("blocking", 38, 39),
    Field("format", 40, 40),
    Field("destination_name", 41, 63),
    Field("origin_name", 64, 86),
    Field("reference", 87, 94),
)
BATCH_HEADER = (
    Field("service_class", 2, 4),
    Field("company_name", 5, 20),
    Field("discretionary", 21, 40),
    Field("company_id", 41, 50),
    Field("entry_class", 51, 53),
    Field("description", 54, 63),
    Field("descriptive_date", 64, 69),
    Field("effective", 70, 75),
    Field("settlement", 76, 78),
    Field("status", 79, 79),
    Field("odfi", 80, 87),
    Field("number", 88, 94, is_number=True),
)
ENTRY = (
    Field("transaction", 2, 3),
    Field("routing", 4, 12),
    Field("account", 13, 29),
    Field("amount", 30, 39, is_number=True),
    Field("id_number", 40, 54),
    Field("name", 55, 76),
    Field("payment_type", 77, 78),
    Field("has_addenda", 79, 79),
    Field("trace", 80, 94),
)
ADDENDA = (
    Field("addenda_type", 2, 3),
    Field("text", 4, 83),
    Field("sequence", 84, 87, is_number=True),
    Field("entry_sequence", 88, 94, is_number=True),
)
RETURN_ADDENDA = (
    Field("addenda_type", 2, 3),
    Field("code", 4, 6),
    Field("original_trace", 7, 21),
    Field("date_of_death", 22, 27),
    Field("original_rdfi", 28, 35),
    Field("text", 36, 79),
    Field("trace", 80, 94),
)
CHANGE_ADDENDA = (
    Field("addenda_type", 2, 3),
    Field("code", 4, 6),
    Field("original_trace", 7, 21),
    Field("reserved", 22, 27),
    Field("original_rdfi", 28, 35),
    Field("text", 36, 64),
    Field("reserved_end", 65, 79),
    Field("trace", 80, 94),
)
BATCH_CONTROL = (
    Field("service_class", 2, 4),
    Field("count", 5, 10, is_number=True),
    Field("hash", 11, 20, is_number=True),
    Field("debits", 21, 32, is_number=True),
    Field("credits", 33, 44, is_number=True),
    Field("company_id", 45, 54),
    Field("authentication", 55, 73),
    Field("reserved", 74, 79),
    Field("odfi", 80, 87),
    Field("number", 88, 94, is_number=True),
)
FILE_CONTROL = (
    Field("batches", 2, 7, is_number=True),
    Field("blocks", 8, 13, is_number=True),
    Field("count", 14, 21, is_number=True),
    Field("hash", 22, 31, is_number=True),
    Field("debits", 32, 43, is_number=True),
    Field("credits", 44, 55, is_number=True),
    Field("reserved", 56, 94),
)


def draw(kind: str, fields: Sequence[Field], values: Mapping[str, str | int], line: int) -> str:
    """Return one record of 94 columns; a field without a value is blank.

    Raises:
        BankFileRefused: a number is too long for its field. Words are cut.
    """
    return kind + "".join(_fit(field, values.get(field.name, ""), line) for field in fields)


def take(fields: Sequence[Field], record: str, line: int) -> dict[str, str]:
    """Return the fields of a record without their blanks.

    Raises:
        BankFileRefused: a field for a number holds something else.
    """
    found = {field.name: record[field.first - 1 : field.last].strip() for field in fields}
    for field in fields:
        value = found[field.name]
        if field.is_number and not (value.isascii() and value.isdigit()):
            raise BankFileRefused(line=line, field=field.name, reason="not_a_number", found=value)
    return found


def plain(text: str) -> str:
    """Return words as a bank can print them: capitals without accents, anything else a blank."""
    bare = unicodedata.normalize("NFKD", text)
    letters = (char for char in bare if not unicodedata.combining(char))
    return "".join(char if " " <= char <= "~" else " " for char in letters).upper()


def hash_of(routings: Sequence[str]) -> int:
    """Return the entry hash: the sum of the first eight digits of each, its last ten digits."""
    return int(sum(int(routing[:8]) for routing in routings) % 10**HASH_DIGITS)


def _fit(field: Field, value: str | int, line: int) -> str:
    text = plain(str(value))
    if not field.is_number:
        return text[: field.width].ljust(field.width)
    if len(text) > field.width:
        raise BankFileRefused(line=line, field=field.name, reason="too_long", found=text)
    return text.rjust(field.width, "0")
