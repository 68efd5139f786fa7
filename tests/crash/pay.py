"""Do one act of paying as a process of its own, so that it can be killed.

python -m tests.crash.pay prepare CARD...     ask a fee, bill Maria, give her cards, say their ids
python -m tests.crash.pay pay PAYMENT METHOD CENTS
python -m tests.crash.pay order PAYMENT METHOD CENTS    for tomorrow
python -m tests.crash.pay run_orders          make the payments ordered for tomorrow, on that day
python -m tests.crash.pay run_orders_and_repair    the same again, and ask about lost answers
python -m tests.crash.pay repair              ask about lost answers, two minutes later
"""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Sequence

import django

FEE_CENTS = 175
"""What paying by card costs here; agreed to with each payment."""


def prepare(cards: Sequence[str]) -> str:
    """Bill Maria a thousand dollars, and give her these cards by the simulator's form."""
    bill_maria()
    return give_cards(cards)


def give_cards(cards: Sequence[str]) -> str:
    """Give Maria these cards by the simulator's form, and say the ids of her methods."""
    import httpx  # noqa: PLC0415

    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.payments.types import MethodKind  # noqa: PLC0415
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.store_method import finish_method_setup, start_method_setup  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415
    from tests.sandbox_gateway import FORM  # noqa: PLC0415

    user_id, gateway = User.objects.get(email="maria@prairieridge.example").pk, payment_gateway()
    methods = []
    for number in cards:
        url = start_method_setup(
            user_id=user_id,
            kind=MethodKind.CARD,
            return_to="http://x/",
            language="en",
            now=NOW,
            gateway=gateway,
        )
        answer = httpx.post(url, data={**FORM, "number": number}, trust_env=False)
        reference = answer.headers["Location"].partition("setup=")[2]
        method = finish_method_setup(user_id=user_id, reference=reference, now=NOW, gateway=gateway)
        methods.append(str(method.id))
    return " ".join(methods)


def ask_a_fee() -> None:
    """Let the co-op ask a fee for paying by card."""
    from smarthub.cooperative.operations import set_policy  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    set_policy(
        key="payment_fee.card_cents",
        value=FEE_CENTS,
        effective_from=dt.date(2020, 1, 1),
        author="the board",
        now=NOW,
    )


def bill_maria() -> None:
    """Post one bill of 1,000.00."""
    from smarthub.accounts.queries import find_account_id  # noqa: PLC0415
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.ledger.operations import post_entry  # noqa: PLC0415
    from smarthub.ledger.types import Asked, Posting  # noqa: PLC0415
    from tests.cast import NOW, TODAY  # noqa: PLC0415

    account = find_account_id(number="1001")
    assert account is not None
    amount = Money(1_000_00)
    post_entry(
        source_key="bill:1001-261122",
        kind="bill",
        effective_date=TODAY,
        postings=[Posting("ar:electric", amount, account), Posting("revenue:electric", -amount)],
        asked=[Asked(account, amount)],
        posted_at=NOW,
    )


def pay(payment_id: str, method_id: str, cents: str) -> str:
    """Pay for Maria's account, and say how it ended."""
    from smarthub.kernel.errors import Refused  # noqa: PLC0415
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.pay_balance import pay_balance  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    try:
        outcome = pay_balance(
            payment_id=uuid.UUID(payment_id),
            user_id=User.objects.get(email="maria@prairieridge.example").pk,
            parts={"1001": Money(int(cents))},
            method_id=uuid.UUID(method_id),
            fee=Money(FEE_CENTS),
            now=NOW,
            gateway=payment_gateway(),
        )
    except Refused as refused:
        return refused.code
    return outcome.state


def order(payment_id: str, method_id: str, cents: str) -> str:
    """Order a payment for Maria's account for tomorrow."""
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.workflows.money.schedule_payment import schedule_payment  # noqa: PLC0415
    from tests.cast import NOW, TODAY  # noqa: PLC0415

    schedule_payment(
        payment_id=uuid.UUID(payment_id),
        user_id=User.objects.get(email="maria@prairieridge.example").pk,
        parts={"1001": Money(int(cents))},
        method_id=uuid.UUID(method_id),
        pay_on=TODAY + dt.timedelta(days=1),
        keeps_amount=False,
        fee=Money(FEE_CENTS),
        now=NOW,
    )
    return "ordered"


def run_orders() -> str:
    """Make the payments ordered for tomorrow, and say how many were sent."""
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.schedule_payment import pay_scheduled  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    return str(pay_scheduled(now=NOW + dt.timedelta(days=1), gateway=payment_gateway()))


def run_orders_and_repair() -> str:
    """Run the job again, then the janitor twice later on; say how many the job sent.

    Twice, for the janitor's own answer may be the one that is lost.
    """
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.charge_payment import repair_unknown_attempts  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    sent = run_orders()
    for minutes in (2, 3):
        later = NOW + dt.timedelta(days=1, minutes=minutes)
        repair_unknown_attempts(now=later, gateway=payment_gateway())
    return sent


def repair() -> str:
    """Run the janitor once, and say how many attempts it settled."""
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.charge_payment import repair_unknown_attempts  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    later = NOW + dt.timedelta(minutes=2)
    return str(repair_unknown_attempts(now=later, gateway=payment_gateway()))


def recover(payment_id: str, method_id: str, cents: str) -> str:
    """Do what happens after a crash, in one process to save time; say how each step ended."""
    again = pay(payment_id, method_id, cents)
    return " ".join([again, repair(), repair(), pay(payment_id, method_id, cents)])


if __name__ == "__main__":
    django.setup()
    act, *values = sys.argv[1:]
    match act:
        case "prepare":
            ask_a_fee()
            said = prepare(values)
        case "pay":
            said = pay(*values)
        case "order":
            said = order(*values)
        case "run_orders":
            said = run_orders()
        case "run_orders_and_repair":
            said = run_orders_and_repair()
        case "recover":
            said = recover(*values)
        case _:
            said = repair()
    sys.stdout.write(f"said: {said}\n")
