"""What each interval cost: worked by hand, and adding up to the bill whatever the tariff."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.kernel.money import Money
from smarthub.kernel.period import Period, day_seconds
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price
from smarthub.rating.engine.steps import PER_CENT, Spread, spread_lines, steps_of
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Bucket,
    Determinants,
    PartMonth,
    Run,
    Tariff,
)
from tests.rating.rate_book import E_R1

CHICAGO = ZoneInfo("America/Chicago")
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
RIDERS = {"WPCA": Decimal("0.00375")}


def charge(kind: str, code: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "code": code, "name": {"en": code, "es": code}, **fields}


def tariff(*charges: dict[str, Any], **fields: Any) -> Tariff:
    whole = {
        "code": "T",
        "service": "electric",
        "name": {"en": "T", "es": "T"},
        "effective_from": "2026-01-01",
        "charges": list(charges),
    }
    return Tariff.from_json({**whole, **fields})


PERIODS = [
    {"code": "on", "name": {"en": "on", "es": "on"}, "when": [{"hours": ["14:00-18:00"]}]},
    {"code": "off", "name": {"en": "off", "es": "off"}},
]
TIME_OF_USE = tariff(
    charge("fixed_monthly", "facility", amount="33.00"),
    charge("time_of_use", "energy", unit="kWh", rates={"on": "0.20", "off": "0.10"}),
    charge("rider", "wpca", unit="kWh", rider="WPCA"),
    charge("percent_tax", "tax", percent="5"),
    periods=PERIODS,
)
BLOCKS = tariff(
    charge("fixed_monthly", "facility", amount="33.00"),
    charge(
        "blocks",
        "energy",
        unit="kWh",
        tiers=[{"upto": "600", "rate": "0.1180"}, {"rate": "0.0790"}],
    ),
)


def spread(made: Tariff, delivered: list[int], *, period: Period, step: int = 3600) -> Spread:
    """Price a period of Wh and spread the lines over it."""
    array = np.array(delivered, np.int64)
    steps = steps_of(tariff=made, period=period, zone=CHICAGO, step_seconds=step, delivered=array)
    runs = tuple(
        Run(steps.buckets[b], Decimal(int(wh)).scaleb(-3), Decimal(0))
        for wh, b in zip(array, steps.bucket, strict=True)
    )
    use = BilledUse(
        period=period,
        time=BilledTime(0, (PartMonth(period.days, 30),)),
        determinants=Determinants(
            runs, dict.fromkeys({b.season for b in steps.buckets}, period.days)
        ),
    )
    lines = price(tariff=made, use=use, riders=RIDERS)
    return spread_lines(tariff=made, lines=lines, steps=steps, counted=int(array.sum()))


def hours_of(period: Period) -> int:
    return sum(day_seconds(day, CHICAGO) // 3600 for day in period)


class TestWorkedByHand:
    def test_each_hour_bears_the_price_of_its_time_of_use_period(self) -> None:
        day = Period(dt.date(2026, 11, 10), dt.date(2026, 11, 11))

        found = spread(TIME_OF_USE, [1000] * 24, period=day)

        # 2 p.m.: 0.20 + 0.00375 and 5 % on both, 0.2139375; 1 p.m.: 0.10375 x 1.05 = 0.1089375
        assert found.steps[14] == pytest.approx(21394, abs=1)
        assert found.steps[13] == pytest.approx(10894, abs=1)

    def test_fixed_charges_stand_apart_by_the_day(self) -> None:
        found = spread(TIME_OF_USE, [1000] * hours_of(NOVEMBER), period=NOVEMBER)

        # 33.00 over 30 days is 1.10, and 5 % tax on it
        assert set(found.days.tolist()) <= {115499, 115500, 115501}
        assert int(found.days.sum()) == pytest.approx(33 * 105_000, abs=30)

    def test_a_block_is_borne_by_every_kwh_alike(self) -> None:
        # 720 hours of 1 kWh; the day the clock goes back has 25, so 721 kWh
        found = spread(BLOCKS, [1000] * hours_of(NOVEMBER), period=NOVEMBER)

        # 600 x 0.1180 + 121 x 0.0790 = 80.359 over 721 kWh: 0.1114549 each
        assert found.has_blocks
        assert found.steps.tolist() == pytest.approx([11145] * 721, abs=1)

    def test_the_hour_that_comes_twice_is_priced_twice(self) -> None:
        day = Period(dt.date(2026, 11, 1), dt.date(2026, 11, 2))

        found = spread(TIME_OF_USE, [1000] * 25, period=day)

        # 2 p.m. is the sixteenth hour of that day, not the fifteenth
        assert found.steps[15] == pytest.approx(21394, abs=1)
        assert found.steps[14] == pytest.approx(10894, abs=1)

    def test_use_the_steps_do_not_hold_stays_with_the_rest(self) -> None:
        made = tariff(charge("per_unit", "energy", unit="kWh", rate="0.10"))
        use = BilledUse(quantity=Quantity(Decimal(10), Unit.KWH))
        lines = price(tariff=made, use=use, riders={})
        day = Period(dt.date(2026, 11, 10), dt.date(2026, 11, 11))
        steps = steps_of(
            tariff=made,
            period=day,
            zone=CHICAGO,
            step_seconds=86_400,
            delivered=np.array([9_000]),
        )

        found = spread_lines(tariff=made, lines=lines, steps=steps, counted=10_000)

        # the register counted 10 kWh, $1.00; the intervals hold 9, $0.90
        assert (found.steps.tolist(), found.rest) == ([90_000], 10_000)

    def test_days_cannot_bear_prices_by_the_hour(self) -> None:
        day = Period(dt.date(2026, 11, 10), dt.date(2026, 11, 11))

        with pytest.raises(ValueError, match="prices hours"):
            steps_of(
                tariff=TIME_OF_USE,
                period=day,
                zone=CHICAGO,
                step_seconds=86_400,
                delivered=np.array([1]),
            )

    def test_steps_must_fill_the_days(self) -> None:
        with pytest.raises(ValueError, match="do not fill"):
            steps_of(
                tariff=BLOCKS,
                period=NOVEMBER,
                zone=CHICAGO,
                step_seconds=3600,
                delivered=np.zeros(720, np.int64),
            )

    def test_a_season_is_each_days_own(self) -> None:
        seasons = [
            {"code": "warm", "from": "05-01", "to": "10-31"},
            {"code": "cold", "from": "11-01", "to": "04-30"},
        ]
        made = tariff(
            charge("per_unit", "w", unit="kWh", rate="0.10", seasons=["warm"]),
            charge("per_unit", "c", unit="kWh", rate="0.30", seasons=["cold"]),
            seasons=seasons,
        )
        turn = Period(dt.date(2026, 10, 31), dt.date(2026, 11, 2))

        found = spread(made, [1000] * 49, period=turn)

        assert found.steps[:24].tolist() == [10_000] * 24
        assert found.steps[24:].tolist() == [30_000] * 25


TARIFFS = [Tariff.from_json(E_R1), TIME_OF_USE, BLOCKS]


class TestAddsUp:
    @settings(max_examples=40, deadline=None)
    @given(
        made=st.sampled_from(TARIFFS),
        day=st.dates(dt.date(2026, 1, 1), dt.date(2027, 3, 1)),
        days=st.integers(1, 4),
        seed=st.integers(0, 2**20),
    )
    def test_steps_days_and_rounding_are_the_bill(
        self, made: Tariff, day: dt.date, days: int, seed: int
    ) -> None:
        period = Period(day, day + dt.timedelta(days=days))
        dice = np.random.default_rng(seed)
        delivered = dice.integers(0, 5000, hours_of(period)).tolist()

        found = spread(made, delivered, period=period)

        told = int(found.steps.sum()) + int(found.days.sum()) + found.rest
        assert Money(told // PER_CENT) == found.total
        # what is left over is only rounding: less than a cent a line
        assert abs(found.rest) <= PER_CENT * len(made.charges)

    def test_amounts_beyond_64_bits_add_up_too(self) -> None:
        made = tariff(charge("per_unit", "energy", unit="kWh", rate="100"))
        day = Period(dt.date(2026, 11, 10), dt.date(2026, 11, 11))

        found = spread(made, [10**12] * 24, period=day)

        # 24 x 10^9 kWh at $100
        assert int(found.steps.sum()) == 24 * 10**9 * 100 * 100_000

    def test_a_bucket_is_known_by_season_and_period(self) -> None:
        day = Period(dt.date(2026, 11, 10), dt.date(2026, 11, 11))

        steps = steps_of(
            tariff=TIME_OF_USE,
            period=day,
            zone=CHICAGO,
            step_seconds=900,
            delivered=np.ones(96, np.int64),
        )

        assert steps.buckets == (Bucket("all_year", "off"), Bucket("all_year", "on"))
        assert int((steps.bucket == 1).sum()) == 16
