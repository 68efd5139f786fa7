"""What waits in the outbox is sent once; what cannot be sent is recorded and told."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction

from smarthub.integrations.sandbox.mail import OutboxPageSender
from smarthub.integrations.smtp.sender import SmtpSender
from smarthub.kernel.money import Money
from smarthub.notifications.models import DeliveryTry, WaitingMessage
from smarthub.notifications.operations import (
    MOST_FAILURES,
    NothingToRecord,
    claim_next,
    pause_after,
    queue_message,
    record_try,
)
from smarthub.notifications.ports import Mail, MailSender
from smarthub.notifications.queries import find_by_code, list_of_account, list_recent
from smarthub.notifications.types import Channel, MessageId, Outcome, State
from smarthub.workflows.messages.send_messages import deliver_waiting
from tests.cast import NOW, TODAY
from tests.integrations.smtp.mail_server import HOST, Postbox, running_mail_server

MINUTE = dt.timedelta(minutes=1)
MARIA = "maria@prairieridge.example"


def queue_failed_payment(number: int = 1, *, address: str = MARIA) -> None:
    queue_message(
        dedupe_key=f"payment_failed:{number}",
        template="payment_failed",
        language="en",
        person_id=None,
        account_number="1001",
        address=address,
        context={"amount": Money(100 * number), "paid_on": TODAY},
        now=NOW,
    )


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with running_mail_server() as postbox:
        yield postbox


@pytest.fixture
def sender(postbox: Postbox) -> MailSender:
    connection = EmailBackend(
        host=HOST, port=postbox.port, use_tls=False, username="", password="", timeout=2
    )
    return SmtpSender(connection=connection, from_address="no-reply@prairieridge.example")


@pytest.mark.allow_hosts([HOST])
@pytest.mark.usefixtures("cooperative_founded")
class TestDeliverWaiting:
    def test_sends_each_message_once(self, postbox: Postbox, sender: MailSender) -> None:
        queue_failed_payment(1)
        queue_failed_payment(2)

        sent = [deliver_waiting(senders={Channel.EMAIL: sender}, now=NOW) for _ in range(2)]

        assert sent == [2, 0]
        assert [mail["Subject"] for _, mail in postbox.taken] == [
            "Your payment of $1.00 did not go through",
            "Your payment of $2.00 did not go through",
        ]
        assert {message.state for message in list_recent(limit=9)} == {State.SENT}

    def test_sends_no_more_than_it_may_in_one_run(
        self, postbox: Postbox, sender: MailSender
    ) -> None:
        for number in (1, 2, 3):
            queue_failed_payment(number)

        assert deliver_waiting(senders={Channel.EMAIL: sender}, now=NOW, limit=2) == 2
        assert len(postbox.taken) == 2

    def test_tries_again_later_and_says_why_it_waits(
        self, postbox: Postbox, sender: MailSender
    ) -> None:
        queue_failed_payment()
        postbox.recipient_answer[MARIA] = "450 4.2.1 Mailbox busy"

        assert deliver_waiting(senders={Channel.EMAIL: sender}, now=NOW) == 0
        [waiting] = list_recent(limit=9)
        postbox.recipient_answer.clear()
        too_early = deliver_waiting(senders={Channel.EMAIL: sender}, now=NOW + MINUTE / 2)
        in_time = deliver_waiting(senders={Channel.EMAIL: sender}, now=NOW + MINUTE)

        assert (waiting.state, waiting.detail) == (State.TRIED, "450 4.2.1 Mailbox busy")
        assert (too_early, in_time) == (0, 1)

    def test_never_tries_a_refused_address_again_and_sends_the_rest(
        self, postbox: Postbox, sender: MailSender
    ) -> None:
        queue_failed_payment(1, address="gone@prairieridge.example")
        queue_failed_payment(2)
        postbox.recipient_answer["gone@prairieridge.example"] = "550 5.1.1 No such user"

        assert deliver_waiting(senders={Channel.EMAIL: sender}, now=NOW) == 1
        assert (
            deliver_waiting(senders={Channel.EMAIL: sender}, now=NOW + dt.timedelta(days=30)) == 0
        )
        states = {message.address: message.state for message in list_recent(limit=9)}
        assert states == {"gone@prairieridge.example": State.REFUSED, MARIA: State.SENT}

    def test_leaves_the_rest_alone_when_the_server_is_down(self, postbox: Postbox) -> None:
        queue_failed_payment(1)
        queue_failed_payment(2)
        port_of_nobody = EmailBackend(host=HOST, port=1, use_tls=False, timeout=2)
        nobody = SmtpSender(connection=port_of_nobody, from_address="no-reply@example.org")

        assert deliver_waiting(senders={Channel.EMAIL: nobody}, now=NOW) == 0
        assert [row.outcome for row in DeliveryTry.objects.all()] == [Outcome.DOWN]
        assert WaitingMessage.objects.count() == 2
        assert postbox.taken == []

    def test_sends_the_same_mail_again_after_a_crash_before_the_record(
        self, postbox: Postbox, sender: MailSender
    ) -> None:
        class Crash(BaseException):
            """The process dies once the mail system has the mail."""

        class DyingSender(OutboxPageSender):
            def send(self, mail: Mail) -> None:
                sender.send(mail)
                raise Crash

        queue_failed_payment()

        with pytest.raises(Crash):
            deliver_waiting(senders={Channel.EMAIL: DyingSender()}, now=NOW)
        assert deliver_waiting(senders={Channel.EMAIL: sender}, now=NOW) == 1

        first, second = (mail["Message-ID"] for _, mail in postbox.taken)
        assert first == second


@pytest.mark.django_db
class TestRecordTry:
    def test_gives_up_after_its_last_failure(self) -> None:
        queue_failed_payment()
        at = NOW
        outcomes = []

        while (message := claim_next(now=at)) is not None:
            outcomes.append(record_try(message_id=message.id, outcome=Outcome.FAILED, now=at))
            at += pause_after(tries=len(outcomes))

        assert outcomes == [Outcome.FAILED] * (MOST_FAILURES - 1) + [Outcome.REFUSED]
        # 1 + 2 + 4 + 8 + 16 + 32 minutes, then 72 pauses of an hour; the last is never slept
        assert at - NOW == dt.timedelta(minutes=63, hours=72)

    def test_holds_a_mail_system_that_is_down_against_no_message(self) -> None:
        queue_failed_payment()
        at = NOW

        for _ in range(MOST_FAILURES + 1):
            message = claim_next(now=at)
            assert message is not None
            outcome = record_try(message_id=message.id, outcome=Outcome.DOWN, now=at)
            assert outcome is Outcome.DOWN
            at += dt.timedelta(hours=1)

    def test_refuses_to_record_a_second_end(self) -> None:
        queue_failed_payment()
        message = claim_next(now=NOW)
        assert message is not None
        record_try(message_id=message.id, outcome=Outcome.SENT, now=NOW)

        with pytest.raises(NothingToRecord):
            record_try(message_id=message.id, outcome=Outcome.SENT, now=NOW)


def test_two_workers_never_claim_the_same_message(committing_database: str) -> None:
    del committing_database
    queue_failed_payment(1)
    queue_failed_payment(2)
    claimed: list[MessageId | None] = []

    def claim_in_another_session() -> None:
        with transaction.atomic():
            message = claim_next(now=NOW)
        claimed.append(message.id if message else None)
        connection.close()

    with transaction.atomic():
        mine = claim_next(now=NOW)
        assert mine is not None
        other = threading.Thread(target=claim_in_another_session)
        other.start()
        other.join()

    assert claimed[0] is not None
    assert claimed[0] != mine.id


@pytest.mark.django_db
class TestReading:
    def test_finds_a_message_by_its_code_however_it_is_spelled(self) -> None:
        queue_failed_payment()
        [message] = list_recent(limit=1)

        found = find_by_code(code=f" {message.code.replace('-', ' ').lower()} ")

        assert found == message
        assert find_by_code(code="") is None

    def test_lists_the_messages_of_one_account_only(self) -> None:
        queue_failed_payment()

        assert len(list_of_account(account_number="1001", limit=9)) == 1
        assert list_of_account(account_number="1002", limit=9) == []
