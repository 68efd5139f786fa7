"""What another's use would cost on other rates, asked by Rosa."""

from __future__ import annotations

from tests.portal.rosa.tables import Ask, Tables

ASKED: Tables = {
    "usage/<str:number>/<str:point>/rates/": (
        Ask("GET", lambda t: f"/usage/{t['account']}/{t['point']}/rates/"),
        Ask("GET", lambda t: f"/usage/{t['rosas_account']}/{t['point']}/rates/", owner=""),
    ),
}
