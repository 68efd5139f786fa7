"""The bar code for cash at a store, asked by Rosa."""

from __future__ import annotations

import datetime as dt

from smarthub.billing.engine.cash_number import BILLER
from smarthub.cooperative.operations import set_policy
from tests.cast import NOW, Cast
from tests.portal.rosa.tables import Ask, Tables

MISSING: dict[str, str] = {}


def prepare(cast: Cast) -> dict[str, str]:
    """Let stores take cash for the co-op."""
    set_policy(
        key=BILLER, value="412007", effective_from=dt.date(2020, 1, 1), author="test", now=NOW
    )
    return {}


ASKED: Tables = {
    "cash/<str:number>/": (Ask("GET", lambda t: f"/cash/{t['account']}/"),),
}
