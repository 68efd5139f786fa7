"""Reads of tariffs and riders: the version that holds on a date (rule 24)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from smarthub.kernel.errors import NotVisible, Unavailable
from smarthub.kernel.money import Money
from smarthub.rating.models import (
    PreviewedBill,
    RiderValue,
    TariffDraft,
    TariffPreview,
    TariffVersion,
)
from smarthub.rating.types import (
    Prices,
    PublishedTariff,
    RateBook,
    RiderBook,
    Tariff,
    TariffMissing,
)
from smarthub.rating.types.drafts import (
    BillChange,
    DraftId,
    DraftView,
    PreviewId,
    PreviewView,
    PublishedView,
)

EXTREMES = 5


class RiderMissing(Unavailable):
    """The rider has no rate on that date."""

    code = "rate_missing"


def get_rate_book() -> RateBook:
    """Return every tariff version in ONE query; there are hundreds, never many."""
    rows = TariffVersion.objects.only("id", "definition")
    return RateBook([PublishedTariff(row.pk, Tariff.from_json(row.definition)) for row in rows])


def get_rider_book() -> RiderBook:
    """Return what every rider is worth from which day on, in ONE query."""
    return RiderBook(RiderValue.objects.values_list("code", "effective_from", "rate"))


def get_tariff(*, code: str, on: dt.date) -> Tariff:
    """Return the version of a tariff that holds on a date.

    Raises:
        TariffMissing: there is none.
    """
    row = (
        TariffVersion.objects.filter(code=code, effective_from__lte=on)
        .order_by("-effective_from")
        .first()
    )
    if row is None:
        raise TariffMissing(tariff=code, on=on.isoformat())
    return Tariff.from_json(row.definition)


def get_rider_rate(*, code: str, on: dt.date) -> Decimal:
    """Return dollars a unit of a rider on a date; negative is a credit (rule 25).

    Raises:
        RiderMissing: the rider has no rate on that date.
    """
    rates = get_rider_rates(on=on)
    if code not in rates:
        raise RiderMissing(rider=code, on=on.isoformat())
    return rates[code]


def get_rider_rates(*, on: dt.date) -> dict[str, Decimal]:
    """Return dollars a unit of every rider that has a rate on a date, in ONE query."""
    rows = (
        RiderValue.objects.filter(effective_from__lte=on)
        .order_by("code", "-effective_from")
        .distinct("code")
    )
    return {row.code: row.rate for row in rows}


def list_values_of(*, codes: Collection[str]) -> list[tuple[str, dt.date, Decimal]]:
    """Return code, first day and value of what the rider book holds of codes, the newest first."""
    rows = RiderValue.objects.filter(code__in=codes).order_by("-effective_from", "code")
    return list(rows.values_list("code", "effective_from", "rate"))


_PRICES = """
    SELECT id, code, effective_from, definition, NULL::numeric FROM rating_tariffversion
     WHERE code = ANY(%(codes)s) OR id = ANY(%(versions)s)
    UNION ALL
    SELECT NULL, code, effective_from, NULL, rate FROM rating_ridervalue
     ORDER BY 3
