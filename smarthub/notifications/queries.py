"""Every read of the outbox: messages, and how far each one has come."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from smarthub.notifications.models import DeliveryTry, Message, WaitingMessage
from smarthub.notifications.types import Channel, MessageView, State


def list_recent(*, limit: int) -> list[MessageView]:
    """Return the newest messages of all, newest first, in one query."""
    return [_view(row) for row in _with_state().order_by("-queued_at", "-pk")[:limit]]


def list_of_account(*, account_number: str, limit: int) -> list[MessageView]:
    """Return the newest messages about one account, newest first, in one query (rule 118)."""
    rows = _with_state().filter(account_number=account_number)
    return [_view(row) for row in rows.order_by("-queued_at", "-pk")[:limit]]


def find_by_code(*, code: str) -> MessageView | None:
    """Return the message a member reads the code of, however they spell it (feature R33)."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    row = _with_state().filter(code=f"{letters[:4]}-{letters[4:]}").first()
    return None if row is None else _view(row)


def count_waiting() -> int:
    """Return how many messages still wait to be sent."""
    return WaitingMessage.objects.count()


def _with_state() -> QuerySet[Message]:
    last = DeliveryTry.objects.filter(message=OuterRef("pk")).order_by("-pk")
    waiting = WaitingMessage.objects.filter(message=OuterRef("pk"))
    return Message.objects.annotate(
        last_outcome=Subquery(last.values("outcome")[:1]),
        last_detail=Subquery(last.values("detail")[:1]),
        still_waits=Exists(waiting),
    )


def _state(row: Message) -> State:
    outcome: str | None = row.last_outcome  # type: ignore[attr-defined]
    if row.still_waits:  # type: ignore[attr-defined]
        return State.WAITING if outcome is None else State.TRIED
    return State.SENT if outcome == DeliveryTry.Outcome.SENT else State.REFUSED


def _view(row: Message) -> MessageView:
    return MessageView(
        code=row.code,
        channel=Channel(row.channel),
        template=row.template,
        account_number=row.account_number,
        address=row.address,
        language=row.language,
        subject=row.subject,
        body=row.body,
        queued_at=row.queued_at,
        state=_state(row),
        detail=row.last_detail or "",  # type: ignore[attr-defined]
    )
