"""A visit to the gateway's card form: begun, finished, left, and not another person's."""

from __future__ import annotations

import datetime as dt

import pytest

from smarthub.kernel.errors import NotVisible
from smarthub.payments.types import MethodKind
from smarthub.workflows.money.store_method import CardNotGiven, list_methods, start_method_setup
from tests.cast import NOW, Cast, Player
from tests.sandbox_gateway import GOOD
from tests.workflows.wallet import RETURN_TO, Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class TestCardSetup:
    def test_finishing_twice_keeps_one_card(self, cast: Cast, wallet: Wallet) -> None:
        url = self.start(cast.maria, wallet)
        reference = wallet.simulator.give_card(url, GOOD)

        first = wallet.finish(cast.maria, reference)
        again = wallet.finish(cast.maria, reference)

        assert first == again
        (method,) = list_methods(user_id=cast.maria.user.pk)
        assert (method.brand, method.last4) == ("Visa", "4242")
        assert method.expires_on == dt.date(2030, 8, 31)

    def test_coming_back_without_a_card_says_so(self, cast: Cast, wallet: Wallet) -> None:
        url = self.start(cast.maria, wallet)

        with pytest.raises(CardNotGiven):
            wallet.finish(cast.maria, url.rsplit("/", 1)[1].split("?")[0])

    def test_marias_visit_is_not_rosas(self, cast: Cast, wallet: Wallet) -> None:
        reference = wallet.simulator.give_card(self.start(cast.maria, wallet), GOOD)

        with pytest.raises(NotVisible):
            wallet.finish(cast.rosa, reference)
        with pytest.raises(NotVisible):
            wallet.finish(cast.rosa, "set_never_was")

        assert list_methods(user_id=cast.rosa.user.pk) == []

    def start(self, player: Player, wallet: Wallet) -> str:
        return start_method_setup(
            user_id=player.user.pk,
            kind=MethodKind.CARD,
            return_to=RETURN_TO,
            language="es",
            now=NOW,
            gateway=wallet.simulator.gateway,
        )
