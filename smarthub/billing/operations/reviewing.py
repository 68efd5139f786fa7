"""Review a run before its bills are written: drafts, holds, approval, and throwing all away.

A draft is a row of figures and a fingerprint; the bill itself is computed again when it is
written. If it would come out otherwise than the draft somebody looked at, it is not written but
waits to be looked at again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.billing.engine.draft import DraftBill, Drafts
from smarthub.billing.engine.facts import Terms
from smarthub.billing.engine.holding import why_held
from smarthub.billing.models import (
    Bill,
    BillDraft,
    BillException,
    BillHold,
    BillRun,
    BillRunChunk,
)
from smarthub.billing.operations.drafting import draft_accounts
from smarthub.billing.operations.runs import IssuedChunk, write_exceptions
from smarthub.billing.operations.writing import digest_of_draft, write_bills
from smarthub.billing.types import BillRunId
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.fault_points import reach
from smarthub.ledger.operations import lock_accounts

CHANGED = "changed_since_review"


class RunNotDrafted(Conflict):
    """Some accounts of the run have no draft yet, so nobody can have looked at all of it."""

    code = "run_not_drafted"


class RunHasBills(Conflict):
    """Bills of the run are written; it can only be corrected now, bill by bill."""

    code = "run_has_bills"


class HoldNeedsReason(Refused):
    """A bill is not held without a word why."""

    code = "hold_needs_reason"


class NotHeld(Conflict):
    """Nothing holds this bill any more."""

    code = "not_held"


def draft_next_chunk(*, run_id: BillRunId, terms: Terms, now: dt.datetime) -> bool:
    """Draft the next chunk of a reviewed run that nobody else holds; false when there is none.

    Call it in a transaction. No balance is locked: what is paid meanwhile changes no draft.

    Source: domain rules 22 and 46.
    """
    chunk = (
        BillRunChunk.objects.select_for_update(skip_locked=True)
        .filter(run=run_id, drafted_at=None)
        .order_by("pk")
        .first()
    )
    if chunk is None:
        return False
    _draft([AccountId(each) for each in chunk.account_ids], run_id, terms)
    reach("drafts.chunk_written")
    BillRunChunk.objects.filter(pk=chunk.pk).update(drafted_at=now)
    return True


def draft_again(*, run_id: BillRunId, account_ids: Collection[AccountId], terms: Terms) -> None:
    """Draft accounts of a run anew: those held back, or whose draft is out of date."""
    with transaction.atomic():
        BillRun.objects.select_for_update().get(pk=run_id)
        billed = Bill.objects.filter(run=run_id, account__in=account_ids)
        done = set(billed.values_list("account_id", flat=True))
        open_ids = [account_id for account_id in account_ids if account_id not in done]
        BillDraft.objects.filter(run=run_id, account__in=open_ids).delete()
        BillException.objects.filter(run=run_id, account__in=open_ids).delete()
        _draft(open_ids, run_id, terms)


def approve_run(*, run_id: BillRunId, now: dt.datetime) -> None:
    """Let the bills of a run be written as its drafts say; again is harmless.

    Raises:
        RunNotDrafted: not all of it is drafted.
    """
    with transaction.atomic():
        run = BillRun.objects.select_for_update().get(pk=run_id)
        if BillRunChunk.objects.filter(run=run, drafted_at=None).exists():
            raise RunNotDrafted(run=run_id)
        if run.approved_at is None:
            run.approved_at = now
            run.save(update_fields=["approved_at"])


def finalise_next_chunk(*, run_id: BillRunId, terms: Terms, now: dt.datetime) -> IssuedChunk | None:
    """Write the bills of the next drafted chunk of an approved run; None when there is none.

    Call it in a transaction. Held drafts stay; they are written once they are released.

    Source: domain rules 43, 46, 47 and 48.
    """
    chunk = (
        BillRunChunk.objects.select_for_update(skip_locked=True)
        .filter(run=run_id, run__approved_at__isnull=False, done_at=None)
        .exclude(drafted_at=None)
        .order_by("pk")
        .first()
    )
    if chunk is None:
        return None
    reach("bills.chunk_claimed")
    issued = finalise_accounts(
        run_id=run_id,
        account_ids=[AccountId(each) for each in chunk.account_ids],
        terms=terms,
        now=now,
    )
    BillRunChunk.objects.filter(pk=chunk.pk).update(done_at=now)
    return issued


def finalise_accounts(
    *, run_id: BillRunId, account_ids: Sequence[AccountId], terms: Terms, now: dt.datetime
) -> IssuedChunk:
    """Write the bills of accounts whose drafts nothing holds; call it in a transaction."""
    lock_accounts(account_ids=account_ids)
    reviewed = _free_drafts(run_id, account_ids)
    drafts = draft_accounts(account_ids=sorted(reviewed), terms=terms)
    reach("bills.chunk_drafted")
    same, changed = _compared(drafts, reviewed)
    bills = write_bills(run_id=run_id, drafts=same, now=now)
    for draft in changed:
        _hold_changed(run_id, draft)
    BillDraft.objects.filter(run=run_id, account__in=list(drafts.errors)).delete()
    write_exceptions(run_id=run_id, errors=drafts.errors)
    return IssuedChunk(tuple(bills), len(drafts.errors))


def drop_run(*, run_id: BillRunId) -> None:
    """Throw a run and its drafts away, as if it had never been opened.

    Raises:
        RunHasBills: some of its bills are written.
    """
    with transaction.atomic():
        BillRun.objects.select_for_update().get(pk=run_id)
        if Bill.objects.filter(run=run_id).exists():
            raise RunHasBills(run=run_id)
        BillException.objects.filter(run=run_id).delete()
        BillRunChunk.objects.filter(run=run_id).delete()
        BillRun.objects.filter(pk=run_id).delete()


def hold_account(*, account_id: AccountId, reason: str, by: str, now: dt.datetime) -> None:
    """Hold an account's bills, in this and every later run, until somebody releases it.

    Raises:
        HoldNeedsReason: no reason is given.

    Source: domain rule 47.
    """
    if not reason.strip():
        raise HoldNeedsReason
    BillHold.objects.get_or_create(
        account_id=account_id,
        released_at=None,
        defaults={"reason": reason.strip()[:200], "held_by": by, "held_at": now},
    )


def release_account(
    *, account_id: AccountId, run_id: BillRunId | None, by: str, now: dt.datetime
) -> None:
    """Let an account be billed: its standing hold ends, and what held its draft is answered.

    Raises:
        NotHeld: nothing holds it.

    Source: domain rules 22 and 47.
    """
    with transaction.atomic():
        holds = BillHold.objects.filter(account=account_id, released_at=None)
        ended = holds.update(released_at=now, released_by=by)
        answered = 0
        if run_id is not None:
            drafts = BillDraft.objects.filter(run=run_id, account=account_id, released_at=None)
            answered = drafts.exclude(held_code="").update(released_at=now)
        if not ended + answered:
            raise NotHeld(account=account_id)


def _draft(account_ids: Sequence[AccountId], run_id: BillRunId, terms: Terms) -> None:
    drafts = draft_accounts(account_ids=account_ids, terms=terms, with_holds=False)
    BillDraft.objects.bulk_create(_row(run_id, draft) for draft in drafts.bills)
    write_exceptions(run_id=run_id, errors=drafts.errors)


def _row(run_id: BillRunId, draft: DraftBill) -> BillDraft:
    last = draft.account.standing.last_charges
    held = why_held(draft=draft)
    return BillDraft(
        run_id=run_id,
        account_id=draft.account.id,
        charges_cents=draft.charges.cents,
        asked_cents=draft.asked.cents,
        services=sorted({s.plan.unbilled.agreement.service for s in draft.segments}),
        last_cents=None if last is None else last.cents,
        last_year_cents=draft.last_year_cents,
        digest=digest_of_draft(draft),
        held_code="" if held is None else held.code,
        held_values={} if held is None else dict(held.values),
    )


def _free_drafts(run_id: BillRunId, account_ids: Sequence[AccountId]) -> dict[AccountId, BillDraft]:
    """Return the drafts that nothing holds and whose bills are not written yet."""
    held = BillHold.objects.filter(account__in=account_ids, released_at=None)
    billed = Bill.objects.filter(run=run_id, account__in=account_ids)
    rows = (
        BillDraft.objects.filter(run=run_id, account__in=account_ids)
        .exclude(account__in=held.values("account"))
        .exclude(account__in=billed.values("account"))
    )
    return {
        AccountId(row.account_id): row
        for row in rows
        if not row.held_code or row.released_at is not None
    }


def _compared(
    drafts: Drafts, reviewed: Mapping[AccountId, BillDraft]
) -> tuple[list[DraftBill], list[DraftBill]]:
    same: list[DraftBill] = []
    changed: list[DraftBill] = []
    for draft in drafts.bills:
        is_same = reviewed[draft.account.id].digest == digest_of_draft(draft)
        (same if is_same else changed).append(draft)
    return same, changed


def _hold_changed(run_id: BillRunId, draft: DraftBill) -> None:
    """Put today's figures into the draft, and hold it until somebody has looked at them."""
    BillDraft.objects.filter(run=run_id, account=draft.account.id).update(
        charges_cents=draft.charges.cents,
        asked_cents=draft.asked.cents,
        digest=digest_of_draft(draft),
        held_code=CHANGED,
        held_values={},
        released_at=None,
    )
