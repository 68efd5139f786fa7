"""Two bare accounts for the ledger's tests: money needs nobody's name."""

from __future__ import annotations

import datetime as dt

from smarthub.accounts.operations import open_account
from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.ledger.types import Asked, NewEntry, Posting
from smarthub.members.operations import add_person, open_membership

JOINED = dt.date(2020, 1, 1)
POSTED_AT = dt.datetime(2026, 11, 3, 6, 30, tzinfo=dt.UTC)


def an_account(number: str) -> AccountId:
    holder = add_person(family_name=f"Holder of {number}")
    membership = open_membership(number=f"M{number}", holder=holder, joined_on=JOINED)
    return open_account(number=number, membership_id=membership, cycle_code="C1", opened_on=JOINED)


def a_charge(
    account: AccountId,
    cents: int,
    key: str,
    *,
    on: dt.date = dt.date(2026, 11, 3),
    service: str = "electric",
) -> NewEntry:
    """Return a bill's entry: the member owes it and is asked for it."""
    return NewEntry(
        source_key=key,
        kind="bill",
        effective_date=on,
        postings=(
            Posting(f"ar:{service}", Money(cents), account),
            Posting(f"revenue:{service}", Money(-cents)),
        ),
        asked=(Asked(account, Money(cents)),),
    )


def a_payment(
    account: AccountId, cents: int, key: str, *, on: dt.date = dt.date(2026, 11, 20)
) -> NewEntry:
    """Return a card payment's entry, all of it for electricity."""
    return NewEntry(
        source_key=key,
        kind="payment",
        effective_date=on,
        postings=(
            Posting("clearing:sandbox:card", Money(cents)),
            Posting("ar:electric", Money(-cents), account),
        ),
        asked=(Asked(account, Money(-cents)),),
    )