"""


def get_prices(*, codes: Collection[str], version_ids: Collection[int] = ()) -> Prices:
    """Return every version of some tariffs, and all that riders ever came to: ONE query."""
    versions: list[PublishedTariff] = []
    riders: list[tuple[str, dt.date, Decimal]] = []
    with connection.cursor() as cursor:
        cursor.execute(_PRICES, {"codes": list(codes), "versions": list(version_ids)})
        for version_id, code, effective_from, definition, rate in cursor.fetchall():
            if version_id is None:
                riders.append((code, effective_from, rate))
            else:
                tariff = Tariff.from_json(json.loads(definition))
                versions.append(PublishedTariff(version_id, tariff))
    return Prices(RateBook(versions), {v.version_id: v.tariff for v in versions}, RiderBook(riders))


def list_published(*, on: dt.date) -> list[PublishedView]:
    """Return every published version, by code and newest first, and which holds on a day."""
    rows = list(TariffVersion.objects.order_by("code", "-effective_from"))
    in_force: dict[str, int] = {}
    for row in rows:
        if row.effective_from <= on:
            in_force.setdefault(row.code, row.pk)
    return [
        PublishedView(
            code=row.code,
            effective_from=row.effective_from,
            name_en=row.definition["name"]["en"],
            name_es=row.definition["name"]["es"],
            author=row.author,
            in_force=in_force.get(row.code) == row.pk,
        )
        for row in rows
    ]


def get_definition(*, code: str, effective_from: dt.date) -> dict[str, Any]:
    """Return a published version as it was written.

    Raises:
        NotVisible: there is none of that code and date.
    """
    row = TariffVersion.objects.filter(code=code, effective_from=effective_from).first()
    if row is None:
        raise NotVisible(tariff=code)
    definition: dict[str, Any] = row.definition
    return definition


def list_drafts() -> list[DraftView]:
    """Return the drafts that wait, the newest first."""
    rows = TariffDraft.objects.filter(published=None, discarded_at=None).order_by("-saved_at")
    return [_draft(row) for row in rows]


def get_draft(*, draft_id: DraftId) -> DraftView:
    """Return a draft, also one that was published.

    Raises:
        NotVisible: there is none, or it was thrown away.
    """
    rows = TariffDraft.objects.filter(pk=draft_id, discarded_at=None)
    row = rows.select_related("published").first()
    if row is None:
        raise NotVisible(draft=draft_id)
    return _draft(row)


def find_preview(*, draft_id: DraftId) -> PreviewView | None:
    """Return the newest preview of a draft, in at most four queries."""
    row = (
        TariffPreview.objects.filter(draft=draft_id).select_related("draft").order_by("-pk").first()
    )
    return None if row is None else _preview(row)


def get_previewed(*, preview_id: PreviewId) -> tuple[str, str]:
    """Return the text a preview is of, and the code of the tariff it is compared with."""
    row = TariffPreview.objects.select_related("draft").get(pk=preview_id)
    return row.draft.text, row.compared_with


def list_bill_changes(*, draft_id: DraftId, start: int, count: int) -> list[BillChange]:
    """Return what the newest preview says of each bill, the greatest change first."""
    newest = TariffPreview.objects.filter(draft=draft_id).order_by("-pk").values("pk")[:1]
    rows = PreviewedBill.objects.filter(preview__in=newest).annotate(change=_change())
    ordered = rows.order_by(F("change").desc(nulls_last=True), "bill_number", "pk")
    return [_bill_change(row) for row in ordered[start : start + count]]


def _change() -> Any:
    return F("after_cents") - F("before_cents")


def _draft(row: TariffDraft) -> DraftView:
    return DraftView(
        id=DraftId(row.pk),
        code=row.code,
        text=row.text,
        digest=row.digest,
        author=row.author,
        author_id=row.author_id,
        saved_at=row.saved_at,
        published_from=row.published.effective_from if row.published else None,
    )


def _preview(row: TariffPreview) -> PreviewView:
    priced = row.lines.filter(after_cents__isnull=False)
    sums = priced.annotate(change=_change()).aggregate(
        before=Sum("before_cents"),
        after=Sum("after_cents"),
        up=Count("pk", filter=Q(change__gt=0)),
        down=Count("pk", filter=Q(change__lt=0)),
        same=Count("pk", filter=Q(change=0)),
    )
    ranked = priced.annotate(change=_change())
    return PreviewView(
        id=PreviewId(row.pk),
        draft_id=DraftId(row.draft_id),
        compared_with=row.compared_with,
        since=row.since,
        bills=row.bills,
        done=row.done,
        is_finished=row.finished_at is not None,
        is_stale=row.digest != row.draft.digest,
        before=Money(sums["before"] or 0),
        after=Money(sums["after"] or 0),
        up=sums["up"],
        down=sums["down"],
        same=sums["same"],
        refused=row.done - sums["up"] - sums["down"] - sums["same"],
        highest=_extremes(ranked.filter(change__gt=0).order_by("-change", "pk")),
        lowest=_extremes(ranked.filter(change__lt=0).order_by("change", "pk")),
    )


def _extremes(rows: QuerySet[PreviewedBill]) -> tuple[BillChange, ...]:
    return tuple(_bill_change(row) for row in rows[:EXTREMES])


def _bill_change(row: PreviewedBill) -> BillChange:
    return BillChange(
        account_number=row.account_number,
        bill_number=row.bill_number,
        before=Money(row.before_cents),
        after=None if row.after_cents is None else Money(row.after_cents),
        refused=row.refused,
    )
