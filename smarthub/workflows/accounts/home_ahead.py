"""Where the bill of a member's first service is heading, for the first page. Writes nothing.

The projection rests on two years of days, which costs more than all else the first page shows;
so it is asked for by itself, when the page is there already.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from smarthub.accounts.access import list_visible_accounts
from smarthub.accounts.types import Point, VisibleAccount
from smarthub.workflows.usage.bill_ahead import BillAhead, get_bill_ahead
from smarthub.workflows.usage.usage_costs import get_billing
from smarthub.workflows.usage.usage_ground import stand_on


@dataclass(frozen=True, slots=True)
class HomeAhead:
    """One service of one account, and where its next bill is heading, if anything is known."""

    account: VisibleAccount
    point: Point
    ahead: BillAhead | None


def first_metered(
    accounts: tuple[VisibleAccount, ...],
) -> tuple[VisibleAccount, Point] | None:
    """Return the first metered point of some accounts, electricity before all else."""
    metered = [
        (account, point) for account in accounts for point in account.points if point.metered
    ]
    return min(metered, key=lambda pair: pair[1].service != "electric", default=None)


def get_home_ahead(*, user_id: int, on: dt.date, zone: ZoneInfo) -> HomeAhead | None:
    """Return where the first service's bill is heading; None where nothing is metered.

    Four queries; one more where hours have prices of their own.

    Source: features R20 and R29.
    """
    found = first_metered(list_visible_accounts(user_id=user_id, on=on))
    if found is None:
        return None
    account, point = found
    ground = stand_on(account=account, point=point, on=on, zone=zone, back_to=on)
    ahead = get_bill_ahead(ground=ground, billing=get_billing(ground=ground))
    return HomeAhead(account, point, ahead)
