"""What whoever was let in to pay finds on the pages of the holder's Auto Pay."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from smarthub.accounts.operations import grant_role
from tests.cast import Cast
from tests.portal.conftest import TODAY, SignIn
from tests.portal.test_auto_pay import maria, turn_on, words

__all__ = ["maria"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_it_is_shown_without_a_button(maria: Client, billed: Cast, sign_in: SignIn) -> None:
    turn_on(maria)
    grant_role(
        account_id=billed.account_1001,
        person_id=billed.ben.person_id,
        role="payer",
        starts_on=TODAY,
    )
    ben = sign_in(billed.ben)

    page = words(ben.get(reverse("auto_pay_account", args=["1001"])))
    stop = ben.get(reverse("auto_pay_change", args=["1001", "stop"]))
    set_up = ben.get(reverse("auto_pay_set_up"), {"account": "1001"})

    assert "Auto Pay is on" in page
    for button in ("Pause", "Stop Auto Pay", "Change card"):
        assert button not in page
    assert (stop.status_code, set_up.status_code) == (404, 404)
