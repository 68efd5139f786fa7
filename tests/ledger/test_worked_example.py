"""The table of docs/algorithms/ledger.md, row by row."""

from __future__ import annotations

import datetime as dt

from smarthub.accounts.types import AccountId
from smarthub.kernel.money import Money
from smarthub.ledger.models import PostingRow
from smarthub.ledger.operations import post_entry
from smarthub.ledger.queries import get_balances, list_open_charges
from smarthub.ledger.types import Asked, Balance, Posting
from smarthub.payments.operations import record_received_payments
from smarthub.payments.types import ReceivedPayment
from tests.cast import NOW, Cast

OCTOBER, NOVEMBER = dt.date(2026, 10, 3), dt.date(2026, 11, 3)


def bill(account: AccountId, key: str, on: dt.date, services: dict[str, int]) -> None:
    charges = [(f"ar:{name}", cents, account) for name, cents in services.items()]
    revenue = [(f"revenue:{name}", -cents, None) for name, cents in services.items()]
    post_entry(
        source_key=key,
        kind="bill",
        effective_date=on,
        postings=[Posting(gl, Money(cents), whose) for gl, cents, whose in charges + revenue],
        asked=[Asked(account, Money(sum(services.values())))],
        posted_at=NOW,
    )


def pay(source_key: str, cents: int, day: dt.date) -> dict[str, int]:
    """Record a payment, and return the postings it made."""
    before = PostingRow.objects.count()
    payment = ReceivedPayment(source_key, "1001", Money(cents), "mail", day)
    record_received_payments(payments=[payment], now=NOW)
    rows = PostingRow.objects.order_by("pk").values_list("gl", "amount_cents")
    return dict(rows[before:])


def test_the_worked_example_comes_out_as_printed(cast: Cast) -> None:
    account, balances = cast.account_1001, []

    def note() -> None:
        balances.append(get_balances(account_ids=[account])[account])

    bill(account, "bill:1001-261003", OCTOBER, {"electric": 80_00, "gas": 20_00})
    note()
    first = pay("first", 60_00, dt.date(2026, 10, 20))
    note()
    second = pay("second", 50_00, dt.date(2026, 10, 25))
    note()
    bill(account, "bill:1001-261103", NOVEMBER, {"electric": 70_00})
    note()
    third = pay("third", 60_00, dt.date(2026, 11, 10))
    note()

    printed = [100_00, 40_00, -10_00, 60_00, 0]
    assert balances == [Balance(Money(cents), Money(cents)) for cents in printed]
    assert first == {"clearing:mail": 60_00, "ar:electric": -60_00}
    assert second == {
        "clearing:mail": 50_00,
        "ar:electric": -20_00,
        "ar:gas": -20_00,
        "unapplied_cash": -10_00,
    }
    assert third == {"clearing:mail": 60_00, "ar:electric": -70_00, "unapplied_cash": 10_00}
    assert list_open_charges(account_id=account) == []
