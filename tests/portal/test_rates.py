"""A member's last months on every rate open to her, at the prices of today, and nothing guessed."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from smarthub.accounts.access import open_account
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.rating.operations import publish_tariff
from smarthub.workflows.rates.compare_rates import RateComparison, compare_rates
from tests.cast import NOW, Cast, Player
from tests.metering.yard import ingest_wide, wide_file
from tests.portal.conftest import TODAY, SignIn, hours_of
from tests.rating.rate_book import E_R1

ZONE = ZoneInfo("America/Chicago")
HOMES = {"group": "residential"}


def publish(code: str, **changes: Any) -> None:
    definition = {**copy.deepcopy(E_R1), "code": code, "effective_from": "2024-02-01", **changes}
    publish_tariff(definition=definition, author="board", published_at=NOW)


def with_energy(rate: str) -> list[dict[str, Any]]:
    charges = copy.deepcopy(E_R1["charges"])
    charges[3]["rate"] = rate
    return list(charges)


NAME = {"en": "Energy", "es": "Energía"}
PERIODS = [
    {"code": "on", "name": NAME, "when": [{"hours": ["16:00-20:00"]}]},
    {"code": "off", "name": NAME},
]
BY_HOUR = {
    "kind": "time_of_use",
    "code": "energy",
    "name": NAME,
    "unit": "kWh",
    "rates": {"on": "0.3", "off": "0.1"},
}


def compared(
    cast: Cast, player: Player | None = None, number: str = "1001", on: dt.date = TODAY
) -> RateComparison:
    whose = player or cast.maria
    account = open_account(user_id=whose.user.pk, number=number, on=on)
    return compare_rates(account=account, point_number=f"E{number}", on=on, zone=ZONE)


@pytest.fixture
def homes(billed: Cast) -> Cast:
    publish("E-R1", choice=HOMES)
    return billed


class TestCompareRates:
    def test_prices_her_month_on_the_other_rates_of_her_group(self, homes: Cast) -> None:
        publish("E-CHEAP", charges=with_energy("0.0270"), choice=HOMES)

        view = compared(homes)

        # 812 kWh: 139.46 on E-R1; a nickel less a kWh is 812 x .05 = 40.60 less: 98.86
        assert [(rate.code, rate.year) for rate in view.rates] == [
            ("E-CHEAP", Money(9886)),
            ("E-R1", Money(13946)),
        ]
        assert view.rates[0].saved == Money(4060)
        assert (view.months, view.is_whole_year) == (1, False)

    def test_shows_what_a_tenth_less_or_more_use_would_make(self, homes: Cast) -> None:
        (hers,) = compared(homes).rates

        # 730.8 kWh: 38 + 29.96 + 56.27 + 2.74 + 2.34; 893.2: 38 + 36.62 + 68.78 + 3.35 + 2.86
        assert (hers.with_less, hers.with_more) == (Money(12931), Money(14961))

    def test_leaves_out_other_groups_and_rates_that_are_closed(self, homes: Cast) -> None:
        publish("E-OTHER", choice={"group": "general"})
        publish("E-CLOSED", choice={**HOMES, "open": False})
        publish("E-NONE")

        assert [rate.code for rate in compared(homes).rates] == ["E-R1"]

    def test_counts_the_hours_of_a_rate_by_time_of_use_anew(
        self, homes: Cast, tmp_path: Path
    ) -> None:
        first_days = Period(dt.date(2024, 10, 1), dt.date(2024, 10, 5))
        ingest_wide(wide_file(tmp_path, *[hours_of(day) for day in first_days]))
        publish("E-TOU", periods=PERIODS, charges=[BY_HOUR], choice=HOMES)

        tou = next(rate for rate in compared(homes).rates if rate.code == "E-TOU")

        # 31 days of 1 kWh an hour, on the cold day 3: on-peak 30 x 4 + 12 = 132 kWh at .30,
        # off-peak 30 x 20 + 60 = 660 at .10: 39.60 + 66.00
        assert tou.year == Money(10560)

    def test_says_which_rate_cannot_be_priced_without_hours(self, homes: Cast) -> None:
        publish("E-TOU", periods=PERIODS, charges=[BY_HOUR], choice=HOMES)

        view = compared(homes, homes.rosa, "1002")

        assert [(rate.code, rate.reason) for rate in view.uncompared] == [
            ("E-TOU", "interval reads")
        ]

    def test_tells_a_difference_of_a_fiftieth_as_about_the_same(self, homes: Cast) -> None:
        publish("E-NEAR", charges=with_energy("0.0760"), choice=HOMES)

        near, hers = compared(homes).rates

        # 812 x .001 = .81 of 139.46
        assert (near.code, near.is_close, hers.is_close) == ("E-NEAR", True, True)

    def test_has_nothing_to_compare_before_the_first_bill(self, billed: Cast) -> None:
        view = compared(billed, on=dt.date(2026, 11, 22))

        assert (view.rates, view.period, view.months) == ((), None, 0)

    def test_asks_the_same_number_of_questions_however_many_rates(
        self, homes: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        account = open_account(user_id=homes.maria.user.pk, number="1001", on=TODAY)

        for code in ("E-A", "E-B", "E-C"):
            publish(code, choice=HOMES)
            with django_assert_num_queries(4):  # bills, rates, riders, hours
                compare_rates(account=account, point_number="E1001", on=TODAY, zone=ZONE)

    def test_is_not_there_for_a_point_of_another_account(self, homes: Cast) -> None:
        account = open_account(user_id=homes.maria.user.pk, number="1001", on=TODAY)

        with pytest.raises(NotVisible):
            compare_rates(account=account, point_number="E1002", on=TODAY, zone=ZONE)


class TestRateComparisonPage:
    PAGE = "/usage/1001/E1001/rates/"

    def test_says_in_one_sentence_which_rate_would_have_cost_less(
        self, homes: Cast, sign_in: SignIn
    ) -> None:
        cheap = {"en": "Saver", "es": "Ahorro"}
        publish("E-CHEAP", charges=with_energy("0.0270"), choice=HOMES, name=cheap)

        page = sign_in(homes.maria).get(self.PAGE).text

        assert "Saver would have cost you $40.60 less" in page
        assert "Fewer than twelve months are known" in page

    def test_speaks_spanish_to_who_reads_it(self, homes: Cast, sign_in: SignIn) -> None:
        browser = sign_in(homes.maria)
        browser.post("/language/", {"language": "es", "next": self.PAGE})

        assert "Comparación de tarifas" in browser.get(self.PAGE).text

    def test_is_reached_from_usage_and_from_the_bill(self, homes: Cast, sign_in: SignIn) -> None:
        browser = sign_in(homes.maria)

        for page in ("/usage/1001/E1001/", "/bills/1001/1001-241101/"):
            assert f'href="{self.PAGE}"' in browser.get(page).text

    def test_is_not_there_for_rosa(self, homes: Cast, sign_in: SignIn) -> None:
        assert sign_in(homes.rosa).get(self.PAGE).status_code == 404
