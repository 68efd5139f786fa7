"""A removed method is charged no more, neither by us nor by the gateway."""

from __future__ import annotations

import pytest

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.payments.models import StoredMethod
from smarthub.payments.operations import MethodGone
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import AttemptState
from smarthub.workflows.stored_methods import list_method_states, remove_method
from tests.cast import NOW, TODAY, Cast
from tests.sandbox_gateway import CLEARS, GOOD
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
