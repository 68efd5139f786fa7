"""All metered services of an account side by side: what each used in the same days, and cost.

Each in its own unit; only dollars can be added up. Never shows a day before the account had the
place (domain rule 11). Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from smarthub.accounts.types import VisibleAccount
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.period import Period
from smarthub.workflows.usage.usage_costs import get_billings, price_days
from smarthub.workflows.usage.usage_explorer import Compared, Slice, compare_periods, slices_of
from smarthub.workflows.usage.usage_ground import DAY, Ground, Total, stand_on_all
from smarthub.workflows.usage.usage_spans import Shown, Span, month_of


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """One service in the days shown; ``dollars`` is None where no price can be told."""

    ground: Ground
    period: Period
    slices: tuple[Slice, ...]
    total: Total
    last_year: Compared | None
    dollars: Decimal | None


@dataclass(frozen=True, slots=True)
class TogetherView:
    """Every metered service that has any of the days shown."""

    account: VisibleAccount
    shown: Shown
    services: tuple[ServiceUse, ...]
    previous: Shown | None
    following: Shown | None

    @property
    def dollars(self) -> Decimal | None:
        """What all of them cost together; None unless each price is known."""
        known = [each.dollars for each in self.services if each.dollars is not None]
        return sum(known, Decimal(0)) if len(known) == len(self.services) and known else None


def get_together(
    *, account: VisibleAccount, shown: Shown | None, on: dt.date, zone: ZoneInfo
) -> TogetherView:
    """Return the use of all services of an account in a month or a year.

    Two queries, one for each weather station, and one for each service whose hours have prices.

    Raises:
        NotVisible: the account has no metered service with any of these days.

    Source: domain rule 11; feature R20.
    """
    points = [point for point in account.points if point.metered]
    if not points:
        raise NotVisible
    shown = shown or month_of(max(on - DAY, min(point.since for point in points)))
    if shown.span is Span.DAY:
        raise NotVisible
    grounds = [
        ground
        for ground in stand_on_all(
            account=account, points=points, on=on, zone=zone, back_to=shown.period.start
        )
        if ground.has(shown.period)
    ]
    if not grounds:
        raise NotVisible
    billings = get_billings(grounds=grounds)
    services = []
    for ground, billing in zip(grounds, billings, strict=True):
        period = ground.part_of(shown.period)
        costs = price_days(ground=ground, billing=billing, period=period)
        total = ground.total(period)
        priced = [costs.days[day].whole for day in period if day in costs.days]
        services.append(
            ServiceUse(
                ground=ground,
                period=period,
                slices=tuple(slices_of(ground, shown, period)),
                total=total,
                last_year=compare_periods(ground, shown, total)[0],
                dollars=sum(priced, Decimal(0)) if priced else None,
            )
        )
    return TogetherView(
        account=account,
        shown=shown,
        services=tuple(services),
        previous=_if_any(grounds, shown.before),
        following=_if_any(grounds, shown.after),
    )


def _if_any(grounds: list[Ground], shown: Shown) -> Shown | None:
    return shown if any(ground.has(shown.period) for ground in grounds) else None
