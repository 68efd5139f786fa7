"""The same e-mail to many: what each gets is what it would have got alone."""

from __future__ import annotations

import datetime as dt

import pytest

from smarthub.kernel.money import Money
from smarthub.members.types import PersonId
from smarthub.notifications.many import queue_messages
from smarthub.notifications.models import Message, WaitingMessage
from smarthub.notifications.operations import queue_message
from smarthub.notifications.types import NewMessage
from tests.cast import NOW, Cast

DAYS = {"bill_date": dt.date(2026, 11, 1), "due_date": dt.date(2026, 11, 28)}


def to_maria(cast: Cast, key: str, cents: int) -> NewMessage:
    return NewMessage(
        dedupe_key=key,
        person_id=cast.maria.person_id,
        account_number="0001001001",
        address="maria@prairieridge.example",
        own={"asked": Money(cents)},
    )


def queue(language: str, *messages: NewMessage) -> int:
    return queue_messages(
        template="bill_ready", language=language, shared=DAYS, messages=messages, now=NOW
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_words_are_those_of_a_message_queued_alone(cast: Cast, language: str) -> None:
    queue(language, to_maria(cast, "a", 13_946), to_maria(cast, "b", 1_234_567_89))
    together = list(Message.objects.order_by("dedupe_key"))

    for known, cents in zip(together, (13_946, 1_234_567_89), strict=True):
        queue_message(
            dedupe_key=f"alone:{known.dedupe_key}",
            template="bill_ready",
            language=language,
            person_id=PersonId(known.person_id or 0),
            account_number=known.account_number,
            address=known.address,
            context={**DAYS, "asked": Money(cents)},
            now=NOW,
            new_code=lambda: "2222-2222",
        )
        alone = Message.objects.get(dedupe_key=f"alone:{known.dedupe_key}")
        assert known.subject == alone.subject
        assert known.body == alone.body.replace("2222-2222", known.code)
        WaitingMessage.objects.filter(message=alone).delete()
        break  # the code proves one message only, so it can be lent once
    assert "$1,234,567.89" in together[1].body
    assert len({message.code for message in together}) == 2


def test_a_key_is_used_once_whoever_used_it_before(cast: Cast) -> None:
    first = queue("en", to_maria(cast, "a", 1_00))

    again = queue("en", to_maria(cast, "a", 1_00), to_maria(cast, "b", 2_00))

    assert (first, again) == (1, 1)
    assert (Message.objects.count(), WaitingMessage.objects.count()) == (2, 2)


def test_a_value_the_template_needs_is_missed(cast: Cast) -> None:
    with pytest.raises(KeyError):
        queue_messages(
            template="bill_ready",
            language="en",
            shared={},
            messages=[to_maria(cast, "a", 1_00)],
            now=NOW,
        )

    assert not Message.objects.exists()
