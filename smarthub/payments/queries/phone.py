"""Reads of payments handed to the phone company's own system."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from smarthub.accounts.types import AccountId
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.payments.models import PhoneHandOff
from smarthub.payments.types import PhoneHandOffView, PhoneState

ENDED = (PhoneState.PAID, PhoneState.PARKED)


def get_hand_off(*, hand_off_id: UUID, account_id: AccountId, now: dt.datetime) -> PhoneHandOffView:
    """Return how a hand-off of an account stands at a moment.

    Raises:
        NotVisible: it is another account's, or there is none.
    """
    rows = PhoneHandOff.objects.select_related("account")
    row = rows.filter(pk=hand_off_id, account=account_id).first()
    if row is None:
        raise NotVisible
    told = list(row.events.order_by("pk"))
    ended = next((each for each in told if each.kind in ENDED), None)
    last = ended or (told[-1] if told else None)
    state = PhoneState(last.kind) if last else PhoneState.WAITING
    if ended is None and now >= row.expires_at:
        state = PhoneState.EXPIRED
    return PhoneHandOffView(
        id=row.pk,
        account_number=row.account.number,
        amount=Money(row.amount_cents),
        language=row.language,
        code=row.code,
        started_at=row.started_at,
        expires_at=row.expires_at,
        state=state,
        reason=last.reason if last else "",
        payment_id=last.payment_id if last else None,
    )
