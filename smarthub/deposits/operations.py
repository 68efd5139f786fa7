"""Every write of deposits: each once, under the account's lock, as entries of the ledger.

A part of a deposit is a debt of the co-op's from the day it is asked for, against what the member
has still to pay of it; so what is held is what was paid of it, and ``deposit_liability`` is never
below it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from uuid import uuid5

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.deposits import queries
from smarthub.deposits.engine import simple_interest
from smarthub.deposits.models import Deposit, DepositClosing, DepositInterest, WaiverEnd
from smarthub.deposits.models import DepositPart as PartRow
from smarthub.deposits.types import (
    DepositEnd,
    DepositId,
    DepositPart,
    DepositTerms,
    DepositView,
    WaiverEnding,
)
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import (
    allocate,
    entry_id_for,
    lock_accounts,
    post_entry,
    reverse_entry,
)
from smarthub.ledger.queries import get_unapplied_cash, list_allocations
from smarthub.ledger.types import UNAPPLIED_CASH, Asked, Posting
from smarthub.members.types import PersonId
from smarthub.payments.engine import AmountNotPositive
from smarthub.payments.operations import Credit, post_credits

RECEIVABLE = "ar:deposit"
LIABILITY = "deposit_liability"
INTEREST = "deposit_interest"
AT_ONCE = DepositTerms()


class DepositConflict(Conflict):
    """The deposit's id was used before, with other values."""

    code = "deposit_conflict"


class DepositEnded(Conflict):
    """The deposit was given back, applied or taken back before."""

    code = "deposit_ended"


class DepositNotPaid(Refused):
    """Nothing of it has come in, so there is nothing to give back."""

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
    terms: DepositTerms = AT_ONCE,
    is_waived: bool = False,
) -> bool:
    """Ask an account for a deposit, once by its id; say whether that is news.

    Args:
        deposit_id: Made when the form was shown.
        account_id: Whose.
        amount: All of it.
        reason: What staff wrote for each other.
        on: The local day of the notice.
        by: Who asks.
        now: When.
        terms: What it is asked for, and in which parts; all of it on the day itself if not given.
        is_waived: Nothing is asked as things stand, and the deposit is kept as a waived one.

    Raises:
        AmountNotPositive: it is nothing, or too little for so many parts.
        DepositConflict: the id was used with other values.

    Source: domain rules 58 and 62.
    """
    if amount.cents < terms.instalments:
        raise AmountNotPositive
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        row, is_new = Deposit.objects.get_or_create(
            pk=deposit_id,
            defaults={
                "account_id": account_id,
                "amount_cents": amount.cents,
                "reason": reason,
                "ground": terms.ground or "",
                "event_on": terms.event_on,
                "expected_year_cents": terms.expected_year.cents if terms.expected_year else None,
                "instalments": terms.instalments,
                "first_due_on": terms.first_due or on,
                "asked_on": on,
                "asked_by_id": by,
                "asked_at": now,
            },
        )
        same = (account_id, amount.cents, terms.instalments)
        if (row.account_id, row.amount_cents, row.instalments) != same:
            raise DepositConflict
        if is_new and is_waived:
            _close(deposit_id, DepositEnd.WAIVED, on, by, now)
        elif is_new:
            ask_parts(deposit_id=deposit_id, on=on, now=now)
    return is_new


def ask_parts(*, deposit_id: DepositId, on: dt.date, now: dt.datetime) -> tuple[DepositPart, ...]:
    """Put those parts of a deposit on its account whose day has come, each once; return them.

    A credit that waits on the account pays them, as far as it goes.

    Raises:
        NotVisible: there is no such deposit.

    Source: domain rules 50 and 58.
    """
    with transaction.atomic():
        deposit = _locked(deposit_id)
        if deposit.ended is not None:
            return ()
        due = [part for part in deposit.parts if part.asked_on is None and part.asks_on <= on]
        for part in due:
            assert part.due_on is not None  # noqa: S101 (only old rows lack it, and are asked)
            PartRow.objects.create(
                deposit_id=deposit_id,
                number=part.number,
                amount_cents=part.amount.cents,
                due_on=part.due_on,
                asked_on=on,
                asked_at=now,
            )
            _post_part(deposit, part, on, now)
    return tuple(due)


