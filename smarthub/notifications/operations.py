"""Every write of messages, each queued once with its tries kept; of notes and of reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from smarthub.kernel.codes import draw_code
from smarthub.members.types import PersonId
from smarthub.notifications.models import (
    ContactNote,
    DeliveryTry,
    Message,
    ReportStep,
    SuspiciousReport,
    WaitingMessage,
)
from smarthub.notifications.types import Channel, MessageId, Outcome, OutgoingMessage
from smarthub.notifications.wording import write_words

LANGUAGES = ("en", "es")
DELIVERY_JOB = "deliver_messages"
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
MOST_FAILURES = 78
"""About three days: 63 minutes for the first six pauses, then one try an hour."""


class NothingToRecord(ValueError):
    """A try was to be recorded for a message that does not wait: it was not claimed."""


def queue_message(
    *,
    dedupe_key: str,
    template: str,
    language: str,
    person_id: PersonId | None,
    account_number: str,
    address: str,
    context: Mapping[str, object],
    now: dt.datetime,
    channel: str = "email",
    new_code: Callable[[], str] = draw_code,
) -> None:
    """Put one message into the outbox, in the caller's transaction; a job sends it later.

    Calling again with the same key changes nothing, so a retried job tells nobody twice.
    Nothing outside the database is touched: a transaction that fails takes its message along.

    Args:
        dedupe_key: What this message is about, e.g. ``"receipt:<payment id>"``.
        template: A pair of files in ``templates/notifications``; docs/operating/messages.md
            lists what each needs in ``context``.
        language: ``en`` or ``es``; anything else is written in English (domain rule 116).
        person_id: Whom it is for; ``None`` when the address is nobody's we know.
        account_number: The account it is about, or the empty string.
        address: One e-mail address or phone, or the lines of a mailing address.
        context: The template's values; money, dates and ``{en, es}`` texts as they are.
        now: The moment it is queued.
        channel: By what way it goes.
        new_code: Where the proof of genuineness is drawn from; a taken one is drawn again.

    Raises:
        KeyError: the template needs a value that ``context`` does not have.

    Source: feature R17 and R33; domain rules 116 and 118.
    """
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    row = Message(
        dedupe_key=dedupe_key,
        channel=Message.Channel(channel),
        person_id=person_id,
        account_number=account_number,
        address=address,
        template=template,
        language=spoken,
        queued_at=now,
    )
    with transaction.atomic():
        if _insert_once(row, context, new_code):
            WaitingMessage.objects.create(message=row, not_before=now)
            ask_for_delivery()


def _insert_once(row: Message, context: Mapping[str, object], new_code: Callable[[], str]) -> bool:
    """Insert ``row``, drawing codes until one is free; false when its key is already there."""
    while not Message.objects.filter(dedupe_key=row.dedupe_key).exists():
        row.code = new_code()
        words = write_words(
            template=row.template,
            language=row.language,
            code=row.code,
            account_number=row.account_number,
            values=context,
            channel=Channel(row.channel),
        )
        row.subject, row.body = words.subject, words.body
        Message.objects.bulk_create([row], ignore_conflicts=True)
        stored = Message.objects.filter(code=row.code, dedupe_key=row.dedupe_key).first()
        if stored is not None:
            row.pk = stored.pk
            return True
    return False


def ask_for_delivery() -> None:
    """Queue the delivery job in this transaction, unless it is queued or being queued.

    Two transactions queueing it at once would wait for each other at its lock, and could
    deadlock over what else they hold. So only the one that gets the advisory lock tries; the
    other's message leaves with the job that runs every minute.
    """
    if not _is_our_turn() or _is_asked_for():
        return
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(DELIVERY_JOB, queueing_lock=DELIVERY_JOB).defer()


def _is_asked_for() -> bool:
    """Return whether the job is queued already, as far as this transaction sees."""
    return ProcrastinateJob.objects.filter(queueing_lock=DELIVERY_JOB, status="todo").exists()


def _is_our_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [DELIVERY_JOB])
        (ours,) = cursor.fetchone()
    return bool(ours)


def claim_next(
    *, now: dt.datetime, channels: Collection[Channel] = (Channel.EMAIL,)
) -> OutgoingMessage | None:
    """Claim one message that is due, until the caller's transaction ends; None when none is.

    A message claimed elsewhere at this moment is passed over, so several workers share the
    work. Only ``channels`` are claimed: those somebody carries.
    """
    waiting = (
        WaitingMessage.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("message")
        .filter(not_before__lte=now, message__channel__in=list(channels))
        .order_by("not_before", "pk")
        .first()
    )
    if waiting is None:
        return None
    row = waiting.message
    return OutgoingMessage(
        id=MessageId(row.pk),
        dedupe_key=row.dedupe_key,
        channel=Channel(row.channel),
        address=row.address,
        language=row.language,
        subject=row.subject,
        body=row.body,
    )


def record_try(
    *, message_id: MessageId, outcome: Outcome, detail: str = "", now: dt.datetime
) -> Outcome:
    """Record how a try at a claimed message ended, and when the next one is due, if any.

    The last failure a message is allowed counts as refused, so that staff see it. A mail
    system that is down is held against no message.

    Returns:
        The outcome as it was recorded.

    Raises:
        NothingToRecord: the message does not wait.
    """
    tries = list(DeliveryTry.objects.filter(message_id=message_id).values_list("outcome"))
    if outcome is Outcome.FAILED and tries.count((Outcome.FAILED,)) + 1 >= MOST_FAILURES:
        outcome = Outcome.REFUSED
    waiting = WaitingMessage.objects.filter(pk=message_id)
    with transaction.atomic():
        if outcome in {Outcome.FAILED, Outcome.DOWN}:
            found = waiting.update(not_before=now + pause_after(tries=len(tries) + 1))
        else:
            found, _ = waiting.delete()
        if not found:
            raise NothingToRecord(message_id)
        DeliveryTry.objects.create(
            message_id=message_id, outcome=outcome, detail=detail[:300], tried_at=now
        )
    return outcome


def pause_after(*, tries: int) -> dt.timedelta:
    """Return how long a message rests after so many failed tries: doubled, at most an hour."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)


