"""Mails reach a real SMTP server with truthful headers, and its answers are understood."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Iterator

import pytest
from django.core.mail.backends.smtp import EmailBackend

from smarthub.integrations.smtp.sender import SmtpSender
from smarthub.notifications.ports import Mail, MailDelayed, MailRefused, MailServerDown
from tests.cast import NOW
from tests.integrations.smtp.mail_server import HOST, Postbox, running_mail_server

pytestmark = pytest.mark.allow_hosts([HOST])

MARIA = "maria@prairieridge.example"
MAIL = Mail(
    identity="0b5c1f1e",
    sender_name="Prairie Ridge Energy Cooperative",
    address=MARIA,
    language="es",
    subject="Recibimos su pago de $145.21",
    body="Recibimos su pago. ¿Es de verdad nuestro este mensaje?\n",
    sent_at=NOW,
)


def sender_to(port: int) -> SmtpSender:
    connection = EmailBackend(host=HOST, port=port, use_tls=False, username="", password="")
    return SmtpSender(connection=connection, from_address="Office <no-reply@prairieridge.example>")


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with running_mail_server() as postbox:
        yield postbox


@pytest.fixture
def sender(postbox: Postbox) -> Iterator[SmtpSender]:
    sender = sender_to(postbox.port)
    yield sender
    sender.close()


class TestSmtpSender:
    def test_carries_the_words_and_truthful_headers(
        self, postbox: Postbox, sender: SmtpSender
    ) -> None:
        sender.send(MAIL)

        [(recipients, mail)] = postbox.taken
        assert recipients == [MARIA]
        assert mail.get_content().splitlines() == MAIL.body.splitlines()
        assert {name: mail[name] for name in ("Subject", "From", "Date", "Message-ID")} == {
            "Subject": MAIL.subject,
            "From": "Prairie Ridge Energy Cooperative <no-reply@prairieridge.example>",
            "Date": "Sun, 22 Nov 2026 18:00:00 +0000",
            "Message-ID": "<0b5c1f1e@prairieridge.example>",
        }
        assert (mail["Content-Language"], mail["Auto-Submitted"]) == ("es", "auto-generated")

    def test_says_all_over_one_connection(self, postbox: Postbox, sender: SmtpSender) -> None:
        for identity in ("first", "second"):
            sender.send(dataclasses.replace(MAIL, identity=identity))

        assert len(postbox.taken) == 2
        assert postbox.connections == 1

    @pytest.mark.parametrize(
        ("answer", "error"),
        [("550 5.1.1 No such user", MailRefused), ("450 4.2.1 Mailbox busy", MailDelayed)],
    )
    def test_tells_a_refused_address_from_a_busy_one(
        self, postbox: Postbox, sender: SmtpSender, answer: str, error: type[Exception]
    ) -> None:
        postbox.recipient_answer[MARIA] = answer

        with pytest.raises(error) as caught:
            sender.send(MAIL)

        assert caught.value.values == {"detail": answer}  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("answer", "error"),
        [("554 5.7.1 Refused as spam", MailRefused), ("451 4.3.0 Try later", MailDelayed)],
    )
    def test_tells_refused_content_from_a_short_trouble(
        self, postbox: Postbox, sender: SmtpSender, answer: str, error: type[Exception]
    ) -> None:
        postbox.data_answer = answer

        with pytest.raises(error):
            sender.send(MAIL)

    def test_goes_on_after_a_refused_address(self, postbox: Postbox, sender: SmtpSender) -> None:
        postbox.recipient_answer["gone@prairieridge.example"] = "550 5.1.1 No such user"

        with pytest.raises(MailRefused):
            sender.send(dataclasses.replace(MAIL, address="gone@prairieridge.example"))
        sender.send(MAIL)

        assert [recipients for recipients, _ in postbox.taken] == [[MARIA]]

    @pytest.mark.parametrize(
        "address",
        ["maria@prairieridge.example\nBcc: all@example.org", "", "@", "a@@b"],
    )
    def test_refuses_an_address_no_mail_can_carry(
        self, postbox: Postbox, sender: SmtpSender, address: str
    ) -> None:
        postbox.recipient_answer[address] = "501 5.1.3 Bad address"

        with pytest.raises(MailRefused):
            sender.send(dataclasses.replace(MAIL, address=address))

        assert postbox.taken == []

    def test_says_that_the_server_is_down(self) -> None:
        with socket.socket() as unused:
            unused.bind((HOST, 0))
            port = unused.getsockname()[1]

            with pytest.raises(MailServerDown, match="ConnectionRefused"):
                sender_to(port).send(MAIL)
