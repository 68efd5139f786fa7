"""A tariff's way from a draft to a published version: preview over last month's bills, second look.

The preview prices again what was billed, from what each bill kept, and writes nothing but what
it found. Every act is left in the audit trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from procrastinate.contrib.django import app

from smarthub.billing.engine.pricing import ToPrice, price_all
from smarthub.billing.queries.priced import (
    PricedSegment,
    count_priced_under,
    list_priced_under,
)
from smarthub.cooperative.queries import list_policies
from smarthub.kernel.errors import ExpectedError
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.rating.files import read_tariff_file
from smarthub.rating.operations import (
    add_to_preview,
    begin_preview,
    discard_draft,
    finish_preview,
    open_preview,
    publish_draft,
    save_draft,
)
from smarthub.rating.queries import get_draft, get_previewed, get_rider_rates
from smarthub.rating.types import PublishedTariff, Tariff, total_of
from smarthub.rating.types.drafts import BillChange, DraftId, PreviewId
from smarthub.workflows.rates.other_prices import Loads, loads_for, use_under

LAST_MONTH = dt.timedelta(days=31)
SECOND_LOOK = "tariff.second_look"
"""The policy that says whether another person must publish; without it, yes."""
UNPUBLISHED = 0


def save(
    *, draft_id: DraftId | None, text: str, user_id: int, seen_digest: str, now: dt.datetime
) -> DraftId:
    """Save a draft and leave it in the audit trail.

    Raises:
        Refused, DraftChanged, DraftUnknown: see ``save_draft``.
    """
    with transaction.atomic():
        before = None if draft_id is None else {"text": get_draft(draft_id=draft_id).text}
        saved = save_draft(
            draft_id=draft_id,
            text=text,
            user_id=user_id,
            author=get_person_of_user(user_id=user_id).name,
            seen_digest=seen_digest,
            now=now,
        )
        _leave(user_id, "tariff.saved", saved, now, before=before, after={"text": text})
    return saved


def discard(*, draft_id: DraftId, user_id: int, now: dt.datetime) -> None:
    """Throw a draft away and leave in the audit trail what it said.

    Raises:
        DraftUnknown: there is no such draft.
    """
    with transaction.atomic():
        text = get_draft(draft_id=draft_id).text
        discard_draft(draft_id=draft_id, now=now)
        _leave(user_id, "tariff.discarded", draft_id, now, before={"text": text})


def publish(
    *, draft_id: DraftId, effective_from: dt.date, user_id: int, on: dt.date, now: dt.datetime
) -> Tariff:
    """Publish a draft from a day on and leave it in the audit trail.

    Raises:
        DraftUnknown, SecondLookMissing, PreviewMissing, DateTooEarly, TariffDiffers: see
            ``publish_draft``.
    """
    with transaction.atomic():
        tariff = publish_draft(
            draft_id=draft_id,
            effective_from=effective_from,
            user_id=user_id,
            author=get_person_of_user(user_id=user_id).name,
            needs_second_look=needs_second_look(on=on),
            on=on,
            now=now,
        )
        after = {"tariff": tariff.code, "effective_from": effective_from.isoformat()}
        _leave(user_id, "tariff.published", draft_id, now, after=after)
    return tariff


def needs_second_look(*, on: dt.date) -> bool:
    """Return whether another person than the writer must publish."""
    return bool(list_policies(on=on).get(SECOND_LOOK, True))


def ask_for_preview(
    *, draft_id: DraftId, compared_with: str, on: dt.date, now: dt.datetime
) -> PreviewId:
    """Have last month's bills of a tariff priced under a draft, in the background; once.

    Raises:
        DraftUnknown: there is no such draft.
    """
    since = on - LAST_MONTH
    with transaction.atomic():
        bills = count_priced_under(tariff_code=compared_with, since=since)
        preview_id, is_new = open_preview(
            draft_id=draft_id, compared_with=compared_with, since=since, bills=bills, now=now
        )
        if is_new:
            app.configure_task("preview_tariff").defer(
                preview_id=preview_id, since=since.isoformat()
            )
    return preview_id


def make_preview(
    *, preview_id: PreviewId, since: dt.date, zone: ZoneInfo, on: dt.date, now: dt.datetime
) -> int:
    """Price what was billed since a day under a preview's draft; return how many services.

    Begun again after a kill, it begins from nothing and comes to the same.

    Source: domain rules 24 and 140.
    """
    text, compared_with = get_previewed(preview_id=preview_id)
    tariff, riders = read_tariff_file(text=text), get_rider_rates(on=on)
    begin_preview(preview_id=preview_id)
    done = 0
    for segments in list_priced_under(tariff_code=compared_with, since=since):
        changes = price_under(tariff=tariff, segments=segments, riders=riders, zone=zone)
        add_to_preview(preview_id=preview_id, changes=changes)
        done += len(changes)
    finish_preview(preview_id=preview_id, now=now)
    return done


def price_under(
    *,
    tariff: Tariff,
    segments: Sequence[PricedSegment],
    riders: Mapping[str, Decimal],
    zone: ZoneInfo,
) -> list[BillChange]:
    """Return what billed services would come to under another tariff, in their order."""
    loads = loads_for(segments=segments, zone=zone) if tariff.needs_intervals else {}
    version = PublishedTariff(UNPUBLISHED, tariff)
    items: dict[int, ToPrice] = {}
    refused: dict[int, ExpectedError] = {}
    for place, segment in enumerate(segments):
        try:
            items[place] = _to_price(version, segment, riders, loads, zone)
        except ExpectedError as error:
            refused[place] = error
    answers = dict(zip(items, price_all(items=list(items.values())), strict=True))
    changes = []
    for place, segment in enumerate(segments):
        answer = refused.get(place) or answers[place]
        failed = isinstance(answer, ExpectedError)
        changes.append(
            BillChange(
                segment.account_number,
                segment.bill_number,
                segment.total,
                None if isinstance(answer, ExpectedError) else total_of(answer.lines),
                _reason(answer) if failed else "",
            )
        )
    return changes


def _to_price(
    version: PublishedTariff,
    segment: PricedSegment,
    riders: Mapping[str, Decimal],
    loads: Loads,
    zone: ZoneInfo,
) -> ToPrice:
    use = use_under(tariff=version.tariff, segment=segment, loads=loads, zone=zone)
    return ToPrice(version, use, {**riders, **segment.riders})


def _reason(error: object) -> str:
    assert isinstance(error, ExpectedError)  # noqa: S101 (asked by the caller)
    told = error.values.get("fact") or error.values.get("rider")
    return f"{error.code}: {told}"[:60] if told else error.code


def _leave(
    user_id: int,
    act: str,
    draft_id: DraftId,
    now: dt.datetime,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    record_act(
        user_id=user_id,
        act=act,
        subject=f"tariff_draft:{draft_id}",
        now=now,
        before=before,
        after=after,
    )
