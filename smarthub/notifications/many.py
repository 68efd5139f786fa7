"""Queue the same message to many, as a bill run does: a few statements, not a few for each.

The promises are those of ``operations.queue_message``: once by its key, in the caller's
transaction, with a code that proves it. Should another transaction queue one of these keys at the
same moment, the database refuses the whole of ours, and the caller's chunk is done again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from smarthub.cooperative.among import among
from smarthub.cooperative.copying import copy_lines
from smarthub.kernel.codes import draw_code
from smarthub.kernel.copy_text import NOTHING, value_text
from smarthub.notifications.models import Message
from smarthub.notifications.operations import LANGUAGES, ask_for_delivery
from smarthub.notifications.types import Channel, NewMessage
from smarthub.notifications.wording import write_words_of_many

_IDS = """
SELECT nextval(pg_get_serial_sequence('notifications_message', 'id')) FROM generate_series(1, %s)
"""
_MESSAGES = """
COPY notifications_message (id, dedupe_key, channel, person_id, account_number, address, template,
                            language, subject, body, code, queued_at) FROM STDIN
"""
_WAITING = "COPY notifications_waitingmessage (message_id, not_before) FROM STDIN"


def queue_messages(
    *,
    template: str,
    language: str,
    shared: Mapping[str, object],
    messages: Sequence[NewMessage],
    now: dt.datetime,
    channel: Channel = Channel.EMAIL,
) -> int:
    """Put many messages of one template and language into the outbox; return how many are new.

    Args:
        template: As for ``queue_message``; it prints what is each message's own, and no more.
        language: ``en`` or ``es``; anything else is written in English.
        shared: The values that are the same for all.
        messages: Whom they are for, and each one's own values.
        now: The moment they are queued.
        channel: By which way they go.

    Raises:
        KeyError: the template needs a value that is not there.

    Source: feature R17; domain rules 116 and 118.
    """
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    with transaction.atomic():
        keys = [message.dedupe_key for message in messages]
        there = set(
            Message.objects.filter(among("dedupe_key", keys)).values_list("dedupe_key", flat=True)
        )
        new = [message for message in messages if message.dedupe_key not in there]
        if new:
            _write(
                template=template,
                language=spoken,
                shared=shared,
                new=new,
                now=now,
                channel=channel,
            )
            ask_for_delivery()
    return len(new)


def _write(
    *,
    template: str,
    language: str,
    shared: Mapping[str, object],
    new: Sequence[NewMessage],
    now: dt.datetime,
    channel: Channel,
) -> None:
    codes = _free_codes(len(new))
    own = [
        {**message.own, "proof_code": code, "account_number": message.account_number}
        for message, code in zip(new, codes, strict=True)
    ]
    words = write_words_of_many(
        template=template, language=language, shared=shared, own=own, channel=channel
    )
    with connection.cursor() as cursor:
        cursor.execute(_IDS, [len(new)])
        ids = [pk for (pk,) in cursor.fetchall()]
    at = str(now)  # once, and not for each row
    copy_lines(
        _MESSAGES,
        (
            f"{pk}\t{value_text(message.dedupe_key)}\t{channel.value}"
            f"\t{message.person_id or NOTHING}\t{value_text(message.account_number)}"
            f"\t{value_text(message.address)}\t{template}\t{language}"
            f"\t{value_text(text.subject)}\t{value_text(text.body)}\t{code}\t{at}"
            for pk, message, text, code in zip(ids, new, words, codes, strict=True)
        ),
    )
    copy_lines(_WAITING, [f"{pk}\t{at}" for pk in ids])


def _free_codes(count: int) -> list[str]:
    """Draw codes that no message has; one that is taken is drawn again."""
    codes: dict[str, None] = {}
    while len(codes) < count:
        drawn = {draw_code() for _ in range(count - len(codes))}
        taken = Message.objects.filter(among("code", drawn)).values_list("code", flat=True)
        codes |= dict.fromkeys(sorted(drawn - set(taken) - codes.keys()))
    return list(codes)
