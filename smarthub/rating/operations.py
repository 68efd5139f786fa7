"""Publishing tariffs and riders: checked, dated, signed, and never edited (rule 24)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.rating.files import read_tariff_file
from smarthub.rating.files.tariffs import read_definition
from smarthub.rating.models import (
    PreviewedBill,
    RiderValue,
    TariffDraft,
    TariffPreview,
    TariffVersion,
)
from smarthub.rating.types import Tariff
from smarthub.rating.types.drafts import BillChange, DraftId, PreviewId


class TariffDiffers(Conflict):
    """Another definition was published under the same code and date; publish a later one."""

    code = "tariff_differs"


class RiderDiffers(Conflict):
    """Another rate was published for the same rider and date; publish a later one."""

    code = "rider_differs"


class DraftUnknown(NotVisible):
    """There is no draft of that number, or it is no longer one."""

    code = "draft_unknown"


class DraftChanged(Conflict):
    """The draft was saved by somebody since this page was opened; look at it again."""

    code = "draft_changed"


class SecondLookMissing(Refused):
    """Whoever wrote a draft does not publish it; another person looks at it first."""

    code = "second_look_missing"


class DateTooEarly(Refused):
    """A version may not begin before today: bills of the past were priced without it."""

    code = "date_too_early"


class PreviewMissing(Refused):
    """The draft was not previewed over last month's bills as it reads now."""

    code = "preview_missing"


def save_draft(
    *,
    draft_id: DraftId | None,
    text: str,
    user_id: int,
    author: str,
    seen_digest: str = "",
    now: dt.datetime,
) -> DraftId:
    """Save the text of a draft, new or again; it must be sound, Spanish and all.

    Args:
        draft_id: The draft that is changed; none makes a new one.
        text: The tariff as YAML.
        user_id: Who saves it, who may then not publish it.
        author: That person's name, for people.
        seen_digest: The fingerprint of what the editor was shown.
        now: The time.

    Raises:
        DraftUnknown: there is no such draft.
        DraftChanged: somebody saved it in between.
        Refused: the text is not sound; the values say on which line.

    Source: domain rules 24 and 116.
    """
    tariff = read_tariff_file(text=text)
    values = {
        "code": tariff.code,
        "text": text,
        "digest": digest_of(text),
        "author": author,
        "author_id": user_id,
        "saved_at": now,
    }
    if draft_id is None:
        return DraftId(TariffDraft.objects.create(**values).pk)
    with transaction.atomic():
        row = _open_draft(draft_id)
        if seen_digest and row.digest != seen_digest:
            raise DraftChanged(author=row.author)
        TariffDraft.objects.filter(pk=row.pk).update(**values)
    return draft_id


def discard_draft(*, draft_id: DraftId, now: dt.datetime) -> None:
    """Throw a draft away; what was published stays.

    Raises:
        DraftUnknown: there is no such draft.
    """
    with transaction.atomic():
        _open_draft(draft_id)
        TariffDraft.objects.filter(pk=draft_id).update(discarded_at=now)


def publish_draft(
    *,
    draft_id: DraftId,
    effective_from: dt.date,
    user_id: int,
    author: str,
    needs_second_look: bool,
    on: dt.date,
    now: dt.datetime,
) -> Tariff:
    """Publish a draft as the version that holds from a day on.

    Args:
        draft_id: The draft.
        effective_from: The first day it holds; the text may have named another.
        user_id: Who publishes.
        author: That person's name.
        needs_second_look: Whether it must be another person than the one who wrote it.
        on: The co-op's local day.
        now: The time.

    Raises:
        DraftUnknown: there is no such draft.
        SecondLookMissing: the writer would publish it alone.
        PreviewMissing: it was not previewed as it reads now.
        DateTooEarly: the day has passed.
        TariffDiffers: another version begins on that day.

    Source: domain rules 24 and 116.
    """
    with transaction.atomic():
        row = _open_draft(draft_id)
        if needs_second_look and row.author_id == user_id:
            raise SecondLookMissing(author=row.author)
        previews = row.previews.filter(digest=row.digest, finished_at__isnull=False)
        if not previews.exists():
            raise PreviewMissing(draft=row.pk)
        if effective_from < on:
            raise DateTooEarly(on=effective_from.isoformat())
        definition = {**read_definition(text=row.text), "effective_from": effective_from}
        tariff = publish_tariff(
            definition=definition, author=f"{row.author}, {author}"[:80], published_at=now
        )
        version = TariffVersion.objects.get(code=tariff.code, effective_from=effective_from)
        TariffDraft.objects.filter(pk=row.pk).update(published=version)
    return tariff


