"""What about money needs a person: found once, shown on the desk until somebody explains it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from smarthub.kernel.errors import NotVisible, Refused
from smarthub.members.types import PersonId
from smarthub.payments.models import Explanation, MoneyException

log = logging.getLogger(__name__)


class NoExplanation(Refused):
    """An exception is closed with words, not without."""

    code = "no_explanation"


def find_exception(*, key: str, kind: str, now: dt.datetime, **values: Any) -> bool:
    """Put something before staff, once by its key; return whether it was not there before.

    The log gets an error, so that whoever watches it is told at once.
    """
    _, created = MoneyException.objects.get_or_create(
        key=key, defaults={"kind": kind, "values": values, "found_at": now}
    )
    if created:
        log.error("money exception %s: %s", kind, key)
    return created


def explain_exception(
    *, exception_id: int, text: str, by: PersonId | None, now: dt.datetime
) -> None:
    """Close an exception with a clerk's words; a second explanation changes nothing.

    Raises:
        NoExplanation: there are no words.
        NotVisible: there is no such exception.
    """
    if not text.strip():
        raise NoExplanation
    if not MoneyException.objects.filter(pk=exception_id).exists():
        raise NotVisible
    Explanation.objects.get_or_create(
        exception_id=exception_id,
        defaults={"text": text.strip(), "explained_by_id": by, "explained_at": now},
    )


def close_mended(*, keys: Iterable[str], text: str, now: dt.datetime) -> None:
    """Close exceptions that have mended themselves."""
    mended = MoneyException.objects.filter(key__in=list(keys), explanation=None)
    for row in mended:
        explain_exception(exception_id=row.pk, text=text, by=None, now=now)
