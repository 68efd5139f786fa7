"""A bill run as the desk sees it: how far it is, what it comes to, what waits, what stands out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType

from smarthub.kernel.money import Money
from smarthub.kernel.text import Text

BillRunId = NewType("BillRunId", int)


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
class RunReport:
    """What a bill run came to, over all its tries; ``total`` is the sum of charges."""

    cycle_code: str
    bill_date: dt.date
    bills: int
    exceptions: tuple[ExceptionView, ...]
    total: Money
    is_complete: bool
