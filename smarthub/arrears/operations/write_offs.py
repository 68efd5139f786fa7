"""Every write of debts that are no longer expected, as entries of the ledger, each once.

What is written off is an expense of the co-op's; an unpaid gift is none, and only leaves the fund.
A write-off is reversed when the member comes back: then the same bills are open as before.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.arrears.models import Recovery, RecoveryEnd, WriteOff, WriteOffEnd
from smarthub.arrears.operations import ReasonMissing
from smarthub.arrears.queries.write_offs import get_write_off, last_due_date
from smarthub.arrears.types import WriteOffId
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import lock_accounts, reverse_entry
from smarthub.ledger.queries import get_balances, list_open_charges, list_standing_entries
from smarthub.members.types import PersonId
from smarthub.payments.operations import Credit, post_credits
from smarthub.payments.queries import sum_in_flight
from smarthub.round_up.types import FUND
from smarthub.round_up.types import RECEIVABLE as GIFTS

BAD_DEBT = "bad_debt"


class WriteOffNotAllowed(Refused):
    """The debt may not be written off.

    Values: ``because``: ``served``, ``too_early``, ``nothing_owed`` or ``under_way``.
    """

    code = "write_off_not_allowed"


class WriteOffConflict(Conflict):
    """The id was used for another account."""

    code = "write_off_conflict"


class DebtPlaced(Refused):
    """A collection agency has the debt."""

    code = "debt_placed"


class DebtTakenUp(Conflict):
    """The debt is owed again already."""

    code = "debt_taken_up"


def write_off(
    *,
    write_off_id: WriteOffId,
    account_id: AccountId,
    is_served: bool,
    after_days: int,
    reason: str,
    by: PersonId,
    on: dt.date,
    now: dt.datetime,
) -> Money:
    """Write off all an account owes, once by the form's id; return how much that was.

    Args:
        write_off_id: Made when the form was shown; sent again, it is the same write-off.
        account_id: Whose debt.
        is_served: Whether the account still has a service.
        after_days: By policy, days from the due date of its last bill.
        reason: For staff.
        by: Who decided.
        on: The local day it counts for.
        now: When.

    Raises:
        ReasonMissing: nobody said why.
        WriteOffNotAllowed: ``because`` says why not.
        WriteOffConflict: the id was used for another account.

    Source: domain rule 60.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        lock_accounts(account_ids=[account_id])
        known = WriteOff.objects.filter(pk=write_off_id).first()
        if known is not None:
            if known.account_id != account_id:
                raise WriteOffConflict
            return Money(known.amount_cents)
        owed = get_balances(account_ids=[account_id])[account_id].owed
        if because := _forbidden_by(account_id, owed, on, after_days, is_served=is_served):
            raise WriteOffNotAllowed(because=because)
        WriteOff.objects.create(
            pk=write_off_id,
            account_id=account_id,
            amount_cents=owed.cents,
            reason=reason.strip(),
            on=on,
            written_off_by_id=by,
            written_off_at=now,
        )
        post_credits(_credits(write_off_id, account_id, owed, on), now)
    return owed


def take_up(*, write_off_id: WriteOffId, by: PersonId, on: dt.date, now: dt.datetime) -> None:
    """Ask for a debt again that was written off, once.

    What was recovered of it by then is a credit again, so that only the rest is to be paid.

    Raises:
        NotVisible: there is no such write-off.
        DebtTakenUp: it is owed again already.
        DebtPlaced: an agency has it; it is called back first, so that not two ask for it.

    Source: domain rule 60.
    """
    with transaction.atomic():
        lock_accounts(account_ids=[get_write_off(write_off_id=write_off_id).account_id])
        debt = get_write_off(write_off_id=write_off_id)
        if debt.taken_up_on is not None:
            raise DebtTakenUp
        if debt.placed_with:
            raise DebtPlaced
        for row in Recovery.objects.filter(placement__write_off=write_off_id, end=None):
            end_recovery(row, on=on, now=now)
        WriteOffEnd.objects.create(write_off_id=write_off_id, on=on, ended_by_id=by, ended_at=now)
        for entry_id, entry in list_standing_entries(
            kind="write_off", key_prefix=f"write_off:{write_off_id}"
        ):
            reverse_entry(
                source_key=f"taken_up:{entry.source_key}",
                reverses=entry_id,
                effective_date=on,
                posted_at=now,
            )


def end_recovery(row: Recovery, *, on: dt.date, now: dt.datetime) -> None:
    """Let a recovery count no longer: what it used up is a credit of the account again."""
    RecoveryEnd.objects.create(recovery=row, on=on, at=now)
    prefix = f"recovered:{row.placement.write_off_id}:{row.payment_id}"
    for entry_id, entry in list_standing_entries(kind="recovery", key_prefix=prefix):
        reverse_entry(
            source_key=f"ended:{entry.source_key}",
            reverses=entry_id,
            effective_date=on,
            posted_at=now,
        )


def _forbidden_by(
    account_id: AccountId, owed: Money, on: dt.date, after_days: int, *, is_served: bool
) -> str:
    if owed <= ZERO:
        return "nothing_owed"
    if is_served:
        return "served"
    if sum_in_flight(account_ids=[account_id])[account_id]:
        return "under_way"
    last = last_due_date(account_id=account_id, on=on)
    return "too_early" if last is None or (on - last).days < after_days else ""


def _credits(
    write_off_id: WriteOffId, account_id: AccountId, owed: Money, on: dt.date
) -> list[Credit]:
    """Return what clears the account: an unpaid gift, which is cleared last, from the fund."""
    charges = list_open_charges(account_id=account_id)
    gifts = min(Money.sum(each.amount for each in charges if each.gl == GIFTS), owed)
    parts = {BAD_DEBT: owed - gifts, FUND: gifts}
    return [
        Credit(
            source_key=f"write_off:{write_off_id}:{clearing}",
            kind="write_off",
            account_id=account_id,
            amount=amount,
            clearing=clearing,
            on=on,
        )
        for clearing, amount in parts.items()
        if amount
    ]
