"""Take back what a bank file of ours drew by mistake: what a clerk sees and asks for, and the rest.

A clerk only asks; the money goes back with the next file. In the transaction that makes it the
payment is reversed, Auto Pay leaves the bill alone, nobody is pressed to pay for a while, and the
payer is told.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from smarthub.accounts.types import AccountId
from smarthub.arrears.operations import set_hold
from smarthub.arrears.types import HoldKind
from smarthub.auto_pay.operations import note_draft_event
from smarthub.auto_pay.queries import find_draft_of, list_plans
from smarthub.auto_pay.types import DraftEventKind, LeftOut, PlanState
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user, is_staff
from smarthub.payments import operations, queries
from smarthub.payments.types import (
    DAYS_TO_PAY_AGAIN,
    ReversalReason,
    SentEntryView,
    SentFileView,
    TakenBack,
    WhyNot,
)
from smarthub.workflows.messages.payment_messages import tell_of_taken_back

NEWEST_FILES = 30
PAGE_ENTRIES = 100
HELD_BECAUSE = "We took a payment back that was our mistake"
"""Kept with the hold, in the language of the co-op's own records."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file made for the bank, a page of its entries, and until when they can be taken back.

    ``more_after`` is the last one's id where more follow.
    """

    file: SentFileView
    entries: Sequence[SentEntryView]
    more_after: int | None
    ask_until: dt.date
    is_in_time: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What taking entries back would come to; ``left`` counts why others of them stay."""

    file: SentFileView
    going: Sequence[SentEntryView]
    amount: Money
    left: dict[WhyNot, int]
    goes_on: dt.date
    ask_until: dt.date
    pay_until: dt.date


def list_sent_files(*, user_id: int) -> list[SentFileView]:
    """Return the newest files made for the bank.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    return queries.list_sent_files(limit=NEWEST_FILES)


def open_sent_file(*, user_id: int, file_id: int, on: dt.date, after: int = 0) -> SentFile:
    """Return a file with how its entries stand on a local day: those after one, a page of them.

    Raises:
        NotVisible: the login is not staff's, or there is no such file.
    """
    _refuse_others(user_id)
    file = queries.get_sent_file(file_id=file_id)
    found = queries.list_sent_entries(file_id=file_id, on=on, after=after, limit=PAGE_ENTRIES + 1)
    shown = found[:PAGE_ENTRIES]
    ask_until = queries.last_day_to_ask(effective_on=file.effective_on)
    return SentFile(
        file=file,
        entries=shown,
        more_after=shown[-1].id if len(found) > PAGE_ENTRIES else None,
        ask_until=ask_until,
        is_in_time=on <= ask_until,
    )


def propose_back(*, user_id: int, file_id: int, entry_id: int | None, on: dt.date) -> Proposal:
    """Return what taking one entry back, or all of a file, would come to; writes nothing.

    Raises:
        NotVisible: the login is not staff's, or there is no such file or entry.
    """
    _refuse_others(user_id)
    file = queries.get_sent_file(file_id=file_id)
    entries = queries.list_sent_entries(file_id=file_id, on=on, only=entry_id)
    if not entries:
        raise NotVisible
    going = [each for each in entries if each.why_not is None]
    return Proposal(
        file=file,
        going=going,
        amount=Money.sum(each.amount for each in going),
        left=dict(Counter(each.why_not for each in entries if each.why_not is not None)),
        goes_on=queries.next_file_day(on=on),
        ask_until=queries.last_day_to_ask(effective_on=file.effective_on),
        pay_until=on + dt.timedelta(days=DAYS_TO_PAY_AGAIN),
    )


def ask_back(
    *,
    user_id: int,
    file_id: int,
    entry_id: int | None,
    shown: int,
    reason: ReversalReason,
    now: dt.datetime,
) -> int:
    """Ask for one entry of a file back, or for all that can go; return how many.

    Raises:
        NotVisible: the login is not staff's, or there is no such file or entry.
        NotReversible, ReversalChanged: see ``payments.operations``; nothing is written.
    """
    _refuse_others(user_id)
    with transaction.atomic():
        asked = operations.ask_entries_back(
            file_id=file_id,
            entry_id=entry_id,
            shown=shown,
            reason=reason,
            by=get_person_of_user(user_id=user_id).id,
            now=now,
        )
        subject = f"bank_file:{file_id}" if entry_id is None else f"bank_entry:{entry_id}"
        record_act(user_id=user_id, act="bank_entry.asked_back", subject=subject, now=now)
    return asked


def follow_entries_back(*, file_id: int, now: dt.datetime) -> None:
    """Do what follows for the payers of what goes back with a file just made.

    Call it in the transaction that makes the file.

    Source: Nacha operating rules (the receiver is told no later than the day it settles).
    """
    for taken in queries.list_taken_back(file_id=file_id):
        draft_id = find_draft_of(payment_id=taken.payment_id)
        if draft_id is not None:
            note_draft_event(
                draft_id=draft_id,
                kind=DraftEventKind.LEFT_OUT,
                reason=LeftOut.TAKEN_BACK,
                now=now,
            )
        owed = _give_time(taken, now)
        plans = list_plans(account_ids=taken.account_ids)
        tell_of_taken_back(
            taken=taken,
            owed=owed,
            was_auto_pay=draft_id is not None,
            goes_on=any(plan.state is PlanState.ACTIVE for plan in plans.values()),
            now=now,
        )


def _give_time(taken: TakenBack, now: dt.datetime) -> dict[AccountId, Money]:
    """Keep accounts that owe again from being followed for a while; return what each owes now."""
    dues = queries.list_dues(account_ids=taken.account_ids)
    owed = {each: dues[each].asked for each in taken.account_ids}
    on = local_day(now, get_zone())
    for account_id, amount in owed.items():
        if amount > ZERO:
            set_hold(
                account_id=account_id,
                kind=HoldKind.EXTENSION,
                starts_on=on,
                ends_on=on + dt.timedelta(days=DAYS_TO_PAY_AGAIN),
                reason=HELD_BECAUSE,
                by=taken.asked_by,
                now=now,
            )
    return owed


def _refuse_others(user_id: int) -> None:
    if not is_staff(user_id=user_id):
        raise NotVisible
