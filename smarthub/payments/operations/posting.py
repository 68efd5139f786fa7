"""How payments, and what becomes of them, are booked: the one place that makes their entries.

One entry an account, not one a payment: what is paid, allocated, returned or moved later is
always about one account, and its history needs no share of somebody else's entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import (
    Pair,
    allocate,
    entry_id_for,
    post_entries,
    post_entry,
    reverse_entry,
)
from smarthub.ledger.queries import (
    get_unapplied_cash,
    list_open_charges_by_account,
    list_standing_entries,
)
from smarthub.ledger.types import RECEIVABLE, UNAPPLIED_CASH, Asked, NewEntry, OpenCharge, Posting
from smarthub.payments.engine import (
    Distribution,
    distribute,
    in_order_of_payment,
    take_back,
)
from smarthub.payments.queries.received import account_of
from smarthub.payments.types import Payment, PaymentId

FEE_KEY = "payment_fee:{}"
PAYING_FEE = "fee:paying"
"""What the co-op earned in fees for paying."""
RETURNED = "ar:returned"
"""What is owed because money went back, and no service is known any more for which."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Money to be booked in a member's favour, and where it stands until the bank has it."""

    source_key: str
    kind: str
    account_id: AccountId
    amount: Money
    clearing: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Debit:
    """Money that left a member again; ``had_paid`` is what the payment had paid, by receivable."""

    source_key: str
    kind: str
    account_id: AccountId
    amount: Money
    clearing: str
    on: dt.date
    had_paid: Mapping[str, Money]


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment paid of one account, and of that by receivable."""

    amount: Money
    receivables: Mapping[str, Money]


def post_payments(payments: Sequence[Payment], now: dt.datetime) -> None:
    """Post payments to the ledger, oldest debt first."""
    zone = get_zone()
    post_credits(
        [
            Credit(
                source_key=f"payment:{payment.id}:{part.account_number}",
                kind="payment",
                account_id=part.account_id,
                amount=part.amount,
                clearing=payment.clearing,
                on=local_day(payment.received_at, zone),
            )
            for payment in payments
            for part in payment.parts
        ],
        now,
    )
    for payment in payments:
        if payment.fee:
            post_paying_fee(payment, on=local_day(payment.received_at, zone), now=now)


def post_paying_fee(payment: Payment, *, on: dt.date, now: dt.datetime) -> None:
    """Post what paying cost: earned by the co-op, and nothing on a member's account."""
    post_entry(
        source_key=FEE_KEY.format(payment.id),
        kind="payment_fee",
        effective_date=on,
        postings=[Posting(payment.clearing, payment.fee), Posting(PAYING_FEE, -payment.fee)],
        posted_at=now,
    )


def post_credits(given: Sequence[Credit], now: dt.datetime) -> None:
    """Post money in members' favour, each once and in the given order, and say what it pays.

    Source: domain rule 50.
    """
    account_ids = {each.account_id for each in given}
    still_open = list_open_charges_by_account(account_ids=account_ids)
    waiting = get_unapplied_cash(account_ids=account_ids)
    entries: list[NewEntry] = []
    amounts: dict[Pair, Money] = {}
    for each in given:
        charges = in_order_of_payment(still_open[each.account_id])
        shared = distribute(
            amount=each.amount,
            open_charges=charges,
            waiting_credit=waiting[each.account_id],
        )
        waiting[each.account_id] += shared.credit
        still_open[each.account_id] = _left_open(charges, shared)
        entry = _entry(each, shared)
        entries.append(entry)
        payer = entry_id_for(entry.source_key)
        amounts |= {(payer, charge): paid for charge, paid in shared.charges.items()}
    post_entries(entries=entries, posted_at=now)
    allocate(amounts=amounts)


def post_debits(given: Sequence[Debit], now: dt.datetime) -> None:
    """Post money that left members again, each once.

    What waits on the account unapplied goes first; the rest is owed again, for the services the
    payment had paid.
    """
    waiting = get_unapplied_cash(account_ids={each.account_id for each in given})
    entries = []
    for each in given:
        legs = take_back(
            amount=each.amount,
            waiting_credit=waiting[each.account_id],
            had_paid=each.had_paid,
            otherwise=RETURNED,
        )
        waiting[each.account_id] -= legs.get(UNAPPLIED_CASH, ZERO)
        entries.append(
            NewEntry(
                source_key=each.source_key,
                kind=each.kind,
                effective_date=each.on,
                postings=(
                    Posting(each.clearing, -each.amount),
                    *(Posting(gl, amount, each.account_id) for gl, amount in legs.items()),
                ),
                asked=(Asked(each.account_id, each.amount),),
            )
        )
    post_entries(entries=entries, posted_at=now)


