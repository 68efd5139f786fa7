"""Every write of debts handed to collection agencies: placed, recovered, called back.

What an agency collects is a payment like any other, for the whole sum its debtor paid; of a debt
that was written off it takes back so much of the expense. What the agency keeps is a cost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import (
    Agency,
    AgencyFile,
    Placement,
    PlacementEnd,
    Recovery,
    RecoveryEnd,
)
from smarthub.arrears.operations.write_offs import BAD_DEBT, end_recovery
from smarthub.arrears.queries.placements import list_placements
from smarthub.arrears.queries.write_offs import get_write_off
from smarthub.arrears.types import AgencyKind, PlacementView, WriteOffId
from smarthub.kernel.errors import NotVisible, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import lock_accounts, post_entry
from smarthub.ledger.queries import get_unapplied_cash, list_standing_entries
from smarthub.ledger.types import UNAPPLIED_CASH, Asked, Posting
from smarthub.members.types import PersonId
from smarthub.payments.types import PaymentId
from smarthub.round_up.types import FUND

COSTS = "collection_cost"
CLEARING = "clearing:agency"


class PlacementNotAllowed(Refused):
    """A debt may not be handed over; ``because``: ``agency``, ``nothing`` or ``not_ready``.

    ``not_ready``: one of them is owed again, has nothing left, is with an agency, or is too new.
    """

    code = "placement_not_allowed"


def place_debts(
    *,
    file_id: UUID,
    agency_code: str,
    write_off_ids: Collection[WriteOffId],
    after_days: int,
    by: PersonId,
    on: dt.date,
    now: dt.datetime,
) -> int:
    """Hand debts that were written off to an agency, in one file, once by the form's id.

    Args:
        file_id: Made when the form was shown; sent again, it is the same file.
        agency_code: Who is to collect.
        write_off_ids: Which debts; all of them or none.
        after_days: By policy, days from a write-off until it may be handed over.
        by: Who decided.
        on: The local day.
        now: When.

    Returns:
        How many debts the file holds.

    Raises:
        PlacementNotAllowed: ``because`` says why.
        NotVisible: there is no such debt.

    Source: domain rule 60.
    """
    with transaction.atomic():
        views = [get_write_off(write_off_id=each) for each in sorted(set(write_off_ids))]
        lock_accounts(account_ids={view.account_id for view in views})
        if known := AgencyFile.objects.filter(pk=file_id).first():
            return known.placements.count()
        agency = Agency.objects.filter(
            code=agency_code, kind=AgencyKind.COLLECTION, end=None
        ).first()
        if agency is None or not views:
            raise PlacementNotAllowed(because="agency" if agency is None else "nothing")
        file = AgencyFile.objects.create(
            pk=file_id, agency=agency, kind="placed", on=on, made_by_id=by, made_at=now
        )
        for view in (get_write_off(write_off_id=view.id) for view in views):
            is_new = (on - view.on).days < after_days
            if is_new or view.taken_up_on or view.placed_with or not view.left:
                raise PlacementNotAllowed(because="not_ready")
            Placement.objects.create(file=file, write_off_id=view.id, amount_cents=view.left.cents)
    return len(views)


def recall_debts(
    *,
    file_id: UUID,
    placement_ids: Collection[int],
    by: PersonId,
    on: dt.date,
    now: dt.datetime,
) -> int:
    """Call debts back from the agency that has them, in one file, once by the form's id.

    Raises:
        PlacementNotAllowed: ``nothing`` was chosen, or they are with several agencies (``agency``).
        NotVisible: one of them is in no agency's hands.

    Source: domain rule 60.
    """
    with transaction.atomic():
        if known := AgencyFile.objects.filter(pk=file_id).first():
            return known.recalls.count()
        views = [view for view in list_placements() if view.id in placement_ids]
        if len(views) != len(set(placement_ids)):
            raise NotVisible
        if len({view.agency_code for view in views}) != 1:
            raise PlacementNotAllowed(because="agency" if views else "nothing")
        lock_accounts(account_ids={view.account_id for view in views})
        file = AgencyFile.objects.create(
            pk=file_id,
            agency=Agency.objects.get(code=views[0].agency_code),
            kind="recalled",
            on=on,
            made_by_id=by,
            made_at=now,
        )
        for view in views:
            PlacementEnd.objects.create(placement_id=view.id, file=file, on=on, ended_at=now)
    return len(views)


def record_recovery(
    *, placement: PlacementView, payment_id: PaymentId, amount: Money, on: dt.date, now: dt.datetime
) -> Money:
    """Let a payment take from the debt that was written off, once; return how much it took.

    To be called in the transaction that books the payment. What the account owes otherwise was
    paid first; only what waits as a credit is used, and never more than is left of the debt.
    A debt of which nothing is left is in nobody's hands any more.

    Source: domain rule 60.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[placement.account_id])
        view = get_write_off(write_off_id=placement.write_off_id)
        waiting = get_unapplied_cash(account_ids=[placement.account_id])[placement.account_id]
        taken = min(amount, waiting, view.left)
        if (
            taken <= ZERO
            or view.taken_up_on is not None
            or Recovery.objects.filter(payment=payment_id).exists()
        ):
            return ZERO
        Recovery.objects.create(
            placement_id=placement.id,
            payment_id=payment_id,
            amount_cents=taken.cents,
            on=on,
            at=now,
        )
        _post_recovery(placement, payment_id, taken=taken, before=view.recovered, on=on, now=now)
        if taken == view.left:
            PlacementEnd.objects.get_or_create(
                placement_id=placement.id, defaults={"on": on, "ended_at": now}
            )
    return taken


def undo_recovery(*, payment_id: PaymentId, on: dt.date, now: dt.datetime) -> None:
    """Let a payment's recovery count no longer, before the payment itself is taken back or moved.

    A placement that had ended stays ended: place the debt again.
    """
    for row in Recovery.objects.filter(payment=payment_id, end=None):
        with transaction.atomic():
            lock_accounts(account_ids=[AccountId(row.placement.write_off.account_id)])
            if not RecoveryEnd.objects.filter(recovery=row).exists():
                end_recovery(row, on=on, now=now)


def post_commission(*, key: str, amount: Money, on: dt.date, now: dt.datetime) -> None:
    """Post what an agency kept of what it collected, once by its key, as a cost of the co-op's."""
    if amount > ZERO:
        post_entry(
            source_key=f"{COSTS}:{key}",
            kind="collection_cost",
            effective_date=on,
            postings=[Posting(COSTS, amount), Posting(CLEARING, -amount)],
            posted_at=now,
        )


def _post_recovery(
    placement: PlacementView,
    payment_id: PaymentId,
    *,
    taken: Money,
    before: Money,
    on: dt.date,
    now: dt.datetime,
) -> None:
    """Take the expense back first; an unpaid gift, cleared last, goes to the fund again."""
    expense = sum(
        (
            leg.amount
            for _, entry in list_standing_entries(
                kind="write_off", key_prefix=f"write_off:{placement.write_off_id}"
            )
            for leg in entry.postings
            if leg.gl == BAD_DEBT
        ),
        ZERO,
    )
    of_expense = max(min(taken, expense - before), ZERO)
    parts = {BAD_DEBT: of_expense, FUND: taken - of_expense}
    post_entry(
        source_key=f"recovered:{placement.write_off_id}:{payment_id}",
        kind="recovery",
        effective_date=on,
        postings=[
            Posting(UNAPPLIED_CASH, taken, placement.account_id),
            *(Posting(gl, -part) for gl, part in parts.items() if part),
        ],
        asked=[Asked(placement.account_id, taken)],
        posted_at=now,
    )
