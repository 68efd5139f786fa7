"""Examples that utilities publish, worked by their people, and the shapes they stand for."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price, split_by_days
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Contract,
    FactMissing,
    FieldUnknown,
    NameUnknown,
    PartMonth,
    PeriodsHaveGap,
    PeriodsOverlap,
    RatePart,
    SeasonsHaveGap,
    SeasonsOverlap,
    Tariff,
    TariffHasGap,
    TierEndMissing,
    TiersHaveGap,
    TiersOverlap,
    total_of,
)

JUNE = Period(dt.date(2026, 6, 1), dt.date(2026, 7, 1))
JULY = Period(dt.date(2026, 7, 1), dt.date(2026, 8, 1))


def tariff(*charges: dict[str, Any], **fields: Any) -> Tariff:
    """Return a tariff of these charges; each gets its kind as its code and name."""
    named = [
        {
            "code": f"c{n}_{c['kind']}"[:20],
            "name": {"en": c["kind"], "es": c["kind"]},
            **c,
        }
        for n, c in enumerate(charges)
    ]
    base = {"code": "T", "service": "electric", "name": {"en": "T", "es": "T"}}
    return Tariff.from_json({**base, "effective_from": "2026-01-01", "charges": named, **fields})


def cents(
    of: Tariff,
    quantity: str = "0",
    unit: Unit = Unit.KWH,
    *,
    period: Period = JUNE,
    time: BilledTime | None = None,
    riders: dict[str, Any] | None = None,
    **facts: Any,
) -> list[int]:
    """Return the cents of each line."""
    metered = Quantity(Decimal(quantity), unit) if of.metered_unit else None
    given: dict[str, Any] = {name: Decimal(fact) for name, fact in facts.items()}
    contract = Contract(**given)
    use = BilledUse(metered, time or BilledTime(), period, None, contract)
    return [line.amount.cents for line in price(tariff=of, use=use, riders=riders or {})]


def per_kwh(rate: str, **more: Any) -> dict[str, Any]:
    return {"kind": "per_unit", "unit": "kWh", "rate": rate, **more}


def blocks(*tiers: tuple[str | None, str], unit: str = "kWh", **more: Any) -> dict[str, Any]:
    held = [{"rate": rate} | ({"upto": upto} if upto else {}) for upto, rate in tiers]
    return {"kind": "blocks", "unit": unit, "tiers": held, **more}


def monthly(amount: str) -> dict[str, Any]:
    return {"kind": "fixed_monthly", "amount": amount}


class TestPublishedExamples:
    def test_wiec_of_2600_kwh_is_369_50(self) -> None:
        # 53 + 2000 x .1275 = 255 + 600 x .1025 = 61.50
        of = tariff(monthly("53"), blocks(("2000", "0.1275"), (None, "0.1025")))

        assert cents(of, "2600") == [5300, 25500, 6150]

    def test_precorp_of_50000_kwh_and_100_kw_in_200_hours_of_use_is_2486_50(self) -> None:
        # 20,000 x .06173 = 1234.60; 30,000 x .04173 = 1251.90
        of = tariff(blocks(("20000", "0.06173"), (None, "0.04173")))

        assert sum(cents(of, "50000")) == 248650

    def test_bourbon_water_of_8000_gallons_is_53_15_before_the_fee(self) -> None:
        # 3 x 7.05 = 21.15, 4 x 6.55 = 26.20, 1 x 5.80 = 5.80
        tiers = (("3", "7.05"), ("7", "6.55"), ("15", "5.80"), (None, "5.35"))
        of = tariff(blocks(*tiers, unit="kgal"))

        assert cents(of, "8", Unit.KILOGALLON) == [2115, 2620, 580]

    def test_riverland_of_31_days_at_1_26_is_39_06(self) -> None:
        of = tariff({"kind": "fixed_daily", "amount": "1.26"})

        assert cents(of, period=JULY) == [3906]

    def test_37_ccf_at_1_085_are_40_therms(self) -> None:
        # 37 x 1.085 = 40.145, to whole therms
        gas = tariff(
            {"kind": "per_unit", "unit": "therm", "rate": "1"},
            conversion={"from": "ccf", "to": "therm", "factor": "1.085", "decimals": 0},
        )

        assert cents(gas, "37", Unit.CCF) == [4000]

    def test_smeco_of_1000_kwh_with_its_adjustment_is_87_40(self) -> None:
        # .0780 + .009395 = .087395: 78.00 + 9.395, and the half cent is rounded up
        of = tariff(per_kwh("0.0780"), {"kind": "rider", "unit": "kWh", "rider": "PCA"})

        assert cents(of, "1000", riders={"PCA": Decimal("0.009395")}) == [7800, 940]

    def test_norris_heats_in_november_by_blocks_and_in_june_flat(self) -> None:
        seasons = [
            {"code": "summer", "from": "06-01", "to": "10-31"},
            {"code": "winter", "from": "11-01", "to": "05-31"},
        ]
        of = tariff(
            per_kwh("0.125", seasons=["summer"]),
            blocks(("500", "0.125"), (None, "0.0725"), seasons=["winter"]),
            seasons=seasons,
        )

        # June: 900 x .125 = 112.50; November: 500 x .125 = 62.50, 400 x .0725 = 29.00
        november = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
        assert cents(of, "900") == [11250]
        assert cents(of, "900", period=november) == [6250, 2900]

    def test_use_over_two_seasons_is_split_by_days_or_goes_by_the_bill_month(self) -> None:
        seasons = [
            {"code": "summer", "from": "06-01", "to": "09-30"},
            {"code": "winter", "from": "10-01", "to": "05-31"},
        ]
        charges = (per_kwh("0.20", seasons=["summer"]), per_kwh("0.10", seasons=["winter"]))
        period = Period(dt.date(2026, 5, 20), dt.date(2026, 6, 19))

        # 900 kWh, 12 of 30 days in May: 360 x .10 = 36.00 and 540 x .20 = 108.00 (rule 31)
        by_use = tariff(*charges, seasons=seasons)
        by_bill = tariff(*charges, seasons=seasons, settings={"season_by": "bill_month"})
        assert cents(by_use, "900", period=period) == [10800, 3600]
        assert cents(by_bill, "900", period=period) == [18000]

    def test_kva_over_an_allowance_and_the_minimum_that_grows_with_it(self) -> None:
        of = tariff({"kind": "per_kva", "rate": "1", "above": "10"})
        least = tariff(
            monthly("10"),
            {"kind": "minimum", "amount": "30", "kva_rate": "1.12", "kva_above": "15"},
        )

        # 25 - 10 = 15 kVA; 30 + 10 x 1.12 = 41.20, of which 10.00 is there
        assert cents(of, kva="25") == [1500]
        assert cents(least, kva="25") == [1000, 3120]

    def test_a_minimum_of_45_fills_a_bill_after_riders_and_before_taxes(self) -> None:
        of = tariff(
            monthly("30"),
            per_kwh("0.0675"),
            {"kind": "minimum", "amount": "45"},
            {"kind": "percent_tax", "percent": "5"},
        )

        # 30 + 100 x .0675 = 36.75; 8.25 are missing; 5 % of 45.00 = 2.25
        assert cents(of, "100") == [3000, 675, 825, 225]

    def test_a_municipal_tax_of_60000_kwh_is_240_20(self) -> None:
        tiers = [{"upto": "2000", "rate": "0.0061"}, {"upto": "50000", "rate": "0.0040"}]
        tax = {"kind": "tiered_tax", "unit": "kWh", "tiers": [*tiers, {"rate": "0.0036"}]}

        # 2,000 x .0061 = 12.20; 48,000 x .004 = 192; 10,000 x .0036 = 36 (rule 34)
        assert cents(tariff(per_kwh("0"), tax), "60000")[1:] == [1220, 19200, 3600]

    def test_a_tax_on_tax_counts_the_tax_above_and_otherwise_does_not(self) -> None:
        state = {"kind": "percent_tax", "percent": "5"}
        for on_tax, second in ((True, 1050), (False, 1000)):
            city = {"kind": "percent_tax", "percent": "10", "on_tax": on_tax}

            assert cents(tariff(monthly("100"), state, city)) == [10000, 500, second]

    def test_a_rider_by_use_date_splits_the_use_by_days(self) -> None:
        of = tariff({"kind": "rider", "unit": "kWh", "rider": "PCA", "date": "use"})
        parts = (RatePart(12, Decimal("0.01")), RatePart(18, Decimal("0.02")))

        # 360 x .01 and 540 x .02
        assert cents(of, "900", riders={"PCA": parts}) == [360, 1080]

    def test_riders_may_be_flat_or_a_percentage(self) -> None:
        flat = {"kind": "rider", "rider": "F", "per": "month"}
        share = {"kind": "rider", "rider": "S", "per": "percent"}
        riders = {"F": Decimal("2.50"), "S": Decimal(10)}

        assert cents(tariff(monthly("20"), flat, share), riders=riders) == [2000, 250, 225]

    def test_a_winter_average_is_billed_whatever_is_used(self) -> None:
        of = tariff({"kind": "winter_average", "unit": "kgal", "rate": "6.50"})

        assert cents(of, winter_average="4.2") == [2730]

    def test_30_00_for_19_of_31_days_goes_by_the_month_or_by_thirty_days(self) -> None:
        time = BilledTime(0, (PartMonth(19, 31),))
        thirty = tariff(monthly("30"), settings={"proration": "thirty_days"})

        # 30 x 19/31 = 18.387; 30 x 19/30 = 19.00
        assert cents(tariff(monthly("30")), time=time) == [1839]
        assert cents(thirty, time=time) == [1900]

    def test_a_rate_change_splits_900_kwh_into_360_and_540(self) -> None:
        assert split_by_days(quantity=Decimal(900), days=[12, 18]) == [Decimal(360), Decimal(540)]

    def test_a_yearly_charge_is_a_twelfth_a_month(self) -> None:
        assert cents(tariff({"kind": "fixed_yearly", "amount": "100"})) == [833]

    def test_a_billion_kwh_is_priced_exactly(self) -> None:
        assert total_of(
            price(
                tariff=tariff(per_kwh("0.123456")),
                use=BilledUse(Quantity(Decimal(10**9), Unit.KWH)),
                riders={},
            )
        ) == Money(12_345_600_000)


SEASONS = [{"code": "a", "from": "01-01", "to": "06-30"}]
NAME = {"en": "p", "es": "p"}
ALL_DAY = {"code": "p", "name": NAME, "when": [{"hours": ["00:00-12:00"]}]}


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("charge", "fields", "error"),
        [
            (blocks((None, "1"), (None, "2")), {}, TierEndMissing),
            (blocks(("10", "1")), {}, TiersHaveGap),
            (blocks(("10", "1"), ("5", "2"), (None, "3")), {}, TiersOverlap),
            (
                {**blocks((None, "1")), "tiers": [{"rate": 1, "upto": 5}, {"rate": 1, "from": 6}]},
                {},
                TiersHaveGap,
            ),
            (monthly("1"), {"seasons": SEASONS}, SeasonsHaveGap),
            (
                monthly("1"),
                {"seasons": [*SEASONS, {"code": "b", "from": "06-30", "to": "12-31"}]},
                SeasonsOverlap,
            ),
            (monthly("1"), {"periods": [ALL_DAY]}, PeriodsHaveGap),
            (
                monthly("1"),
                {"periods": [ALL_DAY, {"code": "q", "name": NAME, "when": [{"days": ["all"]}]}]},
                PeriodsOverlap,
            ),
            (per_kwh("1", seasons=["spring"]), {}, NameUnknown),
            (per_kwh("1", period="dawn"), {}, NameUnknown),
            (monthly("1"), {"holidays": ["pancake"]}, NameUnknown),
            ({**monthly("1"), "amout": "2"}, {}, FieldUnknown),
            (monthly("1"), {"setings": {}}, FieldUnknown),
            ({"kind": "time_of_use", "unit": "kWh", "rates": {}}, {}, TariffHasGap),
            (
                {"kind": "time_of_use", "unit": "kWh", "rates": {"p": "1"}},
                {"periods": [ALL_DAY, {"code": "q", "name": NAME}]},
                TariffHasGap,
            ),
        ],
    )
    def test_before_anybody_is_charged(
        self, charge: dict[str, Any], fields: dict[str, Any], error: type[Refused]
    ) -> None:
        with pytest.raises(error):
            tariff(charge, **fields)

    @pytest.mark.parametrize(
        ("charge", "fact"),
        [
            ({"kind": "demand", "rate": "1"}, "demand"),
            ({"kind": "demand", "rate": "1", "of": "coincident"}, "coincident demand"),
            ({"kind": "per_kva", "rate": "1"}, "kva"),
            ({"kind": "per_horsepower", "rate": "1"}, "horsepower"),
            ({"kind": "unmetered_light", "amount": "1"}, "lamps"),
            ({"kind": "winter_average", "unit": "kgal", "rate": "1"}, "winter_average"),
        ],
    )
    def test_when_a_fact_the_price_rests_on_is_missing(
        self, charge: dict[str, Any], fact: str
    ) -> None:
        with pytest.raises(FactMissing) as caught:
            cents(tariff(charge))

        assert caught.value.values["fact"] == fact
