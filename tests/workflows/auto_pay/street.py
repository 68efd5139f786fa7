"""Accounts on Auto Pay whose bills are due today, as many as a test asks for."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from smarthub.accounts.operations import grant_role, open_account
from smarthub.accounts.queries import find_account_id
from smarthub.accounts.types import AccountId
from smarthub.auto_pay import operations, queries
from smarthub.auto_pay.types import BillToDraft, NewPlan, PlanId
from smarthub.billing.models import Bill
from smarthub.kernel.money import ZERO, Money
from smarthub.members.operations import open_membership
from smarthub.members.types import PersonId
from smarthub.payments.types import MethodId
from tests.cast import NOW, OPENED, TODAY
from tests.workflows.wallet import bill

CENTS = 12_34
"""What each bill asks for."""
YESTERDAY = NOW - dt.timedelta(days=1)


def open_accounts(person_id: PersonId, numbers: Iterable[str]) -> dict[str, AccountId]:
    """Open an account for each number, all of them one person's."""
    opened = {}
    for number in numbers:
        membership_id = open_membership(number=f"M{number}", holder=person_id, joined_on=OPENED)
        opened[number] = open_account(
            number=number, membership_id=membership_id, cycle_code="C1", opened_on=OPENED
        )
        grant_role(account_id=opened[number], person_id=person_id, role="holder", starts_on=OPENED)
    return opened


def enrol(person_id: PersonId, method_id: uuid.UUID, accounts: Iterable[AccountId]) -> None:
    """Turn Auto Pay on for these accounts, from yesterday on, in the place of what they had."""
    for account_id in accounts:
        plan = NewPlan(
            PlanId(uuid.uuid4()), account_id, person_id, MethodId(method_id), None, by_hand=ZERO
        )
        present = queries.find_plan(account_id=account_id)
        operations.make_plan(plan=plan, replaces=present, now=YESTERDAY)


def bill_to_draft(account_id: AccountId, name: str, cents: int = CENTS) -> None:
    """Write a bill that is due today, and plan its draft."""
    bill(account_id, cents, f"bill:{name}")
    Bill.objects.create(
        number=name,
        account_id=account_id,
        bill_date=TODAY,
        due_date=TODAY,
        previous_cents=0,
        payments_cents=0,
        adjustments_cents=0,
        charges_cents=cents,
        asked_cents=cents,
        template_version="1",
        created_at=NOW,
    )
    operations.plan_drafts(
        bills=[BillToDraft(account_id, name, Money(cents), TODAY)],
        plans=queries.list_plans(account_ids=[account_id]),
        planned_on={TODAY: TODAY},
        now=NOW,
    )


def move_in(
    person_id: PersonId, method_id: uuid.UUID, count: int, *, first: int = 2001
) -> dict[AccountId, str]:
    """Open accounts 2001, 2002, ... on Auto Pay, each with a bill due today; return their bills."""
    opened = open_accounts(person_id, [str(first + place) for place in range(count)])
    enrol(person_id, method_id, opened.values())
    bills = {account_id: f"{number}-1" for number, account_id in opened.items()}
    for account_id, name in bills.items():
        bill_to_draft(account_id, name)
    return bills


def account_of(number: str) -> AccountId:
    """Return an account that is there."""
    account_id = find_account_id(number=number)
    assert account_id is not None
    return account_id
