"""The mail carrier is the installation's own server, except in a demo."""

from __future__ import annotations

from pytest_django import Settings

from smarthub.integrations.sandbox.mail import OutboxPageSender
from smarthub.integrations.smtp.sender import SmtpSender
from smarthub.wiring.senders import mail_sender


class TestMailSender:
    def test_is_the_smtp_server_of_the_installation(self, settings: Settings) -> None:
        settings.DEMO = False

        sender = mail_sender()

        assert isinstance(sender, SmtpSender)
        sender.close()  # nothing was opened: the network is off in this test

    def test_is_nobody_in_a_demo(self, settings: Settings) -> None:
        settings.DEMO = True

        assert isinstance(mail_sender(), OutboxPageSender)
