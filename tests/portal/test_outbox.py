"""In a demo every message can be read at ``/_outbox/``; anywhere else the page is not there."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.notifications.operations import queue_message
from smarthub.notifications.types import Channel
from smarthub.wiring.senders import mail_sender
from smarthub.workflows.messages.send_messages import deliver_waiting
from tests.cast import NOW, TODAY


@pytest.fixture
def in_demo(settings: Settings, cooperative_founded: None) -> None:
    del cooperative_founded
    settings.DEMO = True


def queue_failed_payment(cents: int, *, language: str = "en") -> Message:
    queue_message(
        dedupe_key=f"payment_failed:{cents}",
        template="payment_failed",
        language=language,
        person_id=None,
        account_number="1001",
        address="maria@prairieridge.example",
        context={"amount": Money(cents), "paid_on": TODAY},
        now=NOW,
    )
    return Message.objects.get(dedupe_key=f"payment_failed:{cents}")


@pytest.mark.usefixtures("in_demo")
class TestOutbox:
    def test_shows_every_message_newest_first(self, client: Client) -> None:
        first, second = queue_failed_payment(100), queue_failed_payment(200)

        page = client.get("/_outbox/").content.decode()

        assert page.index(second.code) < page.index(first.code)
        for told in (first.subject, "maria@prairieridge.example", "You were not charged"):
            assert told in page

    def test_says_that_a_message_was_sent_once_the_demo_carried_it(self, client: Client) -> None:
        queue_failed_payment(100)
        waiting = client.get("/_outbox/").content.decode()

        deliver_waiting(senders={Channel.EMAIL: mail_sender()}, now=NOW)

        sent = client.get("/_outbox/").content.decode()
        assert "Waiting" in waiting
        assert "Waiting" not in sent

    def test_says_so_when_there_is_none(self, client: Client) -> None:
        assert "No message yet" in client.get("/_outbox/").content.decode()


@pytest.mark.usefixtures("cooperative_founded")
def test_outside_a_demo_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    queue_failed_payment(100)

    assert client.get("/_outbox/").status_code == 404
