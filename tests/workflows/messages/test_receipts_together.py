"""Receipts of a draft run are written together; each reads as if it had been written alone."""

from __future__ import annotations

import pytest

from smarthub.kernel.money import Money
from smarthub.members.models import Contact
from smarthub.notifications.models import Message
from smarthub.notifications.types import Channel
from smarthub.notifications.wording import write_words
from smarthub.payments.engine import receipt_number
from smarthub.payments.models import Payment, StoredMethod
from smarthub.payments.types import PaymentId
from smarthub.workflows.auto_pay.run_auto_pay import run_auto_pay
from smarthub.workflows.messages.payment_messages import tell_of_payment
from tests.cast import NOW, TODAY, Cast
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import GOOD, Simulator
from tests.workflows.auto_pay.street import bill_to_draft, enrol
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def receipts() -> dict[str, Message]:
    """Return the receipts by the accounts they are about."""
    found = Message.objects.filter(template="payment_receipt")
    return {message.account_number: message for message in found}


def draft_both(cast: Cast, simulator: Simulator, last4: str = "4242") -> None:
    """Draft 12.34 from Maria and 56.78 from Rosa in one run."""
    wallet = Wallet(simulator)
    for player, account, name, cents in (
        (cast.maria, cast.account_1001, "1001-1", 12_34),
        (cast.rosa, cast.account_1002, "1002-1", 56_78),
    ):
        enrol(player.person_id, wallet.add(player, GOOD), [account])
        bill_to_draft(account, name, cents)
    StoredMethod.objects.update(last4=last4)
    run_auto_pay(now=NOW, zone=CHICAGO, gateway=simulator.gateway)


@pytest.mark.parametrize("last4", ["4242", ""])
def test_each_says_in_its_readers_language_what_it_would_say_alone(
    cast: Cast, simulator: Simulator, last4: str
) -> None:
    draft_both(cast, simulator, last4)

    for number, language, cents in (("1001", "en", 12_34), ("1002", "es", 56_78)):
        told, amount = receipts()[number], Money(cents)
        payment = Payment.objects.get(parts__account__number=number)
        alone = write_words(
            template="payment_receipt",
            language=language,
            code=told.code,
            account_number=number,
            values={
                "amount": amount,
                "fee": "",
                "payment_id": str(payment.pk),
                "paid_on": TODAY,
                "receipt_number": receipt_number(payment.pk),
                "parts": [{"account_ending": number, "amount": amount}],
                "method_brand": "Visa",
                "method_last4": last4,
            },
        )
        assert (told.language, told.subject, told.body) == (language, alone.subject, alone.body)
        assert f"ending in {number}: $12.34" in told.body or language == "es"


def test_told_again_by_itself_nobody_hears_twice(cast: Cast, simulator: Simulator) -> None:
    draft_both(cast, simulator)

    for payment_id in Payment.objects.values_list("pk", flat=True):
        tell_of_payment(payment_id=PaymentId(payment_id), now=NOW)

    assert Message.objects.filter(template="payment_receipt").count() == 2


def test_whoever_has_no_e_mail_gets_a_letter_beside_them(cast: Cast, simulator: Simulator) -> None:
    Contact.objects.filter(person_id=cast.rosa.person_id).update(ended_at=NOW)

    draft_both(cast, simulator)

    channels = {number: message.channel for number, message in receipts().items()}
    assert channels == {"1001": Channel.EMAIL, "1002": Channel.LETTER}
    assert "9 Córdoba Ln" in receipts()["1002"].address
