"""The desk, asked by Rosa: she does not learn that there is one."""

from __future__ import annotations

from tests.portal.rosa.tables import Ask, Tables

ASKED: Tables = {
    "desk/": (
        Ask("GET", lambda _: "/desk/", owner="dana"),
        Ask("GET", lambda t: f"/desk/?q={t['account']}", owner="dana"),
    ),
    "desk/work/": (Ask("GET", lambda _: "/desk/work/", owner="dana"),),
    "desk/^accounts/(?P<number>[A-Za-z0-9.-]{1,20})/$": (
        # To Dana a number that is nobody's is not there either; to Rosa both look the same.
        Ask("GET", lambda t: f"/desk/accounts/{t['account']}/", owner="dana"),
    ),
}
