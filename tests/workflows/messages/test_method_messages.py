"""A card that comes or goes is told to its owner everywhere, and to a fellow holder in outline."""

from __future__ import annotations

import uuid

import pytest

from smarthub.accounts.operations import grant_role
from smarthub.members.operations import add_contact
from smarthub.notifications.models import Message
from smarthub.payments.models import MethodSetup, StoredMethod
from smarthub.payments.types import MethodId, MethodKind
from smarthub.workflows.bank.stored_methods import get_method, remove_method
from smarthub.workflows.messages import method_messages
from smarthub.workflows.messages.method_messages import MethodChange, tell_of_method
from smarthub.workflows.money.store_method import CardNotGiven
from tests.cast import NOW, OPENED, Cast
from tests.sandbox_gateway import CLEARS, GOOD
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
MARIA = "maria@prairieridge.example"


def told() -> list[tuple[str, str]]:
    """Whom the messages about payment methods went to, and their first sentence."""
    rows = Message.objects.filter(template="method_changed").order_by("pk")
    return [(row.address, row.body.split("\n")[0].split(". ")[0]) for row in rows]


class TestAMethodThatIsAdded:
    def test_is_told_to_every_address_on_file_of_its_owner(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        other = "maria@work.example"
        add_contact(person_id=cast.maria.person_id, kind="email", value=other, verified_at=NOW)

        wallet.add(cast.maria, GOOD)

        said = "Visa ending in 4242 was added to your payment methods"
        assert told() == [(MARIA, said), (other, said)]

    def test_is_told_in_spanish_to_who_reads_spanish(self, cast: Cast, wallet: Wallet) -> None:
        wallet.add_bank(cast.rosa, CLEARS)

        message = Message.objects.get(template="method_changed")
        assert message.subject == "Sus métodos de pago cambiaron"
        assert "se agregó a sus métodos de pago" in message.body

    def test_is_told_once_though_the_page_is_loaded_again(self, cast: Cast, wallet: Wallet) -> None:
        reference = wallet.simulator.give_card(wallet.begin(cast.maria, MethodKind.CARD), GOOD)

        wallet.finish(cast.maria, reference)
        wallet.finish(cast.maria, reference)

        assert len(told()) == 1

    def test_is_told_to_a_fellow_holder_without_its_digits(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        grant_role(
            account_id=cast.account_1001,
            person_id=cast.rosa.person_id,
            role="joint",
            starts_on=OPENED,
        )

        wallet.add(cast.maria, GOOD)

        hers = Message.objects.get(template="method_changed", person=cast.rosa.person_id)
        assert hers.body.startswith("Maria Alvarez, con quien usted comparte una cuenta,")
        assert "4242" not in hers.body + hers.subject

    def test_is_no_business_of_who_may_only_look(self, cast: Cast, wallet: Wallet) -> None:
        """Ben may see the account: he hears nothing of Maria's card, and she nothing of his."""
        wallet.add(cast.maria, GOOD)
        assert [address for address, _ in told()] == [MARIA]

        wallet.add(cast.ben, GOOD)
        assert [address for address, _ in told()] == [MARIA, "ben@prairieridge.example"]

    def test_is_not_kept_when_nobody_could_be_told(
        self, cast: Cast, wallet: Wallet, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(**_: object) -> int:
            raise OSError("no ink")

        reference = wallet.simulator.give_card(wallet.begin(cast.maria, MethodKind.CARD), GOOD)
        monkeypatch.setattr(method_messages, "tell_person", broken)
        with pytest.raises(OSError, match="no ink"):
            wallet.finish(cast.maria, reference)

        assert not StoredMethod.objects.exists()

    def test_tells_nobody_when_no_card_was_given(self, cast: Cast, wallet: Wallet) -> None:
        wallet.begin(cast.maria, MethodKind.CARD)

        with pytest.raises(CardNotGiven):
            wallet.finish(cast.maria, MethodSetup.objects.get().reference)

        assert told() == []


class TestAMethodThatIsTakenAway:
    def test_is_told_to_its_owner(self, cast: Cast, wallet: Wallet) -> None:
        method = wallet.add(cast.maria, GOOD)

        remove_method(
            user_id=cast.maria.user.pk,
            method_id=method,
            now=NOW,
            gateway=wallet.simulator.gateway,
        )

        said = "Visa ending in 4242 was removed from your payment methods"
        assert told()[1:] == [(MARIA, said)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (MethodChange.RENAMED, "has a new name"),
        (MethodChange.MADE_DEFAULT, "is now the payment method we offer you first"),
    ],
)
def test_a_change_is_told_each_time_and_to_its_owner_alone(
    cast: Cast, wallet: Wallet, change: MethodChange, said: str
) -> None:
    grant_role(
        account_id=cast.account_1001,
        person_id=cast.ben.person_id,
        role="joint",
        starts_on=OPENED,
    )
    user_id = cast.maria.user.pk
    method = get_method(user_id=user_id, method_id=MethodId(wallet.add(cast.maria, GOOD)))
    before = len(told())

    for _ in range(2):
        tell_of_method(
            user_id=user_id, method=method, change=change, about=str(uuid.uuid4()), now=NOW
        )

    news = told()[before:]
    assert [address for address, _ in news] == [MARIA, MARIA]
    assert all(said in words for _, words in news)
