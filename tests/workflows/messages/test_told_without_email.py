"""Who has no e-mail address is told of bills and payments all the same: by text or by letter."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from smarthub.billing.types import BillId, IssuedBill, Reader
from smarthub.kernel.money import Money
from smarthub.members.models import Contact
from smarthub.members.operations import add_contact, move_mail, record_consent
from smarthub.members.types import PostalAddress
from smarthub.notifications.models import Message
from smarthub.workflows.messages.announce_bills import announce_bills
from tests.cast import NOW, Cast
from tests.sandbox_gateway import GOOD
from tests.workflows.wallet import Wallet, bill

PHONE = "815-555-0177"
BOX = PostalAddress("PO Box 9", "", "Willow Bend", "IL", "61000")
BILLED = dt.date(2026, 11, 1)


@pytest.fixture(autouse=True)
def no_email(cast: Cast) -> None:
    """Let Maria have a mailing address and no e-mail address."""
    Contact.objects.filter(person=cast.maria.person_id).update(ended_at=NOW)
    move_mail(person_id=cast.maria.person_id, address=BOX, now=NOW)


def agree(cast: Cast, kind: str, *, granted: bool = True, days: int = 0) -> None:
    record_consent(
        person_id=cast.maria.person_id,
        kind=kind,
        granted=granted,
        text="words",
        text_version="1",
        language="en",
        given_at=NOW + dt.timedelta(days=days),
    )


def add_phone(cast: Cast) -> None:
    add_contact(person_id=cast.maria.person_id, kind="phone", value=PHONE, verified_at=NOW)


def announce(cast: Cast, language: str = "en") -> None:
    reader = Reader(cast.maria.person_id, "Maria Alvarez", language)
    issued = IssuedBill(
        id=BillId(UUID(int=1)),
        number="1001-261101",
        account_id=cast.account_1001,
        account_number="1001",
        due_date=dt.date(2026, 11, 28),
        charges=Money(142_36),
        asked=Money(142_36),
        readers=(reader,),
    )
    announce_bills(bills=[issued], bill_date=BILLED, now=NOW)


def told() -> list[tuple[str, str, str]]:
    rows = Message.objects.order_by("pk").values_list("template", "channel", "address")
    return [(template, channel, address) for template, channel, address in rows]


class TestABillThatIsReady:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", "Your bill for the account ending in 1001 is ready: $142.36 by Saturday"),
            ("es", "Su factura de la cuenta terminada en 1001 está lista: $142.36, hasta el"),
        ],
    )
    def test_is_told_by_text_to_whom_agreed_to_texts(
        self, cast: Cast, language: str, words: str
    ) -> None:
        add_phone(cast)
        agree(cast, "text_messages")

        announce(cast, language)
        announce(cast, language)

        assert told() == [("bill_ready", "text", PHONE)]
        assert Message.objects.get().body.startswith(words)

    def test_is_told_by_no_text_without_consent_or_after_it_was_taken_back(
        self, cast: Cast
    ) -> None:
        add_phone(cast)
        announce(cast)
        agree(cast, "text_messages")
        agree(cast, "text_messages", granted=False, days=1)
        announce(cast)

        assert told() == []

    def test_comes_itself_on_paper_and_no_letter_besides(self, cast: Cast) -> None:
        announce(cast)

        assert told() == []

    def test_is_told_by_letter_to_whom_wants_no_paper(self, cast: Cast) -> None:
        agree(cast, "paperless")

        announce(cast)

        assert told() == [("bill_ready", "letter", BOX.as_lines())]

    def test_is_told_by_email_alone_to_whom_has_one(self, cast: Cast) -> None:
        add_phone(cast)
        agree(cast, "text_messages")
        add_contact(
            person_id=cast.maria.person_id, kind="email", value="m@ridge.example", verified_at=NOW
        )

        announce(cast)

        assert told() == [("bill_ready", "email", "m@ridge.example")]


@pytest.mark.allow_hosts(["127.0.0.1"])
class TestAPayment:
    def test_is_confirmed_by_text_to_whom_agreed_to_texts(self, cast: Cast, wallet: Wallet) -> None:
        add_phone(cast)
        agree(cast, "text_messages")

        self.pay(cast, wallet, GOOD)

        receipt = Message.objects.get(template="payment_receipt")
        assert (receipt.channel, receipt.address) == ("text", PHONE)
        assert receipt.body.startswith("We received your payment of $142.36 on ")
        assert "Receipt number: " in receipt.body

    def test_is_confirmed_by_letter_to_whom_did_not(self, cast: Cast, wallet: Wallet) -> None:
        add_phone(cast)

        self.pay(cast, wallet, GOOD)

        receipt = Message.objects.get(template="payment_receipt")
        assert (receipt.channel, receipt.address) == ("letter", BOX.as_lines())

    def pay(self, cast: Cast, wallet: Wallet, card: str) -> None:
        bill(cast.account_1001, 142_36)
        wallet.pay(cast.maria, wallet.add(cast.maria, card), {"1001": Money(142_36)})
