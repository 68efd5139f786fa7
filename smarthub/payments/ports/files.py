"""The files of banks, lockboxes, stores and agencies: what a layout reads and writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money
from smarthub.payments.types import ReadAgency


class BankFileRefused(Refused):
    """A file for or from a bank does not hold together; nothing of it is used.

    Values: ``line``, counted from 1 (0 where it is about the whole file), ``field``, ``reason``
    (a stable word), and where they are known ``found`` and ``expected``.
    """

    code = "bank_file_refused"


class BankAccountKind(StrEnum):
    """What kind of account a bank holds for somebody; the value is stored."""

    CHECKING = "checking"
    SAVINGS = "savings"


class EntryUse(StrEnum):
    """What one entry of a bank file does to the account it names."""

    CREDIT = "credit"
    CREDIT_PRENOTE = "credit_prenote"
    DEBIT = "debit"
    DEBIT_PRENOTE = "debit_prenote"

    @property
    def is_prenote(self) -> bool:
        """Whether it only asks if the account can be used: such an entry moves nothing."""
        return self in {EntryUse.CREDIT_PRENOTE, EntryUse.DEBIT_PRENOTE}

    @property
    def opposite(self) -> EntryUse:
        """The use that undoes it."""
        return {
            EntryUse.CREDIT: EntryUse.DEBIT,
            EntryUse.DEBIT: EntryUse.CREDIT,
            EntryUse.CREDIT_PRENOTE: EntryUse.DEBIT_PRENOTE,
            EntryUse.DEBIT_PRENOTE: EntryUse.CREDIT_PRENOTE,
        }[self]


class EntryClass(StrEnum):
    """How the holder agreed, as the clearing house wants to know: one for a whole batch."""

    PPD = "PPD"
    """On paper, by a person."""
    WEB = "WEB"
    """On a page, by a person."""
    CCD = "CCD"
    """By a business."""


@dataclass(frozen=True, slots=True)
class Originator:
    """Who hands in bank files, and at which bank.

    ``odfi`` is that bank's routing number; ``destination`` the one the file is addressed to.
    """

    odfi: str
    destination: str
    destination_name: str
    origin: str
    origin_name: str
    company_name: str
    company_id: str


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One movement, of one account at one bank; ``sequence`` numbers it within its bank's day.

    ``is_recurring`` is told for WEB alone: whether the holder agreed to more than this once.
    """

    use: EntryUse
    routing: str
    account: str
    account_kind: BankAccountKind
    amount: Money
    name: str
    id_number: str
    sequence: int
    is_recurring: bool = False
    addenda: str = ""


@dataclass(frozen=True, slots=True)
class BankBatch:
    """Entries of one company and one class, for one day; ``description`` is on statements."""

    entry_class: EntryClass
    description: str
    effective_on: dt.date
    entries: tuple[BankEntry, ...]


@dataclass(frozen=True, slots=True)
class BankFile:
    """Batches handed in together; ``letter`` tells a day's files apart, from ``A`` on."""

    created_at: dt.datetime
    letter: str
    batches: tuple[BankBatch, ...]


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry as a bank file has it: nothing of it is believed before the file adds up."""

    line: int
    entry_class: str
    use: EntryUse
    amount: Money
    trace: str
    effective: str
    name: str
    account_last4: str
    addenda: str = ""


@dataclass(frozen=True, slots=True)
class ReturnedEntry:
    """An entry that came back, or is to be written otherwise from now on.

    Args:
        line: Where it stands in the file.
        code: ``R01`` and the like for a return, ``C01`` and the like for a notice of change.
        original_trace: The trace of the entry it is about.
        trace: Its own.
        amount: As the bank returned it; nothing for a notice of change.
        told: What the bank wrote besides: for a notice, the corrected data, blanks at its end kept
            off. It may hold an account number, and must not be logged.
        settles_on: The day of its batch on which the banks move it, where the file tells one.
        company_id: Whose entry it was, by its batch: the bank numbers for others as well.
    """

    line: int
    code: str
    original_trace: str
    trace: str
    amount: Money
    told: str
    settles_on: dt.date | None = None
    company_id: str = ""


@dataclass(frozen=True, slots=True)
class ReadBankFile:
    """What a bank file holds, once all of its counts, hashes and totals were found right."""

    origin: str
    destination: str
    created: str
    debits: Money
    credits: Money
    entries: tuple[ReadEntry, ...]
    returned: tuple[ReturnedEntry, ...]


class BankFileFormat(Protocol):
    """The layout in which a bank takes entries and gives back returns."""

    def write(self, *, file: BankFile, originator: Originator) -> bytes:
        """Return the file as it is handed in.

        Raises:
            BankFileRefused: a value cannot stand in it, such as an account of 18 digits.
        """

    def read(self, *, content: bytes) -> ReadBankFile:
        """Return what a file holds.

        Raises:
            BankFileRefused: it is cut short, changed on the way, or no such file.
        """


@dataclass(frozen=True, slots=True)
class LockboxItem:
    """One check a bank opened for the co-op; ``scan_line`` is what its machine read of the stub."""

    line: int
    batch: str
    item: str
    amount: Money
    check_number: str
    scan_line: str


@dataclass(frozen=True, slots=True)
class ReadLockbox:
    """A day's checks, once every count and total, of batches and of the file, was found right."""

    lockbox: str
    deposited_on: dt.date
    total: Money
    items: tuple[LockboxItem, ...]


class LockboxFormat(Protocol):
    """The layout in which a bank tells of the checks it opened."""

    def read(self, *, content: bytes) -> ReadLockbox:
        """Return what a file holds.

        Raises:
            BankFileRefused: it is cut short, changed on the way, or no such file.
        """


@dataclass(frozen=True, slots=True)
class CashItem:
    """Cash a store took; ``number`` is what its machine read of the bar code."""

    line: int
    number: str
    amount: Money
    paid_on: dt.date
    receipt: str


@dataclass(frozen=True, slots=True)
class ReadCash:
    """What stores took for a biller, once the count and the total were found right."""

    biller: str
    total: Money
    items: tuple[CashItem, ...]


class CashFormat(Protocol):
    """The layout in which a network of stores tells of the cash it took."""

    def read(self, *, content: bytes) -> ReadCash:
        """Return what a file holds.

        Raises:
            BankFileRefused: it is cut short, changed on the way, or no such file.
        """


class AgencyFormat(Protocol):
    """The layout in which an agency tells for whom it paid."""

    def read(self, *, content: bytes) -> ReadAgency:
        """Return what a file holds.

        Raises:
            BankFileRefused: it is cut short, changed on the way, or no such file.
        """
