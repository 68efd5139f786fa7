"""A bill as everybody sees it: pages, the printed bill and the API hold these values only.

Names come as ``Text``, so either language can be drawn. Amounts are positive when the member
owes them; payments are negative.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NewType

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text
from smarthub.members.types import PersonId
from smarthub.rating.types import PricedLine

BillId = NewType("BillId", uuid.UUID)
BillRunId = NewType("BillRunId", int)


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
class BillSummary:
    """A bill on a list: ``asked`` is what its member was asked to pay, with any older debt."""

    number: str
    account_id: AccountId
    bill_date: dt.date
    due_date: dt.date
    charges: Money
    asked: Money


@dataclass(frozen=True, slots=True)
class BillView:
    """A whole bill (rule 40): previous + payments + adjustments + charges = asked."""

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
        return self.segments[0].address if self.segments else ""

    @property
    def period(self) -> Period | None:
        """From the first to the last day any service of the bill covers."""
        if not self.segments:
            return None
        spans = [segment.period for segment in self.segments]
        return Period(min(span.start for span in spans), max(span.end for span in spans))


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


@dataclass(frozen=True, slots=True)
class Reader:
    """A holder of an account: whose name is on its bills, and who is told of them."""

    person_id: PersonId
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """An account a run could not bill, and why; it held up nobody else (rule 46)."""

    account_number: str
    code: str
    values: Mapping[str, Any]


class RunState(StrEnum):
    """How far a run is: being drafted, to be looked at, being written, or done."""

    DRAFTING = "drafting"
    REVIEW = "review"
    WRITING = "writing"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run on the desk's list: how far it is, and what it comes to.

    ``total`` is of the bills written and of the drafts that are not; ``held`` are drafts that
    wait for a person.
    """

    id: BillRunId
    cycle_code: str
    cycle_name: Text
    bill_date: dt.date
    state: RunState
    accounts: int
    drafted: int
    done: int
    bills: int
    drafts: int
    held: int
    exceptions: int
    total: Money

    @property
    def reached(self) -> int:
        """How many accounts the present step is through with."""
        return self.drafted if self.state is RunState.DRAFTING else self.done

    @property
    def made(self) -> int:
        """How many bills there are or will be."""
        return self.bills + self.drafts

    @property
    def average(self) -> Money:
        """What a bill comes to on average."""
        return Money.rounded(self.total.dollars / self.made) if self.made else Money(0)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft on the desk: what it would charge, what it is held for, what came before."""

    account_number: str
    charges: Money
    services: tuple[str, ...]
    last: Money | None
    last_year: Money | None
    held_code: str
    held_values: Mapping[str, Any]
    hold_reason: str

    @property
    def is_held(self) -> bool:
        """Whether it waits for a person."""
        return bool(self.held_code or self.hold_reason)


@dataclass(frozen=True, slots=True)
class ServiceSum:
    """How many bills have a service, and what it came to; unknown while they are drafts."""

    service: str
    bills: int
    total: Money | None


@dataclass(frozen=True, slots=True)
class RunDesk:
    """Everything the desk shows of one run."""

    row: RunRow
    previous: RunRow | None
    services: tuple[ServiceSum, ...]
    exceptions: tuple[ExceptionView, ...]
    exception_counts: tuple[tuple[str, int], ...]
    held: tuple[DraftRow, ...]
    outliers: tuple[DraftRow, ...]
    drafts: tuple[DraftRow, ...]


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A bill that would come out otherwise today."""

    id: int
    bill_number: str
    account_number: str
    bill_date: dt.date
    code: str
    found_at: dt.datetime
    billed: Money
    would_be: Money

    @property
    def difference(self) -> Money:
        """What the member would owe more, or less where it is negative."""
        return self.would_be - self.billed


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


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a bill run came to, over all its tries; ``total`` is the sum of charges."""

    cycle_code: str
    bill_date: dt.date
    bills: int
    exceptions: tuple[ExceptionView, ...]
    total: Money
    is_complete: bool
