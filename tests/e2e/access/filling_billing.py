"""A message on the bill of one visited member, so that its pages have something to show."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from smarthub.accounts.queries import find_account_id, list_premise_districts
from smarthub.billing.types import NewCertificate, NewMessage
from smarthub.kernel.text import Text
from smarthub.workflows.bills.bill_messages import publish_message
from smarthub.workflows.rates.shared_solar import record_month
from smarthub.workflows.rates.tax_certificates import record_certificate
from smarthub.workflows.rates.tax_districts import record_district
from tests.e2e.access.people import VISITED_AT


def write_news(*, clerk: int, on: dt.date) -> None:
    """Put a message on the bill of account 2001 of a day, and a certificate on file for 2015."""
    number = publish_message(
        user_id=clerk,
        message=NewMessage(
            title=Text("Rates change in March", "Las tarifas cambian en marzo"),
            text=Text(
                "From March 1 each kWh costs 0.4 cents more.",
                "Desde el 1 de marzo cada kWh costará 0.4 centavos más.",
            ),
            more=Text(
                "For a home that uses 800 kWh a month, that is $3.20. The board decided it on "
                "November 18, after three years without a change.\n\nMost homes can save as much: "
                "washing at night and a heater set two degrees lower do it.",
                "Para una casa que usa 800 kWh al mes, son $3.20. La junta lo decidió el 18 de "
                "noviembre, tras tres años sin cambios.\n\nCasi todas las casas pueden ahorrar lo "
                "mismo: basta lavar de noche y bajar la calefacción dos grados.",
            ),
            audience="list",
            values=("2001",),
            starts_on=on,
            ends_on=on + dt.timedelta(days=1),
        ),
        replaces=None,
        now=VISITED_AT,
    )
    record_certificate(
        user_id=clerk,
        account_number="2015",
        certificate=NewCertificate(
            reason="church",
            number="IL-E-9981-0457",
            taxes=("state_tax",),
            starts_on=on,
            ends_on=VISITED_AT.date() + dt.timedelta(days=30),
            proof=b"%PDF-1.7",
        ),
        now=VISITED_AT,
    )
    record_district(
        user_id=clerk,
        account_number="2015",
        premise_number=_place_of("2015"),
        district="willow-bend",
        inside=True,
        effective_from=VISITED_AT.date(),
        now=VISITED_AT,
    )
    for month, kwh in ((10, "412.5"), (11, "288.250")):
        record_month(
            user_id=clerk,
            array="SUN-1",
            month=dt.date(2024, month, 1),
            kwh_per_block=Decimal(kwh),
            now=VISITED_AT,
        )
    assert number == 1, "the addresses in routes_billing.py say so"


def _place_of(account_number: str) -> str:
    account_id = find_account_id(number=account_number)
    assert account_id is not None
    return list_premise_districts(account_id=account_id)[0].number
