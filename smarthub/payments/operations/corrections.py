"""What staff put right by hand: a payment for the wrong account, money nobody knew, and notes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.cooperative.queries import get_zone
from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import lock_accounts, post_entry, reverse_entry
from smarthub.ledger.queries import list_standing_entries
from smarthub.ledger.types import Posting
from smarthub.members.types import PersonId
from smarthub.payments import queries
from smarthub.payments.engine import AmountNotPositive
from smarthub.payments.models import PaymentMove, PaymentNote, SuspenseItem, SuspenseMatch
from smarthub.payments.operations.one_at_a_time import hold
from smarthub.payments.operations.paying import AccountUnknown, record_received_payments
from smarthub.payments.operations.posting import Credit, cover_shortfalls, post_credits
from smarthub.payments.operations.settlements import SUSPENSE
from smarthub.payments.types import NewMove, PaymentId, ReceivedPayment

ZERO_DAYS, LONG_GONE = dt.timedelta(), dt.timedelta(days=366)
"""How long ago money can have come of which somebody tells now."""
LONGEST_KEY = 80
"""Of what money in suspense comes from."""


class NothingToMove(Refused):
    """The payment has nothing on that account: it was moved or returned before, or never came."""

    code = "nothing_to_move"


class MovedOntoItself(Refused):
    """The payment is on that account already."""

    code = "moved_onto_itself"


class AlreadyMatched(Conflict):
    """Somebody has said before whose money it was."""

    code = "already_matched"


class DayOfMoneyOdd(Refused):
    """Nobody can have received money on that day: it lies ahead, or is long gone."""

    code = "day_of_money_odd"


class CardNumberWritten(Refused):
    """What was written holds a card number, which has no place here; it was not kept."""

    code = "card_number_written"


class NothingWritten(Refused):
    """A note or a reason was left empty."""

    code = "nothing_written"


def move_payment(*, move: NewMove, by: PersonId, now: dt.datetime) -> bool:
    """Take a payment's money from one account and give it to another, once by the move's id.

    The entry on the first account is reversed, and the same money is posted on the second, for
    the day the payment was received. Both in one transaction. Return whether this call did it.

    Raises:
        NothingWritten, CardNumberWritten, MovedOntoItself, NothingToMove: nothing is written.

    Source: domain rules 48 and 52.
    """
    _refuse_text(move.reason)
    if move.from_account_id == move.to_account_id:
        raise MovedOntoItself
    with transaction.atomic():
        lock_accounts(account_ids=[move.from_account_id, move.to_account_id])
        if PaymentMove.objects.filter(pk=move.id).exists():
            return False
        payment = queries.get_payment(payment_id=move.payment_id)
        today = local_day(now, get_zone())
        moved = ZERO
        for entry_id, entry in list_standing_entries(
            kind="payment", key_prefix=f"payment:{move.payment_id}:"
        ):
            if all(leg.account_id != move.from_account_id for leg in entry.postings):
                continue
            key = f"moved:{move.id.hex}:{entry.source_key}"[:120]
            reverse_entry(source_key=key, reverses=entry_id, effective_date=today, posted_at=now)
            moved += Money.sum(-change.amount for change in entry.asked)
        if not moved:
            raise NothingToMove
        cover_shortfalls(
            account_ids=[move.from_account_id], key=f"moved:{move.id}", on=today, now=now
        )
        post_credits(
            [
                Credit(
                    source_key=f"payment:{move.payment_id}:to:{move.id.hex}",
                    kind="payment",
                    account_id=move.to_account_id,
                    amount=moved,
                    clearing=payment.clearing,
                    on=local_day(payment.received_at, get_zone()),
                )
            ],
            now,
        )
        PaymentMove.objects.create(
            id=move.id,
            payment_id=move.payment_id,
            from_account_id=move.from_account_id,
            to_account_id=move.to_account_id,
            amount_cents=moved.cents,
            reason=move.reason.strip(),
            on=today,
            moved_by_id=by,
            moved_at=now,
        )
    return True


def write_note(*, payment_id: PaymentId, text: str, by: PersonId, now: dt.datetime) -> None:
    """Keep a clerk's words about a payment.

    Raises:
        NothingWritten, CardNumberWritten: refused; nothing is kept.
        NotVisible: there is no such payment.
    """
    _refuse_text(text)
    queries.get_payment(payment_id=payment_id)
    PaymentNote.objects.create(
        payment_id=payment_id, text=text.strip(), written_by_id=by, written_at=now
    )


def park_in_suspense(
    *,
    source_key: str,
    amount: Money,
    channel: str,
    told: str,
    received_on: dt.date,
    now: dt.datetime,
) -> None:
    """Keep money that came in for nobody we know, once by its source key.

    Args:
        source_key: What it comes from, e.g. ``lockbox:2026-11-20:17``.
        amount: How much; positive.
        channel: ``office``, ``mail`` or ``phone``.
        told: What came with it: a number, a name, what was on the cheque.
        received_on: The day it reached the co-op (domain rule 52).
        now: When it is recorded.

    Raises:
        AmountNotPositive, CardNumberWritten, DayOfMoneyOdd: refused; nothing is kept.
    """
    if amount <= ZERO:
        raise AmountNotPositive
    if holds_card_number(told):
        raise CardNumberWritten
    if not ZERO_DAYS <= local_day(now, get_zone()) - received_on <= LONG_GONE:
        raise DayOfMoneyOdd(day=received_on.isoformat())
    with transaction.atomic():
        _, created = SuspenseItem.objects.get_or_create(
            source_key=source_key,
            defaults={
                "amount_cents": amount.cents,
                "channel": channel,
                "told": told,
                "received_on": received_on,
                "recorded_at": now,
            },
        )
        if created:
            post_entry(
                source_key=f"suspense:{source_key}",
                kind="suspense",
                effective_date=received_on,
                postings=[Posting(f"clearing:{channel}", amount), Posting(SUSPENSE, -amount)],
                posted_at=now,
            )


def match_suspense(
    *, item_id: int, account_number: str, by: PersonId, now: dt.datetime
) -> PaymentId:
    """Say whose money it was: it becomes a payment of that account, for the day it came in.

    Raises:
        NotVisible: there is no such item.
        AlreadyMatched: somebody matched it before.
        AccountUnknown: there is no such account.
    """
    with transaction.atomic():
        hold(f"suspense:{item_id}")
        item = SuspenseItem.objects.filter(pk=item_id).first()
        if item is None:
            raise NotVisible
        if account_number not in queries.list_account_ids(numbers=[account_number]):
            raise AccountUnknown(account_number=account_number)
        payment = ReceivedPayment(
            source_key=f"suspense:{item.pk}",
            account_number=account_number,
            amount=Money(item.amount_cents),
            channel=SUSPENSE,
            received_on=item.received_on,
        )
        if SuspenseMatch.objects.filter(item=item).exists():
            raise AlreadyMatched
        (payment_id,) = record_received_payments(payments=[payment], now=now)
        SuspenseMatch.objects.create(
            item=item, payment_id=payment_id, matched_by_id=by, matched_at=now
        )
    return payment_id


def return_to_suspense(*, payment_id: PaymentId, now: dt.datetime) -> None:
    """Let money wait again that a match gave to the wrong account; its payment is undone already.

    The reversal has put it back on the ledger's account, so nothing is posted. The new item's key
    begins as the old one's, for that says which agency it is from.
    """
    item = SuspenseMatch.objects.select_related("item").get(payment=payment_id).item
    own = f"#{item.pk}"
    SuspenseItem.objects.create(
        source_key=item.source_key.partition("#")[0][: LONGEST_KEY - len(own)] + own,
        amount_cents=item.amount_cents,
        channel=item.channel,
        told=item.told,
        received_on=item.received_on,
        recorded_at=now,
    )


def leave_suspense(*, payment_id: PaymentId, on: dt.date, now: dt.datetime) -> None:
    """Post that money out of suspense is here no more: its check bounced, its payment is undone."""
    item = SuspenseMatch.objects.select_related("item").get(payment=payment_id).item
    amount = Money(item.amount_cents)
    post_entry(
        source_key=f"suspense_gone:{item.pk}",
        kind="suspense_gone",
        effective_date=on,
        postings=[Posting(SUSPENSE, amount), Posting(f"clearing:{item.channel}", -amount)],
        posted_at=now,
    )


def _refuse_text(text: str) -> None:
    if not text.strip():
        raise NothingWritten
    if holds_card_number(text):
        raise CardNumberWritten
