"""A bank account that the co-op draws on by files of its own: stored by its holder, here.

Number, consent and the word to everybody concerned are one transaction. The number is sealed
before it is written, and comes out again only when a file for the bank is drawn.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.fault_points import reach
from smarthub.kernel.period import local_day
from smarthub.kernel.sealing import Sealer
from smarthub.members.operations import record_consent
from smarthub.members.queries import get_person, get_person_of_user
from smarthub.members.types import PersonId
from smarthub.payments import operations, queries
from smarthub.payments.operations import PAYMENT_RETURNED, NewBankAccount
from smarthub.payments.queries import EntryOwner
from smarthub.payments.types import AttemptState, StoredMethod
from smarthub.workflows.auto_pay.set_up_auto_pay import Agreement
from smarthub.workflows.messages.method_messages import (
    MethodChange,
    tell_of_bank_word,
    tell_of_method,
)
from smarthub.workflows.messages.payment_messages import tell_of_charge

CONSENT = "bank_debit"
CLOSED = "account_closed"


def require_own_origination(*, on: dt.date) -> None:
    """Let a page be there only where the co-op hands in bank files of its own.

    Raises:
        NotVisible: it does not.
    """
    if not queries.is_own_origination_offered(on=on):
        raise NotVisible


def store_own_bank_account(
    *,
    form_id: UUID,
    user_id: int,
    account: NewBankAccount,
    agreement: Agreement,
    sealer: Sealer,
    now: dt.datetime,
) -> StoredMethod:
    """Store a bank account of the one signed in, with what they agreed to; once for each form.

    Its bank is asked with the next bank file, and it may be used three banking days later. The
    owner gets a copy of the words, and whoever holds an account with them hears of it.

    Args:
        form_id: Made when the form is shown, so that a double click stores one account.
        user_id: Whose it becomes; they took a second step before.
        account: What they wrote.
        agreement: The words they agreed to.
        sealer: What seals the number.
        now: When.

    Raises:
        OwnOriginationOff, BankAccountRefused, PaymentConflict, SealBroken: see
            ``payments.operations``; nothing is stored.

    Source: payments reference, section 2.3 (authorisation record; a copy to the consumer).
    """
    person_id = get_person_of_user(user_id=user_id).id
    with transaction.atomic():
        method_id, is_new = operations.store_bank_account(
            account=account,
            person_id=person_id,
            on=local_day(now, get_zone()),
            sealer=sealer,
            now=now,
            method_id=form_id,
        )
        method = queries.get_method(method_id=method_id, person_id=person_id)
        if is_new:
            record_consent(
                person_id=person_id,
                kind=CONSENT,
                granted=True,
                text=f"{agreement.words}\n\n{describe_account(account, method)}",
                text_version=agreement.version,
                language=agreement.language,
                given_at=now,
                ip_address=agreement.ip_address,
                user_agent=agreement.user_agent,
            )
            tell_of_method(
                user_id=user_id,
                method=method,
                change=MethodChange.ADDED,
                about=f"method_added:{method.id}",
                now=now,
                words=agreement.words,
            )
            reach("bank_account.written")
    return method


def take_back_consent(*, person_id: PersonId, method: StoredMethod, now: dt.datetime) -> None:
    """Record that the consent to draw on an account of the co-op's own files is over.

    Of a method that a gateway draws on nothing is recorded: its mandate is with the gateway.
    """
    if method.id not in queries.list_usable_from(method_ids=[method.id]):
        return
    record_consent(
        person_id=person_id,
        kind=CONSENT,
        granted=False,
        text=describe_account(None, method),
        text_version="",
        language=get_person(person_id=person_id).language,
        given_at=now,
    )


def hear_of_account(*, trace: str, before: EntryOwner | None, now: dt.datetime) -> None:
    """Tell the holder of an account what their bank said of it, if it said anything new.

    An account that it refuses ends the consent as well. Call it in the transaction of the booking.

    Args:
        trace: The entry of ours the bank wrote about.
        before: How that stood before the bank's word was taken.
        now: When.
    """
    after = queries.find_entry_owner(trace=trace)
    if before is None or after is None:
        return
    if after.removed_because and not before.removed_because:
        take_back_consent(person_id=after.person_id, method=after.method, now=now)
        tell_of_bank_word(
            person_id=after.person_id,
            method=after.method,
            change=MethodChange.REFUSED,
            about=f"method_refused:{after.method.id}",
            now=now,
        )


def hear_of_correction(*, trace: str, code: str, now: dt.datetime) -> None:
    """Tell the holder of an account that their bank had it written otherwise, once for its word."""
    owner = queries.find_entry_owner(trace=trace)
    if owner is not None and not owner.removed_because:
        tell_of_bank_word(
            person_id=owner.person_id,
            method=owner.method,
            change=MethodChange.CORRECTED,
            about=f"method_corrected:{trace}:{code}",
            now=now,
        )


def give_up_stopped_payments(*, now: dt.datetime) -> int:
    """Let payments fail that wait for a bank file while their bank refused the account meanwhile.

    They never went out, so nothing is owed back; each payer is told. Refunds to such an account,
    and of a payment that its bank returned, fail as well and go before staff. Safe to repeat.

    Returns:
        How many there were.
    """
    given_up = 0
    for key in queries.list_stopped_keys():
        with transaction.atomic():
            if operations.record_answer(key=key, state=AttemptState.FAILED, reason=CLOSED, now=now):
                tell_of_charge(attempt_key=key, now=now)
                given_up += 1
    for refund_id, came_back in queries.list_stopped_refunds():
        reason = PAYMENT_RETURNED if came_back else CLOSED
        given_up += operations.give_up_refund(refund_id=refund_id, reason=reason, now=now)
    return given_up


def describe_account(account: NewBankAccount | None, method: StoredMethod) -> str:
    """Return which account a consent is about, as it is kept: never more than its last digits."""
    kind = f"{account.kind} ({account.entry_class})" if account else "account"
    return f"{method.brand}, {kind} ending in {method.last4}; method {method.id}"
