"""Every read of the outbox: messages, and how far each one has come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from smarthub.kernel.errors import NotVisible
from smarthub.members.types import PersonId
from smarthub.notifications.models import (
    ContactNote,
    DeliveryTry,
    Message,
    ReportStep,
    SuspiciousReport,
    WaitingMessage,
)
from smarthub.notifications.types import (
    Channel,
    MessageView,
    NotedContact,
    ReportView,
    SentMessage,
    State,
    StepTaken,
)

CLOSED = ("closed", "ours", "fraud")
"""The states in which nobody has to do anything more about a report."""


def list_recent(*, limit: int) -> list[MessageView]:
    """Return the newest messages of all, newest first, in one query."""
    return [_view(row) for row in _with_state().order_by("-queued_at", "-pk")[:limit]]


def list_of_account(*, account_number: str, limit: int) -> list[MessageView]:
    """Return the newest messages about one account, newest first, in one query (rule 118)."""
    rows = _with_state().filter(account_number=account_number)
    return [_view(row) for row in rows.order_by("-queued_at", "-pk")[:limit]]


def list_sent_under(*, account_number: str, key_start: str) -> list[SentMessage]:
    """Return the messages about an account that left and whose key begins so: one query.

    Source: domain rule 42.
    """
    rows = DeliveryTry.objects.filter(
        outcome=DeliveryTry.Outcome.SENT,
        message__account_number=account_number,
        message__dedupe_key__startswith=key_start,
    )
    values = ("message__channel", "message__address", "tried_at")
    return [
        SentMessage(Channel(channel), address, at)
        for channel, address, at in rows.order_by("tried_at", "pk").values_list(*values)
    ]


def find_by_code(*, code: str) -> MessageView | None:
    """Return the message a member reads the code of, however they spell it (feature R33)."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    row = _with_state().filter(code=f"{letters[:4]}-{letters[4:]}").first()
    return None if row is None else _view(row)


def list_of_person(*, person_id: PersonId, limit: int) -> list[MessageView]:
    """Return the newest messages to one person, newest first, in one query (rule 118)."""
    rows = _with_state().filter(person=person_id)
    return [_view(row) for row in rows.order_by("-queued_at", "-pk")[:limit]]


def list_notes(*, account_numbers: Collection[str], limit: int) -> list[NotedContact]:
    """Return the newest calls, visits and letters noted about accounts, newest first."""
    rows = ContactNote.objects.filter(account_number__in=account_numbers)
    return [
        NotedContact(row.account_number, row.way, row.by_us, row.about, row.happened_at)
        for row in rows.order_by("-happened_at", "-pk")[:limit]
    ]


def count_open_reports() -> int:
    """Return how many reports of suspicious contacts are not closed."""
    return _reports().exclude(state__in=CLOSED).count()  # type: ignore[misc]  # annotated above


def list_reports(*, limit: int) -> list[ReportView]:
    """Return the newest reports, those still open first, in one query."""
    is_closed = Case(When(state__in=CLOSED, then=1), default=0)
    rows = _reports().order_by(is_closed, "-reported_at")
    return [_report(row) for row in rows[:limit]]


def get_report(*, report_id: UUID) -> ReportView:
    """Return one report with every step taken.

    Raises:
        NotVisible: there is none.
    """
    row = _reports().filter(pk=report_id).first()
    if row is None:
        raise NotVisible
    steps = row.steps.select_related("user__person").order_by("pk")
    return replace(
        _report(row),
        steps=tuple(StepTaken(s.state, s.note, str(s.user.person), s.at) for s in steps),
    )


def get_picture(*, report_id: UUID) -> bytes:
    """Return the picture sent with a report, as we drew it anew.

    Raises:
        NotVisible: there is none.
    """
    rows = SuspiciousReport.objects.filter(pk=report_id, picture__isnull=False)
    picture = rows.values_list("picture", flat=True).first()
    if picture is None:
        raise NotVisible
    return bytes(picture)


def count_waiting() -> int:
    """Return how many messages still wait to be sent."""
    return WaitingMessage.objects.count()


def _reports() -> QuerySet[SuspiciousReport]:
    last = ReportStep.objects.filter(report=OuterRef("pk")).order_by("-pk")
    return (
        SuspiciousReport.objects.select_related("person")
        .defer("picture")
        .annotate(
            state=Coalesce(Subquery(last.values("state")[:1]), Value("new")),
            has_picture=ExpressionWrapper(Q(picture__isnull=False), output_field=BooleanField()),
        )
    )


def _report(row: SuspiciousReport) -> ReportView:
    return ReportView(
        id=row.pk,
        reporter="" if row.person is None else str(row.person),
        way=row.way,
        came_from=row.came_from,
        text=row.text,
        answer_to=row.answer_to,
        has_picture=row.has_picture,  # type: ignore[attr-defined]
        reported_at=row.reported_at,
        state=row.state,  # type: ignore[attr-defined]
    )


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
        person_id=None if row.person_id is None else PersonId(row.person_id),
    )
