"""Rounding up, chosen by Rosa for Maria's account."""

from __future__ import annotations

from tests.cast import Cast
from tests.portal.rosa.tables import Ask, Tables

MISSING: dict[str, str] = {}


def prepare(cast: Cast) -> dict[str, str]:
    """Make nothing: to stop what was never begun is no error."""
    return {}


ASKED: Tables = {
    "pay/round-up/<str:number>/": (
        Ask("POST", lambda t: f"/pay/round-up/{t['account']}/", lambda _t: {"rounds_up": "no"}),
    ),
}
OWN: dict[str, str] = {
    "pay/round-up/": "shows the accounts of whoever looks",
}
