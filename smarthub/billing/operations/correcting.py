"""Take bills back and bill again: linked pairs, never an edit (domain rules 43 to 45).

The bill that was wrong stays as it is, with a cancellation beside it and its ledger entry
reversed; the new one names it and is a bill like any other. What was paid on the old one pays
the new one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.billing.engine.back_billing import refuse_too_old
from smarthub.billing.engine.draft import DraftBill
from smarthub.billing.engine.facts import Plan, Terms, UnbilledAgreement
from smarthub.billing.engine.planning import plan_again
from smarthub.billing.models import Bill, BillCancellation, BillDifference
from smarthub.billing.operations.drafting import draft_planned
from smarthub.billing.operations.writing import entry_key, write_bills
from smarthub.billing.queries import list_account_facts, list_unbilled
from smarthub.billing.types import BillId, IssuedBill
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.ledger.models import Entry
from smarthub.ledger.operations import allocate, entry_id_for, lock_accounts, reverse_entry
from smarthub.ledger.queries import list_allocations
from smarthub.ledger.types import EntryId

REASONS = ("reads", "rate", "agreement", "request", "estimate", "tax")
"""Why a bill may be taken back: wrong or late reads, a wrong rate, wrong facts, asked for, or an
estimate that proved wrong."""


class BillAlreadyCancelled(Conflict):
    """The bill was taken back before."""

    code = "bill_already_cancelled"


class ReasonUnknown(Refused):
    """A bill is taken back only for one of the known reasons."""

    code = "reason_unknown"


class NothingToRebill(Refused):
    """The bill has no service that could be billed again."""

    code = "nothing_to_rebill"


def cancel_bill(
    *, number: str, reason: str, note: str, by: str, on: dt.date, now: dt.datetime
) -> BillId:
    """Take a bill back: keep why, and reverse its ledger entry on a local day.

    Raises:
        NotVisible: there is no such bill.
        BillAlreadyCancelled: it was taken back before.
        ReasonUnknown: the reason is none of ``REASONS``.

    Source: domain rules 43, 44 and 63.
    """
    if reason not in REASONS:
        raise ReasonUnknown(reason=reason)
    with transaction.atomic():
        bill = _locked(number)
        _cancel(bill, reason=reason, note=note, by=by, on=on, now=now)
    return BillId(bill.pk)


def rebill(
    *,
    number: str,
    reason: str,
    note: str,
    by: str,
    on: dt.date,
    terms: Terms,
    now: dt.datetime,
) -> IssuedBill:
    """Take a bill back and write it anew from what is known today; call it in a transaction.

    The new bill has the old one's date, and so its riders; it is due no sooner than ``terms``
    say. Its ledger entry, like the reversal, is of ``on``: the month is open.

    Args:
        number: The bill that is wrong.
        reason: One of ``REASONS``.
        note: For staff; may be empty.
        by: Who decided.
        on: The local day of both entries.
        terms: Those of the old bill's day, with the new due date.
        now: When this is done.

    Raises:
        NotVisible, BillAlreadyCancelled, ReasonUnknown: see ``cancel_bill``.
        NothingToRebill: the bill has no service.
        BackBillingTooOld: it would ask more for days too far back.
        ExpectedError: it cannot be billed today; then nothing is changed.

    Source: domain rules 43 to 45.
    """
    if reason not in REASONS:
        raise ReasonUnknown(reason=reason)
    bill = _locked(number)
    paid = _cancel(bill, reason=reason, note=note, by=by, on=on, now=now)
    reach("rebill.cancelled")
    draft = draft_of_bill(bill=bill, terms=terms, edition=bill.edition + 1)
    refuse_too_old(draft=draft, charged=Money(bill.charges_cents), on=on)
    (issued,) = write_bills(
        run_id=None, drafts=[draft], now=now, supersedes=BillId(bill.pk), effective_date=on
    )
    _allocate_again(paid, entry_id_for(entry_key(issued.number)), draft.charges + draft.gift)
    BillDifference.objects.filter(bill=bill, settled_at=None).update(
        settled_at=now, settled_by=by, settled_as="rebilled"
    )
    return issued


def draft_of_bill(*, bill: Bill, terms: Terms, edition: int) -> DraftBill:
    """Return the bill of the same periods as it would come out today.

    Raises:
        NothingToRebill: the bill has no service.
        ExpectedError: it cannot be billed.
    """
    account_id = AccountId(bill.account_id)
    (account,) = list_account_facts(account_ids=[account_id], bill_date=bill.bill_date)
    plans = _plans_again(bill, terms)
    if not plans:
        raise NothingToRebill(bill=bill.number)
    drafts = draft_planned(planned=[(account, plans)], terms=terms, editions={account_id: edition})
    if error := drafts.errors.get(account_id):
        raise error
    (draft,) = drafts.bills
    return draft


def draft_of_number(*, number: str, terms: Terms) -> DraftBill:
    """Return the bill of that number as it would come out today.

    Raises:
        NotVisible: there is no such bill.
        ExpectedError: see ``draft_of_bill``.
    """
    bill = Bill.objects.filter(number=number).select_related("account").first()
    if bill is None:
        raise NotVisible(bill=number)
    return draft_of_bill(bill=bill, terms=terms, edition=bill.edition + 1)


def settle_difference(*, difference_id: int, by: str, now: dt.datetime) -> None:
    """Leave a bill as it was made, though it would come out otherwise today; a person decided.

    Raises:
        NotVisible: there is no such open difference.
    """
    rows = BillDifference.objects.filter(pk=difference_id, settled_at=None)
    if not rows.update(settled_at=now, settled_by=by, settled_as="left"):
        raise NotVisible(difference=difference_id)


def record_difference(
    *, bill: Bill, code: str, draft: DraftBill, digest: str, now: dt.datetime
) -> bool:
    """Note that a bill would come out otherwise today, once; false when it is noted already."""
    _row, created = BillDifference.objects.get_or_create(
        bill=bill,
        digest=digest,
        defaults={
            "code": code,
            "found_at": now,
            "billed_cents": bill.charges_cents,
            "would_be_cents": draft.charges.cents,
        },
    )
    return created


def _locked(number: str) -> Bill:
    bill = Bill.objects.filter(number=number).select_related("account").first()
    if bill is None:
        raise NotVisible(bill=number)
    lock_accounts(account_ids=[AccountId(bill.account_id)])
    if BillCancellation.objects.filter(bill=bill).exists():
        raise BillAlreadyCancelled(bill=number)
    return bill


def _cancel(
    bill: Bill, *, reason: str, note: str, by: str, on: dt.date, now: dt.datetime
) -> dict[EntryId, Money]:
    """Write the cancellation and the reversal; return which payments had paid it, and how much."""
    BillCancellation.objects.create(
        bill=bill,
        reason=reason,
        note=note.strip()[:300],
        cancelled_by=by,
        cancelled_on=on,
        cancelled_at=now,
    )
    entry_id = entry_id_for(entry_key(bill.number))
    if not Entry.objects.filter(pk=entry_id).exists():
        return {}  # a bill of nothing was never posted
    paid = {
        payment: amount
        for (payment, charge), amount in list_allocations(entry_ids=[entry_id]).items()
        if charge == entry_id
    }
    reverse_entry(
        source_key=f"{entry_key(bill.number)}:cancelled",
        reverses=entry_id,
        effective_date=on,
        posted_at=now,
    )
    return paid


def _allocate_again(paid: Mapping[EntryId, Money], charge: EntryId, charges: Money) -> None:
    """Let what paid the old bill pay the new one, as far as it goes; the rest is free."""
    left = charges
    amounts: dict[tuple[EntryId, EntryId], Money] = {}
    for payment in sorted(paid):
        part = min(paid[payment], left)
        if part.cents > 0:
            amounts[payment, charge] = part
            left -= part
    if amounts:
        allocate(amounts=amounts)


def _plans_again(bill: Bill, terms: Terms) -> list[Plan]:
    """Return the plans of a bill's periods, each from what was billed before it began."""
    periods: dict[int, Period] = {}
    for row in bill.segments.order_by("position"):
        known = periods.get(row.agreement_id)
        start = row.period_start if known is None else min(known.start, row.period_start)
        periods[row.agreement_id] = Period(start, row.period_end)
    return [
        plan_again(unbilled=_before(bill, agreement_id, period), period=period, terms=terms)
        for agreement_id, period in periods.items()
    ]


def _before(bill: Bill, agreement_id: int, period: Period) -> UnbilledAgreement:
    account_id = AccountId(bill.account_id)
    known = list_unbilled(account_ids=[account_id], bill_date=bill.bill_date, before=period.start)
    return next(each for each in known[account_id] if each.agreement.id == agreement_id)
