"""Prove that somebody is the holder of an account: ask, get a code, give it back.

Whether there is such an account is never told before it is proved: known and unknown cost the
same queries and writes, and whatever depends on the account is done later by a job
(``claim_messages``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare
from procrastinate.contrib.django import app

from smarthub.accounts.claims import count_claims, find_claimed, get_claim
from smarthub.accounts.operations import (
    count_claim_try,
    count_code_asked,
    open_claim,
    prove_claim,
)
from smarthub.accounts.types import NO_ACCOUNT, AccountId, ClaimView
from smarthub.billing.online_code import list_online_codes
from smarthub.billing.queries import list_latest_bills
from smarthub.kernel.codes import read_code
from smarthub.kernel.errors import Refused
from smarthub.members.operations import (
    CodesTooMany,
    CodeWrong,
    make_one_time_code,
    open_with_code,
    spend_bill_code,
)

FOLLOW_JOB, CODE_JOB, PROVED_JOB = "follow_claim", "send_claim_code", "tell_claim_proved"
HOUR = dt.timedelta(hours=1)
LOCK = dt.timedelta(minutes=15)
CLAIM_LASTS = dt.timedelta(hours=1)
STAFF_CODE_LASTS = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked in an hour, and tried in a quarter of one (domain rule 119)."""

    asked_by_address: int = 10
    asked_for_number: int = 10
    asked_in_all: int = 600
    tries_of_claim: int = 5
    tries_by_address: int = 5
    tries_for_number: int = 30
    codes_of_claim: int = 5
    sweep_by_address: int = 6
    sweep_in_all: int = 120


LIMITS = Limits()


class ClaimsTooMany(Refused):
    """Too much was asked of late, by this address, for this number or in all."""

    code = "claims_too_many"


class ClaimLocked(Refused):
    """Too many wrong codes were given; it opens again after ``minutes``."""

    code = "claim_locked"


class ClaimOver(Refused):
    """What was begun is too old or was finished: begin again."""

    code = "claim_over"


def ask_for_account(
    *,
    number: str,
    name: str,
    email: str,
    language: str,
    user_id: int | None,
    ip_address: str,
    now: dt.datetime,
    limits: Limits | None = None,
) -> UUID:
    """Begin to prove an account, whether there is one or not, and return the claim.

    Args:
        number: The account number as it was typed, new or old.
        name: The last name or the name of the business.
        email: Where the one who asks is reached; empty for somebody signed in.
        language: What they read.
        user_id: Who is signed in and adds an account, or None.
        ip_address: From where.
        now: When.
        limits: How much may be asked; ``LIMITS`` if not given.

    Raises:
        ClaimsTooMany: a limit is reached; nothing is begun.

    Source: domain rules 6 and 119; reference, section 6.5.
    """
    limits = limits or LIMITS
    counts = count_claims(
        number=number, ip_address=ip_address, since=now - HOUR, tried_since=now - LOCK
    )
    if (
        counts.asked_by_address >= limits.asked_by_address
        or counts.asked_for_number >= limits.asked_for_number
        or counts.asked_in_all >= limits.asked_in_all
    ):
        raise ClaimsTooMany(minutes=60)
    account_id = find_claimed(number=number, name=name)
    with transaction.atomic():
        claim_id = open_claim(
            number=number,
            name=name,
            email=email,
            language=language,
            account_id=account_id,
            user_id=user_id,
            ip_address=ip_address,
            now=now,
        )
        app.configure_task(FOLLOW_JOB).defer(claim_id=str(claim_id))
    return claim_id


def ask_for_code(*, claim_id: UUID, channel: str, now: dt.datetime) -> None:
    """Have a code sent to what is on file, by ``email``, ``text`` or ``letter``, if there is any.

    Raises:
        ClaimOver: the claim is too old.
        CodesTooMany: enough were asked for.
    """
    open_claim_of(claim_id=claim_id, now=now)
    with transaction.atomic():
        if not count_code_asked(claim_id=claim_id, most=LIMITS.codes_of_claim):
            raise CodesTooMany(minutes=60)
        app.configure_task(CODE_JOB).defer(claim_id=str(claim_id), channel=channel)


def prove(*, claim_id: UUID, typed: str, now: dt.datetime) -> str:
    """Take a code: one that was sent, the newest bill's, a letter's or one of the staff's.

    Returns:
        Which of them it was.

    Raises:
        ClaimOver: the claim is too old.
        ClaimLocked: too many wrong codes were given; also when there is no such account.
        CodeWrong: it is none of them.

    Source: domain rule 119 (five tries, then fifteen minutes).
    """
    claim = open_claim_of(claim_id=claim_id, now=now)
    if claim.is_proved:
        return claim.proof
    left = _count_try(claim, now)
    account_id = claim.account_id or NO_ACCOUNT
    with transaction.atomic():
        proof = open_with_code(codes=_subjects(claim), typed=typed, now=now)
        bill = list_latest_bills(account_ids=[account_id]).get(account_id)
        if proof is None and bill is not None and is_code_of(bill.number, typed):
            proof = "bill" if spend_bill_code(bill_number=bill.number, now=now) else None
        if proof is not None:
            prove_claim(claim_id=claim_id, proof=proof, now=now)
            app.configure_task(PROVED_JOB).defer(claim_id=str(claim_id))
    if proof is None:
        raise CodeWrong(tries_left=left)
    return proof


def _count_try(claim: ClaimView, now: dt.datetime) -> int:
    """Count a try before anything is compared, and return how many are left after it."""
    counts = count_claims(
        number=claim.number_asked,
        ip_address=claim.ip_address,
        since=now - HOUR,
        tried_since=now - LOCK,
    )
    left = LIMITS.tries_by_address - counts.tries_by_address
    in_time = count_claim_try(claim_id=claim.id, most=LIMITS.tries_of_claim, now=now)
    if not in_time or left <= 0 or counts.tries_for_number >= LIMITS.tries_for_number:
        raise ClaimLocked(minutes=LOCK.seconds // 60)
    return left - 1


def _subjects(claim: ClaimView) -> dict[str, str]:
    account = f"account:{claim.account_id or 0}"
    of_claim = f"claim:{claim.id}"
    return {
        "claim-email": of_claim,
        "claim-text": of_claim,
        "letter": account,
        "staff": account,
    }


def is_code_of(bill_number: str, typed: str) -> bool:
    """Return whether what was typed is the code printed on a bill, in whatever way it was typed."""
    code = read_code(typed)
    known = list_online_codes(bill_number=bill_number)
    return any([constant_time_compare(code, each) for each in known])  # noqa: C419 (all are compared)


def make_staff_code(*, account_id: AccountId, now: dt.datetime) -> str:
    """Make a code that a clerk reads out or prints, once they know whom they speak with.

    Raises:
        CodesTooMany: five were made within the hour.
    """
    return make_one_time_code(
        purpose="staff", subject=f"account:{account_id}", lasts=STAFF_CODE_LASTS, now=now
    )


def open_claim_of(*, claim_id: UUID, now: dt.datetime) -> ClaimView:
    """Return a claim that may still be worked on.

    Raises:
        NotVisible: there is none.
        ClaimOver: it is more than an hour old, or finished.
    """
    claim = get_claim(claim_id=claim_id)
    if claim.is_finished or now - claim.asked_at > CLAIM_LASTS:
        raise ClaimOver
    return claim
