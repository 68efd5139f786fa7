"""Reads of bank accounts the co-op draws on by its own files: whether their bank let them pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import list_bank_closings, list_policies
from smarthub.kernel.banking_days import banking_days_after
from smarthub.members.types import PersonId
from smarthub.payments.models import Attempt, AttemptEvent, BankAccount, SentEntry
from smarthub.payments.ports import EntryUse
from smarthub.payments.queries.paying import method_of
from smarthub.payments.types import BANK_FILE, AttemptState, MethodId, PaymentId, StoredMethod

OFFERED = "own_origination.offered"
BY_MEMBER = "by_member"
ACCOUNT_REFUSED = Q(payment__method__removed_at__isnull=False) & ~Q(
    payment__method__removed_because=BY_MEMBER
)
"""Of an attempt: its bank took the account away, or its holder denied that we may draw on it."""
PRENOTE_BANKING_DAYS = 3
LOOK_AHEAD = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class EntryOwner:
    """Whose account an entry was about, and why it is used no more: empty while it is."""

    person_id: PersonId
    method: StoredMethod
    removed_because: str


def is_own_origination_offered(*, on: dt.date) -> bool:
    """Return whether the co-op hands in bank files of its own on a day; it does not by default."""
    return bool(list_policies(on=on).get(OFFERED, False))


def list_usable_from(*, method_ids: Collection[MethodId]) -> dict[MethodId, dt.date | None]:
    """Return from which day accounts drawn on by own files may be used; other methods are left out.

    None: the question to the bank (the prenote) waits for the next file.
    """
    accounts = BankAccount.objects.filter(method__in=method_ids)
    return {MethodId(each.method_id): usable_from(each) for each in accounts}


def usable_from(account: BankAccount) -> dt.date | None:
    """Return the day three banking days after the prenote's, or None while there was none.

    Source: payments reference, section 2.3 (prenote: three banking days without a return).
    """
    asked = account.entries.filter(use=EntryUse.DEBIT_PRENOTE).order_by("pk").first()
    if asked is None:
        return None
    effective = asked.file.effective_on
    closings = list_bank_closings(start=effective, end=effective + LOOK_AHEAD)
    return banking_days_after(effective, PRENOTE_BANKING_DAYS, also_closed=closings)


def find_entry_owner(*, trace: str) -> EntryOwner | None:
    """Return whose account an entry of a bank file was about, if it is anybody's."""
    rows = SentEntry.objects.select_related("account__method")
    entry = rows.filter(trace=trace).first()
    method = entry.account.method if entry else None
    if method is None or method.person_id is None:
        return None
    return EntryOwner(PersonId(method.person_id), method_of(method), method.removed_because)


def list_unsent(*, account_id: AccountId, channel: str) -> dict[PaymentId, str]:
    """Return an account's payments of one channel that stand in no bank file yet, by their keys."""
    settled = AttemptEvent.objects.filter(state__in=[s for s in AttemptState if s.is_final])
    rows = Attempt.objects.filter(
        gateway=BANK_FILE,
        sent_entry=None,
        payment__channel=channel,
        payment__parts__account=account_id,
    ).exclude(pk__in=settled.values("attempt"))
    found = rows.order_by("made_at", "pk").values_list("payment_id", "key")
    return {PaymentId(payment_id): key for payment_id, key in found}


def list_stopped_keys() -> list[str]:
    """Return the attempts that wait for a bank file and whose account its bank took away since."""
    settled = AttemptEvent.objects.filter(state__in=[s for s in AttemptState if s.is_final])
    return list(
        Attempt.objects.filter(ACCOUNT_REFUSED, gateway=BANK_FILE, sent_entry=None)
        .exclude(pk__in=settled.values("attempt"))
        .order_by("made_at", "pk")
        .values_list("key", flat=True)
    )
