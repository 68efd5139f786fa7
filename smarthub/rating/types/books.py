"""All versions of tariffs and riders in memory: a bill run asks them thousands of times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from smarthub.kernel.period import Period
from smarthub.rating.types.charges import Rider
from smarthub.rating.types.errors import TariffMissing
from smarthub.rating.types.tariff import Tariff
from smarthub.rating.types.use import RatePart


@dataclass(frozen=True, slots=True)
class PublishedTariff:
    """A tariff version and the row a bill names as the one it used."""

    version_id: int
    tariff: Tariff


class RateBook:
    """All tariff versions of some codes, in memory: a bill run asks it thousands of times."""

    def __init__(self, versions: Collection[PublishedTariff]) -> None:
        newest_first = sorted(versions, key=lambda v: v.tariff.effective_from, reverse=True)
        self._versions: dict[str, list[PublishedTariff]] = {}
        for version in newest_first:
            self._versions.setdefault(version.tariff.code, []).append(version)
        self._spans: dict[tuple[str, Period], tuple[tuple[PublishedTariff, Period], ...]] = {}

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all tariffs, in order."""
        return tuple(sorted(self._versions))

    def find(self, *, code: str, on: dt.date) -> PublishedTariff:
        """Return the version of ``code`` that holds on ``on``.

        Raises:
            TariffMissing: there is none.
        """
        for version in self._versions.get(code, ()):
            if version.tariff.effective_from <= on:
                return version
        raise TariffMissing(tariff=code, on=on.isoformat())

    def changes(self, *, code: str, period: Period) -> list[dt.date]:
        """Return the days inside a period on which another version takes effect (rule 31)."""
        days = (version.tariff.effective_from for version in self._versions.get(code, ()))
        return sorted(day for day in days if period.start < day < period.end)

    def spans(self, *, code: str, period: Period) -> tuple[tuple[PublishedTariff, Period], ...]:
        """Return the versions that hold in a period and from when to when, oldest first.

        What was asked once is remembered: most accounts of a run share their period.

        Raises:
            TariffMissing: none holds on its first day.

        Source: domain rules 24 and 31.
        """
        key = code, period
        if key not in self._spans:
            changes = self.changes(code=code, period=period)
            starts, ends = [period.start, *changes], [*changes, period.end]
            self._spans[key] = tuple(
                (self.find(code=code, on=start), Period(start, end))
                for start, end in zip(starts, ends, strict=True)
            )
        return self._spans[key]


class RiderBook:
    """What riders, dated conversion factors and blocks of arrays come to, by day (rule 25)."""

    def __init__(self, values: Iterable[tuple[str, dt.date, Decimal]]) -> None:
        self._values: dict[str, list[tuple[dt.date, Decimal]]] = {}
        for code, start, rate in sorted(values):
            self._values.setdefault(code, []).append((start, rate))

    def find(self, *, code: str, on: dt.date) -> Decimal | None:
        """Return a rider's rate on a day; none where it has none yet."""
        held = [rate for start, rate in self._values.get(code, ()) if start <= on]
        return held[-1] if held else None

    def of_month(self, *, code: str, day: dt.date) -> Decimal | None:
        """Return what was recorded for the very month of a day; none where nothing was."""
        first = day.replace(day=1)
        held = [value for start, value in self._values.get(code, ()) if start == first]
        return held[-1] if held else None

    def rates_for(
        self, *, tariff: Tariff, period: Period, bill_date: dt.date
    ) -> dict[str, Decimal | tuple[RatePart, ...]]:
        """Return the rates a tariff's riders have for a period: by bill date, or by days of use.

        A rider that has no rate on a day it needs one is left out, so that pricing refuses it.
        A dated conversion factor is that of the period's last day; what a block of a shared array
        made is that of the last day's month and of no other (rule 39).

        Source: domain rule 25.
        """
        rates: dict[str, Decimal | tuple[RatePart, ...]] = {}
        for charge in tariff.charges:
            if isinstance(charge, Rider):
                parts = self._parts(charge.rider, period)
                rate = self.find(code=charge.rider, on=bill_date)
                if charge.date == "use" and parts:
                    rates[charge.rider] = parts
                elif charge.date == "bill" and rate is not None:
                    rates[charge.rider] = rate
        factor = tariff.conversion.factor_of if tariff.conversion else ""
        value = self.find(code=factor, on=period.last_day)
        if value is not None:
            rates[factor] = value
        for array in tariff.shared_arrays:
            made = self.of_month(code=array, day=period.last_day)
            if made is not None:
                rates[array] = made
        return rates

    def _parts(self, code: str, period: Period) -> tuple[RatePart, ...]:
        inside = [start for start, _ in self._values.get(code, ()) if start in period]
        starts = sorted({period.start, *inside})
        parts = []
        for start, end in zip(starts, [*starts[1:], period.end], strict=True):
            rate = self.find(code=code, on=start)
            if rate is None:
                return ()
            parts.append(RatePart((end - start).days, rate))
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Prices:
    """Some tariffs with all their versions, the versions by their rows, and every rider."""

    book: RateBook
    versions: Mapping[int, Tariff]
    riders: RiderBook
