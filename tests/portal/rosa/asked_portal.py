"""Home, bills, use and paying, asked by Rosa for Maria's; and her own way in."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from smarthub.accounts.models import Account
from smarthub.payments.models import (
    Attempt,
    AttemptEvent,
    MethodSetup,
    Payment,
    PaymentPart,
    ScheduledPart,
    ScheduledPayment,
    StoredMethod,
)
from tests.cast import Cast
from tests.portal.rosa.tables import Ask, Tables

PAID_AT = dt.datetime(2024, 11, 5, 17, 0, tzinfo=dt.UTC)
PAYMENT = UUID("00000000-0000-4000-8000-000000001001")
SCHEDULE = UUID("00000000-0000-4000-8000-000000004001")
CARD = UUID("00000000-0000-4000-8000-000000002001")
NOBODYS = "00000000-0000-4000-8000-00000000dead"

MISSING = {
    "account": "9999",
    "bill": "9999-241101",
    "point": "E9999",
    "payment": NOBODYS,
    "card": NOBODYS,
    "schedule": NOBODYS,
    "visit": "set_never_was",
}


def prepare(cast: Cast) -> dict[str, str]:
    """Give Maria a card, a payment and a visit to the card form, beside her bill and her use."""
    card = StoredMethod.objects.create(
        id=CARD,
        person_id=cast.maria.person_id,
        gateway="sandbox",
        token="tok_of_maria",
        kind="card",
        brand="Visa",
        last4="4242",
        added_at=PAID_AT,
    )
    MethodSetup.objects.create(
        reference="set_of_maria",
        person_id=cast.maria.person_id,
        return_to="/",
        started_at=PAID_AT,
        method=card,
    )
    payment = Payment.objects.create(
        id=PAYMENT,
        person_id=cast.maria.person_id,
        channel="web",
        amount_cents=100,
        method=card,
        request_digest="0" * 64,
        received_at=PAID_AT,
    )
    PaymentPart.objects.create(
        payment=payment, account=Account.objects.get(pk=cast.account_1001), amount_cents=100
    )
    attempt = Attempt.objects.create(
        key=f"payment:{PAYMENT}", payment=payment, gateway="sandbox", made_at=PAID_AT
    )
    AttemptEvent.objects.create(attempt=attempt, state="success", learnt_at=PAID_AT)
    ordered = ScheduledPayment.objects.create(
        id=SCHEDULE,
        person_id=cast.maria.person_id,
        method=card,
        pay_on=dt.date(2099, 11, 5),
        keeps_amount=False,
        request_digest="0" * 64,
        made_at=PAID_AT,
    )
    ScheduledPart.objects.create(
        scheduled=ordered, account=Account.objects.get(pk=cast.account_1001), amount_cents=100
    )
    return {
        "schedule": str(SCHEDULE),
        "account": "1001",
        "rosas_account": "1002",
        "bill": "1001-241101",
        "point": "E1001",
        "day": "2024-10-28",
        "payment": str(PAYMENT),
        "card": str(CARD),
        "visit": "set_of_maria",
    }


ASKED: Tables = {
    "pay/methods/<uuid:method_id>/": (
        Ask("GET", lambda t: f"/pay/methods/{t['card']}/"),
        Ask(
            "POST",
            lambda t: f"/pay/methods/{t['card']}/",
            lambda _: {"name": "4242424242424242"},
            reached=400,
        ),
    ),
    "pay/methods/<uuid:method_id>/remove/": (
        Ask("GET", lambda t: f"/pay/methods/{t['card']}/remove/"),
        Ask("POST", lambda t: f"/pay/methods/{t['card']}/remove/", owner=""),
    ),
    "bills/": (Ask("GET", lambda t: f"/bills/?account={t['account']}"),),
    "bills/<str:number>/<str:bill_number>/": (
        Ask("GET", lambda t: f"/bills/{t['account']}/{t['bill']}/"),
        Ask("GET", lambda t: f"/bills/{t['rosas_account']}/{t['bill']}/", owner=""),
    ),
    "bills/<str:number>/<str:bill_number>/pdf/": (
        Ask("GET", lambda t: f"/bills/{t['account']}/{t['bill']}/pdf/"),
        Ask("GET", lambda t: f"/bills/{t['rosas_account']}/{t['bill']}/pdf/", owner=""),
    ),
    "usage/<str:number>/download/": (Ask("GET", lambda t: f"/usage/{t['account']}/download/"),),
    "pay/due/": (Ask("GET", lambda t: f"/pay/due/?account={t['account']}"),),
    "pay/review/": (
        Ask("GET", lambda _: "/pay/review/", status=302),
        Ask(
            "POST",
            lambda _: "/pay/review/",
            lambda t: {"payment_id": NOBODYS, f"part_{t['account']}": "100"},
            reached=400,
        ),
        Ask(
            "POST",
            lambda _: "/pay/review/",
            lambda t: {
                "payment_id": NOBODYS,
                "method": t["card"],
                f"part_{t['rosas_account']}": "100",
            },
            owner="",
            status=400,
        ),
    ),
    "pay/payments/<uuid:schedule_id>/change/": (
        Ask("GET", lambda t: f"/pay/payments/{t['schedule']}/change/", reached=302),
    ),
    "pay/payments/<uuid:schedule_id>/cancel/": (
        Ask("GET", lambda t: f"/pay/payments/{t['schedule']}/cancel/"),
        Ask("POST", lambda t: f"/pay/payments/{t['schedule']}/cancel/", owner=""),
    ),
    "pay/<uuid:payment_id>/": (Ask("GET", lambda t: f"/pay/{t['payment']}/"),),
    "pay/<uuid:payment_id>/pdf/": (Ask("GET", lambda t: f"/pay/{t['payment']}/pdf/"),),
}

OWN = {
    "": "the accounts of whoever is signed in",
    "due/": "a part of the first page",
    "ahead/": "a part of the first page",
    "usage/": "leads to the first service of whoever is signed in",
    "pay/payments/": "what the reader ordered and paid",
    "pay/": "a form of the reader's own accounts; a number it does not show is not read from it",
    "pay/card/": "begins a visit to the card form for whoever is signed in",
    "pay/methods/": "the reader's own cards and bank accounts",
    "pay/methods/bank/own/": "takes the reader's own bank account; shows nothing of anybody's",
    "pay/methods/bank/": "says what giving a bank account means, and leads to the form",
    "pay/card/return/": "ends a visit begun in this browser; another's gives no card",
    "more/": "the reader's own settings",
    "accounts/confirm-it-is-you/": "a code to the reader's own contacts",
    "accounts/reauthenticate/": "the reader's own password, asked again",
    "accounts/email/": "leads to the reader's own ways to be reached",
    "accounts/password/change/": "the reader's own password",
    "accounts/password/set/": "the reader's own password",
    "accounts/2fa/": "the reader's own second step",
    "accounts/2fa/reauthenticate/": "the reader's own second step",
    "accounts/2fa/totp/activate/": "the reader's own second step",
    "accounts/2fa/totp/deactivate/": "the reader's own second step",
    "accounts/2fa/recovery-codes/": "the reader's own recovery codes",
    "accounts/2fa/recovery-codes/generate/": "the reader's own recovery codes",
    "accounts/2fa/recovery-codes/download/": "the reader's own recovery codes",
}