def note_contact(
    *,
    account_number: str,
    way: str,
    by_us: bool,
    about: str,
    happened_at: dt.datetime,
    user_id: int,
    now: dt.datetime,
) -> None:
    """Note a call, visit or letter about an account; its holders can read it.

    Source: domain rule 118.
    """
    ContactNote.objects.create(
        account_number=account_number,
        way=way,
        by_us=by_us,
        about=about,
        happened_at=happened_at,
        noted_by_id=user_id,
        noted_at=now,
    )


def report_suspicious(
    *,
    report_id: UUID,
    person_id: PersonId | None,
    way: str,
    came_from: str,
    text: str,
    answer_to: str,
    picture: bytes | None,
    now: dt.datetime,
) -> None:
    """Keep a report of a call or message somebody does not believe to be ours; once by its id.

    Args:
        report_id: Made when the form was shown.
        person_id: Who reports, or None for somebody not signed in.
        way: How it came: call, e-mail, text, letter or visit.
        came_from: The number or address it came from, as far as known.
        text: What was said or written.
        answer_to: Where we may answer, if wanted.
        picture: A picture that was drawn anew (``kernel.pictures``), or None.
        now: When it is reported.

    Source: feature R33.
    """
    SuspiciousReport.objects.get_or_create(
        pk=report_id,
        defaults={
            "person_id": person_id,
            "way": way,
            "came_from": came_from,
            "text": text,
            "answer_to": answer_to,
            "picture": picture,
            "reported_at": now,
        },
    )


def take_step(*, report_id: UUID, state: str, note: str, user_id: int, now: dt.datetime) -> None:
    """Note what staff did about a report; the newest step is its state."""
    ReportStep.objects.create(report_id=report_id, state=state, note=note, user_id=user_id, at=now)
