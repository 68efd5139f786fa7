"""Two tabs that pay by one link: the second comes back to its page, which says what it paid."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from smarthub.payments.operations import PaymentConflict
from smarthub.portal.views import guest
from smarthub.workflows.money.pay_by_link import begin_as_guest
from tests.cast import NOW, Cast
from tests.workflows.wallet import bill


@pytest.mark.django_db
def test_another_card_at_the_same_moment_leads_back_to_the_link(cast: Cast, client: Client) -> None:
    bill(cast.account_1001, 50_00)
    link = begin_as_guest(number="1001", name="Alvarez", now=NOW)

    with (
        patch.object(guest, "now", lambda: NOW),
        patch.object(guest, "pay_by_link", side_effect=PaymentConflict(payment_id="one")),
    ):
        page = client.post(reverse("link_review", args=[link, 50_00]), {"agrees_to_fee": "0"})

    assert (page.status_code, page["Location"]) == (303, reverse("link", args=[link]))
