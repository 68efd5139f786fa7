"""A price that changes inside a period, and riders by use or bill date (rules 25 and 31)."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price, split_by_days
from smarthub.rating.engine.changes import Part, price_parts
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Contract,
    History,
    PartMonth,
    PublishedTariff,
    RateBook,
    RatePart,
    RiderBook,
    Tariff,
    TariffMissing,
)
from tests.rating.rate_book import E_R1

NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
CHANGE = dt.date(2026, 11, 13)
OLD, NEW = Period(NOVEMBER.start, CHANGE), Period(CHANGE, NOVEMBER.end)
RIDERS = {"WPCA": Decimal("0.00375")}
NAME = {"en": "Name", "es": "Nombre"}


def tariff(**changes: Any) -> Tariff:
    return Tariff.from_json({**copy.deepcopy(E_R1), **changes})


def with_charges(*charges: dict[str, Any], **fields: Any) -> Tariff:
    given = [{"name": NAME, "code": f"c{n}", **each} for n, each in enumerate(charges)]
    return tariff(charges=given, **fields)


def in_parts(before: Tariff, after: Tariff, kwh: str, **facts: Any) -> list[list[tuple[str, int]]]:
    """Return code and cents of each line of both parts of November, the change on the 13th."""
    shares = split_by_days(quantity=Decimal(kwh), days=[12, 18])
    parts = [
        Part(
            held,
            BilledUse(
                Quantity(share, Unit.KWH),
                BilledTime(0, (PartMonth(period.days, 30),)),
                period,
                whole=NOVEMBER,
                **facts,
            ),
            RIDERS,
        )
        for held, share, period in zip((before, after), shares, (OLD, NEW), strict=True)
    ]
    priced = price_parts(parts=parts)
    return [[(line.code, line.amount.cents) for line in lines] for lines in priced.lines]


class TestRateChange:
    def test_shares_900_kwh_out_by_12_and_18_days_and_prices_each_part(self) -> None:
        dear = copy.deepcopy(E_R1)
        dear["charges"][0]["amount"] = "36.00"
        dear["charges"][3]["rate"] = "0.0800"

        old, new = in_parts(tariff(), Tariff.from_json(dear), "900")

        # 360 kWh: 33 x 12/30 = 13.20, 5 x 12/30 = 2.00, x .041 = 14.76, x .077 = 27.72,
        # x .00375 = 1.35; 540 kWh: 36 x 18/30 = 21.60, 3.00, x .041 = 22.14, x .08 = 43.20, 2.025
        assert [cents for _code, cents in old] == [1320, 200, 1476, 2772, 135]
        assert [cents for _code, cents in new][:-1] == [2160, 300, 2214, 4320, 203]
        # The tax is for the whole period: 900 x .0032 = 2.88, on the last part.
        assert new[-1] == ("state_tax", 288)

    def test_shares_blocks_and_demand_out_by_days(self) -> None:
        blocks = {
            "kind": "blocks",
            "unit": "kWh",
            "tiers": [{"upto": "500", "rate": "0.10"}, {"rate": "0.20"}],
        }
        kva = {"kind": "per_kva", "rate": "1.00", "above": "10"}
        same = with_charges(blocks, kva)

        old, new = in_parts(same, same, "900", contract=Contract(kva=Decimal(25)))

        # The first block is 200 and 300 kWh: 200 x .10 + 160 x .20, and 300 x .10 + 240 x .20;
        # 15 kVA x 1.00 is 6.00 for 12 days and 9.00 for 18.
        assert old == [("c0", 2000), ("c0", 3200), ("c1", 600)]
        assert new == [("c0", 3000), ("c0", 4800), ("c1", 900)]

    def test_takes_a_tiered_tax_once_for_the_whole_period(self) -> None:
        energy = {"kind": "per_unit", "unit": "kWh", "rate": "0.10"}
        tax = {
            "kind": "tiered_tax",
            "unit": "kWh",
            "tiers": [{"upto": "800", "rate": "0.01"}, {"rate": "0.005"}],
        }
        same = with_charges(energy, tax)

        _old, new = in_parts(same, same, "900")

        # 800 x .01 = 8.00 and 100 x .005 = .50; by parts it would have been 3.60 and 5.40
        assert new[1:] == [("c1", 800), ("c1", 50)]

    def test_settles_a_bank_once_at_the_end(self) -> None:
        netting = {
            "kind": "kwh_bank",
            "settle": "pay",
            "true_up_month": 11,
            "rate": "0.03",
            "name": NAME,
        }
        same = with_charges({"kind": "per_unit", "unit": "kWh", "rate": "0.10"}, netting=netting)

        old, new = in_parts(same, same, "900", history=History(bank={"": Decimal(1000)}))

        # 360 and 540 kWh come off the bank of 1,000; the 100 left are paid: 3.00
        assert (old, new) == ([], [("bank", -300)])

    @settings(max_examples=25, deadline=None)
    @given(kwh=st.decimals(0, 5000, places=3))
    def test_to_the_same_prices_changes_a_bill_by_rounding_only(self, kwh: Decimal) -> None:
        use = BilledUse(Quantity(kwh, Unit.KWH), period=NOVEMBER)
        whole = sum(line.amount.cents for line in price(tariff=tariff(), use=use, riders=RIDERS))

        old, new = in_parts(tariff(), tariff(), str(kwh))

        # Five lines are made twice and rounded each time: at most half a cent each.
        assert abs(sum(cents for _code, cents in [*old, *new]) - whole) <= 5

    def test_refuses_parts_that_leave_days_out(self) -> None:
        use = BilledUse(Quantity(Decimal(1), Unit.KWH), period=OLD, whole=NOVEMBER)

        with pytest.raises(ValueError, match="follow each other"):
            price_parts(parts=[Part(tariff(), use, RIDERS)])


class TestRateBook:
    def test_says_which_version_holds_on_which_days(self) -> None:
        versions = [tariff(effective_from=day) for day in ("2026-03-01", "2026-11-13")]
        book = RateBook([PublishedTariff(n, each) for n, each in enumerate(versions)])

        spans = book.spans(code="E-R1", period=NOVEMBER)

        assert [(held.version_id, span) for held, span in spans] == [(0, OLD), (1, NEW)]

    def test_has_none_before_the_first_version(self) -> None:
        book = RateBook([PublishedTariff(1, tariff(effective_from="2026-11-13"))])

        with pytest.raises(TariffMissing):
            book.spans(code="E-R1", period=NOVEMBER)


class TestRiderBook:
    BOOK = RiderBook(
        [
            ("WPCA", dt.date(2026, 10, 1), Decimal("0.003")),
            ("WPCA", CHANGE, Decimal("0.005")),
            ("BTU", dt.date(2026, 11, 30), Decimal("1.031")),
        ]
    )

    def rates(self, **fields: Any) -> Any:
        charges = [{**E_R1["charges"][4], **fields}]
        held = tariff(charges=charges)
        bill_date = dt.date(2026, 11, 2)
        return self.BOOK.rates_for(tariff=held, period=NOVEMBER, bill_date=bill_date)

    def test_gives_the_rate_of_the_bill_date(self) -> None:
        assert self.rates() == {"WPCA": Decimal("0.003")}

    def test_gives_the_rate_of_each_day_of_use(self) -> None:
        parts = (RatePart(12, Decimal("0.003")), RatePart(18, Decimal("0.005")))

        assert self.rates(date="use") == {"WPCA": parts}

    def test_leaves_out_a_rider_without_a_rate(self) -> None:
        assert self.rates(rider="PGA") == {}

    def test_gives_a_dated_conversion_factor_of_the_last_day(self) -> None:
        held = tariff(
            conversion={"from": "ccf", "to": "kWh", "factor_of": "BTU", "decimals": 0},
            charges=[E_R1["charges"][2]],
        )

        rates = self.BOOK.rates_for(tariff=held, period=NOVEMBER, bill_date=NOVEMBER.end)

        assert rates == {"BTU": Decimal("1.031")}
