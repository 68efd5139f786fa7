"""Say whether the co-op sent a message, and take reports of contacts that seem suspicious."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from smarthub.kernel.errors import NotVisible
from smarthub.kernel.pictures import redraw
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user, is_staff
from smarthub.notifications import operations
from smarthub.notifications.queries import find_by_code, get_picture, get_report, list_reports
from smarthub.notifications.types import Channel, ReportView

SHOWN_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class CheckedMessage:
    """What may be told of a message with this code; ``mine`` only to whom it went."""

    channel: Channel
    template: str
    sent_at: dt.datetime
    subject: str = ""
    address: str = ""

    @property
    def is_mine(self) -> bool:
        """Whether it went to whoever asks."""
        return bool(self.address)


def check_message(*, code: str, user_id: int | None) -> CheckedMessage | None:
    """Return when and about what a message was sent; to a stranger nothing personal. Else None.

    Source: feature R33.
    """
    message = find_by_code(code=code.replace("\x00", ""))
    if message is None:
        return None
    asking = None if user_id is None else get_person_of_user(user_id=user_id)
    if asking is None or message.person_id != asking.id:
        return CheckedMessage(message.channel, message.template, message.queued_at)
    return CheckedMessage(
        message.channel, message.template, message.queued_at, message.subject, message.address
    )


def report_suspicious(
    *,
    report_id: UUID,
    user_id: int | None,
    way: str,
    came_from: str,
    text: str,
    answer_to: str,
    picture: bytes | None,
    now: dt.datetime,
) -> None:
    """Keep a report for staff; its picture is drawn anew first.

    Raises:
        PictureRefused: the picture is too large, or none we read; nothing is kept.
    """
    operations.report_suspicious(
        report_id=report_id,
        person_id=None if user_id is None else get_person_of_user(user_id=user_id).id,
        way=way,
        came_from=came_from,
        text=text,
        answer_to=answer_to,
        picture=None if picture is None else redraw(picture),
        now=now,
    )


def list_reports_for_staff(*, user_id: int) -> list[ReportView]:
    """Return the newest reports, those still open first.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    return list_reports(limit=SHOWN_AT_MOST)


def open_report(*, user_id: int, report_id: UUID) -> ReportView:
    """Return one report with what was done about it.

    Raises:
        NotVisible: the login is not staff's, or there is no such report.
    """
    _refuse_others(user_id)
    return get_report(report_id=report_id)


def open_picture(*, user_id: int, report_id: UUID) -> bytes:
    """Return the picture of a report, a JPEG we drew.

    Raises:
        NotVisible: the login is not staff's, or there is no such picture.
    """
    _refuse_others(user_id)
    return get_picture(report_id=report_id)


def take_step(*, user_id: int, report_id: UUID, state: str, note: str, now: dt.datetime) -> None:
    """Note what was done about a report, and leave it in the audit trail (rule 125).

    Raises:
        NotVisible: the login is not staff's, or there is no such report.
    """
    before = open_report(user_id=user_id, report_id=report_id)
    operations.take_step(report_id=report_id, state=state, note=note, user_id=user_id, now=now)
    record_act(
        user_id=user_id,
        act="report.step",
        subject=f"report:{report_id}",
        now=now,
        before={"state": before.state},
        after={"state": state, "note": note},
    )


def _refuse_others(user_id: int) -> None:
    if not is_staff(user_id=user_id):
        raise NotVisible
