"""Pages of use, their figures and their notes, asked by Rosa for Maria's."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from smarthub.usage.models import UsageNote
from tests.cast import Cast
from tests.portal.rosa.tables import Ask, Tables, Things

NOTE = UUID("00000000-0000-4000-8000-000000003001")
NEW_NOTE = "00000000-0000-4000-8000-000000003002"
NOBODYS = "00000000-0000-4000-8000-00000000dead"
MISSING = {"note": NOBODYS}
COLD_DAY = dt.date(2024, 10, 28)


def prepare(cast: Cast) -> dict[str, str]:
    """Give Maria a note on her use."""
    UsageNote.objects.create(
        id=NOTE,
        account_id=cast.account_1001,
        service_point_id=cast.electric_1001,
        first_day=COLD_DAY,
        last_day=COLD_DAY,
        text="The heater ran",
        author=cast.maria.user,
        pinned_at=dt.datetime(2024, 11, 1, 12, tzinfo=dt.UTC),
    )
    return {"note": str(NOTE)}


def _words(_things: Things) -> dict[str, str]:
    return {
        "key": NEW_NOTE,
        "text": "New freezer",
        "first_day": "2024-10-28",
        "last_day": "2024-10-28",
    }


def _asked(rest: str) -> tuple[Ask, ...]:
    """Return a page of Maria's point asked under her account, and under Rosa's own."""
    return (
        Ask("GET", lambda t: f"/usage/{t['account']}/{t['point']}/{rest.format(**t)}"),
        Ask(
            "GET",
            lambda t: f"/usage/{t['rosas_account']}/{t['point']}/{rest.format(**t)}",
            owner="",
        ),
    )


_POINT = "usage/<str:number>/<str:point>/"
ASKED: Tables = {
    "usage/<str:number>/together/": (Ask("GET", lambda t: f"/usage/{t['account']}/together/"),),
    "usage/<str:number>/together/<str:when>/": (
        Ask("GET", lambda t: f"/usage/{t['account']}/together/2024-10/"),
    ),
    _POINT: _asked(""),
    f"{_POINT}pattern/": _asked("pattern/"),
    f"{_POINT}range/": (Ask("GET", lambda t: f"/usage/{t['account']}/{t['point']}/range/"),),
    f"{_POINT}notes/": (
        Ask("GET", lambda t: f"/usage/{t['account']}/{t['point']}/notes/"),
        Ask("POST", lambda t: f"/usage/{t['account']}/{t['point']}/notes/", _words),
        Ask("POST", lambda t: f"/usage/{t['rosas_account']}/{t['point']}/notes/", _words, owner=""),
    ),
    f"{_POINT}notes/<uuid:key>/": (
        Ask("POST", lambda t: f"/usage/{t['account']}/{t['point']}/notes/{t['note']}/"),
        Ask("POST", lambda t: f"/usage/{t['rosas_account']}/E1002/notes/{t['note']}/", owner=""),
    ),
    f"{_POINT}<str:when>/": _asked("{day}/"),
    f"{_POINT}<str:when>/dollars/": _asked("{day}/dollars/"),
    f"{_POINT}<str:when>/changed/": _asked("{day}/changed/"),
    f"{_POINT}<str:when>/hours.json": _asked("{day}/hours.json"),
}
