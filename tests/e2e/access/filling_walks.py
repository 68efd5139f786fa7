"""What the walkers through Auto Pay begin with: a card, a bank account, and a draft on its way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

import httpx

from smarthub.payments.types import MethodKind
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.auto_pay.run_auto_pay import run_auto_pay
from smarthub.workflows.auto_pay.set_up_auto_pay import turn_on
from smarthub.workflows.bills.bill_single import write_single_bill
from smarthub.workflows.money.store_method import finish_method_setup, start_method_setup
from tests.e2e.access.filling_auto_pay import AGREEMENT, FORMS, store_card
from tests.e2e.access.people import BILLED_ALONE, ENROLLED_AT, VISITED_AT, WALKERS
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import CLEARS, ROUTING

TWO_DAYS = dt.timedelta(days=2)


def fill_walks(users: Mapping[str, int]) -> None:
    """Bill the walkers' third accounts and send their drafts; nobody else's day has come."""
    for state, person in WALKERS.items():
        store_card(users[state])
        number = person.accounts[2]
        turn_on(
            plan_id=uuid5(FORMS, number),
            user_id=users[state],
            number=number,
            method_id=_store_bank(users[state]),
            cap=None,
            agreement=AGREEMENT,
            now=ENROLLED_AT - TWO_DAYS,
            zone=CHICAGO,
        )
        write_single_bill(
            user_id=users["clerk"],
            account_number=number,
            on=BILLED_ALONE,
            now=dt.datetime.combine(BILLED_ALONE, dt.time(9), CHICAGO),
        )
    done = run_auto_pay(now=VISITED_AT, zone=CHICAGO, gateway=payment_gateway())
    assert done.sent == len(WALKERS)


def _store_bank(user_id: int) -> UUID:
    """Give the simulator an account whose payments take until a day ends."""
    gateway = payment_gateway()
    form = start_method_setup(
        user_id=user_id,
        kind=MethodKind.BANK,
        return_to="http://127.0.0.1/pay/card/return/",
        language="en",
        now=ENROLLED_AT - TWO_DAYS,
        gateway=gateway,
    )
    fields = {"routing": ROUTING, "account": CLEARS, "agree": "1"}
    given = httpx.post(form, data=fields, trust_env=False)
    (reference,) = parse_qs(urlsplit(given.headers["Location"]).query)["setup"]
    method = finish_method_setup(
        user_id=user_id, reference=reference, now=ENROLLED_AT - TWO_DAYS, gateway=gateway
    )
    return method.id
