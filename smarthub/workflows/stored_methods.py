"""A member's stored cards and bank accounts: what there is, and taking one away.

Adding one is a visit to the gateway's own form (``pay_balance.start_method_setup``).
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from uuid import UUID

from smarthub.kernel.errors import Unavailable
from smarthub.members.queries import get_person_of_user
from smarthub.payments import operations, queries
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import MethodId, StoredMethod

WARN_BEFORE = dt.timedelta(days=30)
"""So long before a card expires its member is told."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MethodState:
    """A stored method, and whether its card has expired or soon will."""

    method: StoredMethod
    has_expired: bool
    expires_soon: bool


def list_method_states(*, user_id: int, on: dt.date) -> tuple[MethodState, ...]:
    """Return the login's methods as they stand on a local day, the newest first."""
    methods = queries.list_methods(person_id=get_person_of_user(user_id=user_id).id)
    return tuple(_state(method, on) for method in methods)


def get_method(*, user_id: int, method_id: UUID) -> StoredMethod:
    """Return one of the login's methods.

    Raises:
        NotVisible: it is somebody else's, was removed, or never was.
    """
    person_id = get_person_of_user(user_id=user_id).id
    return queries.get_method(method_id=MethodId(method_id), person_id=person_id)


def remove_method(
    *, user_id: int, method_id: UUID, now: dt.datetime, gateway: PaymentGateway
) -> None:
    """Take a method away, here first; the gateway is told to forget it as well.

    A gateway that does not answer changes nothing for the member: without us it charges nothing.

    Raises:
        NotVisible: it is somebody else's, was removed, or never was.
    """
    person_id = get_person_of_user(user_id=user_id).id
    token = operations.remove_method(method_id=MethodId(method_id), person_id=person_id, now=now)
    try:
        gateway.detach(token=token)
    except Unavailable:
        log.warning("the gateway was not told to forget method %s", method_id)


def _state(method: StoredMethod, on: dt.date) -> MethodState:
    ends = method.expires_on
    has_expired = ends is not None and ends < on
    soon = ends is not None and not has_expired and ends - on <= WARN_BEFORE
    return MethodState(method, has_expired, soon)
