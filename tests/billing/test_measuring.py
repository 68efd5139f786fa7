"""Measuring many places at once against the plain path of the rate engine, step by step."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.billing.engine.measuring import Taken, measure
from smarthub.billing.engine.metered import fill_gaps
from smarthub.billing.engine.pricing import FEW, ToPrice, price_all, price_one
from smarthub.jobs.demo.rate_book import RATE_BOOK
from smarthub.kernel.period import Period, day_bounds
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.metering.types import MISSING
from smarthub.rating.engine import determinants_of
from smarthub.rating.types import (
    BilledUse,
    Determinants,
    Load,
    PriceBelowZero,
    PublishedTariff,
    Tariff,
)

ZONE = ZoneInfo("America/Chicago")
PERIODS = [
    Period(dt.date(2026, 2, 24), dt.date(2026, 3, 24)),  # loses an hour
    Period(dt.date(2026, 10, 24), dt.date(2026, 11, 24)),  # gains one
    Period(dt.date(2026, 5, 24), dt.date(2026, 6, 24)),  # another season on 1 June
]
TARIFFS = ["E-R2", "E-R3", "E-LGS", "E-NM", "E-NB"]


def tariff(code: str, **changes: object) -> Tariff:
    (path,) = RATE_BOOK.glob(f"{code}-2026-03.yaml")
    definition = yaml.safe_load(path.read_text())
    definition["effective_from"] = str(definition["effective_from"])
    return Tariff.from_json({**definition, **changes})


def steps_of(period: Period, step: int) -> int:
    begin, end = day_bounds(period.start, ZONE)[0], day_bounds(period.last_day, ZONE)[1]
    return int((end - begin).total_seconds()) // step


def plain(held: Tariff, period: Period, taken: Taken) -> Determinants:
    received = np.zeros_like(taken.delivered) if taken.received is None else taken.received
    kwh = [
        tuple(Decimal(int(value)).scaleb(-3) for value in values)
        for values in (taken.delivered, received)
    ]
    load = Load(day_bounds(period.start, ZONE)[0], taken.step_seconds, *kwh)
    return determinants_of(tariff=held, load=load, period=period, zone=ZONE)


class TestMeasure:
    @settings(max_examples=12, deadline=None)
    @given(
        code=st.sampled_from(TARIFFS),
        period=st.sampled_from(PERIODS),
        step=st.sampled_from([900, 1800, 3600]),
        netting=st.sampled_from([None, {"kind": "hour"}, {"kind": "month"}]),
        seed=st.integers(0, 2**32 - 1),
    )
    def test_is_what_the_plain_path_says_for_every_place(
        self, code: str, period: Period, step: int, netting: object, seed: int
    ) -> None:
        held = tariff(code, **({"netting": netting} if netting else {}))
        dice = np.random.default_rng(seed)
        size = steps_of(period, step)
        places = [
            Taken(step, -3, dice.integers(0, 9_000, size), dice.integers(0, 3_000, size)),
            Taken(step, -3, dice.integers(0, 9_000, size)),
        ]

        measured = measure(tariff=held, period=period, zone=ZONE, taken=places).singly

        for found, place in zip(measured, places, strict=True):
            expected = plain(held, period, place)
            assert found.delivered == expected.delivered
            assert found.received == expected.received
            assert list(found.delivered) == list(expected.delivered)  # lines in the same order
            assert (found.peaks, found.days) == (expected.peaks, expected.days)


class TestGaps:
    def test_are_filled_so_that_steps_make_up_what_the_register_counted(self) -> None:
        values = np.array([1_000, MISSING, 2_000, MISSING, MISSING])

        filled = fill_gaps(values, counted=Decimal(5), exponent=-3, day_steps=5)

        # 5.000 - 3.000 = 2.000 over three gaps: 667, 667 and 666
        assert filled.tolist() == [1_000, 667, 2_000, 667, 666]

    def test_are_nothing_where_the_register_counted_less(self) -> None:
        values = np.array([1_000, MISSING])

        assert fill_gaps(values, counted=Decimal(0), exponent=-3, day_steps=2).tolist() == [
            1_000,
            0,
        ]

    def test_without_a_register_get_what_is_usual_at_their_time_of_day(self) -> None:
        # two days of three steps: the second step of day two is missing, day one had 500
        values = np.array([100, 500, 300, 200, MISSING, 400])

        filled = fill_gaps(values, counted=None, exponent=-3, day_steps=3)

        assert filled.tolist() == [100, 500, 300, 200, 500, 400]

    @pytest.mark.parametrize("counted", [None, Decimal("12.345")])
    def test_never_change_what_arrived(self, counted: Decimal | None) -> None:
        dice = np.random.default_rng(7)
        values = dice.integers(0, 2_000, 48)
        values[dice.integers(0, 48, 9)] = MISSING

        filled = fill_gaps(values, counted=counted, exponent=-3, day_steps=24)

        known = values != MISSING
        assert (filled[known] == values[known]).all()
        assert (filled >= 0).all()


class TestPricingManyTogether:
    def test_gives_what_pricing_one_by_one_gives_whoever_is_refused(self) -> None:
        held = PublishedTariff(1, tariff("E-R1"))
        month = PERIODS[2]
        uses = [Decimal(20 * n) for n in range(FEW + 4)]  # 0 to 220 kWh
        items = [
            ToPrice(
                held,
                BilledUse(quantity=Quantity(use, Unit.KWH), period=month),
                {"WPCA": Decimal("-0.4")},
            )
            for use in uses
        ]

        together = price_all(items=items)

        refused = 0
        for item, answer in zip(items, together, strict=True):
            try:
                alone = price_one(item=item)
            except PriceBelowZero:
                refused += 1
                assert isinstance(answer, PriceBelowZero)
            else:
                assert answer == alone
        # .4 less .118 a kWh uses up 38.00 at 134.8 kWh: 140, 160, 180, 200 and 220 are refused
        assert refused == 5
