"""Every read of payments, stored methods and attempts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum, Value

from smarthub.accounts.models import Account
from smarthub.accounts.queries import find_account_id
from smarthub.accounts.types import AccountId
from smarthub.cooperative.among import among
from smarthub.cooperative.queries import get_policy, list_policies
from smarthub.cooperative.written_once import Given, WrittenOnce, union
from smarthub.kernel.array_text import array_text
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period, local_day
from smarthub.ledger.queries import sum_asked
from smarthub.members.models import Person
from smarthub.members.types import PersonId
from smarthub.payments.engine import FeeRule, clearing_of_channel, receipt_number
from smarthub.payments.models import (
    Attempt,
    AttemptEvent,
    MethodSetup,
    PaymentPart,
    ScheduledPayment,
)
from smarthub.payments.models import Payment as PaymentRow
from smarthub.payments.models import StoredMethod as StoredMethodRow
from smarthub.payments.types import (
    AttemptState,
    Due,
    Initiator,
    MethodId,
    MethodKind,
    Part,
    Payment,
    PaymentId,
    PaymentOutcome,
    StoredMethod,
    WaitingAttempt,
)

ASKED, SENT = "asked", "sent"
MAXIMUM = "payment.maximum_cents"
"""What a row of ``due_rows`` is: what the ledger asks, or what is on its way."""
FINAL_STATES = [state.value for state in AttemptState if state.is_final]


def list_methods(*, person_id: PersonId) -> list[StoredMethod]:
    """Return the methods a person may pay with: the one they chose first, then the newest."""
    rows = StoredMethodRow.objects.filter(person=person_id, removed_at=None)
    chosen = F("made_default_at").desc(nulls_last=True)
    return [method_of(row) for row in rows.order_by(chosen, "-added_at", "pk")]


def list_expiring_methods(*, period: Period) -> list[tuple[PersonId, StoredMethod]]:
    """Return the stored methods that expire on a day of the period, and whose they are."""
    rows = StoredMethodRow.objects.filter(
        expires_on__gte=period.start, expires_on__lt=period.end, removed_at=None
    )
    owners = Person.objects.filter(stored_methods__in=rows).distinct().order_by("pk")
    expiring = Prefetch("stored_methods", queryset=rows.order_by("expires_on", "pk"))
    return [
        (PersonId(owner.pk), method_of(row))
        for owner in owners.prefetch_related(expiring)
        for row in owner.stored_methods.all()
    ]


def get_method(*, method_id: MethodId, person_id: PersonId | None) -> StoredMethod:
    """Return one of a person's methods; without a person, one a guest gave and has not used.

    Raises:
        NotVisible: it is somebody else's, was removed, or never was.
    """
    rows = StoredMethodRow.objects.filter(pk=method_id, person=person_id, removed_at=None)
    row = rows.first()
    if row is None:
        raise NotVisible
    return method_of(row)


def list_methods_by_id(*, method_ids: Collection[MethodId]) -> dict[MethodId, StoredMethod]:
    """Return stored methods by their ids, removed ones among them; one query."""
    rows = StoredMethodRow.objects.filter(pk__in=method_ids)
    return {MethodId(row.pk): method_of(row) for row in rows}


def list_methods_in_use(
    *, method_ids: Collection[MethodId]
) -> dict[tuple[MethodId, PersonId | None], StoredMethod]:
    """Return stored methods by id and owner, removed ones left out; None owns a guest's."""
    rows = StoredMethodRow.objects.filter(pk__in=method_ids, removed_at=None)
    return {
        (MethodId(row.pk), PersonId(row.person_id) if row.person_id else None): method_of(row)
        for row in rows
    }


def get_setup(*, reference: str, person_id: PersonId | None) -> tuple[str, StoredMethod | None]:
    """Return where a visit to the gateway's form began, and the method it gave, if it did.

    Without a person the visit is a guest's: whoever asks must hold its address besides.

    Raises:
        NotVisible: it is somebody else's visit, or never was.
    """
    setups = MethodSetup.objects.filter(reference=reference, person=person_id)
    row = setups.select_related("method").first()
    if row is None:
        raise NotVisible
    return row.return_to, method_of(row.method) if row.method else None


def get_outcome(*, payment_id: UUID) -> PaymentOutcome:
    """Return a payment and what is known of it now.

    Raises:
        NotVisible: there is none.
    """
    row = PaymentRow.objects.filter(pk=payment_id).select_related("method").first()
    if row is None:
        raise NotVisible
    state, reason = _state(row)
    return PaymentOutcome(
        payment_id=PaymentId(row.pk),
        state=state,
        reason=reason,
        amount=Money(row.amount_cents),
        parts=_parts(row),
        receipt_number=receipt_number(row.pk),
        method_brand=row.method.brand if row.method else "",
        method_last4=row.method.last4 if row.method else "",
        received_at=row.received_at,
        method_kind=row.method.kind if row.method else "",
        fee=Money(row.fee_cents),
    )


