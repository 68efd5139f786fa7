"""The receipt of a payment as a file, for the person who made it and for nobody else."""

from __future__ import annotations

from uuid import UUID

from smarthub.cooperative.types import Cooperative
from smarthub.kernel.errors import NotVisible
from smarthub.members.queries import get_person_of_user
from smarthub.payments.queries import get_status
from smarthub.payments.receipts import render_receipt
from smarthub.payments.types import AttemptState
from smarthub.workflows.money.pay_balance import get_receipt


def print_receipt(
    *, user_id: int, payment_id: UUID, language: str, cooperative: Cooperative
) -> bytes:
    """Return the receipt as PDF.

    Raises:
        NotVisible: somebody else made the payment, there is none, or no money came of it.
    """
    outcome = get_receipt(user_id=user_id, payment_id=payment_id)
    if outcome.state is not AttemptState.SUCCESS:
        raise NotVisible
    return render_receipt(
        outcome=outcome,
        status=get_status(payment_id=outcome.payment_id),
        payer=get_person_of_user(user_id=user_id).name,
        language=language,
        cooperative=cooperative,
    )
