"""What the weather changed between two periods of one service, as far as its own past can tell.

A home's days tell it best; where its meter is read once a period, whole periods do, if there are
nine with real reads. Where neither can tell, it is said why, and the weather is part of other
use. Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from smarthub.accounts.types import VisibleAccount
from smarthub.billing.queries.priced import MeteredPeriod, list_metered_periods
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.usage.engine import fit_periods
from smarthub.usage.types import ComparedPeriod, WeatherModel
from smarthub.workflows.usage.usage_ground import MODEL_DAYS, WEATHERED, Ground, stand_on_all

Temperatures = Mapping[dt.date, Decimal]


class Told(StrEnum):
    """By what the weather was told, or why it could not be.

    ``NOT_FELT``: the use of the home does not clearly go with the weather. ``TOO_LITTLE``: too
    few days or periods are known. ``NO_TEMPERATURE``: a day of the two periods has none.
    ``NOT_KNOWN``: the place is not the account's any more, or its service does not go with it.
    """

    BY_DAYS = "by_days"
    BY_PERIODS = "by_periods"
    NOT_FELT = "not_felt"
    TOO_LITTLE = "too_little"
    NO_TEMPERATURE = "no_temperature"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class WeatherPart:
    """What the weather changed, in the meter's unit; None where it cannot be told.

    ``periods`` is how many whole periods told it; 0 where days did.
    """

    told: Told
    more: Decimal | None = None
    periods: int = 0


NOT_KNOWN = WeatherPart(Told.NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class HomeModel:
    """What a degree day takes in one home, in the unit of its meter, and what it was learnt from.

    ``periods`` is 0 where it was learnt from days.
    """

    model: WeatherModel
    unit: str
    periods: int = 0


@dataclass(frozen=True, slots=True)
class HomeWeather:
    """The temperature of a home's days, and the models of its use, the best first."""

    mean_f: Temperatures
    models: tuple[HomeModel, ...]

    def between(
        self, *, before: tuple[Period, Quantity], now: tuple[Period, Quantity]
    ) -> WeatherPart:
        """Return what the weather changed against ``before`` stretched to the days of ``now``.

        ``heating x (h1 - h0 x d1 / d0)``, and the same of cooling.

        Source: domain rules, section 4.
        """
        home = next((each for each in self.models if each.unit == now[1].unit), None)
        if home is None:
            return WeatherPart(Told.TOO_LITTLE)
        held, new = (compared_period(period, use, self.mean_f) for period, use in (before, now))
        if held.mean_f is None or new.mean_f is None:
            return WeatherPart(Told.NO_TEMPERATURE)
        if not home.model.heating and not home.model.cooling:
            return WeatherPart(Told.NOT_FELT, Decimal(0), home.periods)
        stretch = Decimal(new.days) / held.days
        more = _degrees(home.model, new) - _degrees(home.model, held) * stretch
        return WeatherPart(Told.BY_PERIODS if home.periods else Told.BY_DAYS, more, home.periods)


def learn_weather(
    *,
    account: VisibleAccount,
    used: Mapping[str, Unit],
    back_to: dt.date,
    on: dt.date,
    zone: ZoneInfo,
) -> dict[str, HomeWeather]:
    """Return what is known of the weather in each service that goes with it, by its point.

    In one query for each station, and one more where days do not tell enough.

    Args:
        account: As its door gave it out.
        used: The service points asked about, with the unit each is billed in.
        back_to: The first day of the periods that will be compared.
        on: The local day it is.
        zone: The co-op's.
    """
    points = [
        point
        for point in account.points
        if point.metered and point.service in WEATHERED and point.number in used
    ]
    if not points:
        return {}
    grounds = stand_on_all(account=account, points=points, on=on, zone=zone, back_to=back_to)
    days = {ground.point.number: _by_days(ground) for ground in grounds}
    left = {number for number, home in days.items() if home is None or home.unit != used[number]}
    periods = _periods(account, left, on)
    return {
        ground.point.number: HomeWeather(
            ground.history.mean_f,
            _models(days[ground.point.number], periods.get(ground.point.number, ()), ground),
        )
        for ground in grounds
    }


def model_by_periods(*, periods: Iterable[MeteredPeriod], mean_f: Temperatures) -> HomeModel | None:
    """Return what whole periods of one point tell; None where fewer than nine can.

    Estimates are no evidence, for they were made from the weather; nor is the period after one,
    whose reads settle it. Only periods in the unit of the last one count.

    Source: domain rules, section 4 and rule 15.
    """
    real = _real(sorted(periods, key=lambda each: each.period.start))
    if not real:
        return None
    unit = real[-1].use.unit
    alike = [
        compared_period(each.period, each.use, mean_f) for each in real if each.use.unit is unit
    ]
    known = [each for each in alike if each.mean_f is not None]
    model = fit_periods(periods=known)
    return None if model is None else HomeModel(model, unit, len(known))


def compared_period(period: Period, use: Quantity, mean_f: Temperatures) -> ComparedPeriod:
    """Return a period as it is compared; its temperatures only where every day has one."""
    known = tuple(mean_f[day] for day in period if day in mean_f)
    return ComparedPeriod(period, use.value, known if len(known) == period.days else None)


def _real(periods: Sequence[MeteredPeriod]) -> list[MeteredPeriod]:
    guessed_until = {each.period.end for each in periods if each.estimated}
    return [
        each for each in periods if not each.estimated and each.period.start not in guessed_until
    ]


def _by_days(ground: Ground) -> HomeModel | None:
    model = ground.model()
    return None if model is None else HomeModel(model, ground.history.unit)


def _models(
    by_days: HomeModel | None, periods: Sequence[MeteredPeriod], ground: Ground
) -> tuple[HomeModel, ...]:
    own = [each for each in periods if each.period.start >= ground.point.since]
    by_periods = model_by_periods(periods=own, mean_f=ground.history.mean_f)
    return tuple(each for each in (by_days, by_periods) if each is not None)


def _periods(
    account: VisibleAccount, numbers: Collection[str], on: dt.date
) -> dict[str, list[MeteredPeriod]]:
    if not numbers:
        return {}
    found = list_metered_periods(
        account_id=account.id,
        service_point_numbers=numbers,
        since=on - dt.timedelta(days=MODEL_DAYS),
    )
    parted = groupby(found, key=lambda each: each.service_point_number)
    return {number: list(each) for number, each in parted}


def _degrees(model: WeatherModel, period: ComparedPeriod) -> Decimal:
    """Return what heating and cooling take in a period, by the model of the home."""
    heating = Decimal(str(model.heating)) * period.heating(model)
    return heating + Decimal(str(model.cooling)) * period.cooling(model)
