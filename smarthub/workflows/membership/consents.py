"""Record what a person agrees to, and what they take back: one record for every consent."""

from __future__ import annotations

import datetime as dt

from smarthub.members.operations import record_consent
from smarthub.members.queries import get_person_of_user


def note_consent(
    *,
    user_id: int,
    kind: str,
    granted: bool,
    text: str,
    text_version: str,
    language: str,
    now: dt.datetime,
    ip_address: str | None,
    user_agent: str,
    account_number: str = "",
) -> None:
    """Record that a person agreed, or took it back, with the words they saw (domain rule 114)."""
    record_consent(
        person_id=get_person_of_user(user_id=user_id).id,
        kind=kind,
        granted=granted,
        text=text,
        text_version=text_version,
        language=language,
        account_number=account_number,
        given_at=now,
        ip_address=ip_address,
        user_agent=user_agent,
    )
