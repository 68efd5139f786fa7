"""Every write beside use: pin a note to some days, take it off, keep a forecast."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from smarthub.accounts.types import AccountId, ServicePointId
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.usage.models import ForecastDay, UsageNote, UsageNoteEnd
from smarthub.usage.types import ForecastedDay

LONGEST_NOTE = 80


class NoteRefused(Refused):
    """A note has no words, too many, or days in the wrong order."""

    code = "note_refused"


class NoteConflict(Conflict):
    """The key of a note was used for other words or days."""

    code = "note_conflict"


def pin_note(
    *,
    key: uuid.UUID,
    account_id: AccountId,
    service_point_id: ServicePointId,
    first_day: dt.date,
    last_day: dt.date,
    text: str,
    user_id: int,
    now: dt.datetime,
) -> None:
    """Pin words to some days of a service point, once; sent again with the same key it stays one.

    Raises:
        NoteRefused: the text is empty or too long, or the last day is before the first.
        NoteConflict: ``key`` was used for another note.

    Source: feature R20 (usage markers).
    """
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_NOTE or last_day < first_day:
        raise NoteRefused(longest=LONGEST_NOTE)
    facts = {
        "account_id": account_id,
        "service_point_id": service_point_id,
        "first_day": first_day,
        "last_day": last_day,
        "text": words,
    }
    with transaction.atomic():
        note, _created = UsageNote.objects.get_or_create(
            pk=key, defaults={**facts, "author_id": user_id, "pinned_at": now}
        )
    if any(getattr(note, name) != value for name, value in facts.items()):
        raise NoteConflict(note=str(key))


def take_off_note(*, key: uuid.UUID, account_id: AccountId, user_id: int, now: dt.datetime) -> None:
    """Take a note off its days; it stays in the history. Taken off already is taken off.

    Raises:
        NotVisible: the account has no such note.
    """
    with transaction.atomic():
        note = UsageNote.objects.filter(pk=key, account=account_id).first()
        if note is None:
            raise NotVisible
        UsageNoteEnd.objects.get_or_create(
            note=note, defaults={"author_id": user_id, "ended_at": now}
        )


def keep_forecast(*, days: Sequence[ForecastedDay], source: str) -> int:
    """Keep what was forecast; the same issue again changes nothing.

    Returns:
        How many days were not known yet.
    """
    rows = [
        ForecastDay(
            station=day.station,
            day=day.day,
            issued_at=day.issued_at,
            low_f=day.low_f,
            high_f=day.high_f,
            mean_f=day.mean_f,
            source=source,
        )
        for day in days
    ]
    before = ForecastDay.objects.count()
    ForecastDay.objects.bulk_create(rows, ignore_conflicts=True)
    return ForecastDay.objects.count() - before
