"""What the tests of payments' later fate share: reading both books, and asking the gateway."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Sum

from smarthub.accounts.types import AccountId
from smarthub.ledger.models import PostingRow
from smarthub.payments.models import MoneyException, Payment, StoredMethod
from smarthub.payments.operations import keep_event
from smarthub.payments.queries import get_status
from smarthub.payments.types import PaymentStatus
from smarthub.workflows.bank.gateway_events import handle_waiting_events
from tests.cast import NOW
from tests.sandbox_gateway import Simulator


def on(gl: str, account: AccountId | None = None) -> int:
    """Return the balance of a ledger account in cents, or one member's share of it."""
    rows = PostingRow.objects.filter(gl=gl)
    if account is not None:
        rows = rows.filter(account=account)
    return rows.aggregate(total=Sum("amount_cents"))["total"] or 0


def reference_of(simulator: Simulator, payment_id: uuid.UUID) -> str:
    (charge,) = simulator.charges(str(payment_id))
    return str(charge["reference"])


def hear(simulator: Simulator) -> int:
    """Fetch the events of this test's charges and methods and deal with them; return the news.

    The simulator serves other tests as well, whose charges this test's database does not know.
    """
    ours = {str(pk) for pk in Payment.objects.values_list("pk", flat=True)}
    charges = {c["reference"] for c in simulator.charges("payment:") if c["memo"] in ours}
    methods = set(StoredMethod.objects.values_list("token", flat=True))
    for event, body in simulator.gateway.list_events(since=NOW - dt.timedelta(days=3)):
        if event.charge_reference in charges or event.method_token in methods:
            keep_event(gateway="sandbox", event=event, body=body, now=NOW)
    return handle_waiting_events(now=NOW, gateway=simulator.gateway)


def status(payment_id: uuid.UUID) -> PaymentStatus:
    return get_status(payment_id=payment_id)


def exceptions() -> list[str]:
    """Return what waits before staff, by kind."""
    open_ones = MoneyException.objects.filter(explanation=None)
    return sorted(open_ones.values_list("kind", flat=True))