def get_payment(*, payment_id: PaymentId) -> Payment:
    """Return a payment as it was made.

    Raises:
        NotVisible: there is none.
    """
    found = list_payments_by_id(payment_ids=[payment_id])
    if payment_id not in found:
        raise NotVisible
    return found[payment_id]


def list_payments_by_id(*, payment_ids: Collection[PaymentId]) -> dict[PaymentId, Payment]:
    """Return payments as they were made, by their ids; two queries. Unknown ones are absent."""
    parts = PaymentPart.objects.select_related("account").order_by("account__number")
    rows = PaymentRow.objects.filter(pk__in=payment_ids).select_related("method")
    found = rows.prefetch_related(Prefetch("parts", parts, to_attr="in_order"))
    return {PaymentId(row.pk): _payment(row) for row in found}


def _payment(row: PaymentRow) -> Payment:
    parts: list[PaymentPart] = vars(row)["in_order"]
    return Payment(
        id=PaymentId(row.pk),
        channel=row.channel,
        parts=tuple(_part(part) for part in parts),
        received_at=row.received_at,
        clearing=clearing_of(row.method) if row.method else clearing_of_channel(row.channel),
        person_id=PersonId(row.person_id) if row.person_id else None,
        method_id=MethodId(row.method_id) if row.method_id else None,
        source_key=row.source_id,
        fee=Money(row.fee_cents),
    )


def get_fee_rule(*, on: dt.date) -> FeeRule:
    """Return what paying costs on a local day."""
    return FeeRule.from_policies(list_policies(on=on))


def get_maximum(*, on: dt.date) -> Money:
    """Return the most one payment may move on a local day, by the co-op's policy."""
    return Money(get_policy(key=MAXIMUM, on=on))


def list_paid_parts(*, zone: ZoneInfo) -> list[tuple[str, dt.date, Money]]:
    """Return account number, receipt date and amount of all money that came in, by account.

    What was declined, or is not known to have come, is left out. For those who hold the ledger
    against the payments; one query.
    """
    came_in = Exists(
        AttemptEvent.objects.filter(
            attempt__payment=OuterRef("payment_id"), state=AttemptState.SUCCESS
        )
    )
    rows = PaymentPart.objects.filter(Q(payment__method=None) | came_in).values_list(
        "account__number", "payment__received_at", "amount_cents"
    )
    return [(number, local_day(at, zone), Money(cents)) for number, at, cents in rows]


def clearing_of(method: StoredMethodRow) -> str:
    """Return the clearing account of a method's gateway, such as ``clearing:sandbox:card``."""
    return f"clearing:{method.gateway}:{'ach' if method.kind == MethodKind.BANK else method.kind}"


def list_digests(*, payment_ids: Collection[PaymentId]) -> dict[PaymentId, str]:
    """Return the fingerprints of those payments that are recorded."""
    rows = PaymentRow.objects.filter(pk__in=payment_ids).values_list("pk", "request_digest")
    return {PaymentId(pk): digest for pk, digest in rows}


def sum_in_flight(*, account_ids: Collection[AccountId]) -> dict[AccountId, Money]:
    """Return what is on its way to each account: charges the gateway has not answered yet."""
    found = {AccountId(account): Money(cents) for account, cents in _in_flight(account_ids)}
    return {account_id: found.get(account_id, ZERO) for account_id in account_ids}


def list_dues(*, account_ids: Collection[AccountId]) -> dict[AccountId, Due]:
    """Return what each account is asked to pay, and what is on its way to it: one query."""
    return dues_of(account_ids, _DUES.ask(accounts=array_text(account_ids)))


def due_rows(account_ids: Collection[AccountId] | Given) -> Sequence[QuerySet[Any, Any]]:
    """Return what dues are made of as rows of account, cents and what they are, not read yet.

    To be joined by ``union``; so a package above can read them with something of its own.
    """
    asked = sum_asked(account_ids).annotate(what=Value(ASKED))
    return asked, _in_flight(account_ids).annotate(what=Value(SENT))


def dues_of(
    account_ids: Collection[AccountId], rows: Iterable[tuple[Any, ...]]
) -> dict[AccountId, Due]:
    """Return the dues that rows of ``due_rows`` tell of."""
    found = {(account, what): Money(int(cents)) for account, cents, what in rows}
    return {
        account_id: Due(
            asked=found.get((account_id, ASKED), ZERO),
            in_flight=found.get((account_id, SENT), ZERO),
        )
        for account_id in account_ids
    }


_DUES = WrittenOnce(lambda: union(due_rows(Given("accounts"))))


