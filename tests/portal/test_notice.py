"""What a member sees on the first page while a notice of disconnection stands: its day, calmly."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from smarthub.workflows.debts.follow_arrears import take_steps
from tests.arrears.bills import at, write_bill
from tests.arrears.test_operations import NOTICED, noticed, pay
from tests.cast import Cast


def home(client: Client, player: object) -> str:
    with time_machine.travel(at(NOTICED), tick=False):
        client.force_login(player)  # type: ignore[arg-type]
        page = client.get("/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_says_the_day_and_the_way_out(client: Client, cast: Cast) -> None:
    noticed(cast)

    page = home(client, cast.maria.user)

    assert "service may be disconnected on Monday, December 14 or later" in page
    assert "The moment your payment reaches us, that is called off." in page
    assert "avoids a late fee" not in page


def test_is_gone_when_it_is_paid(client: Client, cast: Cast) -> None:
    noticed(cast)
    pay(132_47, NOTICED)

    assert "disconnected" not in home(client, cast.maria.user)


@pytest.mark.parametrize("player", ["ben", "rosa"])
def test_is_told_to_nobody_who_may_not_pay(client: Client, cast: Cast, player: str) -> None:
    noticed(cast)

    assert "disconnected" not in home(client, getattr(cast, player).user)


def test_a_debt_without_a_notice_is_told_as_before(client: Client, cast: Cast) -> None:
    write_bill(cast.account_1001, fiber=132_47)
    take_steps(now=at(NOTICED))

    page = home(client, cast.maria.user)

    assert "is past due" in page
    assert "disconnected" not in page
