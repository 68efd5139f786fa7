"""The batch equals pricing singly, line by line and to the cent, whatever the tariff's shape."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.jobs.bench.rating import agreement
from smarthub.jobs.bench.rating.agreement import draw_case, priced_singly, priced_together
from smarthub.jobs.bench.rating.drawing import EVERY_SHAPE
from smarthub.jobs.bench.rating.speed import RATE_BOOK
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import determinants_of, price
from smarthub.rating.engine.batch import (
    Services,
    measured_from_determinants,
    measured_from_intervals,
    measured_from_registers,
    price_batch,
)
from smarthub.rating.types import (
    BilledUse,
    Contract,
    FactMissing,
    History,
    Load,
    RatePart,
    RiderRateMissing,
    Tariff,
)
from smarthub.rating.types.kinds import KINDS
from smarthub.rating.types.tariff import NETTINGS, SETTINGS
from tests.rating.rate_book import E_R1

ZONE = ZoneInfo("America/Chicago")
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
R1 = Tariff.from_json(E_R1)
WPCA = {"WPCA": Decimal("0.00375")}


def from_book(stem: str) -> Tariff:
    return Tariff.from_json(yaml.safe_load((RATE_BOOK / f"{stem}.yaml").read_text()))


def registers(*kwh: str) -> Services:
    uses = [Decimal(each) for each in kwh]
    measured = measured_from_registers(tariff=R1, quantities=uses, period=NOVEMBER)
    return Services(len(uses), NOVEMBER, measured=measured)


class TestDrawnTariffs:
    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10**9))
    def test_are_priced_by_the_batch_as_they_are_singly(self, seed: int) -> None:
        case = draw_case(Random(seed))  # noqa: S311 (no secret)

        assert priced_together(case) == priced_singly(case)

    def test_have_every_kind_of_charge_and_every_setting(self) -> None:
        seasons = {value.replace("_", " ") for value in SETTINGS["season_by"]}
        nettings = {f"netting by {kind}" for kind in NETTINGS if kind != "none"}
        blocks = {f"time of use in blocks, {how}" for how in SETTINGS["block_counting"]}
        parts = {f"part of a month, {how}" for how in SETTINGS["proration"]}

        expected = {*KINDS, *nettings, *blocks, *parts, *(f"season by {by}" for by in seasons)}
        assert expected <= EVERY_SHAPE

    def test_are_told_as_different_when_one_of_the_two_prices_wrongly(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dear(*, tariff: Tariff, services: Services, riders: object) -> object:
            rates = {"BILLED": Decimal(1), "USED": Decimal(1), "FLAT": Decimal(9)}
            return price_batch(
                tariff=tariff, services=services, riders={**rates, "PERCENT": Decimal(3)}
            )

        monkeypatch.setattr(agreement, "price_batch", dear)

        assert agreement.compare(cases=8, seed=0).faults


class TestPriceBatch:
    def test_gives_the_reference_bills_of_r1(self) -> None:
        batch = price_batch(tariff=R1, services=registers("812", "0", "1046"), riders=WPCA)

        # 812: domain rules 9.2, first row; 1,046 x .00375 = 3.92 instead of 7.43: 168.70
        assert batch.cents.tolist() == [13946, 3800, 16870]
        assert [line.code for line in batch.lines_of(1)] == ["facility", "member"]

    def test_is_exact_for_a_billion_kwh(self) -> None:
        batch = price_batch(tariff=R1, services=registers("1000000000", "1"), riders=WPCA)

        # 38.00 + 41,000,000 + 77,000,000 + 3,750,000, and 0.0032 x 10^9 = 3,200,000
        assert batch.cents[0] == 12_495_003_800
        assert batch.lines_of(0) == price(
            tariff=R1, use=BilledUse(Quantity(Decimal(10**9), Unit.KWH)), riders=WPCA
        )

    def test_gives_bill_lines_in_the_order_of_services_and_of_the_bill(self) -> None:
        batch = price_batch(tariff=R1, services=registers("812", "0"), riders=WPCA)

        first, second = ([(line.code, line.amount.cents) for line in lines]
                         for lines in batch.bill_lines())  # fmt: skip
        assert first[:3] == [("facility", 3300), ("member", 500), ("distribution", 3329)]
        assert second == [("facility", 3300), ("member", 500)]

    def test_refuses_one_service_without_its_fact_and_bills_the_others(self) -> None:
        lgs = from_book("E-LGS-2026-03")
        load = Load(
            dt.datetime(2026, 11, 1, 5, tzinfo=dt.UTC),
            3600,
            (Decimal(2),) * 721,
            (Decimal(0),) * 721,
        )
        made = determinants_of(tariff=lgs, load=load, period=NOVEMBER, zone=ZONE)
        known, unknown = Contract(power_factor=Decimal("0.95")), Contract()
        services = Services(
            2,
            NOVEMBER,
            measured=measured_from_determinants(determinants=[made, made]),
            contracts=[unknown, known],
            histories=[History(), History()],
        )

        batch = price_batch(tariff=lgs, services=services, riders=WPCA)

        assert isinstance(batch.refused[0], FactMissing)
        assert batch.lines_of(0) == ()
        assert [bool(lines) for lines in batch.bill_lines()] == [False, True]

    def test_refuses_only_who_has_use_when_a_rider_has_no_rate(self) -> None:
        batch = price_batch(tariff=R1, services=registers("0", "1"), riders={})

        assert isinstance(batch.refused[1], RiderRateMissing)
        assert batch.cents.tolist() == [3800, 0]

    def test_refuses_a_rider_larger_than_the_bill_and_no_other(self) -> None:
        services = registers("10", "1000")

        batch = price_batch(tariff=R1, services=services, riders={"WPCA": Decimal("-0.9")})

        # 38.00 + 1.18 - 9.00 is a bill; 38.00 + 118.00 - 900.00 is none
        assert [error.code for error in batch.refused.values()] == ["price_below_zero"]
        assert list(batch.refused) == [1]

    def test_splits_a_rider_by_use_date_as_it_does_singly(self) -> None:
        parts = {"WPCA": [RatePart(12, Decimal("0.003")), RatePart(18, Decimal("0.005"))]}

        batch = price_batch(tariff=R1, services=registers("900"), riders=parts)

        # 900 kWh, 12 of 30 days: 360 x .003 = 1.08, 540 x .005 = 2.70 (rule 31)
        (lines,) = batch.bill_lines()
        shares = [(line.quantity, line.amount.cents) for line in lines if line.code == "wpca"]
        assert shares == [(Decimal(360), 108), (Decimal(540), 270)]

    def test_prices_what_nobody_meters(self) -> None:
        light = from_book("E-AL-2026-03")
        services = Services(2, NOVEMBER, contracts=[Contract(lamps=1), Contract(lamps=3)])

        batch = price_batch(tariff=light, services=services, riders=WPCA)

        # 9.25 + 16 x .00375 = .06; 27.75 + 48 x .00375 = .18
        assert batch.cents.tolist() == [931, 2793]

    def test_needs_a_meter_where_the_tariff_does(self) -> None:
        with pytest.raises(ValueError, match="cannot price"):
            price_batch(tariff=R1, services=Services(1, NOVEMBER), riders=WPCA)


class TestMeasured:
    def test_a_month_with_a_25_hour_day_has_721_hours(self) -> None:
        with pytest.raises(ValueError, match="721"):
            measured_from_intervals(
                tariff=R1,
                delivered=np.ones((1, 720), np.int64),
                received=None,
                step_seconds=3600,
                places=3,
                period=NOVEMBER,
                zone=ZONE,
            )

    def test_energy_that_is_missing_is_refused(self) -> None:
        energy = np.ones((1, 721), np.int64)
        energy[0, 5] = -1

        with pytest.raises(ValueError, match="missing"):
            measured_from_intervals(
                tariff=R1,
                delivered=energy,
                received=None,
                step_seconds=3600,
                places=3,
                period=NOVEMBER,
                zone=ZONE,
            )

    def test_registers_cannot_tell_time_of_use(self) -> None:
        with pytest.raises(FactMissing):
            measured_from_registers(
                tariff=from_book("E-R2-2026-03"), quantities=[Decimal(5)], period=NOVEMBER
            )

    def test_columns_are_made_of_determinants_of_the_same_period_only(self) -> None:
        load = Load(
            dt.datetime(2026, 11, 1, 5, tzinfo=dt.UTC),
            3600,
            (Decimal(1),) * 721,
            (Decimal(0),) * 721,
        )
        one = determinants_of(tariff=R1, load=load, period=NOVEMBER, zone=ZONE)
        day = Period(dt.date(2026, 11, 2), dt.date(2026, 11, 3))
        other = determinants_of(tariff=R1, load=load, period=day, zone=ZONE)

        with pytest.raises(ValueError, match="columns"):
            measured_from_determinants(determinants=[one, other])
