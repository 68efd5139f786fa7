"""Take back what a bank file of ours drew by mistake: asked for once, sent once, booked when sent.

An entry goes back whole, by an entry of its own in the next file; until that file is made the
money is ours and nothing is booked. Whether one may still go back is looked at twice: when it is
asked for, and when the file is made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId
from smarthub.payments import queries
from smarthub.payments.models import (
    Attempt,
    ChargeFact,
    EntryReversal,
    FactPart,
    PaymentMove,
    PaymentPart,
    SentEntry,
)
from smarthub.payments.operations.exceptions import find_exception
from smarthub.payments.operations.one_at_a_time import hold
from smarthub.payments.operations.paying import record_answer
from smarthub.payments.operations.posting import reverse_payment
from smarthub.payments.types import (
    AttemptState,
    FactKind,
    PaymentId,
    ReversalReason,
    WhyNot,
)

MAKING = "bank_file:making"
"""Held while a file is made: two at once would take the same letter."""
TO_BE_SENT_BY_HAND = frozenset({WhyNot.ACCOUNT_CLOSED, WhyNot.TOO_LATE})
"""Why money that is not ours did not go back with a file: a person sends it another way."""


class NotReversible(Refused):
    """An entry cannot be taken back; ``because`` says why.

    ``no_payment``, ``asked_before``, ``returned``, ``refunded``, ``account_closed``, ``too_late``;
    or ``none_left`` where all entries of a file were asked for, and none can.
    """

    code = "not_reversible"


class ReversalChanged(Conflict):
    """Other entries can be taken back than were shown: some came back, or somebody asked before."""

    code = "reversal_changed"


def hold_bank_files() -> None:
    """Keep everybody else from making a file, or booking a return, until the transaction ends."""
    hold(MAKING)


def ask_entries_back(
    *,
    file_id: int,
    entry_id: int | None,
    shown: int,
    reason: ReversalReason,
    by: PersonId,
    now: dt.datetime,
) -> int:
    """Ask for one entry of a file back, or for all that can go; return how many that is.

    Each goes out with the next file; nothing is booked before.

    Args:
        file_id: The file that was handed in.
        entry_id: One of its entries; none for all of them.
        shown: How many the clerk was told of.
        reason: What was wrong with them.
        by: The clerk.
        now: When.

    Raises:
        NotVisible: there is no such file, or no such entry in it.
        NotReversible: it cannot go back, or none of them can.
        ReversalChanged: meanwhile they are others than were shown.

    Source: Nacha operating rules, reversing entries.
    """
    with transaction.atomic():
        rows = SentEntry.objects.filter(file=file_id)
        if entry_id is not None:
            rows = rows.filter(pk=entry_id)
        lock_accounts(account_ids=list_accounts_of(payments=_payments_of(rows)))
        found = list(queries.with_standing(rows).order_by("pk"))
        if not found:
            raise NotVisible
        goes_on = queries.next_file_day(on=local_day(now, get_zone()))
        judged = [(row, queries.why_not(row, goes_on=goes_on)) for row in found]
        going = [row for row, because in judged if because is None]
        if not going:
            raise NotReversible(because=judged[0][1] if entry_id is not None else "none_left")
        if len(going) != shown:
            raise ReversalChanged
        EntryReversal.objects.bulk_create(
            EntryReversal(entry=row, reason=reason, asked_by_id=by, asked_at=now) for row in going
        )
    return len(going)


def list_reversals_due(*, on: dt.date) -> list[EntryReversal]:
    """Return what goes back with a file made on a day.

    Call it in the transaction that makes the file, under the locks of the accounts it touches.
    """
    waiting = EntryReversal.objects.filter(sent_entry=None)
    going = {row.pk for row, why in queries.list_waiting_reversals(on=on) if why is None}
    rows = waiting.filter(entry__in=going).select_related(
        "entry__account", "entry__attempt__payment"
    )
    return list(rows.order_by("pk"))


def note_gone_back(*, sent: SentEntry, now: dt.datetime) -> None:
    """Book that an entry takes a payment back: the payment is reversed, and nothing else follows.

    No fee, nothing against the method: the mistake was ours. Call it in the transaction that
    writes the file.
    """
    reversal = sent.undoes
    attempt = reversal.entry.attempt if reversal else None
    if reversal is None or attempt is None:
        raise ValueError(f"{sent.trace} takes no payment back")
    payment = queries.get_payment(payment_id=PaymentId(attempt.payment_id))
    lock_accounts(account_ids=queries.list_touched_accounts(payment=payment))
    record_answer(
        key=attempt.key, state=AttemptState.SUCCESS, reference=reversal.entry.trace, now=now
    )
    on = local_day(now, get_zone())
    fact = ChargeFact.objects.create(
        attempt=attempt,
        kind=FactKind.TAKEN_BACK,
        reference=sent.trace,
        amount_cents=sent.amount_cents,
        reason=reversal.reason,
        on=on,
        learnt_at=now,
    )
    FactPart.objects.bulk_create(
        FactPart(fact=fact, account_id=account_id, amount_cents=amount.cents)
        for account_id, amount in reverse_payment(payment_id=payment.id, on=on, now=now)
    )


def put_missed_before_staff(*, now: dt.datetime) -> int:
    """Put before staff what was asked back and no file can take any more; return how many.

    What its bank returned meanwhile is back already. Safe to repeat.
    """
    missed = queries.list_waiting_reversals(on=local_day(now, get_zone()))
    return sum(
        find_exception(
            key=f"reversal_missed:{row.trace}",
            kind="reversal_missed",
            now=now,
            reason=why,
            charge=row.trace,
            cents=row.amount_cents,
            payment=str(row.attempt.payment_id) if row.attempt else "",
        )
        for row, why in missed
        if why in TO_BE_SENT_BY_HAND
    )


def payments_asked_back() -> QuerySet[Any]:
    """Return the payments that are asked back and stand in no file yet."""
    return _payments_of(SentEntry.objects.filter(reversal__sent_entry=None).exclude(reversal=None))


def list_accounts_of(*, payments: QuerySet[Any]) -> set[AccountId]:
    """Return the accounts that payments were made for, and those their money was moved to."""
    return {account_id for _, account_id in list_touched(payments=payments)}


def list_touched(
    *, payments: QuerySet[Any] | Collection[UUID | None]
) -> list[tuple[UUID, AccountId]]:
    """Return each payment with each account it was made for or its money was moved to."""
    parts = PaymentPart.objects.filter(payment__in=payments).values_list("payment", "account")
    moves = PaymentMove.objects.filter(payment__in=payments).values_list("payment", "to_account")
    return [(payment_id, AccountId(each)) for payment_id, each in (*parts, *moves)]


def _payments_of(entries: QuerySet[SentEntry]) -> QuerySet[Any]:
    return Attempt.objects.filter(sent_entry__in=entries).values("payment")
