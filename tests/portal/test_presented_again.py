"""What a member sees of a returned payment that is taken once more."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from smarthub.workflows.money.present_again import plan_presentments
from tests.backoffice.moved_clock import moved_to
from tests.cast import NOW, Cast
from tests.sandbox_gateway import Simulator
from tests.workflows.money.test_present_again import (
    AGAIN_ON,
    allow,
    noon,
    present,
    returned_payment,
)
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_it_is_among_what_is_scheduled_and_can_be_cancelled(
    client: Client, cast: Cast, simulator: Simulator
) -> None:
    wallet = Wallet(simulator)
    allow()
    returned_payment(cast, wallet)
    plan_presentments(now=NOW)
    client.force_login(cast.maria.user)

    with moved_to(NOW):
        page = client.get("/pay/payments/").content.decode()

    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "November 27, 2026 $50.00" in words
    assert "We take it once more, the same amount, and nothing if less is due by then." in words
    assert "/cancel/" in page
    with moved_to(noon(AGAIN_ON)):
        present(wallet, AGAIN_ON)
        page = client.get("/pay/payments/").content.decode()
    assert "on its way" in page
