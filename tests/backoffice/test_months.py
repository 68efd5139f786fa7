"""The desk's page of the books: a month is closed from it once, with a trace."""

from __future__ import annotations

import datetime as dt
import re

from django.test import Client

from smarthub.ledger.models import MonthClose
from smarthub.ledger.operations import post_entries
from smarthub.members.models import AuditEntry
from smarthub.payments.operations import find_exception
from tests.backoffice.moved_clock import moved_to
from tests.cast import Cast
from tests.ledger.accounts import a_charge

PAGE = "/desk/money/months/"
IN_DECEMBER = dt.datetime(2026, 12, 2, 18, tzinfo=dt.UTC)


def words(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def look(dana: Client) -> str:
    return words(dana.get(PAGE).content)


def test_a_month_is_closed_once_and_shown_with_its_balances(dana: Client, cast: Cast) -> None:
    at = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    post_entries(entries=[a_charge(cast.account_1001, 80_00, "bill:1")], posted_at=at)

    with moved_to(IN_DECEMBER):
        before = look(dana)
        for _ in range(2):
            assert dana.post(PAGE, {"month": "2026-11-01", "sure": "yes"}).status_code == 303
        after = look(dana)

    assert "Look at November 2026 and close it" in before
    assert "This month cannot be closed now." in after
    assert "November 2026 1 entry, closed" in after
    assert "ar:electric $80.00" in after
    assert "No month is over that is still open." in after
    assert MonthClose.objects.count() == 1
    assert AuditEntry.objects.filter(act="books.closed", subject="month:2026-11").count() == 1


def test_it_says_first_what_can_never_be_changed_and_closes_nothing(
    dana: Client, cast: Cast
) -> None:
    at = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    late = dt.datetime(2026, 12, 1, 7, tzinfo=dt.UTC)  # an hour into December in Chicago
    post_entries(entries=[a_charge(cast.account_1001, 80_00, "bill:1")], posted_at=at)
    post_entries(entries=[a_charge(cast.account_1001, 5_00, "bill:2")], posted_at=late)
    find_exception(key="x:1", kind="returned", now=late, payment="1")

    with moved_to(IN_DECEMBER):
        asked = dana.post(PAGE, {"month": "2026-11-01"})
        page = words(dana.get(asked["Location"]).content)

    assert "Close November 2026 for good?" in page
    assert "The 1 entry posted in November 2026, and its day and amount." in page
    assert "ar:electric $80.00" in page
    assert "1 thing about money waits for somebody." in page
    assert "Yes, close it for good" in page
    assert not MonthClose.objects.exists()


def test_a_month_that_may_not_be_closed_is_not_even_asked_about(dana: Client, cast: Cast) -> None:
    at = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    post_entries(entries=[a_charge(cast.account_1001, 80_00, "bill:1")], posted_at=at)

    for month in ("2026-12-01", "2026-10-01", "next", ""):
        with moved_to(IN_DECEMBER):
            answer = dana.get(PAGE, {"close": month})
            assert (answer.status_code, answer["Location"]) == (303, PAGE)
            assert "This month cannot be closed now." in look(dana)


def test_what_is_no_month_is_refused_in_words(dana: Client) -> None:
    with moved_to(IN_DECEMBER):
        dana.post(PAGE, {"month": "next", "sure": "yes"})
        page = look(dana)

    assert "This month cannot be closed now." in page
    assert not MonthClose.objects.exists()
