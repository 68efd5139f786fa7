"""Walter, who holds account 1003 with a bill and has no sign-in yet; and what he does."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from smarthub.accounts.operations import (
    add_alias,
    add_premise,
    add_service_point,
    grant_role,
    open_account,
    start_agreement,
)
from smarthub.accounts.types import AccountId
from smarthub.billing.models import Bill
from smarthub.members.operations import add_contact, add_person, open_membership
from smarthub.members.types import PersonId
from smarthub.notifications.models import Message
from smarthub.workflows.membership.claim_account import ask_for_account
from tests.cast import NOW, OPENED

EMAIL = "walter@mail.example"
ADDRESS = "203.0.113.7"


@dataclass(frozen=True)
class Newcomer:
    """Walter, his account, and the number of his newest bill."""

    person_id: PersonId
    account_id: AccountId
    bill_number: str


def settle_newcomer(*, email: str = EMAIL, phone: str = "815-555-0133", at: int = 1003) -> Newcomer:
    """Let Walter Lindgren hold 0000-1003, which was 88-1003-B in another system; or another."""
    person_id = add_person(given_name="Walter", family_name="Lindgren")
    if email:
        add_contact(person_id=person_id, kind="email", value=email, verified_at=NOW)
    if phone:
        add_contact(person_id=person_id, kind="phone", value=phone, verified_at=NOW)
    membership_id = open_membership(number=f"M{at}", holder=person_id, joined_on=OPENED)
    account_id = open_account(
        number=f"0000{at}", membership_id=membership_id, cycle_code="C1", opened_on=OPENED
    )
    grant_role(account_id=account_id, person_id=person_id, role="holder", starts_on=OPENED)
    add_alias(account_id=account_id, number=f"88-{at}-B", source_system="legacy")
    _serve(account_id, at)
    bill_number = add_bill(account_id, dt.date(2026, 11, 5), at=at)
    return Newcomer(person_id, account_id, bill_number)


def add_bill(account_id: AccountId, day: dt.date, *, at: int = 1003) -> str:
    """Give an account an empty bill of a day and return its number."""
    number = f"0000{at}-{day:%y%m%d}"
    cents = dict.fromkeys(
        ("previous_cents", "payments_cents", "adjustments_cents", "charges_cents", "asked_cents"), 0
    )
    Bill.objects.create(
        number=number,
        account_id=account_id,
        bill_date=day,
        due_date=day + dt.timedelta(days=21),
        template_version="1",
        created_at=NOW,
        **cents,
    )
    return number


def claim(**changes: Any) -> UUID:
    """Ask for Walter's account as he would, or as ``changes`` say."""
    asked: dict[str, Any] = {
        "number": "0000-1003",
        "name": "lindgren",
        "email": EMAIL,
        "language": "en",
        "user_id": None,
        "ip_address": ADDRESS,
        "now": NOW,
    }
    return ask_for_account(**{**asked, **changes})


def code_in(message: Message) -> str:
    """Return the code a message gives, which stands before the one that proves it genuine."""
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", message.body)
    assert found is not None
    return found[0]


def newest_message(template: str) -> Message:
    """Return the newest message made from a template."""
    return Message.objects.filter(template=template).latest("pk")


def _serve(account_id: AccountId, at: int) -> None:
    premise_id = add_premise(
        number=f"P{at}",
        street="7 Oak St" if at == 1003 else f"{at} Oak St",
        city="Willow Bend",
        state="IL",
        postal_code="61000",
    )
    point_id = add_service_point(
        number=f"E{at}", premise_id=premise_id, service="electric", metered=True
    )
    start_agreement(
        number=f"A{at}",
        account_id=account_id,
        service_point_id=point_id,
        tariff_code="E-R1",
        starts_on=OPENED,
    )
