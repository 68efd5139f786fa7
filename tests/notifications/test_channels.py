"""Texts are short, letters go to an address of paper, and each channel waits for its carrier."""

from __future__ import annotations

import pytest

from smarthub.integrations.sandbox.mail import OutboxPageSender
from smarthub.members.models import MailingAddress
from smarthub.members.operations import add_contact, add_person
from smarthub.notifications.models import Message
from smarthub.notifications.operations import queue_message
from smarthub.notifications.ports import Mail, MailServerDown
from smarthub.notifications.queries import list_recent
from smarthub.notifications.types import Channel, State
from smarthub.workflows.messages.send_messages import deliver_waiting
from smarthub.workflows.messages.tell_person import tell_person
from tests.cast import NOW, Cast


class Unreachable(OutboxPageSender):
    """A carrier that does not answer."""

    def send(self, mail: Mail) -> None:
        raise MailServerDown(detail=f"no answer about {mail.subject}")


def queue_code(number: int, channel: Channel, language: str = "en") -> Message:
    queue_message(
        dedupe_key=f"code:{number}",
        template="step_up_code",
        language=language,
        person_id=None,
        account_number="",
        address="815-555-0199",
        context={"code": "7KQM-R4TX"},
        now=NOW,
        channel=channel,
    )
    return Message.objects.get(dedupe_key=f"code:{number}")


@pytest.mark.django_db
class TestText:
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_fits_into_two_parts_with_its_proof(self, language: str) -> None:
        text = queue_code(1, Channel.TEXT, language)

        assert text.body.startswith("7KQM-R4TX")
        assert text.code in text.body
        assert len(text.body) <= 2 * 153, "three parts of a text cost three times as much"

    def test_without_words_of_its_own_says_the_subject(self) -> None:
        queue_message(
            dedupe_key="unknown",
            template="unknown_address",
            language="en",
            person_id=None,
            account_number="",
            address="815-555-0199",
            context={},
            now=NOW,
            channel=Channel.TEXT,
        )

        message = Message.objects.get()
        assert message.body.startswith(message.subject)


@pytest.mark.usefixtures("cooperative_founded")
class TestDelivery:
    def test_of_a_channel_waits_for_a_carrier(self) -> None:
        queue_code(1, Channel.TEXT)
        queue_code(2, Channel.EMAIL)

        first = deliver_waiting(senders={Channel.EMAIL: OutboxPageSender()}, now=NOW)
        second = deliver_waiting(senders={Channel.TEXT: OutboxPageSender()}, now=NOW)

        assert (first, second) == (1, 1)

    def test_goes_on_by_the_other_channels_when_one_is_down(self) -> None:
        queue_code(1, Channel.TEXT)
        queue_code(2, Channel.EMAIL)
        senders = {Channel.TEXT: Unreachable(), Channel.EMAIL: OutboxPageSender()}

        sent = deliver_waiting(senders=senders, now=NOW)

        assert sent == 1
        assert {m.channel: m.state for m in list_recent(limit=2)} == {
            Channel.TEXT: State.TRIED,
            Channel.EMAIL: State.SENT,
        }


class TestTellPerson:
    def test_reaches_whoever_has_no_email_by_text_and_else_by_letter(self, cast: Cast) -> None:
        del cast
        phoner = add_person(given_name="Otis", family_name="Reed")
        add_contact(person_id=phoner, kind="phone", value="815-555-0177", verified_at=NOW)
        writer = add_person(given_name="Ada", family_name="Lund", language="es")
        MailingAddress.objects.create(
            person_id=writer,
            street="PO Box 9",
            city="Willow Bend",
            state="IL",
            postal_code="61000",
            starts_at=NOW,
        )
        nobody = add_person(family_name="Nowhere")

        told = [
            tell_person(
                person_id=person,
                template="sharing_ended",
                context={},
                about="1",
                now=NOW,
                account_number="1001",
            )
            for person in (phoner, writer, nobody)
        ]

        assert told == [1, 1, 0]
        assert [(m.channel, m.address, m.language) for m in Message.objects.order_by("pk")] == [
            ("text", "815-555-0177", "en"),
            ("letter", "PO Box 9\nWillow Bend, IL 61000", "es"),
        ]
