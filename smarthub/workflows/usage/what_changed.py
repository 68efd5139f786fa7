"""Why one period's use differs from another's: days, heating, cooling, and other use.

The parts add up to the difference exactly, in the meter's unit; what that did to a bill is said
where bills are. Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from smarthub.accounts.types import VisibleAccount
from smarthub.kernel.period import Period
from smarthub.usage.engine import explain_change
from smarthub.usage.types import Change, ComparedPeriod, WeatherModel
from smarthub.workflows.usage.usage_explorer import Compared, compare_periods
from smarthub.workflows.usage.usage_ground import Ground, Total, find_point, stand_on
from smarthub.workflows.usage.usage_spans import Shown


@dataclass(frozen=True, slots=True)
class Explained:
    """One comparison and its steps."""

    compared: Compared
    change: Change


@dataclass(frozen=True, slots=True)
class ChangedView:
    """The period shown against the same days a year before, and against those just before."""

    ground: Ground
    shown: Shown
    total: Total
    last_year: Explained | None
    before: Explained | None
    has_model: bool


def get_changes(
    *, account: VisibleAccount, point_number: str, shown: Shown, on: dt.date, zone: ZoneInfo
) -> ChangedView:
    """Return why the use of some days differs, in one query.

    Raises:
        NotVisible: the account has no such metered point, or none of these days.

    Source: domain rules, section 4; feature R20.
    """
    point = find_point(account=account, number=point_number)
    ground = stand_on(account=account, point=point, on=on, zone=zone, back_to=shown.period.start)
    total = ground.total(ground.part_of(shown.period))
    model = ground.model()
    last_year, before = compare_periods(ground, shown, total)
    return ChangedView(
        ground=ground,
        shown=shown,
        total=total,
        last_year=_explained(ground, total, last_year, model),
        before=_explained(ground, total, before, model),
        has_model=model is not None,
    )


def _explained(
    ground: Ground, total: Total, compared: Compared | None, model: WeatherModel | None
) -> Explained | None:
    if compared is None:
        return None
    now, before = (_period(ground, each) for each in (total, compared.total))
    if now is None or before is None:
        return None
    return Explained(compared, explain_change(before=before, now=now, model=model))


def _period(ground: Ground, total: Total) -> ComparedPeriod | None:
    """Return a period as it is compared; its weather only where every day of it is known."""
    if total.quantity is None:
        return None
    period: Period = total.period
    known = [ground.history.mean_f.get(day) for day in period]
    mean_f = tuple(mean for mean in known if mean is not None)
    return ComparedPeriod(period, total.quantity, mean_f if len(mean_f) == period.days else None)
