"""A member's stored cards and bank accounts: what there is, naming one, and taking one away.

Adding one is a visit to the gateway's own form (``store_method.start_method_setup``).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from smarthub.auto_pay.queries import count_plans_of_method
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import Refused, Unavailable
from smarthub.kernel.period import Period, local_day
from smarthub.members.queries import get_person_of_user
from smarthub.payments import operations, queries
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import BANK_FILE, MethodId, StoredMethod
from smarthub.workflows.bank.own_bank_account import take_back_consent
from smarthub.workflows.messages.method_messages import MethodChange, tell_of_method
from smarthub.workflows.messages.tell_person import tell_person

WARN_BEFORE = dt.timedelta(days=30)
"""So long before a card expires its member is told."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MethodState:
    """A stored method, and whether its card has expired or soon will."""

    method: StoredMethod
    has_expired: bool
    expires_soon: bool
    scheduled: int
    """How many scheduled payments draw on it."""
    drafted: int
    """For how many accounts Auto Pay does."""
    is_first: bool
    """Whether it is the one that is offered first."""
    is_being_checked: bool = False
    """Whether its bank is still asked if the co-op may draw on it."""
    usable_on: dt.date | None = None
    """From that day on it may be used; None while the question waits for the next bank file."""


class MethodInUse(Refused):
    """Scheduled payments or Auto Pay draw on the method; ``count`` says how many."""

    code = "method_in_use"


def list_method_states(*, user_id: int, on: dt.date) -> tuple[MethodState, ...]:
    """Return the login's methods as they stand on a local day, the one offered first first."""
    person_id = get_person_of_user(user_id=user_id).id
    methods = queries.list_methods(person_id=person_id)
    open_orders = [view for view in queries.list_schedules(person_id=person_id) if view.is_open]
    uses = Counter(view.schedule.method_id for view in open_orders)
    usable = queries.list_usable_from(method_ids=[method.id for method in methods])
    states = (
        _state(method, on, uses[method.id], is_first=at == 0) for at, method in enumerate(methods)
    )
    return tuple(_checked(state, usable, on) for state in states)


def change_method(
    *, user_id: int, method_id: UUID, name: str, is_first: bool, now: dt.datetime
) -> None:
    """Name one of the login's methods, and offer it first if wanted; its owner is told of each.

    Args:
        user_id: Whose it is.
        method_id: Which.
        name: What its owner calls it; empty for none.
        is_first: Whether it is to be offered before the others from now on.
        now: When.

    Raises:
        NotVisible: it is somebody else's, was removed, or never was.
        CardNumberWritten: the name holds a number that has no place here.
    """
    person_id = get_person_of_user(user_id=user_id).id
    method = get_method(user_id=user_id, method_id=method_id)
    changes = []
    with transaction.atomic():
        if operations.name_method(method_id=method.id, person_id=person_id, name=name.strip()):
            changes.append(MethodChange.RENAMED)
        if is_first and queries.list_methods(person_id=person_id)[0].id != method.id:
            operations.offer_first(method_id=method.id, person_id=person_id, now=now)
            changes.append(MethodChange.MADE_DEFAULT)
        for change in changes:
            tell_of_method(
                user_id=user_id,
                method=method,
                change=change,
                about=f"method_{change}:{method.id}:{now.isoformat()}",
                now=now,
            )


def warn_of_expiring_methods(*, now: dt.datetime) -> int:
    """Tell the owners of cards that expire within thirty days, once each; return how many cards."""
    on = local_day(now, get_zone())
    soon = Period(on, on + WARN_BEFORE + dt.timedelta(days=1))
    expiring = queries.list_expiring_methods(period=soon)
    for person_id, method in expiring:
        tell_person(
            person_id=person_id,
            template="method_expires",
            context={
                "brand": method.brand,
                "last4": method.last4,
                "expires_on": method.expires_on,
                "scheduled": _uses(method.id),
            },
            about=f"{method.id}:{method.expires_on}",
            now=now,
        )
    return len(expiring)


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
    """Take a method away, here first; its owner is told, and the gateway to forget it as well.

    Of an account the co-op draws on itself the consent ends, and there is no gateway to tell.
    A gateway that does not answer changes nothing for the member: without us it charges nothing.

    Raises:
        NotVisible: it is somebody else's, was removed, or never was.
        MethodInUse: scheduled payments or Auto Pay draw on it; choose another one there first.
    """
    person_id = get_person_of_user(user_id=user_id).id
    in_use = _uses(MethodId(method_id))
    with transaction.atomic():
        method = get_method(user_id=user_id, method_id=method_id)
        if in_use:
            raise MethodInUse(count=in_use)
        token = operations.remove_method(method_id=method.id, person_id=person_id, now=now)
        take_back_consent(person_id=person_id, method=method, now=now)
        tell_of_method(
            user_id=user_id,
            method=method,
            change=MethodChange.REMOVED,
            about=f"method_removed:{method.id}",
            now=now,
        )
    if token.startswith(f"{BANK_FILE}:"):
        return
    try:
        gateway.detach(token=token)
    except Unavailable:
        log.warning("the gateway was not told to forget method %s", method_id)


def _checked(
    state: MethodState, usable: Mapping[MethodId, dt.date | None], on: dt.date
) -> MethodState:
    if state.method.id not in usable:
        return state
    day = usable[state.method.id]
    return replace(state, is_being_checked=day is None or on < day, usable_on=day)


def _uses(method_id: MethodId) -> int:
    return queries.count_schedules_with(method_id=method_id) + count_plans_of_method(
        method_id=method_id
    )


def _state(method: StoredMethod, on: dt.date, scheduled: int, *, is_first: bool) -> MethodState:
    ends = method.expires_on
    has_expired = ends is not None and ends < on
    soon = ends is not None and not has_expired and ends - on <= WARN_BEFORE
    drafted = count_plans_of_method(method_id=method.id)
    return MethodState(method, has_expired, soon, scheduled, drafted, is_first)
