"""Draft by Auto Pay as a process of its own, so that it can be killed.

python -m tests.crash.draft prepare CARD...   give Maria cards, say their ids
python -m tests.crash.draft plan NAME METHOD  bill her 12.34, due today, on Auto Pay with a card
python -m tests.crash.draft run               send what is due
python -m tests.crash.draft recover           what happens after a crash: run, repair, run again
"""

from __future__ import annotations

import sys
import uuid

import django

from tests.crash import pay

CENTS = 12_34


def plan(name: str, method_id: str) -> str:
    """Write a bill of 12.34 that is due today, and plan its draft from one of Maria's cards."""
    from smarthub.accounts.queries import find_account_id  # noqa: PLC0415
    from smarthub.auto_pay import operations, queries  # noqa: PLC0415
    from smarthub.auto_pay.types import BillToDraft  # noqa: PLC0415
    from smarthub.billing.models import Bill  # noqa: PLC0415
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.workflows.set_up_auto_pay import Agreement, turn_on  # noqa: PLC0415
    from tests.cast import NOW, TODAY  # noqa: PLC0415
    from tests.metering.yard import CHICAGO  # noqa: PLC0415
    from tests.workflows.wallet import bill  # noqa: PLC0415

    account = find_account_id(number="1001")
    assert account is not None
    turn_on(
        plan_id=uuid.uuid4(),
        user_id=User.objects.get(email="maria@prairieridge.example").pk,
        number="1001",
        method_id=uuid.UUID(method_id),
        cap=None,
        agreement=Agreement("I allow it.", "tests", "en", None, ""),
        now=NOW,
        zone=CHICAGO,
    )
    bill(account, CENTS, f"bill:{name}")
    Bill.objects.create(
        number=name,
        account_id=account,
        bill_date=TODAY,
        due_date=TODAY,
        previous_cents=0,
        payments_cents=0,
        adjustments_cents=0,
        charges_cents=CENTS,
        asked_cents=CENTS,
        template_version="1",
        created_at=NOW,
    )
    operations.plan_drafts(
        bills=[BillToDraft(account, name, Money(CENTS), TODAY)],
        plans=queries.list_plans(account_ids=[account]),
        planned_on={TODAY: TODAY},
        now=NOW,
    )
    return name


def run() -> str:
    """Send what is due, and say how many drafts were sent."""
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.run_auto_pay import follow_up_failures, run_auto_pay  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415
    from tests.metering.yard import CHICAGO  # noqa: PLC0415

    done = run_auto_pay(now=NOW, zone=CHICAGO, gateway=payment_gateway())
    follow_up_failures(now=NOW, zone=CHICAGO)
    return str(done.sent)


def recover() -> str:
    """Do what happens after a crash, and say how each step ended."""
    return " ".join([run(), pay.repair(), pay.repair(), run()])


def states() -> str:
    """Say how each draft stands, the oldest first."""
    from smarthub.accounts.queries import find_account_id  # noqa: PLC0415
    from smarthub.auto_pay.queries import list_drafts  # noqa: PLC0415
    from tests.metering.yard import CHICAGO  # noqa: PLC0415

    account = find_account_id(number="1001")
    assert account is not None
    views = list_drafts(account_id=account, zone=CHICAGO, limit=100)
    return " ".join(f"{view.draft.bill_number}={view.state}" for view in views)


if __name__ == "__main__":
    django.setup()
    act, *values = sys.argv[1:]
    match act:
        case "prepare":
            said = pay.give_cards(values)
        case "plan":
            said = plan(*values)
        case "recover":
            said = recover()
        case "states":
            said = states()
        case _:
            said = run()
    sys.stdout.write(f"said: {said}\n")
