"""The page of hours: what Maria sees, what Rosa must not, and the days the clock changes."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast
from tests.portal.conftest import COLD_DAY, SignIn
from tests.portal.test_pages import words_of

PLACE = "/usage/1001/E1001"
BACK = dt.date(2024, 11, 3)


@pytest.fixture
def maria(billed: Cast, sign_in: SignIn) -> Client:
    return sign_in(billed.maria)


def figures_of(client: Client, address: str) -> dict[str, Any]:
    """Return what the browser draws."""
    found = re.search(r'<script type="application/json">(.*?)</script>', client.get(address).text)
    assert found
    figures: dict[str, Any] = json.loads(found[1])
    return figures


class TestOneDay:
    def test_says_what_was_used_and_lists_every_hour(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/{COLD_DAY}/")

        # 24 hours of 3 kWh; the first of equals is named
        assert "72.0 kWh in all. The most was on Monday, October 28, 12-1 a.m.: 3.00 kWh." in said
        assert "4-5 p.m. 3.00 kWh measured" in said

    def test_has_25_hours_as_the_clock_goes_back(self, maria: Client) -> None:
        address = f"{PLACE}/{BACK}/"

        assert "1-2 a.m., again after the clock went back 1.00 kWh" in words_of(maria, address)
        figures = figures_of(maria, address)
        assert figures["v"] == [1.0] * 25
        # 6 a.m. is the eighth hour of this day, for 1 o'clock came twice
        assert figures["ticks"][:2] == [[0, "12 a.m."], [7, "6 a.m."]]

    def test_gives_the_browser_start_step_and_values(self, maria: Client) -> None:
        figures = figures_of(maria, f"{PLACE}/{COLD_DAY}/")

        # midnight of 28 October 2024 in Chicago is 5:00 in UTC
        begins = dt.datetime(2024, 10, 28, 5, tzinfo=dt.UTC)
        assert (figures["start"], figures["step"]) == (begins.timestamp(), 3600)
        assert figures["estimated"] == []

    def test_is_honest_about_hours_nobody_read(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024-10-04/")

        assert "No readings have come in for these hours." in said
        assert "not known no reading" in said

    def test_draws_without_a_script_too(self, maria: Client) -> None:
        page = maria.get(f"{PLACE}/{COLD_DAY}/").text

        assert page.count("<rect") >= 24
        assert "style=" not in page

    def test_loads_the_library_of_charts_here_and_nowhere_else(self, maria: Client) -> None:
        assert "vendor/uplot.js" in maria.get(f"{PLACE}/{COLD_DAY}/").text
        assert "uplot" not in maria.get(f"{PLACE}/").text

    def test_takes_four_queries_besides_session_and_user(
        self, maria: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        # co-op, account, channels, hours
        with django_assert_num_queries(2 + 4):
            maria.get(f"{PLACE}/{COLD_DAY}/")


class TestSevenDays:
    def test_has_every_hour_of_seven_days(self, maria: Client) -> None:
        figures = figures_of(maria, f"{PLACE}/{BACK}/week/")

        # the cold day is the first, 28 October; the last has 25 hours
        assert figures["v"] == [3.0] * 24 + [1.0] * (6 * 24 + 1)
        assert "Oct 28 to Nov 3, 2024" in words_of(maria, f"{PLACE}/{BACK}/week/")

    def test_leads_to_the_days_before_and_after(self, maria: Client) -> None:
        page = maria.get(f"{PLACE}/2024-10-28/week/").text

        assert f'href="{PLACE}/2024-10-21/week/"' in page
        assert f'href="{PLACE}/2024-11-04/week/"' in page


class TestWhoSeesIt:
    @pytest.mark.parametrize("span", ["", "week/"])
    def test_rosa_does_not(self, billed: Cast, sign_in: SignIn, span: str) -> None:
        assert sign_in(billed.rosa).get(f"{PLACE}/{COLD_DAY}/{span}").status_code == 404

    @pytest.mark.parametrize("day", ["2024-11-05", "2030-01-01", "yesterday", "2024-13-01"])
    def test_nobody_sees_a_day_that_is_not_over_or_never_is(self, maria: Client, day: str) -> None:
        assert maria.get(f"{PLACE}/{day}/").status_code == 404

    def test_a_meter_without_hours_says_so(self, maria: Client) -> None:
        assert "This meter tells no hours" in words_of(maria, f"/usage/1001/G1001/{COLD_DAY}/")

    def test_the_page_of_days_leads_there(self, maria: Client) -> None:
        assert f'href="{PLACE}/2024-11-04/"' in maria.get(f"{PLACE}/").text
