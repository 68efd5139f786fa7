"""The address at which the gateway's machines speak."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from smarthub.integrations.event_signature import sign
from smarthub.payments.models import InboxEvent
from smarthub.wiring.gateway import payment_gateway
from tests.sandbox_gateway import SECRET

BODY = b'{"id": "evt_1", "kind": "charge.success", "charge": "chg_1", "made_at": 0}'


@pytest.fixture(autouse=True)
def gateways_secret(settings: Settings) -> object:
    settings.GATEWAY_SECRET = SECRET
    payment_gateway.cache_clear()
    yield
    payment_gateway.cache_clear()


def send(body: bytes, *, secret: str = SECRET) -> int:
    header = sign(body=body, secret=secret, at=int(time.time()))
    answer = Client(enforce_csrf_checks=True).post(
        reverse("gateway_events"),
        data=body,
        content_type="application/json",
        headers={"Sandbox-Signature": header},
    )
    return answer.status_code


@pytest.mark.django_db
class TestTheAddress:
    def test_keeps_a_signed_event_and_says_so_each_time(self) -> None:
        assert [send(BODY), send(BODY)] == [200, 200]
        assert InboxEvent.objects.get().body == BODY.decode()

    def test_hears_no_forger_and_no_browser(self) -> None:
        assert send(BODY, secret="guessed") == 400
        assert Client().get(reverse("gateway_events")).status_code == 405
        assert not InboxEvent.objects.exists()

    def test_takes_no_flood(self) -> None:
        assert send(b"x" * 300_000) == 413
