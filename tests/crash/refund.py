"""Do one act of refunding as a process of its own, so that it can be killed.

python -m tests.crash.refund begin CARD...                   bill Maria, give her cards, hire Noor
python -m tests.crash.refund price CENTS                     let paying by card cost so much
python -m tests.crash.refund overpay PAYMENT METHOD CENTS [FEE]
                                                             pay what leaves a credit of that much
python -m tests.crash.refund ask REFUND PAYMENT CENTS        ask for a refund as Dana
python -m tests.crash.refund allow REFUND                    allow one as Noor
python -m tests.crash.refund recover                         repair three times, two minutes apart
"""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from collections.abc import Callable

import django

NOOR = "noor@prairieridge.example"


def begin(*cards: str) -> str:
    """Give Maria her cards, pay her bill away, and open a second clerk's login."""
    from smarthub.members.operations import add_person, open_login  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415
    from tests.crash.pay import prepare  # noqa: PLC0415

    open_login(
        person_id=add_person(given_name="Noor", family_name="Haddad"),
        email=NOOR,
        password="another long password",
        is_staff=True,
        now=NOW,
    )
    return prepare(cards)


def price(cents: str) -> str:
    """Let paying by card cost so much from today on, whatever is paid."""
    from smarthub.cooperative.operations import set_policy  # noqa: PLC0415
    from tests.cast import NOW, TODAY  # noqa: PLC0415

    set_policy(
        key="payment_fee.card_cents",
        value=int(cents),
        effective_from=TODAY,
        author="the board",
        now=NOW,
    )
    return "done"


def overpay(payment_id: str, method_id: str, cents: str, fee: str = "0") -> str:
    """Pay more than is due, so that it waits as a credit; say how it ended."""
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.pay_balance import pay_balance  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    outcome = pay_balance(
        payment_id=uuid.UUID(payment_id),
        user_id=User.objects.get(email="maria@prairieridge.example").pk,
        parts={"1001": Money(int(cents))},
        method_id=uuid.UUID(method_id),
        now=NOW,
        gateway=payment_gateway(),
        allow_credit=True,
        fee=Money(int(fee)),
    )
    return outcome.state


def ask(refund_id: str, payment_id: str, cents: str) -> str:
    """Ask for a refund; say done, or the code of its refusal."""
    from smarthub.kernel.errors import ExpectedError  # noqa: PLC0415
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.refund_payment import ask_refund  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    try:
        ask_refund(
            refund_id=uuid.UUID(refund_id),
            user_id=User.objects.get(email="dana@prairieridge.example").pk,
            payment_id=uuid.UUID(payment_id),
            account_number="1001",
            amount=Money(int(cents)),
            reason="Paid too much",
            now=NOW,
            gateway=payment_gateway(),
        )
    except ExpectedError as refused:
        return refused.code
    return "done"


def allow(refund_id: str) -> str:
    """Allow a refund as the second person."""
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.refund_payment import decide_refund  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    decide_refund(
        refund_id=uuid.UUID(refund_id),
        user_id=User.objects.get(email=NOOR).pk,
        allow=True,
        now=NOW,
        gateway=payment_gateway(),
    )
    return "done"


def recover() -> str:
    """Do what the worker does after a crash, three times; say how many refunds each settled."""
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.money.refund_payment import repair_refunds  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    moments = [NOW + dt.timedelta(minutes=minutes) for minutes in (2, 4, 6)]
    return " ".join(str(repair_refunds(now=at, gateway=payment_gateway())) for at in moments)


if __name__ == "__main__":
    django.setup()
    act, *values = sys.argv[1:]
    acts: dict[str, Callable[..., str]] = {
        "begin": begin,
        "price": price,
        "overpay": overpay,
        "ask": ask,
        "allow": allow,
        "recover": recover,
    }
    sys.stdout.write(f"said: {acts[act](*values)}\n")
