"""Why a bill differs, two bills side by side and all of them as files, asked by Rosa."""

from __future__ import annotations

from tests.portal.rosa.tables import Ask, Tables


def _both(address: str) -> tuple[Ask, ...]:
    """Ask under Maria's account, and under Rosa's own for Maria's bill."""
    hers = address.replace("{account}", "{rosas_account}")
    return (
        Ask("GET", lambda t: address.format(**t)),
        Ask("GET", lambda t: hers.format(**t), owner=""),
    )


ASKED: Tables = {
    "bills/<str:number>/<str:bill_number>/changed/": _both("/bills/{account}/{bill}/changed/"),
    "bills/<str:number>/<str:bill_number>/over-time/": (
        Ask("POST", lambda t: f"/bills/{t['account']}/{t['bill']}/over-time/", owner=""),
    ),
    "bills/<str:number>/beside/": (
        Ask("GET", lambda t: f"/bills/{t['account']}/beside/"),
        *_both("/bills/{account}/beside/?second={bill}"),
    ),
    "bills/<str:number>/bills.zip": (Ask("GET", lambda t: f"/bills/{t['account']}/bills.zip"),),
    "bills/<str:number>/bills.csv": (Ask("GET", lambda t: f"/bills/{t['account']}/bills.csv"),),
}
