"""A removed method is charged no more, neither by us nor by the gateway."""

from __future__ import annotations

import datetime as dt

import pytest

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.models import StoredMethod
from smarthub.payments.operations import CardNumberWritten, MethodGone
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import AttemptState
from smarthub.workflows.bank.stored_methods import (
    MethodInUse,
    change_method,
    list_method_states,
    remove_method,
    warn_of_expiring_methods,
)
from smarthub.workflows.money.schedule_payment import cancel_scheduled_payment
from tests.cast import NOW, TODAY, Cast
from tests.sandbox_gateway import CLEARS, GOOD
from tests.workflows.money.test_schedule_payment import order
from tests.workflows.wallet import HALF, Wallet, bill

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_a_removed_card_is_charged_no_more_anywhere(cast: Cast, wallet: Wallet) -> None:
    bill(cast.account_1001, 100_00)
    method = wallet.add(cast.maria, GOOD)
    gateway = wallet.simulator.gateway

    remove_method(user_id=cast.maria.user.pk, method_id=method, now=NOW, gateway=gateway)

    assert list_method_states(user_id=cast.maria.user.pk, on=TODAY) == ()
    with pytest.raises(MethodGone):
        wallet.pay(cast.maria, method, HALF)
    with pytest.raises(NotVisible):
        remove_method(user_id=cast.maria.user.pk, method_id=method, now=NOW, gateway=gateway)


def test_a_silent_gateway_keeps_nothing_stored(
    cast: Cast, wallet: Wallet, silent_gateway: PaymentGateway
) -> None:
    method = wallet.add_bank(cast.maria, CLEARS)

    remove_method(user_id=cast.maria.user.pk, method_id=method, now=NOW, gateway=silent_gateway)

    assert list_method_states(user_id=cast.maria.user.pk, on=TODAY) == ()


def test_the_simulator_refuses_what_it_was_told_to_forget(cast: Cast, wallet: Wallet) -> None:
    wallet.add(cast.maria, GOOD)
    token, gateway = StoredMethod.objects.get().token, wallet.simulator.gateway

    gateway.detach(token=token)
    answer = gateway.charge(token=token, amount=Money(1), key=f"k:{token}", memo="m")

    assert (answer.state, answer.reason) == (AttemptState.FAILED, "token_unknown")


def test_a_method_a_scheduled_payment_draws_on_is_not_removed(cast: Cast, wallet: Wallet) -> None:
    method = wallet.add(cast.maria, GOOD)
    ordered = order(cast.maria, method)
    user_id, gateway = cast.maria.user.pk, wallet.simulator.gateway

    with pytest.raises(MethodInUse):
        remove_method(user_id=user_id, method_id=method, now=NOW, gateway=gateway)
    (before,) = list_method_states(user_id=user_id, on=TODAY)
    cancel_scheduled_payment(user_id=user_id, schedule_id=ordered, now=NOW)
    remove_method(user_id=user_id, method_id=method, now=NOW, gateway=gateway)

    assert before.scheduled == 1
    assert list_method_states(user_id=user_id, on=TODAY) == ()


def test_the_chosen_method_is_offered_first_and_keeps_its_name(cast: Cast, wallet: Wallet) -> None:
    first, second = wallet.add(cast.maria, GOOD), wallet.add_bank(cast.maria, CLEARS)
    user_id = cast.maria.user.pk
    newest_first = [state.method.id for state in list_method_states(user_id=user_id, on=TODAY)]

    for _ in range(2):  # the second time nothing changes, and nothing is told
        change_method(
            user_id=user_id, method_id=first, name=" Everyday card ", is_first=True, now=NOW
        )

    states = list_method_states(user_id=user_id, on=TODAY)
    assert set(newest_first) == {first, second}
    assert [state.method.id for state in states] == [first, second]
    assert [state.is_first for state in states] == [True, False]
    assert states[0].method.name == "Everyday card"
    told = Message.objects.filter(template="method_changed", body__contains="new name")
    assert told.count() == 1


@pytest.mark.parametrize("name", ["4242 4242 4242 4242", "acct 00012345"])
def test_a_name_holds_no_number(cast: Cast, wallet: Wallet, name: str) -> None:
    method = wallet.add(cast.maria, GOOD)

    with pytest.raises(CardNumberWritten):
        change_method(
            user_id=cast.maria.user.pk, method_id=method, name=name, is_first=False, now=NOW
        )


def test_nobody_changes_another_ones_method(cast: Cast, wallet: Wallet) -> None:
    method = wallet.add(cast.maria, GOOD)

    with pytest.raises(NotVisible):
        change_method(
            user_id=cast.rosa.user.pk, method_id=method, name="Mine", is_first=True, now=NOW
        )


@pytest.mark.parametrize(
    ("days_left", "told"),
    [(31, 0), (30, 1), (0, 1), (-1, 0)],  # thirty days before, to the day it expires
)
def test_the_owner_is_warned_once_of_a_card_that_expires(
    cast: Cast, wallet: Wallet, days_left: int, told: int
) -> None:
    wallet.add(cast.maria, GOOD)
    StoredMethod.objects.update(expires_on=TODAY + dt.timedelta(days=days_left))

    for day in range(2):
        warn_of_expiring_methods(now=NOW + dt.timedelta(hours=day))

    assert Message.objects.filter(template="method_expires").count() == told
