"""Where the bill is heading, on the first page: asked for by itself, and only for its member."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast
from tests.metering.yard import ingest_wide, wide_file
from tests.portal.conftest import SignIn, hours_of
from tests.portal.test_pages import words_of

TENTH = dt.datetime(2024, 11, 11, 18, 0, tzinfo=dt.UTC)
"""Noon of the eleventh of November: ten days of a bill of thirty are over."""


class TestWhereTheBillIsHeading:
    def test_is_asked_for_by_the_first_page(self, billed: Cast, sign_in: SignIn) -> None:
        page = sign_in(billed.maria).get("/").text

        assert 'data-address="/ahead/" data-seconds="3600" data-now' in page
        assert "Where the next bill is heading stands on the page of usage." in page

    def test_is_what_it_costs_so_far_until_the_fifth_day(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        said = words_of(sign_in(billed.maria), "/ahead/")

        # 97 kWh in four days: 38.00 x 4/30 = 5.07, 97 x 0.12175 = 11.81, tax 97 x 0.0032 = 0.31
        assert said == "This bill so far $17.19"

    def test_is_a_range_in_whole_dollars_after_it(
        self, billed: Cast, sign_in: SignIn, tmp_path: Path
    ) -> None:
        maria = sign_in(billed.maria)
        days = [dt.date(2024, 11, day) for day in range(5, 11)]

        with time_machine.travel(TENTH):
            ingest_wide(wide_file(tmp_path, *map(hours_of, days)))
            said = words_of(maria, "/ahead/")

        # 241 kWh in ten days: 38.00 x 10/30 = 12.67, 241 x 0.12175 = 29.34, tax 0.77
        found = re.fullmatch(
            r"This bill so far 10 of 30 days \$42.78 on track for \$(\d+) to \$(\d+)", said
        )
        assert found is not None, said
        # 24 kWh a day for thirty days, one of them with 25 hours: 38.00 + 87.78 + 2.31
        assert int(found[1]) < 128 < int(found[2])

    def test_says_when_nothing_is_known(self, billed: Cast, sign_in: SignIn) -> None:
        said = words_of(sign_in(billed.rosa), "/ahead/")

        assert said == "A partir del quinto día, aquí se dice hacia dónde va la factura."

    def test_asks_a_stranger_to_sign_in(self, billed: Cast, client: Client) -> None:
        assert client.get("/ahead/").status_code == 302

    def test_takes_five_queries(
        self, billed: Cast, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        maria = sign_in(billed.maria)

        with django_assert_num_queries(2 + 5):  # session, user; co-op and the four of the workflow
            maria.get("/ahead/")
