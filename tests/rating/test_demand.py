"""Demand beyond the reference bills: at the supplier's peak, in blocks, at least so much."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from smarthub.kernel.period import Period
from smarthub.rating.engine import price
from smarthub.rating.types import (
    ALL_DAY,
    ALL_YEAR,
    BilledUse,
    Bucket,
    Contract,
    Determinants,
    Run,
    Tariff,
)

NAME = {"en": "Name", "es": "Nombre"}
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
ANY = Bucket(ALL_YEAR, ALL_DAY)


def cents(charge: dict[str, Any], *, peak: str = "10", coincident: str | None = None) -> list[int]:
    tariff = Tariff.from_json({
        "code": "T", "service": "electric", "name": NAME, "effective_from": "2026-01-01",
        "charges": [{"code": "c", "name": NAME, **charge}],
    })  # fmt: skip
    measured = Determinants(
        (Run(ANY, Decimal(900), Decimal(0)),),
        {ALL_YEAR: 30},
        {ANY: Decimal(peak)},
        None if coincident is None else Decimal(coincident),
    )
    contract = Contract(horsepower=Decimal(1), power_factor=Decimal("0.913"))
    use = BilledUse(period=NOVEMBER, determinants=measured, contract=contract)
    return [line.amount.cents for line in price(tariff=tariff, use=use, riders={})]


class TestDemand:
    @pytest.mark.parametrize(
        ("charge", "expected"),
        [
            # 7.25 kW at the supplier's peak, not the 10 of her own: 7.25 x 9.00
            ({"of": "coincident", "rate": "9.00"}, [6525]),
            # 4 kW at 2.00 and 6 at 3.50
            ({"tiers": [{"upto": "4", "rate": "2.00"}, {"rate": "3.50"}]}, [800, 2100]),
            # at least 25 kW: 25 x 2.00
            ({"rate": "2.00", "least_kw": "25"}, [5000]),
            # .95 - .913 is 3.7 points: 10 x 1.037 = 10.37 kW x 9.50 = 98.515
            ({"rate": "9.50", "power_factor": {"below": "0.95"}}, [9852]),
        ],
    )
    def test_is_charged_as_the_schedule_says(
        self, charge: dict[str, Any], expected: list[int]
    ) -> None:
        assert cents({"kind": "demand", **charge}, coincident="7.25") == expected


class TestHorsepower:
    def test_is_at_least_the_least(self) -> None:
        # Hood River: 29.00 a horsepower, at least 58.00
        assert cents({"kind": "per_horsepower", "rate": "29.00", "least": "58.00"}) == [5800]
