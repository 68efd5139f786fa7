"""Do one act of a payment by phone as a process of its own, so that it can be killed.

python -m tests.crash.phone start HAND_OFF    bill Maria once, hand her call off, look its code up
python -m tests.crash.phone tell HAND_OFF REFERENCE OUTCOME CENTS    what the company charged
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable

import django

ASKED_CENTS = 12_34


def start(hand_off: str) -> str:
    """Start a hand-off at the desk and look its code up, as the phone company does."""
    from smarthub.kernel.money import Money  # noqa: PLC0415
    from smarthub.members.models import User  # noqa: PLC0415
    from smarthub.payments.models import PhoneHandOff  # noqa: PLC0415
    from smarthub.workflows.money.pay_by_phone import (  # noqa: PLC0415
        answer_look_up,
        start_phone_payment,
    )
    from tests.cast import NOW  # noqa: PLC0415
    from tests.crash.pay import bill_maria  # noqa: PLC0415

    bill_maria()
    start_phone_payment(
        hand_off_id=uuid.UUID(hand_off),
        user_id=User.objects.get(email="dana@prairieridge.example").pk,
        number="1001",
        amount=Money(ASKED_CENTS),
        now=NOW,
    )
    code = PhoneHandOff.objects.get(pk=hand_off).code
    answer_look_up(body=json.dumps({"code": code}).encode(), now=NOW)
    return code


def tell(hand_off: str, reference: str, outcome: str, cents: str) -> str:
    """Hear what the phone company charged; say what it came to."""
    from smarthub.workflows.money.pay_by_phone import answer_result  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    result = {
        "hand_off": hand_off,
        "reference": reference,
        "outcome": outcome,
        "amount_cents": int(cents),
        "reason": "" if outcome == "paid" else "card_declined",
    }
    return str(answer_result(body=json.dumps(result).encode(), now=NOW)["outcome"])


if __name__ == "__main__":
    django.setup()
    act, *values = sys.argv[1:]
    acts: dict[str, Callable[..., str]] = {"start": start, "tell": tell}
    sys.stdout.write(f"said: {acts[act](*values)}\n")
