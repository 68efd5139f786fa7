"""Who is on Auto Pay in the visited co-op: simply, above the limit, paused, in the old system."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

import httpx

from smarthub.auto_pay.types import CreditProgramme, PlanEventKind, ProgrammeId
from smarthub.kernel.money import Money
from smarthub.payments.queries import list_account_ids, list_dues
from smarthub.payments.types import MethodKind
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.auto_pay.migrated_auto_pay import import_proposals
from smarthub.workflows.auto_pay.set_up_auto_pay import Agreement, change_state, turn_on
from smarthub.workflows.auto_pay.sign_up_credits import set_programme
from smarthub.workflows.money.store_method import finish_method_setup, start_method_setup
from tests.e2e.access.people import ENROLLED_AT, WALKERS
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import FORM, GOOD
from tests.workflows.receiving import record_received_payment

AGREEMENT = Agreement("I allow it.", "tests", "en", None, "")
FORMS = UUID("6f0c7f5e-5f0e-4c55-9b52-111111111111")
PROGRAMME = CreditProgramme(
    id=ProgrammeId(FORMS),
    amount=Money(5_00),
    starts_on=ENROLLED_AT.date(),
    ends_on=None,
    services=("electric", "gas", "fiber"),
    for_migrated=True,
    source_note="Board, Nov 12, item 3",
)
CAPS = {"on_auto_pay": None, "asked_by_auto_pay": Money(10_00), "auto_pay_paused": None}
ACCOUNTS = {"on_auto_pay": "2013", "asked_by_auto_pay": "2014", "auto_pay_paused": "2015"}


def fill_auto_pay(users: Mapping[str, int]) -> None:
    """Turn it on before the second bill, so that the second bill has a draft."""
    set_programme(user_id=users["clerk"], programme=PROGRAMME, now=ENROLLED_AT)
    import_proposals(
        rows=[
            {"account": number, "cap": "250", "drew_on": "Visa 1881"}
            for number in ("2018", *(each.accounts[1] for each in WALKERS.values()))
        ],
        columns=("account", "cap", "drew_on"),
        source_system="legacy",
        now=ENROLLED_AT,
    )
    _pay_first_bill("2013")
    for state, number in ACCOUNTS.items():
        turn_on(
            plan_id=uuid5(FORMS, number),
            user_id=users[state],
            number=number,
            method_id=store_card(users[state]),
            cap=CAPS[state],
            agreement=AGREEMENT,
            now=ENROLLED_AT,
            zone=CHICAGO,
        )
    change_state(
        user_id=users["auto_pay_paused"],
        number="2015",
        kind=PlanEventKind.PAUSED,
        now=ENROLLED_AT,
        zone=CHICAGO,
    )


def _pay_first_bill(number: str) -> None:
    """Leave nothing open of the bill before Auto Pay, so that all that is due is left to it."""
    account_id = list_account_ids(numbers=[number])[number]
    record_received_payment(
        source_key=f"first-bill-{number}",
        account_number=number,
        amount=list_dues(account_ids=[account_id])[account_id].asked,
        channel="mail",
        received_on=ENROLLED_AT.date(),
        now=ENROLLED_AT,
    )


def store_card(user_id: int) -> UUID:
    """Give the simulator a good card, as a person does, and return the method it gave."""
    gateway = payment_gateway()
    form = start_method_setup(
        user_id=user_id,
        kind=MethodKind.CARD,
        return_to="http://127.0.0.1/pay/card/return/",
        language="en",
        now=ENROLLED_AT,
        gateway=gateway,
    )
    given = httpx.post(form, data={**FORM, "number": GOOD}, trust_env=False)
    (reference,) = parse_qs(urlsplit(given.headers["Location"]).query)["setup"]
    method = finish_method_setup(
        user_id=user_id, reference=reference, now=ENROLLED_AT, gateway=gateway
    )
    return method.id
