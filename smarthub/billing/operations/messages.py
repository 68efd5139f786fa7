"""Write what bills tell beside their figures: appended, superseded, never edited."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from smarthub.billing.models import PrintedMessage
from smarthub.billing.types import NewMessage
from smarthub.kernel.errors import Conflict, NotVisible, Refused


class MessageHasNoDays(Refused):
    """A message ends before it begins."""

    code = "message_has_no_days"


class MessageHasNoReaders(Refused):
    """A message is for a rate, a service or a list, and names none."""

    code = "message_has_no_readers"


class MessageReplaced(Conflict):
    """Somebody else changed this message meanwhile."""

    code = "message_replaced"


def write_message(
    *, message: NewMessage, author: str, now: dt.datetime, supersedes: int | None = None
) -> int:
    """Write a message, or one in the place of another; return its number.

    Bills that were made keep the words they carry; a bill made from now on has the new ones.

    Raises:
        MessageHasNoDays: it ends before it begins.
        MessageHasNoReaders: it names nobody it is for.
        MessageReplaced: another took the place of ``supersedes`` before.
        NotVisible: there is no message ``supersedes``.

    Source: feature R23.
    """
    if message.ends_on < message.starts_on:
        raise MessageHasNoDays(starts_on=message.starts_on.isoformat())
    if message.audience != PrintedMessage.Audience.ALL and not message.values:
        raise MessageHasNoReaders(audience=message.audience)
    if supersedes is not None and not PrintedMessage.objects.filter(pk=supersedes).exists():
        raise NotVisible(message=supersedes)
    row = PrintedMessage(
        title=message.title.as_json(),
        text=message.text.as_json(),
        more=message.more.as_json() if message.more else None,
        audience=message.audience,
        audience_values=sorted(set(message.values)),
        starts_on=message.starts_on,
        ends_on=message.ends_on,
        author=author,
        recorded_at=now,
        supersedes_id=supersedes,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise MessageReplaced(message=supersedes) from error  # its place can be taken once only
    return row.pk
