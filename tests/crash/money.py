"""Do one act of hearing or settling as a process of its own, so that it can be killed.

python -m tests.crash.money receive CHARGE EVENT   take one signed event, as the web does
python -m tests.crash.money hear                   fetch events and deal with them
python -m tests.crash.money reconcile              book the gateway's pay-outs
python -m tests.crash.money recover                all that a worker does, twice
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable

import django


def receive(charge: str, event_id: str) -> str:
    """Take one event the gateway signed, and say whether it was new."""
    from django.conf import settings  # noqa: PLC0415

    from smarthub.integrations.event_signature import sign  # noqa: PLC0415
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.bank.gateway_events import receive_event  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    event = {"id": event_id, "kind": "charge.updated", "charge": charge, "made_at": 0}
    body = json.dumps(event).encode()
    at = int(NOW.timestamp())
    header = sign(body=body, secret=settings.GATEWAY_SECRET, at=at)
    is_new = receive_event(
        body=body, headers={"Sandbox-Signature": header}, now=NOW, gateway=payment_gateway()
    )
    return "new" if is_new else "known"


def hear() -> str:
    """Fetch every event and deal with it; say how many changed something."""
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.bank.gateway_events import (  # noqa: PLC0415
        catch_up_with_events,
        handle_waiting_events,
    )
    from tests.cast import NOW  # noqa: PLC0415

    catch_up_with_events(now=NOW, gateway=payment_gateway())
    return str(handle_waiting_events(now=NOW, gateway=payment_gateway()))


def reconcile() -> str:
    """Book new pay-outs; say how many there were."""
    from smarthub.wiring.gateway import payment_gateway  # noqa: PLC0415
    from smarthub.workflows.bank.reconcile_settlements import reconcile_settlements  # noqa: PLC0415
    from tests.cast import NOW  # noqa: PLC0415

    later = NOW + dt.timedelta(days=1)
    return str(reconcile_settlements(now=later, gateway=payment_gateway()))


def recover() -> str:
    """Do what the worker does after a crash, twice; the second time nothing may be left."""
    from tests.crash.pay import repair  # noqa: PLC0415

    return " ".join(act() for _ in range(2) for act in (repair, hear, reconcile))


if __name__ == "__main__":
    django.setup()
    act, *values = sys.argv[1:]
    acts: dict[str, Callable[..., str]] = {
        "receive": receive,
        "hear": hear,
        "reconcile": reconcile,
        "recover": recover,
    }
    sys.stdout.write(f"said: {acts[act](*values)}\n")