def list_waiting_attempts(*, made_before: dt.datetime) -> list[WaitingAttempt]:
    """Return attempts to ask about: known to be unknown, or silent since ``made_before``.

    A bank account's charge that is under way is none of them; its settlement tells of it. Nor is
    one that waits for a bank file of our own.
    """
    unanswered = AttemptEvent.objects.filter(attempt=OuterRef("pk"), state=AttemptState.UNKNOWN)
    under_way = AttemptEvent.objects.filter(attempt=OuterRef("pk"), state=AttemptState.PENDING)
    rows = (
        _waiting()
        .filter(Exists(unanswered) | Q(made_at__lt=made_before))
        .exclude(Exists(under_way))
        .exclude(payment__method__bank_account__isnull=False)
        .select_related("payment__method")
        .order_by("made_at", "pk")
    )
    return [_waiting_attempt(row) for row in rows]


def get_waiting_attempt(*, payment_id: PaymentId) -> WaitingAttempt:
    """Return the payment's attempt, to be sent to the gateway.

    Raises:
        Attempt.DoesNotExist: the payment has none; a fault of the caller.
    """
    attempts = Attempt.objects.select_related("payment__method")
    return _waiting_attempt(attempts.get(payment=payment_id))


def list_attempts_to_send(*, payment_ids: Collection[PaymentId]) -> list[WaitingAttempt]:
    """Return the attempts of payments that were just begun, in the order they were recorded."""
    rows = Attempt.objects.filter(among("payment_id", payment_ids)).order_by("pk")
    return [_waiting_attempt(row) for row in rows.select_related("payment__method")]


def list_account_ids(*, numbers: Collection[str]) -> dict[str, AccountId]:
    """Return the ids of accounts by their numbers, present or earlier; unknown ones are absent."""
    rows = Account.objects.filter(number__in=numbers).values_list("number", "pk")
    found = {number: AccountId(pk) for number, pk in rows}
    for number in set(numbers) - found.keys():
        if (account_id := find_account_id(number=number)) is not None:
            found[number] = account_id
    return found


def list_account_numbers(*, account_ids: Collection[AccountId]) -> dict[AccountId, str]:
    """Return the present numbers of accounts, in one query."""
    rows = Account.objects.filter(pk__in=account_ids).values_list("pk", "number")
    return {AccountId(pk): number for pk, number in rows}


def _in_flight(account_ids: Collection[AccountId] | Given) -> QuerySet[PaymentPart, Any]:
    waiting = _waiting().filter(payment=OuterRef("payment_id"))
    rows = PaymentPart.objects.filter(Exists(waiting), among("account_id", account_ids))
    return rows.values_list("account_id").annotate(cents=Sum("amount_cents"))


def _waiting() -> QuerySet[Attempt]:
    final = AttemptEvent.objects.filter(attempt=OuterRef("pk"), state__in=FINAL_STATES)
    return Attempt.objects.filter(~Exists(final))


def _waiting_attempt(row: Attempt) -> WaitingAttempt:
    method = row.payment.method
    if method is None:
        raise ValueError(f"{row.payment} has an attempt but no method")
    return WaitingAttempt(
        key=row.key,
        payment_id=PaymentId(row.payment_id),
        token=method.token,
        amount=Money(row.payment.charged_cents),
        made_at=row.made_at,
        is_guest=method.person_id is None,
        initiator=_initiator(row),
        network_reference=method.network_reference,
    )


def _initiator(row: Attempt) -> Initiator:
    """Return who lets it be charged: whoever ordered a payment for a later day is not there."""
    by_consent = (
        row.payment.channel == PaymentRow.Channel.AUTO_PAY
        or ScheduledPayment.objects.filter(pk=row.payment_id).exists()
    )
    return Initiator.MERCHANT if by_consent else Initiator.CUSTOMER


def _state(row: PaymentRow) -> tuple[AttemptState, str]:
    """Return the newest thing known; money that came by other ways was never in doubt."""
    if row.method_id is None:
        return AttemptState.SUCCESS, ""
    event = AttemptEvent.objects.filter(attempt__payment=row).order_by("pk").last()
    return (AttemptState(event.state), event.reason) if event else (AttemptState.PENDING, "")


def _parts(row: PaymentRow) -> tuple[Part, ...]:
    parts = row.parts.select_related("account").order_by("account__number")
    return tuple(_part(part) for part in parts)


def _part(part: PaymentPart) -> Part:
    return Part(AccountId(part.account_id), part.account.number, Money(part.amount_cents))


def method_of(row: StoredMethodRow) -> StoredMethod:
    """Return a stored method as it may be shown."""
    return StoredMethod(
        id=MethodId(row.pk),
        kind=MethodKind(row.kind),
        brand=row.brand,
        last4=row.last4,
        expires_on=row.expires_on,
        name=row.name,
    )
