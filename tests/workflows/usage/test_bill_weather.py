"""What the weather did to services whose meters are read once a month, over every pair of bills.

Fourteen months of a home whose use is made of a base and a share for each degree below 60: the
pages must find that share again, say nothing where they cannot, and add up to the cent always.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from math import cos, pi

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.accounts.queries import get_account_for_staff
from smarthub.accounts.types import VisibleAccount
from smarthub.billing.engine.differences import Why, split_change, total_of_parts
from smarthub.billing.queries import WholeBill, get_whole_bills, list_bills
from smarthub.billing.queries.priced import MeteredPeriod
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.metering.models import StationDay
from smarthub.workflows.bills.bill_changes import (
    BillChange,
    ServiceChange,
    change_of,
    get_bill_changes,
    weather_of,
)
from smarthub.workflows.usage.bill_weather import HomeWeather, Told, model_by_periods
from tests.billing.test_differences import NEW, OLD, kwh
from tests.billing.village import read, reads_file, settle_cast
from tests.cast import CAST, OPENED, Cast
from tests.metering.yard import CHICAGO
from tests.workflows.closing import close
from tests.worlds import Atlas, World

STATION = "KTEST"
BILL_DAYS = [dt.date(2024 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(1, 15)]
"""The first of each month from November 2024 to December 2025."""
TODAY = dt.date(2025, 12, 5)


@dataclass(frozen=True)
class Register:
    """A register that counts a base a day and so much for each degree below 60, in whole units."""

    serial: str
    base: Decimal
    a_degree: Decimal
    dials: int = 6

    def between(self, period: Period) -> Decimal:
        return round(sum(self.base + self.a_degree * below(day) for day in period))  # type: ignore[return-value]


REGISTERS = (
    Register("PR00000001", Decimal(14), Decimal("0.55")),  # Maria's electric
    Register("PR00000002", Decimal("0.4"), Decimal("0.12"), dials=5),  # and her gas
    Register("PR00000003", Decimal(20), Decimal(0)),  # 1002: no weather in it
)


def mean_f(day: dt.date) -> Decimal:
    """Return a temperature with a year in it and a week: 22 to 78 degrees."""
    turn = day.timetuple().tm_yday
    wave = 50 - 25 * cos(2 * pi * (turn - 20) / 365.25) + 3 * cos(2 * pi * turn / 7)
    return round(Decimal(wave), 1)


def below(day: dt.date) -> Decimal:
    return max(Decimal(60) - mean_f(day), Decimal(0))


def bill_a_year(cast: Cast) -> Cast:
    """Read every register on the 1st of fourteen months, and bill each of them."""
    settle_cast(cast)
    measure(Period(OPENED, TODAY))
    for register in REGISTERS:
        shown = Decimal(100)
        read(register.serial, OPENED, str(shown))
        for start, end in pairwise([OPENED, *BILL_DAYS]):
            shown += register.between(Period(start, end))
            read(register.serial, end, str(shown))
    for day in BILL_DAYS:
        close(day)
    return cast


def measure(days: Iterable[dt.date]) -> None:
    StationDay.objects.bulk_create(
        StationDay(
            station=STATION,
            day=day,
            mean_f=mean_f(day),
            low_f=mean_f(day) - 8,
            high_f=mean_f(day) + 8,
            file=reads_file(),
        )
        for day in days
    )


YEAR_OF_READS = World("a year of monthly reads", bill_a_year, on=CAST)


@pytest.fixture
def year(db: None, atlas: Atlas) -> Cast:
    return atlas.lend(YEAR_OF_READS)


def bills_of(number: str) -> tuple[VisibleAccount, list[WholeBill]]:
    account = get_account_for_staff(number=number)
    assert account is not None
    numbers = [bill.number for bill in reversed(list_bills(account_id=account.id))]
    whole = get_whole_bills(account_id=account.id, numbers=numbers)
    return account, [whole[each] for each in numbers]


def changes_of(number: str, on: dt.date = TODAY) -> Iterator[BillChange]:
    account, bills = bills_of(number)
    homes = weather_of(account=account, bills=bills, on=on, zone=CHICAGO)
    for before, now in pairwise(bills):
        yield change_of(before, now, homes)


def service(change: BillChange, name: str) -> ServiceChange:
    return next(each for each in change.services if each.service == name)


class TestAYearOfMonthlyReads:
    def test_every_two_bills_in_a_row_add_up_and_have_the_weather_split_off(
        self, year: Cast
    ) -> None:
        changes = list(changes_of("1001"))

        assert len(changes) == len(BILL_DAYS) - 1
        for change in changes:
            difference = change.now.charges - change.before.charges
            assert Money.sum(step.amount for step in change.steps) == difference
            for name in ("electric", "gas"):
                told = service(change, name)
                assert told.weather.told is Told.BY_PERIODS
                assert told.weather.periods == len(BILL_DAYS)
                assert told.before is not None
                assert told.now is not None
                assert told.difference == told.now.total - told.before.total

    @pytest.mark.parametrize(
        ("name", "a_degree", "within"), [("electric", "0.55", 12), ("gas", "0.12", 3)]
    )
    def test_finds_what_a_degree_day_takes(
        self, year: Cast, name: str, a_degree: str, within: int
    ) -> None:
        for change in changes_of("1001"):
            told = service(change, name)
            assert told.before is not None
            assert told.now is not None
            then, now = told.before.period, told.now.period
            colder = sum(map(below, now)) - sum(map(below, then)) * Decimal(now.days) / then.days
            assert told.weather.more is not None
            assert abs(told.weather.more - Decimal(a_degree) * colder) < within

    def test_the_bill_of_a_cold_month_has_a_weather_step(self, year: Cast) -> None:
        account, _bills = bills_of("1001")

        found = get_bill_changes(account=account, bill_number="1001-250101", on=TODAY, zone=CHICAGO)

        assert found.last is not None
        electric = service(found.last, "electric")
        steps = {step.why: step.amount for step in electric.steps}
        # December has 942.6 degree days below 60 and November 626.1 in 30 days: 295.6 more, which
        # take 0.55 kWh each, 162.6 kWh; at 11.8 cents, .375 of a rider and .32 of tax: $20.32
        assert abs((steps[Why.WEATHER] - Money(2032)).cents) < 60
        assert abs(steps.get(Why.USE, Money(0)).cents) < 60

    def test_a_home_that_does_not_go_with_the_weather_is_told_so(self, year: Cast) -> None:
        for change in changes_of("1002"):
            told = service(change, "electric")
            assert told.weather.told is Told.NOT_FELT
            assert Why.WEATHER not in {step.why for step in told.steps}

    def test_nine_periods_tell_and_eight_do_not(self, year: Cast) -> None:
        account, bills = bills_of("1001")
        since = account.points[0].since

        for count, told in ((8, Told.TOO_LITTLE), (9, Told.BY_PERIODS)):
            moved = replace(
                account,
                points=tuple(
                    replace(point, since=max(since, bills[-count].segments[0].view.period.start))
                    for point in account.points
                ),
            )
            homes = weather_of(account=moved, bills=bills, on=TODAY, zone=CHICAGO)
            change = change_of(bills[-2], bills[-1], homes)
            assert {each.weather.told for each in change.services} == {told}

    def test_a_day_without_a_temperature_is_not_guessed(self, year: Cast) -> None:
        StationDay.objects.filter(day=dt.date(2025, 2, 3)).delete()

        told = [service(each, "electric").weather.told for each in changes_of("1001")]

        # February is the later bill of the fourth pair and the earlier one of the next
        missing = Told.NO_TEMPERATURE
        assert [n for n, each in enumerate(told) if each is missing] == [3, 4]
        assert set(told) == {missing, Told.BY_PERIODS}


def months(count: int, a_degree: Decimal, base: Decimal) -> list[MeteredPeriod]:
    found, start = [], dt.date(2024, 1, 1)
    for _ in range(count):
        period = Period(start, start + dt.timedelta(days=30))
        used = sum((base + a_degree * below(day) for day in period), Decimal(0))
        found.append(MeteredPeriod("E1", period, Quantity(used, Unit.KWH), estimated=False))
        start = period.end
    return found


TEMPERATURES = {day: mean_f(day) for day in Period(dt.date(2024, 1, 1), dt.date(2026, 1, 1))}


class TestWhatCountsAsEvidence:
    def test_an_estimate_and_the_period_that_settles_it_do_not(self) -> None:
        periods = months(10, Decimal("0.5"), Decimal(10))
        periods[4] = replace(periods[4], estimated=True)

        assert model_by_periods(periods=periods, mean_f=TEMPERATURES) is None

        more = [*periods, months(11, Decimal("0.5"), Decimal(10))[-1]]
        model = model_by_periods(periods=more, mean_f=TEMPERATURES)
        assert model is not None
        assert model.periods == 9

    def test_a_period_with_a_day_of_no_temperature_does_not(self) -> None:
        gap = {day: mean for day, mean in TEMPERATURES.items() if day != dt.date(2024, 3, 9)}

        assert model_by_periods(periods=months(9, Decimal("0.5"), Decimal(10)), mean_f=gap) is None


@st.composite
def homes(draw: st.DrawFn) -> HomeWeather:
    """Draw a home with noise in its use; its model may feel the weather or not."""
    share = draw(st.decimals("0", "2", places=2))
    noise = draw(st.lists(st.integers(-300, 300), min_size=9, max_size=24))
    periods = [
        replace(each, use=Quantity(max(each.use.value + more, Decimal(0)), Unit.KWH))
        for each, more in zip(months(len(noise), share, Decimal(12)), noise, strict=True)
    ]
    model = model_by_periods(periods=periods, mean_f=TEMPERATURES)
    assert model is not None
    return HomeWeather(TEMPERATURES, (model,))


DAYS = st.integers(0, 600).map(lambda n: dt.date(2024, 1, 1) + dt.timedelta(days=n))
PERIODS = st.builds(
    lambda start, days: Period(start, start + dt.timedelta(days=days)), DAYS, st.integers(5, 65)
)
USED = st.decimals("0", "4000", places=0).map(str)


@settings(max_examples=150, deadline=None)
@given(home=homes(), then=PERIODS, now=PERIODS, used=st.tuples(USED, USED))
def test_whatever_the_periods_tell_the_steps_add_up_to_the_cent(
    home: HomeWeather, then: Period, now: Period, used: tuple[str, str]
) -> None:
    before, after = kwh(used[0], then, OLD, "0.00375"), kwh(used[1], now, NEW, "0.00710")
    quantities = [Quantity(Decimal(each), Unit.KWH) for each in used]

    weather = home.between(before=(then, quantities[0]), now=(now, quantities[1]))
    steps = split_change(before=[before], now=[after], weather=weather.more)

    assert weather.more is not None
    difference = total_of_parts([after]) - total_of_parts([before])
    assert Money.sum(step.amount for step in steps) == difference
    told = Why.WEATHER in {step.why for step in steps}
    assert not (told and weather.told is Told.NOT_FELT)
