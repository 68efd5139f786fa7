"""A bill as everybody sees it: pages, the printed bill and the API hold these values only.

Names come as ``Text``, so either language can be drawn. Amounts are positive when the member
owes them; payments are negative.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NewType

from smarthub.accounts.types import AccountId
from smarthub.billing.types.certificates import (
    CertificateRow,
    NewCertificate,
    TaxCertificate,
)
from smarthub.billing.types.runs import (
    BillRunId,
    DifferenceRow,
    DraftRow,
    ExceptionView,
    RunDesk,
    RunReport,
    RunRow,
    RunState,
    ServiceSum,
)
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text
from smarthub.members.types import PersonId
from smarthub.rating.types import History, Netted, PricedLine

BillId = NewType("BillId", uuid.UUID)
TEMPLATE_VERSION = "3"
"""Of the printed bill; a bill is drawn by the version it was made with."""

__all__ = [
    "BillId",
    "BillMessage",
    "BillRunId",
    "BillSummary",
    "BillView",
    "BilledPeriod",
    "BilledSegment",
    "CertificateRow",
    "ContractValue",
    "Correction",
    "Cycle",
    "DifferenceRow",
    "DraftRow",
    "ExceptionView",
    "Invoice",
    "InvoiceLine",
    "IssuedBill",
    "MessageDesk",
    "MeterRead",
    "NewCertificate",
    "NewMessage",
    "PointBilling",
    "PricedPeriod",
    "Reader",
    "RunDesk",
    "RunReport",
    "RunRow",
    "RunState",
    "SegmentView",
    "ServiceSum",
    "TaxCertificate",
]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Accounts billed together: the day of the month of the bill, and the day it is due."""

    code: str
    name: Text
    bill_day: int
    due_day: int


@dataclass(frozen=True, slots=True)
class ContractValue:
    """A fact of an agreement that no meter shows, and the local day it holds from."""

    name: str
    value: Decimal
    effective_from: dt.date


