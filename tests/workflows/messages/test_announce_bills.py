"""A bill that is ready is told with what there is to pay, and with nothing where there is none."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from smarthub.billing.types import BillId, IssuedBill, Reader
from smarthub.kernel.money import Money
from smarthub.members.models import Contact
from smarthub.members.operations import add_contact, record_consent
from smarthub.notifications.models import Message
from smarthub.workflows.messages.announce_bills import announce_bills
from tests.cast import NOW, Cast


def announce(cast: Cast, cents: int, language: str = "en") -> str:
    """Announce a bill of Maria's that asks for so much; return what she was told."""
    issued = IssuedBill(
        id=BillId(UUID(int=1)),
        number="1001-261101",
        account_id=cast.account_1001,
        account_number="1001",
        due_date=dt.date(2026, 11, 28),
        charges=Money(142_36),
        asked=Money(cents),
        readers=(Reader(cast.maria.person_id, "Maria Alvarez", language),),
    )
    announce_bills(bills=[issued], bill_date=dt.date(2026, 11, 1), now=NOW)
    return Message.objects.get().body


@pytest.mark.parametrize(
    ("cents", "language", "said"),
    [
        (142_36, "en", "To pay: $142.36 by Saturday, November 28, 2026."),
        (0, "en", "Nothing is to be paid."),
        (0, "es", "No hay nada que pagar."),
        (-5_00, "en", "Nothing is to be paid: $5.00 stays as a credit on your account."),
        (-5_00, "es", "No hay nada que pagar: quedan $5.00 como saldo a favor en su cuenta."),
    ],
)
def test_says_what_is_to_be_paid(cast: Cast, cents: int, language: str, said: str) -> None:
    body = announce(cast, cents, language)

    assert said in body
    assert ("pay it at" in body or "páguela" in body) == (cents > 0)


def test_a_text_asks_for_no_credit(cast: Cast) -> None:
    Contact.objects.filter(person=cast.maria.person_id).update(ended_at=NOW)
    add_contact(person_id=cast.maria.person_id, kind="phone", value="815-555-0177", verified_at=NOW)
    record_consent(
        person_id=cast.maria.person_id,
        kind="text_messages",
        granted=True,
        text="words",
        text_version="1",
        language="en",
        given_at=NOW,
    )

    body = announce(cast, -5_00)

    assert body.startswith("Your bill for the account ending in 1001 is ready. Nothing is to be")
