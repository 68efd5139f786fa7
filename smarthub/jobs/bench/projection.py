"""``smarthub bench projection``: the projection of use tried on every home's own past.

Each month of the last year is told on its days 5, 10, 15 and 20, from nothing but what was known
by then: use and temperature of the days before, and the normal temperatures they give. Beside it
the run-rate alone, and the same method with the temperatures that came, which is what a perfect
forecast would give.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from smarthub.accounts.types import Agreement
from smarthub.jobs.demo.files import months_of
from smarthub.kernel.period import Period
from smarthub.usage.engine import normal_temperatures, project
from smarthub.usage.engine.projection import Ahead, Past
from smarthub.usage.queries import list_point_days
from smarthub.usage.types import Floats, PointHistory, Projection

DAYS_TOLD = (5, 10, 15, 20)
TESTED_DAYS = 366
FEWEST_DAYS_BEFORE = 120
MOST_UNKNOWN = 0.1

Say = Callable[[str], None]


class Outcome(NamedTuple):
    """One month of one home told on one of its days: what was said, and what it came to."""

    home: str
    day: int
    actual: float
    run_rate: float
    said: Projection
    with_forecast: Projection


def measure_projection(
    *, agreements: Sequence[Agreement], today: dt.date, say: Say
) -> list[Outcome]:
    """Try the projection on each home, and tell a line for each and one for each day of a month."""
    say("| home | tries | run-rate | ours | forecast | in range |")
    say("|---|---|---|---|---|---|")
    outcomes: list[Outcome] = []
    for agreement in agreements:
        found = list(_outcomes(agreement, today))
        outcomes += found
        if found:
            say(_line(found[0].home, found))
    for day in DAYS_TOLD:
        told = [each for each in outcomes if each.day == day]
        if told:
            say(_line(f"all homes, day {day}", told))
    if outcomes:
        say(_line("all", outcomes))
    return outcomes


def _outcomes(agreement: Agreement, today: dt.date) -> Iterator[Outcome]:
    period = Period(agreement.starts_on, today)
    point = agreement.service_point_id
    history = list_point_days(service_point_ids=[point], station=agreement.station, period=period)[
        point
    ]
    first = max(today - dt.timedelta(days=TESTED_DAYS), agreement.starts_on)
    for month in months_of(Period(first, today)):
        is_whole = month.start.day == 1 and (month.end.day == 1)
        before = (month.start - agreement.starts_on).days
        if is_whole and before >= FEWEST_DAYS_BEFORE:
            for day in DAYS_TOLD:
                outcome = _outcome(agreement, history, month, day)
                if outcome is not None:
                    yield outcome


def _outcome(
    agreement: Agreement, history: PointHistory, month: Period, day: int
) -> Outcome | None:
    use, mean_f = columns(history, month)
    if np.isnan(use).mean() > MOST_UNKNOWN:
        return None
    actual = float(np.nanmean(use) * month.days)
    before = Period(agreement.starts_on, month.start)
    known = [(d, float(t)) for d, t in history.mean_f.items() if d < month.start]
    normal = normal_temperatures(known=known, days=[*before, *month])
    if normal is None:
        normal = np.full(before.days + month.days, np.nan)
    past = Past(*columns(history, before), normal[: before.days])
    coming = normal[before.days + day :]
    came = np.where(np.isnan(mean_f[day:]), coming, mean_f[day:])
    said, with_forecast = (
        project(past=past, ahead=Ahead(use[:day], mean_f[:day], each), days=month.days)
        for each in (coming, came)
    )
    if said is None or with_forecast is None:
        return None
    run_rate = float(np.nanmean(use[:day]) * month.days)
    name = f"{agreement.service_point_number} {agreement.service}"
    return Outcome(name, day, actual, run_rate, said, with_forecast)


def columns(history: PointHistory, period: Period) -> tuple[Floats, Floats]:
    """Return use and mean temperature of each day of a period, NaN where not wholly known."""
    use, mean_f = np.full(period.days, np.nan), np.full(period.days, np.nan)
    for place, day in enumerate(period):
        found = history.days.get(day)
        if found is not None and found.delivered is not None and not found.partial:
            use[place] = float(found.delivered)
        if day in history.mean_f:
            mean_f[place] = float(history.mean_f[day])
    return use, mean_f


def _line(name: str, outcomes: Sequence[Outcome]) -> str:
    """Return a row of the table; over several homes the mean of theirs, for each counts alike.

    Their units differ, and one pump uses more than twelve homes.
    """
    homes: dict[str, list[Outcome]] = {}
    for each in outcomes:
        homes.setdefault(each.home, []).append(each)

    def missed(told: Callable[[Outcome], float]) -> float:
        parts = [
            sum(abs(told(o) - o.actual) for o in each) / sum(o.actual for o in each)
            for each in homes.values()
        ]
        return sum(parts) / len(parts) * 100

    inside = sum(each.said.low <= each.actual <= each.said.high for each in outcomes)
    return (
        f"| {name} | {len(outcomes)} | {missed(lambda o: o.run_rate):.1f}% "
        f"| {missed(lambda o: o.said.likely):.1f}% "
        f"| {missed(lambda o: o.with_forecast.likely):.1f}% "
        f"| {inside / len(outcomes) * 100:.0f}% |"
    )
