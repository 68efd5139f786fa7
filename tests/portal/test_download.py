"""Use as a file: Maria takes hers, Ben may, Rosa never gets Maria's."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast
from tests.portal.conftest import SignIn

DOWNLOAD = "/usage/1001/download/"
OCTOBER = {"first": "2024-10-05", "last": "2024-10-31", "point": "E1001"}


def bytes_of(answer: Any) -> bytes:
    """Return the whole of a file that is sent in pieces."""
    pieces: Iterable[bytes] = answer.streaming_content
    return b"".join(pieces)


def get(client: Client, **values: str) -> Any:
    """Ask for a file."""
    return client.get(DOWNLOAD, {"file": "csv", **values})


class TestDownload:
    def test_gives_the_days_chosen_both_included(self, billed: Cast, sign_in: SignIn) -> None:
        answer = get(sign_in(billed.maria), **OCTOBER)

        rows = list(csv.DictReader(bytes_of(answer).decode().splitlines()))
        # 27 days of 24 hours at 1 kWh, and two more in each hour of the cold day
        assert len(rows) == 27 * 24
        assert sum(float(row["value"]) for row in rows) == 27 * 24 + 2 * 24
        assert (rows[0]["start"][:10], rows[-1]["start"][:10]) == ("2024-10-05", "2024-10-31")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        name = "usage-1001-2024-10-05-2024-10-31.csv"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'

    def test_gives_all_there_is_where_no_day_is_chosen(self, billed: Cast, sign_in: SignIn) -> None:
        answer = get(sign_in(billed.maria), first="", last="")

        # a header; 31 days of 24 hours and one hour more on 3 November
        assert len(bytes_of(answer).decode().splitlines()) == 1 + 31 * 24 + 1
        assert 'filename="usage-1001-to-2024-11-05.csv"' in answer["Content-Disposition"]

    def test_gives_green_button_of_all_services(self, billed: Cast, sign_in: SignIn) -> None:
        answer = get(sign_in(billed.maria), file="green_button", point="")

        feed = ET.fromstring(bytes_of(answer))  # noqa: S314 (a feed of our own)
        espi = "{http://naesb.org/espi}"
        assert len(list(feed.iter(f"{espi}UsagePoint"))) == 2
        assert len(list(feed.iter(f"{espi}IntervalReading"))) == 31 * 24 + 1
        assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"

    def test_is_for_whoever_may_see_the_account(self, billed: Cast, sign_in: SignIn) -> None:
        assert get(sign_in(billed.ben), **OCTOBER).status_code == 200

    @pytest.mark.parametrize("values", [{}, OCTOBER, {"file": "green_button"}, {"file": "none"}])
    def test_is_not_there_for_rosa(
        self, billed: Cast, sign_in: SignIn, values: dict[str, str]
    ) -> None:
        assert get(sign_in(billed.rosa), **values).status_code == 404

    def test_asks_a_stranger_to_sign_in(self, billed: Cast, client: Client) -> None:
        answer = get(client, **OCTOBER)

        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"first": "2024-10-06", "last": "2024-10-05"}, "The first day is after the last."),
            ({"first": "2030-01-01"}, "The first day is after the last."),
            ({"last": "9999-12-31", "first": "2024-11-06"}, "The first day is after the last."),
            ({"first": "2020-01-01", "last": "2020-02-01"}, "You had no such service"),
            ({"point": "G1001"}, "There are no readings for these days."),
            ({"first": "yesterday"}, "Enter a valid date."),
            ({"point": "E1002"}, "is not one of the available choices"),
            ({"file": "exe"}, "is not one of the available choices"),
        ],
    )
    def test_says_beside_the_form_what_cannot_be_given(
        self, billed: Cast, sign_in: SignIn, values: dict[str, str], said: str
    ) -> None:
        answer = get(sign_in(billed.maria), **values)

        assert answer.status_code == 200
        assert said in answer.text
        assert "error-summary" in answer.text

    def test_shows_only_the_form_when_nothing_was_chosen(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        page = sign_in(billed.maria).get(DOWNLOAD).text

        assert "error-summary" not in page
        assert page.count("<option") == 3 + 2

    def test_is_offered_under_the_usage(self, billed: Cast, sign_in: SignIn) -> None:
        page = sign_in(billed.maria).get("/usage/1001/E1001/").text

        assert f'action="{DOWNLOAD}"' in page
        assert '<option value="E1001" selected>' in page

    def test_takes_few_queries_however_long_the_range(
        self,
        billed: Cast,
        sign_in: SignIn,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        maria = sign_in(billed.maria)

        # session, user; co-op, door; agreements, channels, span, bill and lines, number; the days
        with django_assert_num_queries(2 + 2 + 8 + 1):
            bytes_of(get(maria))
