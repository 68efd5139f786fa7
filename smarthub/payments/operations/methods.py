"""Writes of stored methods: a visit to the gateway's form, the name, the default, the removal."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.errors import NotVisible
from smarthub.members.types import PersonId
from smarthub.payments import queries
from smarthub.payments.models import MethodSetup, Payment
from smarthub.payments.models import StoredMethod as StoredMethodRow
from smarthub.payments.operations.corrections import CardNumberWritten
from smarthub.payments.ports import MethodFacts, SetupState
from smarthub.payments.queries import BY_MEMBER
from smarthub.payments.types import MethodId, PaymentId, StoredMethod

LONG_NUMBER = re.compile(r"\d{5}")
"""More digits than the last four that may be shown: a part of a number, in a name."""


def start_setup(
    *, reference: str, person_id: PersonId | None, return_to: str, now: dt.datetime
) -> None:
    """Remember a visit to the gateway's form, so that only this person can finish it.

    Without a person it is a guest's, and can be finished only where it began: ``return_to``.
    """
    MethodSetup.objects.create(
        reference=reference, person_id=person_id, return_to=return_to, started_at=now
    )


def finish_setup(
    *, state: SetupState, person_id: PersonId | None, gateway: str, now: dt.datetime
) -> StoredMethod:
    """Keep the method a visit gave; finishing again returns the one already kept.

    Raises:
        NotVisible: the visit was somebody else's, or never was.
    """
    with transaction.atomic():
        visits = MethodSetup.objects.select_for_update()
        visit = visits.filter(reference=state.reference, person=person_id).first()
        if visit is None:
            raise NotVisible
        if visit.method is None:
            visit.method = StoredMethodRow.objects.create(
                person_id=person_id,
                gateway=gateway,
                token=state.token,
                kind=state.kind,
                brand=state.brand,
                last4=state.last4,
                expires_on=state.expires_on,
                network_reference=state.network_reference,
                added_at=now,
            )
            visit.save(update_fields=["method"])
        return queries.get_method(method_id=MethodId(visit.method.pk), person_id=person_id)


def remove_method(*, method_id: MethodId, person_id: PersonId, now: dt.datetime) -> str:
    """Take a person's method away and return its token, for the gateway to forget.

    What is under way with it goes on; nothing new is begun.

    Raises:
        NotVisible: it is somebody else's, was removed, or never was.
    """
    with transaction.atomic():
        row = _own(method_id, person_id)
        row.removed_at, row.removed_because = now, BY_MEMBER
        row.save(update_fields=["removed_at", "removed_because"])
    return row.token


def refuse_method(*, method_id: UUID, because: str, now: dt.datetime) -> None:
    """Note that a bank lets nobody draw on a method any more: what waits on it does not go out.

    Also where its holder removed it before, for what was under way then would go on.
    """
    rows = StoredMethodRow.objects.filter(Q(removed_at=None) | Q(removed_because=BY_MEMBER))
    rows.filter(pk=method_id).update(
        removed_at=Coalesce("removed_at", Value(now)), removed_because=because
    )


def name_method(*, method_id: MethodId, person_id: PersonId, name: str) -> bool:
    """Give a person's method a name, or take it away with an empty one; false if it has it.

    Raises:
        NotVisible: it is somebody else's, was removed, or never was.
        CardNumberWritten: the name holds a card's number.
    """
    if holds_card_number(name) or LONG_NUMBER.search(name):
        raise CardNumberWritten
    with transaction.atomic():
        row = _own(method_id, person_id)
        if row.name == name:
            return False
        row.name = name
        row.save()
    return True


def update_card(
    *, token: str, gateway: str, facts: MethodFacts
) -> tuple[PersonId, StoredMethod] | None:
    """Take over a stored card's new last digits and expiry from its network, by its gateway.

    Returns:
        Whose it is and how it stands now; None where nothing changed, where the gateway's method
        is none of ours, or was removed.

    Source: payments reference, section 4 (card updates).
    """
    with transaction.atomic():
        rows = StoredMethodRow.objects.select_for_update()
        row = rows.filter(token=token, gateway=gateway, removed_at=None).first()
        told = (facts.brand, facts.last4, facts.expires_on)
        if row is None or row.person_id is None or (row.brand, row.last4, row.expires_on) == told:
            return None
        row.brand, row.last4, row.expires_on = told
        row.save(update_fields=["brand", "last4", "expires_on"])
        person_id = PersonId(row.person_id)
        return person_id, queries.get_method(method_id=MethodId(row.pk), person_id=person_id)


def offer_first(*, method_id: MethodId, person_id: PersonId, now: dt.datetime) -> None:
    """Offer a person's method before their others from now on.

    Raises:
        NotVisible: it is somebody else's, was removed, or never was.
    """
    with transaction.atomic():
        row = _own(method_id, person_id)
        row.made_default_at = now
        row.save()


def _own(method_id: MethodId, person_id: PersonId) -> StoredMethodRow:
    """Return a person's method, locked."""
    rows = StoredMethodRow.objects.select_for_update()
    row = rows.filter(pk=method_id, person=person_id, removed_at=None).first()
    if row is None:
        raise NotVisible
    return row


def forget_guest_method(*, payment_id: PaymentId, now: dt.datetime) -> None:
    """Let what a guest gave for one payment be used for no other."""
    StoredMethodRow.objects.filter(
        pk__in=Payment.objects.filter(pk=payment_id).values("method"), person=None, removed_at=None
    ).update(removed_at=now, removed_because="guest")
