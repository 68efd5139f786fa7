"""The weather in a home's use, where a period is heading, and why two periods differ."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.kernel.period import Period
from smarthub.usage.engine import (
    always_on,
    by_hour,
    by_weekday,
    explain_change,
    fit_model,
    fit_periods,
    normal_temperatures,
    project,
    shares_of,
)
from smarthub.usage.engine.projection import Ahead, Past
from smarthub.usage.types import ComparedPeriod, Floats, Method, WeatherModel

START = dt.date(2024, 1, 1)


def weather(days: int, seed: int = 1) -> Floats:
    """Return a year-like temperature with weather on it, 20 to 85 F."""
    dice = np.random.default_rng(seed)
    day = np.arange(days)
    noise = np.convolve(dice.normal(0, 6, days + 4), np.ones(5) / 2.2, "valid")
    return np.asarray(52 - 28 * np.cos(2 * np.pi * (day - 20) / 365.25) + noise)


def home(mean_f: Floats, seed: int = 2) -> Floats:
    """Return 12 kWh a day, 0.8 for each degree below 60, 1.5 for each above 70, and chance."""
    dice = np.random.default_rng(seed)
    heat, cool = np.maximum(60 - mean_f, 0), np.maximum(mean_f - 70, 0)
    return np.asarray(12 + 0.8 * heat + 1.5 * cool + dice.normal(0, 1.5, len(mean_f)))


class TestModel:
    def test_finds_what_a_home_was_made_of(self) -> None:
        mean_f = weather(730)

        model = fit_model(use=home(mean_f), mean_f=mean_f)

        assert model is not None
        assert model.base == pytest.approx(12, abs=1)
        assert model.heating == pytest.approx(0.8, abs=0.08)
        assert model.cooling == pytest.approx(1.5, abs=0.3)
        assert model.heat_below == pytest.approx(60, abs=3)

    def test_a_home_without_weather_has_neither_heating_nor_cooling(self) -> None:
        dice = np.random.default_rng(3)

        model = fit_model(use=dice.normal(10, 1, 400), mean_f=weather(400))

        assert model is not None
        assert (model.heating, model.cooling) == (0, 0)

    def test_too_few_days_give_no_model(self) -> None:
        mean_f = weather(80)

        assert fit_model(use=home(mean_f), mean_f=mean_f) is None

    def test_days_nobody_knows_do_not_count(self) -> None:
        mean_f = weather(400)
        use = home(mean_f)
        use[::7], mean_f[3::11] = np.nan, np.nan

        model = fit_model(use=use, mean_f=mean_f)

        assert model is not None
        assert model.heating == pytest.approx(0.8, abs=0.1)

    def test_shares_are_parts_of_one(self) -> None:
        model = WeatherModel(10, 1.0, 60, 2.0, 70, 365)
        mean_f = np.array([50.0, 65.0, 75.0])

        # base 30, heating 10 x 1, cooling 5 x 2: of 50 in all
        shares = shares_of(model=model, use=np.array([20.0, 10.0, 20.0]), mean_f=mean_f)

        assert shares is not None
        assert (shares.base, shares.heating, shares.cooling) == pytest.approx((0.6, 0.2, 0.2))

    def test_the_normal_of_a_known_day_is_told_without_it(self) -> None:
        days = [START + dt.timedelta(days=n) for n in range(730)]
        plain = weather(730)
        odd = plain.copy()
        odd[400:430] += 40  # a month like none before
        known = [(day, float(t)) for day, t in zip(days, plain, strict=True)]
        strange = [(day, float(t)) for day, t in zip(days, odd, strict=True)]

        usual = normal_temperatures(known=known, days=days)
        told = normal_temperatures(known=strange, days=days)

        assert usual is not None
        assert told is not None
        # its first twenty days are told by a fit that has none of them
        assert usual[400:420] == pytest.approx(told[400:420])

    def test_less_than_a_year_of_weather_tells_no_normal(self) -> None:
        known = [(START + dt.timedelta(days=n), 50.0) for n in range(200)]

        assert normal_temperatures(known=known, days=[START]) is None


def told(day: int, days: int = 30, *, with_weather: bool = True) -> tuple[Past, Ahead]:
    """Return two years of a home, and the period after them up to ``day``."""
    mean_f = weather(730 + days)
    use = home(mean_f)
    dates = [START + dt.timedelta(days=n) for n in range(730 + days)]
    known = [(d, float(t)) for d, t in zip(dates[: 730 + day], mean_f, strict=False)]
    normal = normal_temperatures(known=known, days=dates)
    assert normal is not None
    if not with_weather:
        normal = np.full(len(normal), np.nan)
    past = Past(use[:730], mean_f[:730], normal[:730])
    return past, Ahead(use[730 : 730 + day], mean_f[730 : 730 + day], normal[730 + day :])


def periods_of(use: Floats, mean_f: Floats, *lengths: int) -> list[ComparedPeriod]:
    """Return days as whole periods of these lengths, as a meter read between them has it."""
    found, at = [], 0
    for days in lengths:
        start = START + dt.timedelta(days=at)
        here = slice(at, at + days)
        quantity = round(Decimal(float(use[here].sum())), 3)
        means = tuple(round(Decimal(float(t)), 1) for t in mean_f[here])
        period = Period(start, start + dt.timedelta(days=days))
        found.append(ComparedPeriod(period, quantity, means))
        at += days
    return found


class TestModelOfPeriods:
    def test_finds_what_a_home_was_made_of(self) -> None:
        mean_f = weather(730)

        model = fit_periods(periods=periods_of(home(mean_f), mean_f, *[30] * 24))

        assert model is not None
        assert model.heating == pytest.approx(0.8, abs=0.08)
        assert model.cooling == pytest.approx(1.5, abs=0.6)
        assert model.days == 720

    def test_the_worked_example_has_0_55_kwh_a_degree_day(self) -> None:
        # nine periods of 30 even days: 14 kWh and 0.55 for each degree below 66
        means = np.repeat(np.array([40.0, 34, 28, 45, 52, 60, 70, 75, 64]), 30)
        use = 14 + 0.55 * np.maximum(66 - means, 0)

        model = fit_periods(periods=periods_of(use, means, *[30] * 9))

        assert model is not None
        assert model.heating == pytest.approx(0.55, abs=1e-6)
        assert model.heat_below == 66
        assert model.cooling == 0

    def test_eight_periods_are_too_few(self) -> None:
        mean_f = weather(730)

        assert fit_periods(periods=periods_of(home(mean_f), mean_f, *[30] * 8)) is None
        assert fit_periods(periods=periods_of(home(mean_f), mean_f, *[30] * 9)) is not None

    def test_a_period_without_its_temperatures_does_not_count(self) -> None:
        mean_f = weather(730)
        periods = periods_of(home(mean_f), mean_f, *[30] * 9)
        periods[3] = ComparedPeriod(periods[3].period, periods[3].quantity, None)

        assert fit_periods(periods=periods) is None

    def test_a_short_period_weighs_as_little_as_it_is_long(self) -> None:
        mean_f = weather(730)
        use = home(mean_f)
        use[300:303] += 60  # three odd days between two tenants' bills

        model = fit_periods(periods=periods_of(use, mean_f, *[30] * 10, 3, *[30] * 10))

        assert model is not None
        assert model.heating == pytest.approx(0.8, abs=0.12)

    def test_chance_is_seldom_taken_for_weather(self) -> None:
        mean_f = weather(730)
        taken = 0

        for seed in range(200):
            use = np.random.default_rng(seed).normal(20, 2, 24).repeat(30)
            model = fit_periods(periods=periods_of(use, mean_f[:720], *[30] * 12))
            assert model is not None
            taken += bool(model.heating or model.cooling)

        assert taken <= 8  # BIC, which days are judged by, takes it 19 times


class TestProjection:
    @pytest.mark.parametrize("day", [0, 1, 4])
    def test_says_nothing_before_day_five(self, day: int) -> None:
        past, ahead = told(day)

        assert project(past=past, ahead=ahead, days=30) is None

    @pytest.mark.parametrize("day", [5, 10, 20, 29])
    def test_is_a_range_around_what_is_likely(self, day: int) -> None:
        past, ahead = told(day)

        found = project(past=past, ahead=ahead, days=30)

        assert found is not None
        so_far = ahead.use.sum()
        assert so_far <= found.low <= found.likely <= found.high
        assert found.method is Method.DEGREE_DAYS

    def test_the_range_narrows_as_days_pass(self) -> None:
        widths = []
        for day in (5, 15, 25):
            past, ahead = told(day)
            found = project(past=past, ahead=ahead, days=30)
            assert found is not None
            widths.append(found.high - found.low)

        assert widths == sorted(widths, reverse=True)

    def test_without_weather_the_run_rate_stands_alone(self) -> None:
        past, ahead = told(10, with_weather=False)

        found = project(past=past, ahead=ahead, days=30)

        assert found is not None
        assert found.method is Method.RUN_RATE
        assert found.likely == pytest.approx(ahead.use.mean() * 30)

    def test_with_no_past_a_quarter_to_either_side_is_all_that_is_promised(self) -> None:
        nothing = np.zeros(0)
        ahead = Ahead(np.full(10, 20.0), np.full(10, np.nan), np.full(20, np.nan))

        found = project(past=Past(nothing, nothing, nothing), ahead=ahead, days=30)

        # 200 so far and 400 to come, which may be 300 or 500
        assert found is not None
        assert (found.low, found.likely, found.high) == pytest.approx((500, 600, 700))

    def test_a_period_that_is_over_is_known(self) -> None:
        past, ahead = told(30)

        found = project(past=past, ahead=ahead, days=30)

        assert found is not None
        assert (found.method, found.low) == (Method.KNOWN, found.high)

    def test_says_nothing_where_most_days_are_not_known(self) -> None:
        past, ahead = told(10)
        ahead.use[:6] = np.nan

        assert project(past=past, ahead=ahead, days=30) is None

    def test_a_load_of_the_calendar_and_not_of_the_weather_follows_its_run_rate(self) -> None:
        """A pump of 190 kWh a day from June to August: a warm May must not start it."""
        mean_f = weather(760 + 182)
        months = [(START + dt.timedelta(days=n)).month for n in range(len(mean_f))]
        use = np.where(np.isin(months, [6, 7, 8]), 190.0, 1.0)
        first = 366 + 181  # 1 July 2025
        dates = [START + dt.timedelta(days=n) for n in range(first + 31)]
        known = [(d, float(t)) for d, t in zip(dates[: first + 10], mean_f, strict=False)]
        normal = normal_temperatures(known=known, days=dates)
        assert normal is not None
        so_far = slice(first, first + 10)

        found = project(
            past=Past(use[:first], mean_f[:first], normal[:first]),
            ahead=Ahead(use[so_far], mean_f[so_far], normal[first + 10 :]),
            days=31,
        )

        assert found is not None
        assert found.likely == pytest.approx(190 * 31, rel=0.03)

    def test_weather_without_a_normal_past_leaves_the_run_rate_alone(self) -> None:
        past, ahead = told(10)
        unknown = past._replace(normal_f=np.full(730, np.nan))

        found = project(past=unknown, ahead=ahead, days=30)

        assert found is not None
        assert found.method is Method.RUN_RATE
        assert found.likely == pytest.approx(ahead.use.mean() * 30)

    def test_a_perfect_forecast_beats_the_normal(self) -> None:
        mean_f = weather(760)
        use = home(mean_f)
        actual = use[730:].sum()
        past, ahead = told(5)
        knowing = Ahead(ahead.use, ahead.mean_f, mean_f[735:])

        usual = project(past=past, ahead=ahead, days=30)
        known = project(past=past, ahead=knowing, days=30)

        assert usual is not None
        assert known is not None
        assert abs(known.likely - actual) < abs(usual.likely - actual)


def period(start: str, days: int) -> Period:
    first = dt.date.fromisoformat(start)
    return Period(first, first + dt.timedelta(days=days))


class TestChange:
    def test_the_reference_vector_in_kwh(self) -> None:
        # domain rules 4: 930 kWh, 30 days, 780 degree days; 1260, 33 days, 1122; 0.55 each
        model = WeatherModel(10, 0.55, 65, 0, 1000, 365)
        before = ComparedPeriod(period("2026-01-01", 30), Decimal(930), (Decimal(39),) * 30)
        now = ComparedPeriod(period("2026-01-31", 33), Decimal(1260), (Decimal(31),) * 33)

        change = explain_change(before=before, now=now, model=model)

        # days 930 x 33/30 - 930; weather 0.55 x (1122 - 780 x 1.1) = 145.2; and the rest
        assert (change.days, change.heating, change.cooling) == (
            Decimal("93.0"),
            Decimal("145.2"),
            Decimal("0.0"),
        )
        assert change.other == Decimal("91.8")

    def test_without_a_model_the_weather_is_part_of_other_use(self) -> None:
        before = ComparedPeriod(period("2026-01-01", 30), Decimal(900), None)
        now = ComparedPeriod(period("2026-01-31", 30), Decimal(1000), None)

        change = explain_change(before=before, now=now, model=None)

        assert (change.days, change.heating, change.other) == (Decimal(0), None, Decimal(100))

    @settings(max_examples=50)
    @given(
        quantities=st.tuples(*[st.decimals(0, 5000, places=3)] * 2),
        lengths=st.tuples(*[st.integers(1, 40)] * 2),
        temperatures=st.tuples(*[st.integers(-10, 100)] * 2),
    )
    def test_the_parts_add_up_exactly(
        self,
        quantities: tuple[Decimal, Decimal],
        lengths: tuple[int, int],
        temperatures: tuple[int, int],
    ) -> None:
        model = WeatherModel(10, 0.5531, 61, 1.2187, 72, 365)
        before, now = (
            ComparedPeriod(period(start, days), quantity, (Decimal(mean),) * days)
            for start, days, quantity, mean in zip(
                ("2025-01-01", "2026-01-01"), lengths, quantities, temperatures, strict=True
            )
        )

        change = explain_change(before=before, now=now, model=model)

        parts = [change.days, change.heating, change.cooling, change.other]
        assert sum(part for part in parts if part is not None) == change.whole


class TestPatterns:
    def test_averages_by_the_hour_of_the_clock(self) -> None:
        use = np.array([1.0, 2.0, 3.0, np.nan])
        hour = np.array([0, 1, 0, 1])

        found = by_hour(use=use, hour=hour, chosen=np.ones(4, bool))

        assert found[:2].tolist() == [2.0, 2.0]
        assert np.isnan(found[2])

    def test_averages_by_weekday(self) -> None:
        found = by_weekday(use=np.array([10.0, 20.0]), weekday=np.array([0, 0]))

        assert found[0] == 15

    def test_what_is_always_on_is_what_the_quiet_nights_use(self) -> None:
        use = np.concatenate([np.full(60, 0.3), np.full(40, 2.0)])
        hour = np.concatenate([np.full(60, 3), np.full(40, 14)])

        assert always_on(use=use, hour=hour) == pytest.approx(0.3)
        assert always_on(use=use[:40], hour=hour[:40]) is None