@dataclass(frozen=True, slots=True)
class MeterRead:
    """What one meter showed at both ends of its part of a period (rules 12 to 15)."""

    meter_serial: str
    previous_on: dt.date
    previous: Decimal
    present_on: dt.date
    present: Decimal
    kind: str
    multiplier: Decimal
    quantity: Decimal
    unit: Unit
    estimated: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as a bill stores it; numbers as text, so no digit is lost."""
        return {
            "meter": self.meter_serial,
            "previous_on": self.previous_on.isoformat(),
            "previous": str(self.previous),
            "present_on": self.present_on.isoformat(),
            "present": str(self.present),
            "kind": self.kind,
            "multiplier": str(self.multiplier),
            "quantity": str(self.quantity),
            "unit": self.unit.value,
            "estimated": self.estimated,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> MeterRead:
        """Read what ``as_json`` wrote."""
        return cls(
            meter_serial=value["meter"],
            previous_on=dt.date.fromisoformat(value["previous_on"]),
            previous=Decimal(value["previous"]),
            present_on=dt.date.fromisoformat(value["present_on"]),
            present=Decimal(value["present"]),
            kind=value["kind"],
            multiplier=Decimal(value["multiplier"]),
            quantity=Decimal(value["quantity"]),
            unit=Unit(value["unit"]),
            estimated=value["estimated"],
        )


@dataclass(frozen=True, slots=True)
class BilledPeriod:
    """What one agreement used and cost in one period, and how warm it was, where known."""

    period: Period
    quantity: Decimal
    charges: Money
    mean_f: Decimal | None = None

    @property
    def daily_use(self) -> Decimal:
        """Average use a day, to one decimal."""
        return round(self.quantity / self.period.days, 1)

    @property
    def daily_cost(self) -> Money:
        """Average cost a day."""
        return Money.rounded(self.charges.dollars / self.period.days)

    def as_json(self) -> list[str | int | None]:
        """Return it as a bill stores it."""
        mean = None if self.mean_f is None else str(self.mean_f)
        start, end = self.period.start.isoformat(), self.period.end.isoformat()
        return [start, end, str(self.quantity), self.charges.cents, mean]

    @classmethod
    def from_json(cls, value: list[Any]) -> BilledPeriod:
        """Read what ``as_json`` wrote."""
        start, end, quantity, cents, mean = value
        return cls(
            period=Period(dt.date.fromisoformat(start), dt.date.fromisoformat(end)),
            quantity=Decimal(quantity),
            charges=Money(cents),
            mean_f=None if mean is None else Decimal(mean),
        )


@dataclass(frozen=True, slots=True)
class SegmentView:
    """One service at one place: period, reads, lines, and its use over the last months.

    ``use`` is in the unit of the meter; a tariff that converts it shows the converted quantity
    on its lines, and ``conversion_factor`` says by what. ``history`` holds up to thirteen
    periods of bills, oldest first, this one last; empty where nothing is metered.
    ``settles`` says that its reads settle what the bill before estimated.
    """

    service: str
    service_point_number: str
    address: str
    tariff_code: str
    tariff_name: Text
    tariff_sentence: Text | None
    conversion_factor: Decimal | None
    in_advance: bool
    period: Period
    use: Quantity | None
    reads: tuple[MeterRead, ...]
    lines: tuple[PricedLine, ...]
    total: Money
    history: tuple[BilledPeriod, ...]
    last_bill: BilledPeriod | None
    last_year: BilledPeriod | None
    estimated: bool = False
    settles: bool = False
    netted: Netted | None = None

    @property
    def this_bill(self) -> BilledPeriod | None:
        """This period, as it stands in the history; None where nothing is metered."""
        return self.history[-1] if self.history else None

    @property
    def is_estimated(self) -> bool:
        """Whether any read behind it is an estimate, which the bill must say (rule 15)."""
        return self.estimated or any(read.estimated for read in self.reads)


@dataclass(frozen=True, slots=True)
class BilledSegment:
    """A segment and the bill it is on."""

    bill_number: str
    bill_date: dt.date
    segment: SegmentView


@dataclass(frozen=True, slots=True)
class PricedPeriod:
    """What one service point was billed for one period, for whoever prices its days.

    ``lines`` are named by their codes alone; ``tariff_version_id`` tells whose they are.
    ``leaves`` is what later bills rest on: kWh in a bank, dollars of credit, months of demand.
    """

    bill_number: str
    bill_date: dt.date
    period: Period
    tariff_version_id: int
    use: Quantity | None
    reads: tuple[MeterRead, ...]
    lines: tuple[PricedLine, ...]
    total: Money
    estimated: bool = False
    leaves: History = field(default_factory=History)

    @property
    def is_estimated(self) -> bool:
        """Whether any read behind it is an estimate (rule 15)."""
        return self.estimated or any(read.estimated for read in self.reads)


@dataclass(frozen=True, slots=True)
class PointBilling:
    """How one service point of an account is billed: its past periods, and on which day."""

    bill_day: int | None
    periods: tuple[PricedPeriod, ...]

    @property
    def billed_until(self) -> dt.date | None:
        """The first day no bill has yet."""
        return max((each.period.end for each in self.periods), default=None)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One thing a one-time invoice charges for, in the words of whoever wrote it."""

    text: Text
    amount: Money

    def as_json(self) -> dict[str, Any]:
        """Return it as a bill stores it."""
        return {"text": self.text.as_json(), "cents": self.amount.cents}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> InvoiceLine:
        """Read what ``as_json`` wrote."""
        return cls(Text.from_json(value["text"]), Money(value["cents"]))


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a one-time invoice is for; it rests on no meter and no rate (rule 47).

    ``address`` is where the account is served, for the head of the bill.
    """

    lines: tuple[InvoiceLine, ...]
    address: str = ""

    @property
    def total(self) -> Money:
        """The sum of its lines."""
        return Money.sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class BillSummary:
    """A bill on a list: ``asked`` is what its member was asked to pay, with any older debt.

    ``replaces`` and ``replaced_by`` are numbers of bills, told where a history shows all of them.
    """

    number: str
    account_id: AccountId
    bill_date: dt.date
    due_date: dt.date
    charges: Money
    asked: Money
    is_taken_back: bool = False
    is_invoice: bool = False
    replaces: str = ""
    replaced_by: str = ""
    gift: Money = ZERO


@dataclass(frozen=True, slots=True)
class BillMessage:
    """What the co-op tells its members on their bills; ``more`` explains it on a page."""

    number: int
    title: Text
    text: Text
    more: Text | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message as staff write it: for whom, and on which bill dates, ``[starts_on, ends_on)``.

    ``audience`` is ``all``, ``rate``, ``service`` or ``list``; ``values`` are the rates, services
    or account numbers.
    """

    title: Text
    text: Text
    more: Text | None
    audience: str
    values: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class MessageDesk:
    """A message as the desk shows it, and who wrote it when."""

    message: BillMessage
    audience: str
    values: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date
    author: str
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class BillView:
    """A whole bill (rule 40): previous + payments + adjustments + charges + gift = asked.

    ``old_number`` is the account's number in the billing system before; ``late_charge`` is what a
    payment after the due date costs more (zero: nothing is said of it); ``budget`` is the even
    amount a member on a budget pays; ``gift`` rounds it up to a whole dollar, and
    ``given_this_year`` is what was given so on the year's bills, this one included (rule 61). All
    as the bill was made, and empty on bills that did not know them yet.
    """

    number: str
    account_number: str
    holder: str
    bill_date: dt.date
    due_date: dt.date
    previous: Money
    payments: Money
    adjustments: Money
    charges: Money
    asked: Money
    segments: tuple[SegmentView, ...]
    last_charges: Money | None
    template_version: str
    taken_back: Correction | None = None
    corrects: Correction | None = None
    old_number: str = ""
    member_number: str = ""
    board_district: str = ""
    cycle_code: str = ""
    budget: Money | None = None
    late_charge: Money = ZERO
    is_final: bool = False
    messages: tuple[BillMessage, ...] = ()
    invoice: Invoice | None = None
    gift: Money = ZERO
    given_this_year: Money = ZERO

    @property
    def past_due(self) -> Money:
        """What earlier bills leave unpaid of the amount asked; never more than that amount."""
        older = self.previous + self.payments + self.adjustments
        return max(min(older, self.asked), ZERO)

    @property
    def difference(self) -> Money | None:
        """What this bill charges more than the one it replaces; less where it is negative."""
        if self.corrects is None or self.corrects.charges is None:
            return None
        return self.charges - self.corrects.charges

    @property
    def difference_size(self) -> Money:
        """The size of the difference, for sentences that say more or less."""
        return Money(abs(self.difference.cents)) if self.difference else Money(0)

    @property
    def address(self) -> str:
        """Where the first service is delivered, for the head of the bill."""
        if self.invoice is not None:
            return self.invoice.address
        return self.segments[0].address if self.segments else ""

    @property
    def period(self) -> Period | None:
        """From the first to the last day any service of the bill covers."""
        if not self.segments:
            return None
        spans = [segment.period for segment in self.segments]
        return Period(min(span.start for span in spans), max(span.end for span in spans))


@dataclass(frozen=True, slots=True)
class Reader:
    """A holder of an account: whose name is on its bills, and who is told of them."""

    person_id: PersonId
    name: str
    language: str
    is_organisation: bool = False


@dataclass(frozen=True, slots=True)
class IssuedBill:
    """What a run has just written, as far as telling its member needs it."""

    id: BillId
    number: str
    account_id: AccountId
    account_number: str
    due_date: dt.date
    charges: Money
    asked: Money
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """How a bill stands to another: it was taken back, or it stands for one that was.

    ``other`` is the number of the bill that replaced it, or that it replaces; ``charges`` is what
    that one charges.
    """

    reason: str
    on: dt.date
    other: str | None
    charges: Money | None