def open_preview(
    *, draft_id: DraftId, compared_with: str, since: dt.date, bills: int, now: dt.datetime
) -> tuple[PreviewId, bool]:
    """Return the preview of a draft as it reads now, and whether it is new; once for each text.

    Raises:
        DraftUnknown: there is no such draft.
    """
    with transaction.atomic():
        row = _open_draft(draft_id)
        preview, created = TariffPreview.objects.get_or_create(
            draft=row,
            digest=row.digest,
            compared_with=compared_with,
            since=since,
            defaults={"bills": bills, "started_at": now},
        )
    return PreviewId(preview.pk), created


def begin_preview(*, preview_id: PreviewId) -> None:
    """Begin a preview anew: a job that was killed leaves nothing half counted."""
    with transaction.atomic():
        PreviewedBill.objects.filter(preview=preview_id).delete()
        TariffPreview.objects.filter(pk=preview_id).update(done=0, finished_at=None)


def add_to_preview(*, preview_id: PreviewId, changes: Sequence[BillChange]) -> None:
    """Keep what some bills would come to, and how far the preview is."""
    with transaction.atomic():
        PreviewedBill.objects.bulk_create(
            PreviewedBill(
                preview_id=preview_id,
                account_number=change.account_number,
                bill_number=change.bill_number,
                before_cents=change.before.cents,
                after_cents=None if change.after is None else change.after.cents,
                refused=change.refused,
            )
            for change in changes
        )
        TariffPreview.objects.filter(pk=preview_id).update(done=F("done") + len(changes))


def finish_preview(*, preview_id: PreviewId, now: dt.datetime) -> None:
    """Say that all bills are in the preview."""
    TariffPreview.objects.filter(pk=preview_id).update(finished_at=now, bills=F("done"))


def digest_of(text: str) -> str:
    """Return the fingerprint of a draft's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _open_draft(draft_id: DraftId) -> TariffDraft:
    row = (
        TariffDraft.objects.select_for_update()
        .filter(pk=draft_id, published=None, discarded_at=None)
        .first()
    )
    if row is None:
        raise DraftUnknown(draft=draft_id)
    return row


def publish_tariff(
    *, definition: Mapping[str, Any], author: str, published_at: dt.datetime
) -> Tariff:
    """Check a definition and publish it as a version, once.

    Publishing the same again returns the version already there.

    Raises:
        TariffDiffers: the code has other charges from the same date.
        Refused: the definition is not sound; ``Tariff.from_json`` names the errors.

    Source: domain rules 24 and 116.
    """
    tariff = Tariff.from_json(definition)
    stored = {**definition, "effective_from": tariff.effective_from.isoformat()}
    version, _created = TariffVersion.objects.get_or_create(
        code=tariff.code,
        effective_from=tariff.effective_from,
        defaults={"definition": stored, "author": author, "published_at": published_at},
    )
    if Tariff.from_json(version.definition) != tariff:
        raise TariffDiffers(tariff=tariff.code, on=tariff.effective_from.isoformat())
    return tariff


def publish_rider(
    *, code: str, effective_from: dt.date, rate: Decimal, author: str, published_at: dt.datetime
) -> None:
    """Publish what a rider is worth, in dollars a unit, from a date on; once.

    Raises:
        RiderDiffers: the rider has another rate from the same date.

    Source: domain rule 25.
    """
    value, _created = RiderValue.objects.get_or_create(
        code=code,
        effective_from=effective_from,
        defaults={"rate": rate, "author": author, "published_at": published_at},
    )
    if value.rate != rate:
        raise RiderDiffers(rider=code, on=effective_from.isoformat())
