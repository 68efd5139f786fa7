"""What follows a claim, done by jobs: codes and news to the contacts on file, and the alarm.

Nothing here is waited for by the one who asks, so it may take as long as it takes. Nothing here
is ever told to the one who asks: only to contacts that were on file before.
"""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from django.db import transaction

from smarthub.accounts.claims import count_numbers_asked, get_claim, list_claimants
from smarthub.accounts.operations import raise_sweep
from smarthub.accounts.queries import get_postal_address, list_holders
from smarthub.accounts.types import AccountId, ClaimView
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.period import local_day
from smarthub.members.operations import CODE_LASTS, make_one_time_code
from smarthub.members.queries import (
    find_mailing_address,
    get_person,
    list_verified_contacts,
    was_code_made,
)
from smarthub.members.types import PersonId, VerifiedContact
from smarthub.notifications.operations import queue_message
from smarthub.workflows.membership.claim_account import HOUR, LIMITS
from smarthub.workflows.messages.letter_codes import LETTER_LASTS, LETTER_UNDER_WAY

log = logging.getLogger(__name__)


def follow_claim(*, claim_id: UUID, now: dt.datetime) -> None:
    """Tell the contacts on file that somebody asked, and see whether somebody asks for many."""
    claim = get_claim(claim_id=claim_id)
    look_for_sweep(ip_address=claim.ip_address, now=now)
    if claim.account_id is not None:
        _tell(
            claim,
            claim.account_id,
            template="claim_asked",
            per=f"{claim.asked_at:%Y%m%d%H}",
            values={},
            now=now,
        )


def send_claim_code(*, claim_id: UUID, channel: str, now: dt.datetime) -> int:
    """Send the code that was asked for, and return to how many contacts; none, for no account."""
    claim = get_claim(claim_id=claim_id)
    if claim.account_id is None or claim.is_proved:
        return 0
    people = list_claimants(account_id=claim.account_id, name=claim.name_asked)
    if channel == "letter":
        return _send_letter(claim, claim.account_id, people[0], now)
    contacts = [
        each for each in list_verified_contacts(person_ids=people) if each.channel == channel
    ]
    if not contacts:
        return 0
    with transaction.atomic():
        code = make_one_time_code(purpose=f"claim-{channel}", subject=f"claim:{claim.id}", now=now)
        for contact in contacts:
            _queue(
                claim,
                contact,
                people[0],
                template="claim_code",
                key=code,
                values={"code": code, "minutes": CODE_LASTS.seconds // 60},
                now=now,
            )
    return len(contacts)


def tell_claim_proved(*, claim_id: UUID, now: dt.datetime) -> None:
    """Tell the contacts on file that somebody proved the account to be theirs.

    A holder with no contact on file is told by letter.
    """
    claim = get_claim(claim_id=claim_id)
    assert claim.account_id is not None, "only an account that is there is proved"  # noqa: S101
    _tell(
        claim,
        claim.account_id,
        template="claim_proved",
        per=str(claim.id),
        values={"proof": claim.proof},
        now=now,
        else_by_letter=True,
    )


def look_for_sweep(*, ip_address: str, now: dt.datetime) -> None:
    """Raise an alarm when many different numbers were asked for within an hour.

    Source: reference, section 6.5 (many numbers, few hits).
    """
    for address, most in ((ip_address, LIMITS.sweep_by_address), (None, LIMITS.sweep_in_all)):
        numbers, hits = count_numbers_asked(ip_address=address, since=now - HOUR)
        if numbers < most:
            continue
        is_new = raise_sweep(
            ip_address=address, numbers=numbers, hits=hits, since=now - HOUR, now=now
        )
        if is_new:
            log.warning(
                "registration sweep: %s account numbers within an hour from %s, %s of them known",
                numbers,
                address or "many addresses",
                hits,
            )


def _send_letter(
    claim: ClaimView, account_id: AccountId, person_id: PersonId, now: dt.datetime
) -> int:
    """Queue a letter with a code to where the holder gets mail, unless one is under way."""
    address = _lines_of(person_id, account_id)
    if not address:
        return 0
    subject = f"account:{account_id}"
    if was_code_made(purpose="letter", subject=subject, since=now - LETTER_UNDER_WAY):
        return 0
    day = local_day(now, get_zone())
    with transaction.atomic():
        code = make_one_time_code(purpose="letter", subject=subject, lasts=LETTER_LASTS, now=now)
        contact = VerifiedContact(0, "letter", address)
        _queue(
            claim,
            contact,
            person_id,
            template="claim_letter",
            key=code,
            values={
                "code": code,
                "name": get_person(person_id=person_id).name,
                "until": day + LETTER_LASTS,
            },
            now=now,
        )
    return 1


def _lines_of(person_id: PersonId, account_id: AccountId) -> str:
    """Where letters about an account reach one of its holders."""
    own = find_mailing_address(person_id=person_id)
    return own.as_lines() if own else get_postal_address(account_id=account_id)


def _tell(
    claim: ClaimView,
    account_id: AccountId,
    *,
    template: str,
    per: str,
    values: dict[str, object],
    now: dt.datetime,
    else_by_letter: bool = False,
) -> None:
    """Tell every contact on file of the account's holders, once for each ``per``."""
    today = local_day(now, get_zone())
    people = list_holders(account_ids=[account_id], on=today).get(account_id, [])
    for person_id in people:
        contacts = list_verified_contacts(person_ids=[person_id])
        lines = _lines_of(person_id, account_id) if else_by_letter and not contacts else ""
        for contact in (VerifiedContact(0, "letter", lines),) if lines else contacts:
            _queue(claim, contact, person_id, template=template, key=per, values=values, now=now)


def _queue(
    claim: ClaimView,
    contact: VerifiedContact,
    person_id: PersonId,
    *,
    template: str,
    key: str,
    values: dict[str, object],
    now: dt.datetime,
) -> None:
    queue_message(
        dedupe_key=f"{template}:{claim.account_number}:{key}:{contact.value}",
        template=template,
        language=get_person(person_id=person_id).language,
        person_id=person_id,
        account_number=claim.account_number,
        address=contact.value,
        context=values,
        channel=contact.channel,
        now=now,
    )
