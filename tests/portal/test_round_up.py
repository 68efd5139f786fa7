"""The page of Operation Round-Up: on, off, and not offered."""

from __future__ import annotations

import pytest
from django.test import Client

from smarthub.round_up.queries import list_choices
from tests.cast import Cast
from tests.portal.test_pages import words_of
from tests.workflows.bills.test_round_up import offer

PAGE = "/pay/round-up/"


@pytest.fixture
def maria(client: Client, cast: Cast) -> Client:
    client.force_login(cast.maria.user)
    return client


def send(client: Client, choice: str) -> None:
    client.post(f"{PAGE}1001/", {"rounds_up": choice})


def test_is_turned_on_and_off_from_the_page(maria: Client, cast: Cast) -> None:
    offer()

    send(maria, "yes")
    on = words_of(maria, PAGE)
    send(maria, "no")
    off = words_of(maria, PAGE)

    assert "Thank you. Your next bill is rounded up." in on
    assert "never more than $12.00 a year" in on
    assert "Rounding up is off." in off
    assert not list_choices(account_ids=[cast.account_1001])[cast.account_1001].rounds_up


def test_is_refused_in_words_where_it_is_not_offered(maria: Client, cast: Cast) -> None:
    send(maria, "yes")

    assert "Rounding up is not offered at the moment." in words_of(maria, PAGE)
    assert list_choices(account_ids=[cast.account_1001]) == {}
