"""What a meter counts becomes what is charged, and what a part of a month makes smaller."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    FactMissing,
    FieldUnknown,
    PartMonth,
    Tariff,
    TariffHasGap,
)
from tests.rating.rate_book import G_R1

NAME = {"en": "Name", "es": "Nombre"}
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
HALF = BilledTime(0, (PartMonth(15, 30),))


def gas(**conversion: Any) -> Tariff:
    source = {"from": "ccf", "to": "therm", "decimals": 1, **conversion}
    return Tariff.from_json({**copy.deepcopy(G_R1), "conversion": source})


def therms(tariff: Tariff, ccf: str, factor: Decimal | None = None) -> Decimal:
    use = BilledUse(Quantity(Decimal(ccf), Unit.CCF), factor=factor)
    lines = price(tariff=tariff, use=use, riders={"PGA": Decimal("0.6")})
    return lines[2].quantity


class TestConversions:
    def test_round_to_the_nearest_or_cut(self) -> None:
        # 118 x 1.0255 = 121.009; 118 x 1.025 = 120.95
        assert therms(gas(factor="1.025"), "118") == Decimal("121.0")
        assert therms(gas(factor="1.025", rounding="down"), "118") == Decimal("120.9")

    def test_take_a_factor_with_dates_of_its_own(self) -> None:
        # 118 x 1.031 = 121.658
        assert therms(gas(factor_of="BTU"), "118", Decimal("1.031")) == Decimal("121.7")

    def test_bill_nothing_without_the_factor_of_these_dates(self) -> None:
        with pytest.raises(FactMissing):
            therms(gas(factor_of="BTU"), "118")

    def test_have_one_factor_or_the_name_of_one_never_both(self) -> None:
        with pytest.raises(FieldUnknown):
            gas(factor="1.025", factor_of="BTU")
        with pytest.raises(TariffHasGap):
            gas()


class TestPartsOfMonths:
    def cents(self, prorated: list[str] | None, charge: dict[str, Any]) -> list[int]:
        settings = {} if prorated is None else {"prorated": prorated}
        tariff = Tariff.from_json({
            "code": "T", "service": "electric", "name": NAME, "effective_from": "2026-01-01",
            "settings": settings, "charges": [{"code": "c", "name": NAME, **charge}],
        })  # fmt: skip
        quantity = Quantity(Decimal(400), Unit.KWH) if tariff.metered_unit else None
        use = BilledUse(quantity, HALF, NOVEMBER)
        return [line.amount.cents for line in price(tariff=tariff, use=use, riders={})]

    def test_make_a_fixed_charge_smaller_unless_the_tariff_says_no(self) -> None:
        fixed = {"kind": "fixed_monthly", "amount": "33.00"}

        assert self.cents(None, fixed) == [1650]
        assert self.cents([], fixed) == [3300]

    def test_make_blocks_smaller_only_where_the_tariff_says_so(self) -> None:
        tiers = [{"upto": "500", "rate": "0.10"}, {"rate": "0.20"}]
        blocks = {"kind": "blocks", "unit": "kWh", "tiers": tiers}

        # 400 x .10; or 250 x .10 and 150 x .20
        assert self.cents(None, blocks) == [4000]
        assert self.cents(["blocks"], blocks) == [2500, 3000]

    def test_are_of_parts_the_house_knows(self) -> None:
        with pytest.raises(TariffHasGap):
            self.cents(["taxes"], {"kind": "fixed_monthly", "amount": "1"})