def _post_part(deposit: DepositView, part: DepositPart, on: dt.date, now: dt.datetime) -> None:
    account_id = deposit.account_id
    key = queries.entry_key(deposit.id, part.number)
    charge = post_entry(
        source_key=key,
        kind="deposit",
        effective_date=on,
        postings=[Posting(RECEIVABLE, part.amount, account_id), Posting(LIABILITY, -part.amount)],
        asked=[Asked(account_id, part.amount)],
        posted_at=now,
    )
    waiting = get_unapplied_cash(account_ids=[account_id])[account_id]
    used = min(waiting, part.amount)
    if used > ZERO:
        payer = post_entry(
            source_key=f"{key}:from_credit",
            kind="credit_used",
            effective_date=on,
            postings=[
                Posting(UNAPPLIED_CASH, used, account_id),
                Posting(RECEIVABLE, -used, account_id),
            ],
            posted_at=now,
        )
        allocate(amounts={(payer, charge): used})


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

    Of one that is not paid in full what was paid goes back, and the rest is asked for no longer.

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
        DepositNotPaid: nothing of it has come in.

    Source: domain rules 58 and 59.
    """
    with transaction.atomic():
        deposit = _locked(deposit_id)
        if deposit.ended is not None:
            raise DepositEnded
        if deposit.unpaid == deposit.amount:
            raise DepositNotPaid
        credit_interest(deposit_id=deposit_id, percent=percent, until=on, now=now)
        _end(deposit, how, on, by, now)


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
        _end(deposit, DepositEnd.TAKEN_BACK, on, by, now)


def waive(*, deposit_id: DepositId, on: dt.date, by: PersonId | None, now: dt.datetime) -> bool:
    """Ask no longer for a deposit that is not paid in full, once; say whether that is news.

    What was paid of it pays what is open on the account, and waits there as a credit beyond that.

    Raises:
        NotVisible: there is no such deposit.

    Source: domain rule 58.
    """
    with transaction.atomic():
        deposit = _locked(deposit_id)
        if deposit.ended is not None or deposit.is_held:
            return False
        _end(deposit, DepositEnd.WAIVED, on, by, now)
    return True


def ask_again(
    *, deposit_id: DepositId, first_due: dt.date, on: dt.date, now: dt.datetime
) -> DepositId | None:
    """Ask anew for a deposit that was waived, once, as a deposit of its own; None: it was before.

    It is as large as it was, in as many parts, for the same ground.

    Raises:
        NotVisible: there is no such deposit.

    Source: domain rule 58.
    """
    with transaction.atomic():
        waived = _locked(deposit_id)
        if not waived.is_waived:
            return None
        row = Deposit.objects.get(pk=deposit_id)
        again = DepositId(uuid5(deposit_id, "again"))
        ask_deposit(
            deposit_id=again,
            account_id=waived.account_id,
            amount=waived.amount,
            reason=waived.reason,
            on=on,
            by=PersonId(row.asked_by_id),
            now=now,
            terms=DepositTerms(
                ground=waived.ground,
                event_on=on,
                expected_year=waived.expected_year,
                instalments=row.instalments,
                first_due=first_due,
            ),
        )
        WaiverEnd.objects.create(
            deposit_id=deposit_id,
            how=WaiverEnding.ASKED_AGAIN,
            asked_again_id=again,
            on=on,
            ended_at=now,
        )
    return again


def end_waiver(*, deposit_id: DepositId, how: WaiverEnding, on: dt.date, now: dt.datetime) -> bool:
    """Let a waived deposit rest for ever, once; say whether that is news.

    Raises:
        NotVisible: there is no such deposit.
        ValueError: ``how`` is to ask for it again, which is ``ask_again``.
    """
    if how is WaiverEnding.ASKED_AGAIN:
        raise ValueError("a deposit is asked for again by ask_again")
    with transaction.atomic():
        if not _locked(deposit_id).is_waived:
            return False
        WaiverEnd.objects.create(deposit_id=deposit_id, how=how, on=on, ended_at=now)
    return True


def _end(
    deposit: DepositView, how: DepositEnd, on: dt.date, by: PersonId | None, now: dt.datetime
) -> None:
    """End a deposit: what is unpaid of it is asked for no longer, what was paid goes back."""
    _close(deposit.id, how, on, by, now)
    for part in deposit.parts:
        if part.asked_on is not None and part.unpaid:
            _keep_what_was_paid(deposit, part, how, on, now)
    paid = deposit.amount - deposit.unpaid
    if paid:
        credit = Credit(
            source_key=f"deposit_{how}:{deposit.id}",
            kind=f"deposit_{how}",
            account_id=deposit.account_id,
            amount=paid,
            clearing=LIABILITY,
            on=on,
        )
        post_credits([credit], now)


def _keep_what_was_paid(
    deposit: DepositView, part: DepositPart, how: DepositEnd, on: dt.date, now: dt.datetime
) -> None:
    """Take a part back; of one paid in part a charge of what was paid takes its place."""
    key = queries.entry_key(deposit.id, part.number)
    charge, paid = entry_id_for(key), part.amount - part.unpaid
    paid_by = list_allocations(entry_ids=[charge])
    reverse_entry(source_key=f"{key}:{how}", reverses=charge, effective_date=on, posted_at=now)
    if paid:
        account_id = deposit.account_id
        kept = post_entry(
            source_key=f"{key}:{how}:paid",
            kind="deposit",
            effective_date=on,
            postings=[Posting(RECEIVABLE, paid, account_id), Posting(LIABILITY, -paid)],
            asked=[Asked(account_id, paid)],
            posted_at=now,
        )
        allocate(amounts={(payer, kept): amount for (payer, _), amount in paid_by.items()})


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
