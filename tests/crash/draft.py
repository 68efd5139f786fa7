"""Draft by Auto Pay as a process of its own, so that it can be killed.

python -m tests.crash.draft prepare CARD...   give Maria cards, say their ids
python -m tests.crash.draft plan NAME METHOD  bill her 12.34, due today, on Auto Pay with a card
python -m tests.crash.draft street FIRST COUNT METHOD    the same for accounts of their own
python -m tests.crash.draft run [AT_ONCE]     send what is due
python -m tests.crash.draft recover           what happens after a crash: run, repair, run again
"""

from __future__ import annotations

import sys
import uuid

import django

from tests.crash import pay


def plan(name: str, method_id: str) -> str:
    """Write a bill of 12.34 that is due today, and plan its draft from one of Maria's cards."""
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.workflows.auto_pay.set_up_auto_pay import Agreement, turn_on  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415
    from tests.metering.yard import CHICAGO  # noqa: PLC0415
    from tests.workflows.auto_pay.street import account_of, bill_to_draft  # noqa: PLC0415

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
    bill_to_draft(account_of("1001"), name)
    return name


def street(first: str, count: str, method_id: str) -> str:
    """Open so many accounts of Maria's on Auto Pay, each with a bill due; say the bills' names."""
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.members.types import PersonId  # noqa: PLC0415
    from tests.workflows.auto_pay.street import move_in  # noqa: PLC0415

    maria = User.objects.get(email="maria@prairieridge.example")
    person_id = PersonId(maria.person_id)
    return " ".join(move_in(person_id, uuid.UUID(method_id), int(count), first=int(first)).values())


def run(at_once: str = "16") -> str:
    """Send what is due, so many at once, and say how many drafts were sent."""
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.auto_pay.run_auto_pay import follow_up_failures, run_auto_pay  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415
    from tests.metering.yard import CHICAGO  # noqa: PLC0415

    done = run_auto_pay(now=NOW, zone=CHICAGO, gateway=payment_gateway(), at_once=int(at_once))
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
        case "street":
            said = street(*values)
        case "recover":
            said = recover()
        case "states":
            said = states()
        case _:
            said = run(*values)
    sys.stdout.write(f"said: {said}\n")
