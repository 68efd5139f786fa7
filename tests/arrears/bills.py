"""A bill with its entry, without a meter: what tests of arrears need of one."""

from __future__ import annotations

import datetime as dt

from smarthub.accounts.types import AccountId
from smarthub.billing.models import Bill
from smarthub.kernel.money import Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.types import Asked, Posting
from tests.cast import NOW

BILLED, DUE = dt.date(2026, 11, 3), dt.date(2026, 11, 24)
"""A Tuesday both; the Thursday after the due date is Thanksgiving."""


def write_bill(
    account: AccountId,
    *,
    electric: int = 0,
    fiber: int = 0,
    gas: int = 0,
    billed: dt.date = BILLED,
    due: dt.date = DUE,
) -> str:
    """Write a bill of so many cents for each service, and post it; return its number."""
    number = f"{account}-{billed:%y%m%d}"
    parts = {"electric": electric, "fiber": fiber, "gas": gas}
    cents = sum(parts.values())
    Bill.objects.create(
        number=number,
        account_id=account,
        bill_date=billed,
        due_date=due,
        previous_cents=0,
        payments_cents=0,
        adjustments_cents=0,
        charges_cents=cents,
        asked_cents=cents,
        template_version="1",
        created_at=NOW,
    )
    post_entry(
        source_key=f"bill:{number}",
        kind="bill",
        effective_date=billed,
        postings=[
            leg
            for service, part in parts.items()
            if part
            for leg in (
                Posting(f"ar:{service}", Money(part), account),
                Posting(f"revenue:{service}", Money(-part)),
            )
        ],
        asked=[Asked(account, Money(cents))],
        posted_at=NOW,
    )
    return number


def at(day: dt.date, hour: int = 17) -> dt.datetime:
    """Return a moment of a local day, by the hour in UTC; 17 is eleven in Chicago."""
    return dt.datetime.combine(day, dt.time(hour), dt.UTC)
