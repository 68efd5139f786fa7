"""Money taken by hand: at the counter, by phone, from a store or an agency; and the day's drawer.

One act books it, keeps what was handed over, and leaves it in the audit trail. The member sees it
at once, for the ledger and the list of payments are the same rows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from smarthub.accounts.access import list_visible_accounts, open_for_staff
from smarthub.accounts.claims import find_typed
from smarthub.accounts.queries import list_holders
from smarthub.accounts.types import VisibleAccount
from smarthub.arrears.operations.placements import undo_recovery
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.ledger.operations import lock_accounts
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person, get_person_of_user
from smarthub.payments import operations, queries
from smarthub.payments.operations import AccountUnknown, CardNumberWritten
from smarthub.payments.types import (
    DrawerLine,
    PaymentId,
    PaymentLine,
    PaymentOutcome,
    ReceivedPayment,
    TenderKind,
    UndoneBecause,
)
from smarthub.workflows.debts.follow_arrears import stop_if_paid
from smarthub.workflows.debts.pledges import AGENCY, take_pledged

NEWEST_PAYMENTS = 24


@dataclass(frozen=True, slots=True)
class Received:
    """Money as a clerk writes it down; ``key`` is made when the form is shown, so it is once."""

    key: UUID
    account_number: str
    amount: Money
    channel: str
    tender: TenderKind
    reference: str
    agency: str = ""
    """The code of the agency it is from, if it is from one of the list."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Money that is about to be taken: for whom, and what they have been asked for."""

    account: VisibleAccount
    holders: tuple[str, ...]
    asked: Money


@dataclass(frozen=True, slots=True)
class Drawer:
    """What a clerk took on a day, and what must lie in the drawer for it, by tender."""

    lines: tuple[DrawerLine, ...]
    sums: tuple[tuple[TenderKind, int, Money], ...]

    @property
    def total(self) -> Money:
        """All of it together."""
        return Money.sum(amount for _, _, amount in self.sums)


def look_at_money(*, received: Received, user_id: int, now: dt.datetime) -> Looked:
    """Return for whom money would be booked, so that a clerk sees the name first; books nothing.

    Raises:
        AccountUnknown, CardNumberWritten, NotVisible: as ``take_money`` would.
    """
    account = _open(received, user_id, now)
    on = local_day(now, get_zone())
    held = list_holders(account_ids=[account.id], on=on).get(account.id, [])
    due = queries.list_dues(account_ids=[account.id])[account.id]
    names = tuple(get_person(person_id=each).name for each in held)
    return Looked(account, names, due.asked - due.in_flight)


def take_money(*, received: Received, user_id: int, now: dt.datetime) -> PaymentOutcome:
    """Book money that came another way on an account, for today, once by its key (R28).

    The account is found by its number or an old one, however it was typed. What an agency pays
    counts against what it promised (rule 92).

    Raises:
        AccountUnknown: there is no such account; put the money into suspense instead.
        CardNumberWritten: the reference holds a card number, which is kept nowhere.
        AmountNotPositive, PaymentConflict: see ``payments.operations``.
        NotVisible: the login is no clerk's.

    Source: domain rule 52.
    """
    by = get_person_of_user(user_id=user_id).id
    account = _open(received, user_id, now)
    payment = ReceivedPayment(
        source_key=f"desk:{received.key}",
        account_number=account.number,
        amount=received.amount,
        channel=received.channel,
        received_on=local_day(now, get_zone()),
        tender=received.tender,
        reference=received.reference.strip(),
        taken_by=by,
    )
    with transaction.atomic():
        lock_accounts(account_ids=[account.id])  # a second click waits, and finds it taken
        is_new = not operations.is_received(source_key=payment.source_key)
        (payment_id,) = operations.record_received_payments(payments=[payment], now=now)
        stop_if_paid(payment_id=payment_id, now=now)
        if received.channel == AGENCY:
            take_pledged(payment_id=payment_id, agency_code=received.agency, now=now)
        if is_new:
            subject = f"payment:{payment_id}"
            record_act(user_id=user_id, act="money.taken", subject=subject, now=now)
    return queries.get_outcome(payment_id=payment_id)


def list_other_payments(*, user_id: int, on: dt.date) -> list[PaymentLine]:
    """Return what reached a person's accounts another way than by these pages, newest first (R28).

    Three queries, however many accounts.
    """
    accounts = list_visible_accounts(user_id=user_id, on=on)
    return queries.list_received(
        account_ids=[account.id for account in accounts], limit=NEWEST_PAYMENTS
    )


def undo_money(
    *, payment_id: UUID, because: UndoneBecause, words: str, user_id: int, now: dt.datetime
) -> None:
    """Undo money that came another way: the account owes it again, and for a bounced check the fee.

    Raises:
        NotVisible, NotUndoable, CannotBounce, AlreadyUndone, NothingWritten, CardNumberWritten:
            see ``payments.operations``.

    Source: domain rule 55.
    """
    by = get_person_of_user(user_id=user_id).id
    with transaction.atomic():
        undo_recovery(payment_id=PaymentId(payment_id), on=local_day(now, get_zone()), now=now)
        operations.undo_received_payment(
            payment_id=payment_id,
            because=because,
            words=words,
            by=by,
            on=local_day(now, get_zone()),
            now=now,
        )
        record_act(user_id=user_id, act="money.undone", subject=f"payment:{payment_id}", now=now)


def open_drawer(*, user_id: int, on: dt.date) -> Drawer:
    """Return what a clerk took on a day with the sums by tender; what was undone counts nowhere."""
    lines = queries.list_drawer(taken_by=get_person_of_user(user_id=user_id).id, on=on)
    stays = [line for line in lines if not line.is_undone]
    sums = []
    for tender in TenderKind:
        amounts = [line.amount for line in stays if line.tender is tender]
        if amounts:
            sums.append((tender, len(amounts), Money.sum(amounts)))
    return Drawer(tuple(lines), tuple(sums))


def _open(received: Received, user_id: int, now: dt.datetime) -> VisibleAccount:
    """Open the account somebody typed a number of, for money that may be booked on it."""
    typed = received.account_number
    try:
        account = open_for_staff(user_id=user_id, number=find_typed(number=typed), now=now)
    except NotVisible:
        raise AccountUnknown(account_number=typed) from None
    if holds_card_number(received.reference):
        raise CardNumberWritten
    return account
