"""Why a bill differs: the worked example, and steps that add up whatever the two bills are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.billing.engine.differences import (
    Billed,
    Step,
    split_change,
    total_of_parts,
)
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price
from smarthub.rating.types import BilledTime, BilledUse, PartMonth, Tariff
from tests.rating.test_explaining import FACTS, PAST, RIDERS, TARIFFS, measured
from tests.rating.test_worked_examples import monthly, per_kwh, tariff

SUMMER = Period(dt.date(2026, 5, 5), dt.date(2026, 6, 4))
LATER = Period(dt.date(2026, 6, 4), dt.date(2026, 7, 7))


def residential(fixed: str, energy: str) -> Tariff:
    """Return the tariff of the worked example: fixed, member, energy, rider, lesser-of tax."""
    return tariff(
        monthly(fixed),
        monthly("5"),
        per_kwh(energy),
        {"kind": "rider", "unit": "kWh", "rider": "WPCA"},
        {"kind": "lesser_of_tax", "unit": "kWh", "rate": "0.0032", "percent": "5"},
    )


def billed(of: Tariff, riders: dict[str, Any], **use: Any) -> Billed:
    held = BilledUse(**use)
    return Billed(of, held, riders, price(tariff=of, use=held, riders=riders))


def kwh(value: str, period: Period, of: Tariff, rider: str, **more: Any) -> Billed:
    quantity = Quantity(Decimal(value), Unit.KWH)
    return billed(of, {"WPCA": Decimal(rider)}, quantity=quantity, period=period, **more)


OLD, NEW = residential("30.00", "0.1120"), residential("33.00", "0.1180")
BEFORE = kwh("930", SUMMER, OLD, "0.00375")
NOW = kwh("1260", LATER, NEW, "0.00710")
WEATHER = Decimal("0.55") * (1122 - 780 * Decimal(33) / 30)


def cents(steps: tuple[Step, ...]) -> dict[str, int]:
    return {step.why.value: step.amount.cents for step in steps}


class TestWorkedExample:
    def test_145_63_and_199_66_differ_by_days_weather_use_rate_and_rider(self) -> None:
        steps = split_change(before=[BEFORE], now=[NOW], weather=WEATHER)

        # 30 + 5 + 104.16 + 3.49 + 2.98 = 145.63; 33 + 5 + 148.68 + 8.95 + 4.03 = 199.66
        assert total_of_parts([BEFORE]) == Money(14563)
        assert total_of_parts([NOW]) == Money(19966)
        # 0.55 x (1122 - 780 x 33 / 30) = 145.2 kWh
        assert Decimal("145.2") == WEATHER
        assert cents(steps) == {
            "days": 1106,
            "weather": 1727,
            "use": 1092,
            "rate": 1056,
            "riders": 422,
        }

    def test_without_weather_its_part_is_other_use(self) -> None:
        steps = split_change(before=[BEFORE], now=[NOW])

        # 17.27 + 10.92
        assert cents(steps)["use"] == 2819
        assert "weather" not in cents(steps)

    def test_two_equal_bills_have_no_reasons(self) -> None:
        assert split_change(before=[BEFORE], now=[BEFORE]) == ()

    def test_a_month_moved_into_is_days(self) -> None:
        short = Period(dt.date(2026, 5, 15), dt.date(2026, 6, 4))
        first = kwh("600", short, OLD, "0", time=BilledTime(0, (PartMonth(20, 30),)))
        second = kwh("990", LATER, OLD, "0")

        steps = split_change(before=[first], now=[second])

        # 600 x 33 / 20 = 990: all of it is days, and a third of 30 + 5: 10.00 + 1.67, 43.68, 1.25
        assert cents(steps) == {"days": 1000 + 167 + 4368 + 125}

    def test_a_price_that_changed_inside_a_bill_is_rate(self) -> None:
        # 900 kWh in 30 days, 12 of them at the old price: 360 and 540
        first = kwh("360", SUMMER, OLD, "0", time=BilledTime(0, (PartMonth(12, 30),)))
        second = kwh("540", SUMMER, NEW, "0", time=BilledTime(0, (PartMonth(18, 30),)))
        whole = kwh("900", SUMMER, NEW, "0")

        steps = split_change(before=[first, second], now=[whole])

        # 360 x .006 = 2.16, 12/30 of 3.00 = 1.20
        assert set(cents(steps)) == {"rate"}
        assert abs(cents(steps)["rate"] - 336) <= 1


PERIODS = st.sampled_from([SUMMER, LATER, Period(dt.date(2026, 10, 20), dt.date(2026, 11, 12))])
WEATHERS = st.none() | st.decimals("-3000", "3000", places=1)
SOME = st.decimals("0", "5000", places=3)


@st.composite
def bills(draw: Any) -> Billed:
    kind, period = draw(st.sampled_from(sorted(TARIFFS))), draw(PERIODS)
    of = TARIFFS[kind]
    use = {
        "period": period,
        "contract": FACTS,
        "history": PAST,
        "determinants": measured(draw(SOME), draw(SOME), draw(SOME), of),
        "time": draw(st.sampled_from([BilledTime(), BilledTime(0, (PartMonth(11, 30),))])),
    }
    return billed(of, RIDERS, **use)


class TestAnyTwoBills:
    @settings(max_examples=300)
    @given(before=bills(), now=bills(), weather=WEATHERS)
    def test_add_up_to_the_cent(self, before: Billed, now: Billed, weather: Decimal | None) -> None:
        steps = split_change(before=[before], now=[now], weather=weather)

        difference = total_of_parts([now]) - total_of_parts([before])
        assert Money.sum(step.amount for step in steps) == difference
