"""What a member sees of her deposit: each part, how to be without it, and what ending costs."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from tests.arrears.bills import at
from tests.backoffice.moved_clock import moved_to
from tests.cast import TODAY, Cast, Player
from tests.deposits.test_deposits import pay
from tests.sandbox_gateway import Simulator
from tests.workflows.debts.test_deposits_and_auto_pay import ask, policy, turn_auto_pay_on
from tests.workflows.wallet import Wallet


@pytest.fixture
def wallet(simulator: Simulator) -> Wallet:
    """Return a purse whose cards the running simulator gave."""
    return Wallet(simulator)


def words(
    client: Client, who: Player, day: dt.date = TODAY, address: str = "/pay/payments/"
) -> str:
    client.force_login(who.user)
    with moved_to(at(day)):
        page = client.get(address).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_each_part_is_shown_with_its_day_and_how_to_be_without_it(
    client: Client, cast: Cast
) -> None:
    policy("most_instalments", value=3)
    policy("waived_with_auto_pay", value=True)
    ask(cast, instalments=3)
    pay(50_00, TODAY)

    page = words(client, cast.maria)

    assert "Account 1001: $260.00 of $310.00 is still to be paid." in page
    assert "Dec 13, 2026 $103.33 $53.33 left" in page
    assert "Jan 13, 2027 $103.34 On your account from Dec 13, 2026" in page
    assert "With Auto Pay you need no deposit" in page
    assert "after 12 months in which every bill was paid in time" in page
    client.post("/language/", {"language": "es", "next": "/pay/payments/"})
    assert "Su depósito" in words(client, cast.maria)


def test_without_the_policy_nothing_is_said_of_auto_pay(client: Client, cast: Cast) -> None:
    ask(cast)

    page = words(client, cast.maria)

    assert "$310.00 of $310.00 is still to be paid." in page
    assert "With Auto Pay you need no deposit" not in page


def test_paid_it_is_held_for_her(client: Client, cast: Cast) -> None:
    ask(cast)
    pay(310_00, TODAY)

    page = words(client, cast.maria)

    assert "Account 1001: you paid $310.00 on Nov 22, 2026." in page
    assert "Once all of it is paid, it earns 1.5% interest a year." in page


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_waived_it_says_what_ending_auto_pay_would_do(
    client: Client, cast: Cast, wallet: Wallet
) -> None:
    policy("waived_with_auto_pay", value=True)
    turn_auto_pay_on(cast, wallet)
    ask(cast)

    page = words(client, cast.maria)
    stop = words(client, cast.maria, address="/pay/auto/1001/stop/")

    assert "no deposit is asked for while Auto Pay is on" in page
    assert "Your deposit of $310.00 is asked for again" in stop


def test_nobody_else_sees_it(client: Client, cast: Cast) -> None:
    ask(cast)

    for other in (cast.ben, cast.rosa):
        assert "Your deposit" not in words(client, other)
