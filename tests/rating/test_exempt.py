"""Taxes a certificate keeps off (rule 35): a line of its own, for the days it holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from smarthub.billing.engine.inputs import use_as_json, use_from_json
from smarthub.billing.engine.pricing import Priced, ToPrice, price_all
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.portal.words.line_notes import say_notes
from smarthub.portal.words.lines import say_line
from smarthub.rating.engine import price
from smarthub.rating.engine.explaining import explain_lines
from smarthub.rating.types import (
    BilledUse,
    ExemptTax,
    PricedLine,
    PublishedTariff,
    Tariff,
    total_of,
)
from tests.rating.rate_book import E_R1

MARCH = Period(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
RIDERS = {"WPCA": Decimal("0.00375")}
CITY = {
    "kind": "tiered_tax",
    "code": "city_tax",
    "name": {"en": "City tax", "es": "Impuesto municipal"},
    "unit": "kWh",
    "tiers": [{"upto": "500", "rate": "0.0061"}, {"rate": "0.0040"}],
}
PART = "The certificate was in force on 12 of 30 days, so only that part of the tax comes off."
ON_TAX = {
    "kind": "percent_tax",
    "code": "surcharge",
    "name": {"en": "Surcharge", "es": "Recargo"},
    "percent": "10",
    "on": ["facility"],
    "on_tax": True,
}


def tariff(*more: dict[str, Any]) -> Tariff:
    return Tariff.from_json({**E_R1, "charges": [*E_R1["charges"], *more]})


def use(*exempt: ExemptTax, kwh: str = "812") -> BilledUse:
    return BilledUse(Quantity(Decimal(kwh), Unit.KWH), period=MARCH, exempt=exempt)


def lines(rate: Tariff, billed: BilledUse) -> dict[str, list[PricedLine]]:
    found: dict[str, list[PricedLine]] = {}
    for line in price(tariff=rate, use=billed, riders=RIDERS):
        found.setdefault(line.code, []).append(line)
    return found


def test_the_tax_stands_and_comes_off_again() -> None:
    # 812 kWh x 0.0032 = 2.5984, so 2.60; reference bill R1 is 139.46, so 136.86 without it.
    made = lines(tariff(), use(ExemptTax("state_tax", 30, 30)))

    (taken_off,) = made["state_tax.exempt"]
    assert made["state_tax"][0].amount == Money(260)
    assert taken_off.amount == Money(-260)
    assert taken_off.name.en == "State electricity tax, exempt by certificate"
    assert taken_off.name == tariff().name_of("state_tax.exempt")
    assert total_of([each for held in made.values() for each in held]) == Money(13686)


@pytest.mark.parametrize(
    ("days", "cents"),
    [
        (12, -104),  # 2.60 x 12/30 = 1.04
        (1, -9),  # 0.0866...
        (29, -251),  # 2.5133...
    ],
)
def test_it_comes_off_only_for_the_days_it_holds(days: int, cents: int) -> None:
    made = lines(tariff(), use(ExemptTax("state_tax", days, 30)))

    assert made["state_tax.exempt"][0].amount == Money(cents)


def test_one_tax_of_two_and_a_tax_in_steps() -> None:
    # The city: 500 x 0.0061 = 3.05 and 312 x 0.0040 = 1.25 (1.248): 4.30 comes off.
    made = lines(tariff(CITY), use(ExemptTax("city_tax", 30, 30)))

    assert [each.amount.cents for each in made["city_tax"]] == [305, 125]
    assert made["city_tax.exempt"][0].amount == Money(-430)
    assert "state_tax.exempt" not in made


def test_a_tax_on_tax_is_on_what_is_left_of_the_tax() -> None:
    # 10 % of 33.00, and of 2.60 - 2.60.
    made = lines(tariff(ON_TAX), use(ExemptTax("state_tax", 30, 30)))

    assert made["surcharge"][0].amount == Money(330)


def test_where_there_is_no_tax_nothing_comes_off() -> None:
    assert "state_tax.exempt" not in lines(tariff(), use(ExemptTax("state_tax", 30, 30), kwh="0"))


def test_in_a_batch_those_with_a_certificate_are_priced_as_singly() -> None:
    rate = PublishedTariff(1, tariff(CITY, ON_TAX))
    held = ExemptTax("city_tax", 7, 30), ExemptTax("state_tax", 30, 30)
    items = [
        ToPrice(rate, use(*(held if number % 3 == 0 else ()), kwh=str(100 * number)), RIDERS)
        for number in range(20)
    ]

    for item, answer in zip(items, price_all(items=items), strict=True):
        assert isinstance(answer, Priced)
        assert answer.lines == price(tariff=rate.tariff, use=item.use, riders=RIDERS)


def test_what_a_bill_keeps_gives_it_back() -> None:
    billed = use(ExemptTax("state_tax", 12, 30))

    assert use_from_json(value=use_as_json(use=billed, riders=RIDERS)) == (billed, RIDERS)


@pytest.mark.parametrize(
    ("days", "formula", "notes"),
    [
        (30, "$2.60 × -100 % = -$2.60", ()),  # noqa: RUF001 (the sign itself)
        (12, "-$2.60 × 12 days ÷ 30 days = -$1.04", (PART,)),  # noqa: RUF001
    ],
)
def test_a_line_says_how_it_came_about(days: int, formula: str, notes: tuple[str, ...]) -> None:
    billed = use(ExemptTax("city_tax", 30, 30), ExemptTax("state_tax", days, 30))
    told = {
        each.line.code: each
        for each in explain_lines(tariff=tariff(CITY), use=billed, riders=RIDERS)
    }

    taken_off = told["state_tax.exempt"]
    assert Money.rounded(taken_off.worked) == taken_off.line.amount
    assert say_line(taken_off, taken_off.line).formula == formula
    assert say_line(taken_off, taken_off.line).in_words.startswith("A certificate on file")
    assert say_notes(taken_off) == notes
