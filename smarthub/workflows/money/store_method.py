"""Store a card or a bank account: a visit to the gateway's own form, and what came of it.

Numbers are given to the gateway alone; a token comes back.
"""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.db import transaction

from smarthub.kernel.errors import Refused
from smarthub.members.queries import get_person_of_user
from smarthub.members.types import PersonId
from smarthub.payments import operations, queries
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import MethodKind, StoredMethod
from smarthub.workflows.messages.method_messages import MethodChange, tell_of_method


class CardNotGiven(Refused):
    """The member came back from the gateway's form without giving a card."""

    code = "card_not_given"


def list_methods(*, user_id: int) -> list[StoredMethod]:
    """Return the methods the login's person may pay with, the newest first."""
    return queries.list_methods(person_id=get_person_of_user(user_id=user_id).id)


def start_method_setup(
    *,
    user_id: int,
    kind: MethodKind,
    return_to: str,
    language: str,
    now: dt.datetime,
    gateway: PaymentGateway,
) -> str:
    """Begin a visit to the gateway's form and return its address.

    Args:
        user_id: Whose method it will be.
        kind: A card, or a bank account with its mandate.
        return_to: Our page at which the visit ends, as a whole address; the gateway adds
            ``setup=<reference>`` to it.
        language: ``en`` or ``es``: what the form speaks.
        now: When it begins.
        gateway: Whose form it is; numbers are given to it alone.

    Raises:
        GatewayUnavailable: no answer; may be tried again.
    """
    person = get_person_of_user(user_id=user_id)
    return start_setup_of(
        person_id=person.id,
        member_ref=f"person:{person.id}",
        kind=kind,
        return_to=return_to,
        language=language,
        now=now,
        gateway=gateway,
    )


def start_setup_of(
    *,
    person_id: PersonId | None,
    member_ref: str,
    kind: MethodKind,
    return_to: str,
    language: str,
    now: dt.datetime,
    gateway: PaymentGateway,
) -> str:
    """Begin a visit to the gateway's form for a person, or a guest, and return its address.

    Raises:
        GatewayUnavailable: no answer; may be tried again.
    """
    session = gateway.create_setup(
        member_ref=member_ref,
        kind=kind,
        return_to=return_to,
        language=language,
        key=f"setup:{uuid4()}",
    )
    operations.start_setup(
        reference=session.reference, person_id=person_id, return_to=return_to, now=now
    )
    return session.url


def open_setup(*, user_id: int | None, reference: str) -> None:
    """Make sure that a visit to the gateway's form is this login's own, or a guest's without one.

    Raises:
        NotVisible: it is somebody else's, or never was.
    """
    person_id = None if user_id is None else get_person_of_user(user_id=user_id).id
    queries.get_setup(reference=reference, person_id=person_id)


def finish_method_setup(
    *, user_id: int, reference: str, now: dt.datetime, gateway: PaymentGateway
) -> StoredMethod:
    """Keep the method a visit to the gateway's form gave, and tell of it; again changes nothing.

    Raises:
        NotVisible: the visit was another person's, or never was.
        CardNotGiven: the member left the form without giving a card.
        GatewayUnavailable: no answer; may be tried again.
    """
    person = get_person_of_user(user_id=user_id)
    with transaction.atomic():
        method = finish_setup_of(person_id=person.id, reference=reference, now=now, gateway=gateway)
        tell_of_method(
            user_id=user_id,
            method=method,
            change=MethodChange.ADDED,
            about=f"method_added:{method.id}",
            now=now,
        )
    return method


def finish_setup_of(
    *, person_id: PersonId | None, reference: str, now: dt.datetime, gateway: PaymentGateway
) -> StoredMethod:
    """Keep the method a visit to the gateway's form gave; again changes nothing.

    Raises:
        NotVisible: the visit was another person's, or never was.
        CardNotGiven: the form was left without giving a card.
        GatewayUnavailable: no answer; may be tried again.
    """
    _, kept = queries.get_setup(reference=reference, person_id=person_id)
    if kept is not None:
        return kept
    state = gateway.get_setup(reference=reference)
    if not state.token:
        raise CardNotGiven
    return operations.finish_setup(state=state, person_id=person_id, gateway=gateway.name, now=now)
