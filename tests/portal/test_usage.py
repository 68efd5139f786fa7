"""The usage page: what Maria sees of her use, in units and dollars, and what she pins to it."""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from smarthub.usage.models import UsageNote, UsageNoteEnd
from tests.cast import Cast
from tests.metering.yard import ingest_wide, wide_file
from tests.portal.conftest import COLD_DAY, TODAY, SignIn, hours_of
from tests.portal.test_pages import words_of

PLACE = "/usage/1001/E1001"
BACK = dt.date(2024, 11, 3)
WORDS = {
    "key": "00000000-0000-4000-8000-000000003001",
    "text": "  New   freezer ",
    "first_day": "2024-10-20",
    "last_day": "2024-10-21",
}


@pytest.fixture
def maria(billed: Cast, sign_in: SignIn) -> Client:
    return sign_in(billed.maria)


def figures_of(client: Client, address: str) -> dict[str, Any]:
    """Return what the browser draws of a day."""
    found = re.search(r'<script type="application/json">(.*?)</script>', client.get(address).text)
    assert found
    figures: dict[str, Any] = json.loads(found[1])
    return figures


class TestMonth:
    def test_says_what_was_used_and_lists_every_day(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024-10/")

        # 27 days from 5 October, and the cold day's 48: 24 x 27 + 48
        assert "October 2024" in said
        assert "696 kWh" in said
        assert "The most was on Monday, October 28: 72.0 kWh." in said
        assert "4 days have no reading." in said
        assert "Mon, Oct 28 72.0" in said

    def test_stands_at_the_address_of_the_service_while_it_runs(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/")

        # 1 to 4 November: three days of 24 hours and one of 25
        assert "November 2024" in said
        assert "97.0 kWh so far" in said
        assert "readings to last midnight, all of them measured" in said

    @pytest.mark.parametrize("shown", ["2024-10/", "2024-10-04/"])
    def test_claims_no_measured_days_where_some_have_no_reading(
        self, maria: Client, shown: str
    ) -> None:
        said = words_of(maria, f"{PLACE}/{shown}")

        assert "readings to last midnight" in said
        assert "all of them measured" not in said

    def test_draws_without_a_script_and_marks_what_stands_out(self, maria: Client) -> None:
        page = maria.get(f"{PLACE}/2024-10/").text

        assert page.count("chart-bar-high") == 1  # the cold day, at 72 kWh against 24
        assert "style=" not in page
        assert "<script src=" not in page  # the library of charts comes when it is asked for

    def test_each_day_leads_to_its_hours(self, maria: Client) -> None:
        assert f'href="{PLACE}/{COLD_DAY}/"' in maria.get(f"{PLACE}/2024-10/").text

    def test_leads_before_and_after(self, maria: Client) -> None:
        page = maria.get(f"{PLACE}/2024-11/").text

        assert f'rel="prev" href="{PLACE}/2024-10/"' in page
        assert 'rel="next"' not in page


class TestDay:
    def test_says_what_was_used_and_lists_every_hour(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/{COLD_DAY}/")

        assert "72.0 kWh" in said
        assert "The most was at 12-1 a.m.: 3.00 kWh." in said
        assert "4-5 p.m. 3.00" in said

    def test_has_25_hours_as_the_clock_goes_back(self, maria: Client) -> None:
        address = f"{PLACE}/{BACK}/"

        assert "1-2 a.m., again after the clock went back 1.00" in words_of(maria, address)
        figures = figures_of(maria, address)
        assert figures["v"] == [1.0] * 25
        # 6 a.m. is the eighth hour of this day, for 1 o'clock came twice
        assert figures["ticks"][:2] == [[0, "12 a.m."], [7, "6 a.m."]]
        assert figures["said"][2] == "1-2 a.m., again after the clock went back · 1.00 kWh"

    def test_gives_the_browser_start_step_and_values(self, maria: Client) -> None:
        figures = figures_of(maria, f"{PLACE}/{COLD_DAY}/")

        # midnight of 28 October 2024 in Chicago is 5:00 in UTC
        begins = dt.datetime(2024, 10, 28, 5, tzinfo=dt.UTC)
        assert (figures["start"], figures["step"]) == (begins.timestamp(), 3600)
        assert figures["estimated"] == []

    def test_is_honest_about_hours_nobody_read(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024-10-04/")

        assert "No readings yet" in said
        assert "24 hours have no reading." in said

    def test_loads_the_library_of_charts_here_and_nowhere_else(self, maria: Client) -> None:
        assert "vendor/uplot.js" in maria.get(f"{PLACE}/{COLD_DAY}/").text

    def test_a_meter_without_hours_says_so(self, maria: Client) -> None:
        assert "No readings yet" in words_of(maria, f"/usage/1001/G1001/{COLD_DAY}/")


class TestYearAndRange:
    def test_a_year_has_its_months(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024/")

        assert "Oct 2024 696" in said
        assert "793 kWh so far" in said

    def test_a_range_has_its_days(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024-10-28--2024-11-03/")

        # 72 and five days of 24 and one of 25
        assert "Oct 28 to Nov 3, 2024" in said
        assert "217 kWh" in said

    def test_the_form_leads_to_the_days_chosen(self, maria: Client) -> None:
        answer = maria.get(f"{PLACE}/range/?first=2024-10-28&last=2024-11-03")

        assert answer.headers["Location"] == f"{PLACE}/2024-10-28--2024-11-03/"

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("first=2024-10-28&last=2024-10-01", "The last day is before the first."),
            ("first=2024-12-28&last=2024-12-29", "Nothing is known of these days yet."),
            ("first=x&last=2024-12-29", "Enter a valid date."),
        ],
    )
    def test_the_form_says_what_is_wrong(self, maria: Client, query: str, words: str) -> None:
        assert words in words_of(maria, f"{PLACE}/range/?{query}")

    @pytest.mark.parametrize(
        "when",
        [
            *("2024-11-05", "2030-01-01", "2025", "2025-02", "2023", "0000", "9999", "9999-12-31"),
            *("yesterday", "2024-13", "2024-02-30", "2024-10-28--2024-10-01", "2024-10-28--x"),
        ],
    )
    def test_nobody_sees_days_that_are_not_over_or_never_are(
        self, maria: Client, when: str
    ) -> None:
        assert maria.get(f"{PLACE}/{when}/").status_code == 404


class TestBesideTheBill:
    def test_the_hours_of_a_billed_period_stand_beside_the_bill(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024-10-01--2024-10-31/")

        # the register counted 812; the hours of 27 days hold 696
        assert "The hours add up to 696 kWh" in said
        assert "Difference 116 kWh" in said
        assert "On the bill 812 kWh" in said
        assert "Some hours never came in; the meter's own count has them." in said

    def test_in_dollars_the_days_and_the_rest_are_the_bill(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024-10-01--2024-10-31/dollars/")

        # $139.46, of which 38.00 fixed; 812 kWh bear the rest, and the hours hold 696 of them
        assert "Fixed charges are $38.00 more in these days." in said
        assert "this is the $139.46 of bill 1001-241101" in said

    def test_where_the_bill_is_heading_is_not_said_before_day_five(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/")

        assert "This bill Nov 1 to Nov 30, 2024" in said or "This bill November 2024" in said
        assert "From the fifth day on, this says where the bill is heading." in said


class TestTheBillAhead:
    def test_is_a_range_priced_as_the_bill_would_be(self, maria: Client, tmp_path: Path) -> None:
        days = [TODAY + dt.timedelta(days=n) for n in range(7)]
        (tmp_path / "more").mkdir()
        ingest_wide(wide_file(tmp_path / "more", *[hours_of(day) for day in days]))

        with time_machine.travel(dt.datetime(2024, 11, 12, 18, tzinfo=dt.UTC)):
            said = words_of(maria, f"{PLACE}/")

        # eleven days, one of 25 hours: 265 kWh. 265 / 11 x 19 = 457.7 to come, a quarter to either
        # side: 608.295 and 837.159 kWh, 38.00 + 76.01 and 38.00 + 104.60 dollars
        assert "$114 to $143 is where it is heading" in said
        assert "So far 265 kWh" in said
        assert "It goes on from your use a day so far, for the weather is not known." in said
        assert "Four times in five the bill ends in this range." in said


class TestNotes:
    def test_a_note_stands_on_the_chart_until_it_is_taken_off(self, maria: Client) -> None:
        maria.post(f"{PLACE}/notes/", WORDS)

        said = words_of(maria, f"{PLACE}/2024-10/")
        assert "A New freezer Oct 20 to Oct 21, 2024" in said
        assert '<text class="chart-flag"' in maria.get(f"{PLACE}/2024-10/").text

        maria.post(f"{PLACE}/notes/{WORDS['key']}/")
        assert "New freezer" not in words_of(maria, f"{PLACE}/2024-10/")
        assert UsageNoteEnd.objects.count() == UsageNote.objects.count() == 1

    @pytest.mark.parametrize("page", [f"{PLACE}/pattern/", "/usage/1001/together/2024-10/"])
    def test_it_stands_on_every_other_chart_of_its_days(self, maria: Client, page: str) -> None:
        assert "New freezer" not in words_of(maria, page)

        maria.post(f"{PLACE}/notes/", WORDS)

        answer = maria.get(page).content.decode()
        assert "New freezer" in answer
        assert answer.count('class="usage-letter">A<') == 1
        assert f'data-day="{WORDS["first_day"]}"' in answer

    def test_sent_twice_it_is_one_note(self, maria: Client) -> None:
        for _ in range(2):
            maria.post(f"{PLACE}/notes/", WORDS)

        assert UsageNote.objects.get().text == "New freezer"

    def test_the_same_key_for_other_words_is_refused(self, maria: Client) -> None:
        maria.post(f"{PLACE}/notes/", WORDS)

        answer = maria.post(f"{PLACE}/notes/", {**WORDS, "text": "Away"})

        assert answer.status_code == 409
        assert UsageNote.objects.get().text == "New freezer"

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"text": " "}, "This field is required."),
            ({"text": "x" * 81}, "at most 80 characters"),
            ({"last_day": "2024-10-01"}, "The last day is before the first."),
        ],
    )
    def test_what_is_wrong_stands_beside_the_form(
        self, maria: Client, wrong: dict[str, str], words: str
    ) -> None:
        answer = maria.post(f"{PLACE}/notes/", {**WORDS, **wrong})

        assert answer.status_code == 400
        assert words in answer.text
        assert not UsageNote.objects.exists()

    def test_who_may_only_look_sees_notes_and_pins_none(
        self, billed: Cast, maria: Client, sign_in: SignIn
    ) -> None:
        maria.post(f"{PLACE}/notes/", WORDS)
        ben = sign_in(billed.ben)

        assert "New freezer" in words_of(ben, f"{PLACE}/2024-10/")
        assert "Pin a note" not in words_of(ben, f"{PLACE}/2024-10/")
        answer = ben.post(f"{PLACE}/notes/", {**WORDS, "key": str(uuid.uuid4())})
        assert answer.status_code == 404


class TestMore:
    def test_what_changed_says_when_there_is_nothing_to_compare(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024-10/changed/")

        assert "There is nothing to compare with yet" in said

    def test_what_changed_adds_up(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/2024-10-28--2024-10-31/changed/")

        # 72 + 3 x 24 against the four days before, 4 x 24
        assert "Other use +48.0 kWh" in said
        assert "Together +48.0 kWh." in said

    def test_the_usual_day_and_week_are_averages(self, maria: Client) -> None:
        said = words_of(maria, f"{PLACE}/pattern/")

        assert "The usual day" in said
        assert "About 1.00 kW are always on, even at night: an estimate." in said

    def test_the_figures_of_some_days_come_as_start_step_and_values(self, maria: Client) -> None:
        data = maria.get(f"{PLACE}/2024-10-28--2024-11-03/hours.json").json()

        assert data["step"] == 3600
        assert data["v"] == [3000] * 24 + [1000] * (6 * 24 + 1)
        assert (data["unit"], data["exponent"]) == ("kWh", -3)


class TestTogether:
    def test_every_service_stands_in_its_own_unit_and_dollars_are_added_up(
        self, maria: Client
    ) -> None:
        said = words_of(maria, "/usage/1001/together/2024-10/")

        assert "Electric 412 Elm St, Willow Bend 696 kWh" in said
        # the gas meter tells no days, so only electricity has a price by the day
        assert "Gas 412 Elm St, Willow Bend not known" in said

    @pytest.mark.parametrize("when", ["2024-10-28", "2030", "never"])
    def test_days_it_does_not_show_are_not_there(self, maria: Client, when: str) -> None:
        assert maria.get(f"/usage/1001/together/{when}/").status_code == 404


class TestQueries:
    # session and user come on top; co-op, accounts, days with weather and notes are always there
    @pytest.mark.parametrize(
        ("address", "queries"),
        [
            ("", 5),  # and how it was billed, and the prices: for the bill ahead
            ("2024-10/", 3),
            ("2024/", 3),
            (f"{COLD_DAY}/", 4),  # and its hours
            ("2024-10/dollars/", 5),
            (f"{COLD_DAY}/dollars/", 6),
            ("2024-10-01--2024-10-31/dollars/", 5),
            ("2024-10/changed/", 3),
            ("pattern/", 4),
            ("2024/hours.json", 3),
        ],
    )
    def test_a_page_of_one_service_takes_six_at_most(
        self,
        maria: Client,
        django_assert_num_queries: DjangoAssertNumQueries,
        address: str,
        queries: int,
    ) -> None:
        assert queries <= 6
        with django_assert_num_queries(2 + queries):
            maria.get(f"{PLACE}/{address}")

    def test_all_services_together_take_no_more_however_many_they_are(
        self, maria: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        # co-op, account, days of both under one station, how both were billed, prices
        with django_assert_num_queries(2 + 5):
            maria.get("/usage/1001/together/2024-10/")