def cover_shortfalls(
    *, account_ids: Iterable[AccountId], key: str, on: dt.date, now: dt.datetime
) -> None:
    """Let what waits unapplied never fall below nothing: the lack is owed as a charge.

    It would, where a payment that goes back had waited there and has paid something since.
    """
    waiting = get_unapplied_cash(account_ids=set(account_ids))
    entries = [
        NewEntry(
            source_key=f"{key}:shortfall:{account_id}",
            kind="credit_gone",
            effective_date=on,
            postings=(
                Posting(RETURNED, -amount, account_id),
                Posting(UNAPPLIED_CASH, amount, account_id),
            ),
        )
        for account_id, amount in waiting.items()
        if amount < ZERO
    ]
    post_entries(entries=entries, posted_at=now)


def reverse_payment(
    *, payment_id: PaymentId, on: dt.date, now: dt.datetime
) -> list[tuple[AccountId, Money]]:
    """Answer a payment by its opposite, wherever its money stands now; once.

    Returns:
        By account, what is owed again, in the order of the entries; each account once, for a
        part of the payment may have been moved to where another stood.
    """
    standing = list_standing_entries(kind="payment", key_prefix=f"payment:{payment_id}:")
    paid = paid_by_account(entries=[entry for _, entry in standing])
    for entry_id, entry in standing:
        reverse_entry(
            source_key=f"return:{entry.source_key}",
            reverses=entry_id,
            effective_date=on,
            posted_at=now,
        )
    _reverse_paying_fee(payment_id, on, now)
    cover_shortfalls(account_ids=list(paid), key=f"return:{payment_id}", on=on, now=now)
    return [(account_id, each.amount) for account_id, each in paid.items()]


def _reverse_paying_fee(payment_id: PaymentId, on: dt.date, now: dt.datetime) -> None:
    """Give back what paying cost, with the payment."""
    key = FEE_KEY.format(payment_id)
    for entry_id, _ in list_standing_entries(kind="payment_fee", key_prefix=key):
        reverse_entry(
            source_key=f"return:{key}", reverses=entry_id, effective_date=on, posted_at=now
        )


def amount_of(entry: NewEntry) -> Money:
    """Return how much less was asked for by an entry."""
    return Money.sum(-change.amount for change in entry.asked)


def _receivables_of(entry: NewEntry) -> dict[str, Money]:
    """Return by how much an entry lowered each receivable, in the order of its legs."""
    return {
        leg.gl: -leg.amount
        for leg in entry.postings
        if leg.account_id is not None and leg.gl.startswith(RECEIVABLE) and leg.amount < ZERO
    }


def paid_by_account(*, entries: Iterable[NewEntry]) -> dict[AccountId, Paid]:
    """Return what a payment's standing entries paid, each account once, in their order.

    A part that was moved may stand where another part stood already.
    """
    paid: dict[AccountId, Paid] = {}
    for entry in entries:
        before = paid.get(account_of(entry=entry), Paid(ZERO, {}))
        lowered = dict(before.receivables)
        for gl, amount in _receivables_of(entry).items():
            lowered[gl] = lowered.get(gl, ZERO) + amount
        paid[account_of(entry=entry)] = Paid(before.amount + amount_of(entry), lowered)
    return paid


def _entry(given: Credit, shared: Distribution) -> NewEntry:
    credited = {**shared.receivables, UNAPPLIED_CASH: shared.credit}
    return NewEntry(
        source_key=given.source_key,
        kind=given.kind,
        effective_date=given.on,
        postings=(
            Posting(given.clearing, given.amount),
            *(Posting(gl, -paid, given.account_id) for gl, paid in credited.items() if paid),
        ),
        asked=(Asked(given.account_id, -given.amount),),
    )


def _left_open(charges: Sequence[OpenCharge], shared: Distribution) -> list[OpenCharge]:
    """Return the charges less what was just paid of them, for the account's next payment."""
    paid = dict(shared.charges)
    left = []
    for charge in charges:
        covered = min(paid.get(charge.entry_id, ZERO), charge.amount)
        if covered:
            paid[charge.entry_id] -= covered
        if covered < charge.amount:
            left.append(replace(charge, amount=charge.amount - covered))
    return left
