"""Auto Pay, asked by Rosa for Maria's account: she learns of no plan and no draft."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from smarthub.accounts.models import Account
from smarthub.auto_pay.models import AutoPayDraft, AutoPayPlan, DraftEvent
from smarthub.payments.models import StoredMethod
from tests.cast import Cast
from tests.portal.rosa.asked_portal import PAID_AT
from tests.portal.rosa.tables import Ask, Tables, Things

PLAN = UUID("00000000-0000-4000-8000-000000005001")
DRAFT = UUID("00000000-0000-4000-8000-000000005002")

MISSING: dict[str, str] = {}


def prepare(cast: Cast) -> dict[str, str]:
    """Put Maria's account on Auto Pay, with a draft that waits for her word."""
    account = Account.objects.get(pk=cast.account_1001)
    card = StoredMethod.objects.create(
        person_id=cast.maria.person_id,
        gateway="sandbox",
        token="tok_of_marias_auto_pay",
        kind="card",
        brand="Visa",
        last4="1111",
        added_at=PAID_AT,
    )
    plan = AutoPayPlan.objects.create(
        id=PLAN,
        account=account,
        person_id=cast.maria.person_id,
        method=card,
        cap_cents=100,
        by_hand_cents=0,
        enrolled_at=PAID_AT,
        made_at=PAID_AT,
    )
    draft = AutoPayDraft.objects.create(
        id=DRAFT,
        plan=plan,
        account=account,
        bill_number="1001-241101",
        billed_cents=28467,
        due_date=dt.date(2024, 11, 22),
        planned_on=dt.date(2024, 11, 22),
        announced_at=PAID_AT,
    )
    DraftEvent.objects.create(draft=draft, kind="asked", at=PAID_AT)
    return {}


def _set_up(things: Things) -> str:
    return f"/pay/auto/set-up/?account={things['account']}"


def _change(things: Things) -> str:
    return f"/pay/auto/{things['account']}/pause/"


ASKED: Tables = {
    "pay/auto/set-up/": (
        Ask("GET", _set_up),
        Ask("POST", _set_up, lambda _: {}),
    ),
    "pay/auto/<str:number>/": (Ask("GET", lambda t: f"/pay/auto/{t['account']}/"),),
    "pay/auto/<str:number>/drafts/<str:bill_number>/": (
        Ask("POST", lambda t: f"/pay/auto/{t['account']}/drafts/{t['bill']}/"),
    ),
    "pay/auto/<str:number>/refuse/": (Ask("POST", lambda t: f"/pay/auto/{t['account']}/refuse/"),),
    "pay/auto/<str:number>/<str:action>/": (
        Ask("GET", _change),
        Ask("POST", _change),
    ),
}

OWN = {
    "pay/auto/": "the reader's own accounts, and how the Auto Pay of each stands",
    "pay/auto/agree/": "takes accounts from the reader's own list; any other is refused",
}
