"""Read what bills tell beside their figures: by day, by bill, and as staff see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from smarthub.accounts.types import AccountId
from smarthub.billing.engine.facts import RunMessage
from smarthub.billing.models import Bill, PrintedMessage
from smarthub.billing.types import BillMessage, MessageDesk
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.text import Text


def list_run_messages(*, on: dt.date) -> tuple[RunMessage, ...]:
    """Return what bills of a local day carry, the oldest first, in one query."""
    rows = _standing().filter(starts_on__lte=on, ends_on__gt=on).order_by("pk")
    return tuple(
        RunMessage(message_of(row), row.audience, frozenset(row.audience_values)) for row in rows
    )


def list_messages_of(*, numbers: Sequence[int]) -> tuple[BillMessage, ...]:
    """Return messages by their numbers, in that order; one query, none where there are none."""
    found = PrintedMessage.objects.in_bulk(numbers) if numbers else {}
    return tuple(message_of(found[number]) for number in numbers)


def get_message_on_bills(*, account_ids: Collection[AccountId], number: int) -> BillMessage:
    """Return a message that a bill of one of these accounts carries.

    Raises:
        NotVisible: none of their bills carries it.
    """
    carried = Bill.objects.filter(account__in=account_ids, facts__messages__contains=[number])
    row = PrintedMessage.objects.filter(pk=number).first() if carried.exists() else None
    if row is None:
        raise NotVisible(message=number)
    return message_of(row)


def find_newest_bill_for(*, audience: str, values: Sequence[str]) -> tuple[str, str] | None:
    """Return account number and number of the newest bill such a message would have stood on."""
    named = {
        "rate": {"segments__tariff_version__code__in": values},
        "service": {"segments__service__in": values},
        "list": {"account__number__in": values},
    }
    bills = Bill.objects.filter(cancellation=None, **named.get(audience, {}))
    newest = bills.order_by("-bill_date", "number").values_list("account__number", "number")
    return newest.first()


def list_desk_messages() -> list[MessageDesk]:
    """Return every message that stands, newest first, for staff."""
    return [_desk(row) for row in _standing().order_by("-pk")]


def get_desk_message(*, number: int) -> MessageDesk:
    """Return one message that stands, for staff.

    Raises:
        NotVisible: there is none of that number, or another took its place.
    """
    row = _standing().filter(pk=number).first()
    if row is None:
        raise NotVisible(message=number)
    return _desk(row)


def message_of(row: PrintedMessage) -> BillMessage:
    """Return a row as bills hold it."""
    return BillMessage(
        number=row.pk,
        title=Text.from_json(row.title),
        text=Text.from_json(row.text),
        more=Text.from_json(row.more) if row.more else None,
    )


def _standing() -> QuerySet[PrintedMessage]:
    return PrintedMessage.objects.filter(superseded_by=None)


def _desk(row: PrintedMessage) -> MessageDesk:
    return MessageDesk(
        message=message_of(row),
        audience=row.audience,
        values=tuple(row.audience_values),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        author=row.author,
        recorded_at=row.recorded_at,
    )
