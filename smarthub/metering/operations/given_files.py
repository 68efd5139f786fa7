"""Files given at the desk: what is to become of each, step by step."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from smarthub.metering.models import ReadImport


def give_file(
    *,
    key: uuid.UUID,
    name: str,
    path: str,
    profile: str,
    on_error: str,
    given_by: str,
    size: int,
    now: dt.datetime,
) -> None:
    """Note a file that was given, once for its key; its trial is next."""
    ReadImport.objects.get_or_create(
        key=key,
        defaults={
            "name": name[-200:],
            "path": path,
            "profile": profile,
            "on_error": on_error,
            "given_by": given_by,
            "given_at": now,
            "bytes_total": size,
            "state": ReadImport.State.RUNNING,
        },
    )


def move_given_file(
    *, key: uuid.UUID, before: str, after: str, now: dt.datetime | None = None
) -> bool:
    """Move a file on from one state to the next; say whether it stood there."""
    rows = ReadImport.objects.filter(key=key, state=before)
    return bool(rows.update(state=after, ended_at=now))


def fail_given_file(*, key: uuid.UUID, before: str, why: str, now: dt.datetime) -> bool:
    """Say that the work on a file has stopped, and why; say whether it still stood there."""
    rows = ReadImport.objects.filter(key=key, state=before)
    return bool(rows.update(state=ReadImport.State.FAILED, report={"failure": why}, ended_at=now))


def end_given_file(
    *, key: uuid.UUID, state: str, report: Mapping[str, Any], now: dt.datetime | None
) -> None:
    """Keep what a trial or an import said."""
    ReadImport.objects.filter(key=key).update(state=state, report=dict(report), ended_at=now)
