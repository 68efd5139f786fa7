"""Every write of deposits: each once, under the account's lock, as entries of the ledger.

A deposit is a debt of the co-op's from the day it is asked for, against what the member has still
to pay of it; so what is held is what was paid of it, and ``deposit_liability`` is never below it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.deposits import queries
from smarthub.deposits.engine import simple_interest
from smarthub.deposits.models import Deposit, DepositClosing, DepositInterest
from smarthub.deposits.types import DepositEnd, DepositId, DepositView
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import entry_id_for, lock_accounts, post_entry, reverse_entry
from smarthub.ledger.types import Asked, Posting
from smarthub.members.types import PersonId
from smarthub.payments.engine import AmountNotPositive
from smarthub.payments.operations import Credit, post_credits

RECEIVABLE = "ar:deposit"
LIABILITY = "deposit_liability"
INTEREST = "deposit_interest"


class DepositConflict(Conflict):
    """The deposit's id was used before, with other values."""

    code = "deposit_conflict"


class DepositEnded(Conflict):
    """The deposit was given back, applied or taken back before."""

    code = "deposit_ended"


class DepositNotPaid(Refused):
    """Not all of it has come in, so there is nothing to give back."""

    code = "deposit_not_paid"


class DepositPaid(Refused):
    """Some of it has come in: it is given back, not taken back."""

    code = "deposit_paid"


def ask_deposit(
    *,
    deposit_id: DepositId,
    account_id: AccountId,
    amount: Money,
    reason: str,
    on: dt.date,
    by: PersonId,
    now: dt.datetime,
) -> None:
    """Ask an account for a deposit, once by its id.

    Raises:
        AmountNotPositive: it is nothing.
        DepositConflict: the id was used with other values.

    Source: domain rule 58.
    """
    if amount <= ZERO:
        raise AmountNotPositive
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        row, created = Deposit.objects.get_or_create(
            pk=deposit_id,
            defaults={
                "account_id": account_id,
                "amount_cents": amount.cents,
                "reason": reason,
                "asked_on": on,
                "asked_by_id": by,
                "asked_at": now,
            },
        )
        if (row.account_id, row.amount_cents) != (account_id, amount.cents):
            raise DepositConflict
        if created:
            post_entry(
                source_key=queries.entry_key(deposit_id),
                kind="deposit",
                effective_date=on,
                postings=[Posting(RECEIVABLE, amount, account_id), Posting(LIABILITY, -amount)],
                asked=[Asked(account_id, amount)],
                posted_at=now,
            )


def credit_interest(
    *, deposit_id: DepositId, percent: Decimal, until: dt.date, now: dt.datetime
) -> Money:
    """Credit the interest a deposit earned up to a day, once for that day; return how much.

    It pays what is open on the account, and waits there as a credit beyond that.

    Raises:
        NotVisible: there is no such deposit.

    Source: domain rule 59.
    """
    with transaction.atomic():
        deposit = _locked(deposit_id)
        start = deposit.interest_until or deposit.paid_on
        if not deposit.is_held or start is None or until <= start:
            return ZERO
        earned = simple_interest(held=deposit.amount, percent=percent, start=start, end=until)
        if earned:
            DepositInterest.objects.create(
                deposit_id=deposit_id, until=until, amount_cents=earned.cents, credited_at=now
            )
            credit = Credit(
                source_key=f"{INTEREST}:{deposit_id}:{until}",
                kind=INTEREST,
                account_id=deposit.account_id,
                amount=earned,
                clearing=INTEREST,
                on=until,
            )
            post_credits([credit], now)
    return earned


def give_back(
    *,
    deposit_id: DepositId,
    how: DepositEnd,
    percent: Decimal,
    on: dt.date,
    by: PersonId | None,
    now: dt.datetime,
) -> None:
    """Give a deposit back with its interest up to the day: first against what is owed.

    Args:
        deposit_id: Which.
        how: ``REFUNDED`` after good months, ``APPLIED`` to a final bill.
        percent: The interest's rate.
        on: The local day it counts for.
        by: Who does it; None for the job.
        now: When.

    Raises:
        NotVisible: there is no such deposit.
        DepositEnded: it ended before.
        DepositNotPaid: not all of it has come in.

    Source: domain rules 58 and 59.
    """
    with transaction.atomic():
        deposit = _locked(deposit_id)
        if deposit.ended is not None:
            raise DepositEnded
        if not deposit.is_held:
            raise DepositNotPaid
        credit_interest(deposit_id=deposit_id, percent=percent, until=on, now=now)
        _close(deposit_id, how, on, by, now)
        credit = Credit(
            source_key=f"deposit_{how}:{deposit_id}",
            kind=f"deposit_{how}",
            account_id=deposit.account_id,
            amount=deposit.amount,
            clearing=LIABILITY,
            on=on,
        )
        post_credits([credit], now)


def take_back(*, deposit_id: DepositId, on: dt.date, by: PersonId, now: dt.datetime) -> None:
    """Take a deposit back that nobody has begun to pay.

    Raises:
        NotVisible: there is no such deposit.
        DepositEnded: it ended before.
        DepositPaid: some of it has come in.
    """
    with transaction.atomic():
        deposit = _locked(deposit_id)
        if deposit.ended is not None:
            raise DepositEnded
        if deposit.unpaid != deposit.amount:
            raise DepositPaid
        _close(deposit_id, DepositEnd.TAKEN_BACK, on, by, now)
        key = queries.entry_key(deposit_id)
        reverse_entry(
            source_key=f"{key}:taken_back",
            reverses=entry_id_for(key),
            effective_date=on,
            posted_at=now,
        )


def _locked(deposit_id: DepositId) -> DepositView:
    account_id = queries.get_deposit(deposit_id=deposit_id).account_id
    lock_accounts(account_ids=[account_id])
    return queries.get_deposit(deposit_id=deposit_id)


def _close(
    deposit_id: DepositId, how: DepositEnd, on: dt.date, by: PersonId | None, now: dt.datetime
) -> None:
    DepositClosing.objects.create(
        deposit_id=deposit_id, how=how, on=on, closed_by_id=by, closed_at=now
    )
