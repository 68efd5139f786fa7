"""What the tests of taking back share: what a clerk asks for, and how an entry stands.

The days: the debit carries Monday 30 November, so what takes it back may carry Monday 7 December
at the latest, five banking days after.
"""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.kernel.money import Money
from smarthub.payments.models import EntryReversal, SentEntry
from smarthub.payments.operations import (
    NotReversible,
)
from smarthub.payments.queries import (
    list_sent_entries,
)
from smarthub.payments.types import (
    EntryStands,
    MethodId,
    ReversalReason,
)
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.bank.entries_back import ask_back
from smarthub.workflows.money.refund_payment import ask_refund
from tests.cast import NOW
from tests.workflows.own_files import DAY, PROVED, SETTLED, Bank

FIFTY = 50_00
CLEARING = "clearing:bank_file:ach"
FRIDAY, SUNDAY, MONDAY = SETTLED + 4 * DAY, SETTLED + 6 * DAY, SETTLED + 7 * DAY
"""4, 6 and 7 December: a file made on Sunday still carries Monday, one made on Monday does not."""
MISTAKE = "Our mistake: $50.00 goes back to your bank account"


def debits(bank: Bank, count: int = 1) -> tuple[MethodId, list[uuid.UUID]]:
    """Let so many payments of ten dollars go out in one file, beside the first one's prenote."""
    method, payments = bank.store(), [uuid.uuid4() for _ in range(count)]
    bank.send(NOW)
    for payment_id in payments:
        bank.begin(method, 10_00, payment_id=payment_id)
    bank.send(PROVED)
    return method, payments


def newest() -> SentEntry:
    return SentEntry.objects.exclude(attempt=None).latest("pk")


def take_back(
    bank: Bank,
    entry: SentEntry | None = None,
    *,
    shown: int = 1,
    reason: ReversalReason = ReversalReason.DUPLICATE,
    now: dt.datetime = SETTLED,
) -> int:
    return ask_back(
        user_id=bank.cast.dana.user.pk,
        file_id=(entry or newest()).file_id,
        entry_id=(entry or newest()).pk,
        shown=shown,
        reason=reason,
        now=now,
    )


def take_back_all(bank: Bank, *, shown: int, now: dt.datetime = SETTLED) -> int:
    return ask_back(
        user_id=bank.cast.dana.user.pk,
        file_id=newest().file_id,
        entry_id=None,
        shown=shown,
        reason=ReversalReason.WRONG_AMOUNT,
        now=now,
    )


def stands(entry: SentEntry, now: dt.datetime = SETTLED) -> EntryStands:
    (view,) = list_sent_entries(file_id=entry.file_id, on=now.date(), only=entry.pk)
    return view.stands


def refused(bank: Bank, entry: SentEntry | None = None, *, now: dt.datetime = SETTLED) -> str:
    """Return why an entry cannot be asked back; nothing was written."""
    before = EntryReversal.objects.count()
    with pytest.raises(NotReversible) as error:
        take_back(bank, entry, now=now)
    assert EntryReversal.objects.count() == before
    return str(error.value.values["because"])


def ask_to_refund(
    bank: Bank, payment_id: uuid.UUID, now: dt.datetime = SETTLED, *, number: str = "1001"
) -> None:
    ask_refund(
        refund_id=uuid.uuid4(),
        user_id=bank.cast.dana.user.pk,
        payment_id=payment_id,
        account_number=number,
        amount=Money(10_00),
        reason="paid too much",
        now=now,
        gateway=payment_gateway(),
    )
