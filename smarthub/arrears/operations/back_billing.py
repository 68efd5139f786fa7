"""Agree that what was billed back is paid over as many months, without interest (rule 45)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import Arrangement, Instalment
from smarthub.arrears.operations import set_hold
from smarthub.arrears.operations.arrangements import ArrangementNotAllowed
from smarthub.arrears.queries import arrangements, back_billing
from smarthub.arrears.types import ArrangementId, ArrangementView, HoldKind
from smarthub.ledger.operations import lock_accounts
from smarthub.members.types import PersonId


def accept_offer(
    *,
    arrangement_id: ArrangementId,
    account_id: AccountId,
    by: PersonId,
    on: dt.date,
    now: dt.datetime,
) -> ArrangementView:
    """Take the offer that stands on an account, once by the form's id.

    No policy on down payments, months or how often applies: the terms are the rule's own, and
    while they are kept nothing is charged for being late.

    Args:
        arrangement_id: Made when the form was shown; sent again, it is the same arrangement.
        account_id: Whose bills were corrected.
        by: The member who took it, or the clerk who took it for her.
        on: The local day.
        now: When.

    Raises:
        ArrangementNotAllowed: ``because`` is ``nothing_owed``, ``disputed`` or ``standing``.

    Source: domain rule 45.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        if Arrangement.objects.filter(pk=arrangement_id).exists():
            return arrangements.get_arrangement(arrangement_id=arrangement_id)
        offer = back_billing.find_offer(account_id=account_id, on=on)
        if offer is None:
            raise ArrangementNotAllowed(because="nothing_owed")
        if not offer.may_be_taken:
            raise ArrangementNotAllowed(because="disputed" if offer.disputed else "standing")
        hold_id = set_hold(
            account_id=account_id,
            kind=HoldKind.ARRANGEMENT,
            starts_on=on,
            ends_on=None,
            reason="back-billing",
            by=by,
            now=now,
        )
        row = Arrangement.objects.create(
            pk=arrangement_id,
            account_id=account_id,
            hold_id=hold_id,
            bill_date=on,
            due_date=offer.due_date,
            total_cents=offer.amount.cents,
            back_billed=True,
            agreed_on=on,
            agreed_by_id=by,
            agreed_at=now,
        )
        Instalment.objects.bulk_create(
            Instalment(arrangement=row, due_on=part.due_on, amount_cents=part.amount.cents)
            for part in offer.instalments
        )
        return arrangements.get_arrangement(arrangement_id=arrangement_id)
