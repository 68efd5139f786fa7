"""A session ends by itself: an hour after the last page, and for good two weeks after it began."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.cast import PASSWORD, Cast
from tests.portal.conftest import NOW

MARIA = "maria@prairieridge.example"


def sign_in(**more: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": MARIA, "password": PASSWORD, **more})
    return client


def is_open(client: Client, *, after: dt.timedelta, page: str = "/more/") -> bool:
    """Whether a page opens so long after noon."""
    with time_machine.travel(NOW + after):
        return client.get(page).status_code == 200


def minutes(many: int) -> dt.timedelta:
    return dt.timedelta(minutes=many)


@pytest.mark.usefixtures("cast")
class TestWhoeverRests:
    def test_is_signed_out_after_an_hour_and_told_so(self) -> None:
        maria = sign_in()

        assert is_open(maria, after=minutes(59))
        assert not is_open(maria, after=minutes(59 + 61))
        assert "You were signed out, for your safety." in maria.get("/accounts/login/").text

    def test_stays_while_pages_are_opened(self) -> None:
        maria = sign_in()

        assert all(is_open(maria, after=minutes(many)) for many in range(50, 500, 50))

    def test_is_not_kept_by_what_a_page_asks_for_by_itself(self, cast: Cast) -> None:
        maria = sign_in()
        for many in range(10, 60, 10):
            assert is_open(maria, after=minutes(many), page="/due/")

        assert not is_open(maria, after=minutes(61))

    def test_stays_where_they_chose_to_stay(self) -> None:
        maria = sign_in(remember="on")

        assert is_open(maria, after=dt.timedelta(days=13))

    def test_is_given_as_long_as_the_installation_says(self, settings: Settings) -> None:
        settings.SESSION_IDLE_SECONDS = 600

        assert not is_open(sign_in(), after=minutes(11))


@pytest.mark.usefixtures("cast")
class TestWhoeverStays:
    def test_signs_in_anew_after_two_weeks_though_the_session_was_used_and_written(self) -> None:
        maria = sign_in(remember="on")
        for day in range(1, 14):
            with time_machine.travel(NOW + dt.timedelta(days=day)):
                session = maria.session
                session["written"] = day
                session.save()

        assert is_open(maria, after=dt.timedelta(days=13, hours=23))
        assert not is_open(maria, after=dt.timedelta(days=14, minutes=1))

    def test_writes_to_the_session_once_in_five_minutes(self) -> None:
        maria = sign_in()

        assert [_writes(maria, after=minutes(many)) for many in (4, 6, 7, 12)] == [0, 1, 0, 1]


def _writes(client: Client, *, after: dt.timedelta) -> int:
    with time_machine.travel(NOW + after), CaptureQueriesContext(connection) as seen:
        client.get("/more/")
    return sum('UPDATE "django_session"' in query["sql"] for query in seen.captured_queries)
