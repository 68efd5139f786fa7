"""Count what is billed, for many services: netting, the kWh bank, and facts of the accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import numpy as np

from smarthub.rating.engine.batch.columns import Column, Flags, Measured, Numbers, Services
from smarthub.rating.engine.batch.measuring import measured_from_registers
from smarthub.rating.engine.counting import months_of
from smarthub.rating.engine.making import SHARE_DECIMALS
from smarthub.rating.types import (
    ALL_DAY,
    ALL_YEAR,
    Bucket,
    Charge,
    Contract,
    Tariff,
    UnmeteredLight,
)

SHARE = 10**SHARE_DECIMALS
Columns = Mapping[Bucket, Column]
NOBODY = Contract()


@dataclass
class Counted:
    """What the charges count for each service; ``unfit`` are those the columns cannot price."""

    tariff: Tariff
    services: Services
    measured: Measured
    billed: Columns
    exported: Columns
    bank: Mapping[str, Column]
    unfit: Flags
    facts: dict[str, Column] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many services there are."""
        return self.services.count

    @property
    def months(self) -> Fraction:
        """How many billing months are billed."""
        return months_of(self.services.time)

    @property
    def demand_share(self) -> Fraction:
        """How much of a month's demand charge is made (the setting ``prorated``)."""
        if "demand" not in self.tariff.settings.prorated:
            return self.services.share
        return min(self.months, Fraction(1))

    @property
    def bill_month(self) -> int:
        """The month the period ends in."""
        return (self.services.whole or self.services.period).last_day.month

    @property
    def quantity(self) -> Column:
        """Everything riders and taxes count: billed use, and what lamps use unmetered (rule 37)."""
        total = self.sum_of(self.billed)
        for charge in self.tariff.charges:
            if isinstance(charge, UnmeteredLight):
                total += settled(self.fact("lamps").by(charge.kwh).by(self.months))
        return total

    def covers(self, charge: Charge) -> bool:
        """Return whether a charge is made in this period's billing month."""
        return not charge.when.months or self.bill_month in charge.when.months

    def seasons(self, charge: Charge) -> tuple[str, ...]:
        """Return the seasons a charge is made in."""
        return charge.when.seasons or self.tariff.calendar.season_codes

    def sum_of(self, columns: Columns) -> Column:
        """Return the sum over all seasons and periods."""
        total = Column.same(0, self.count)
        for column in columns.values():
            total += column
        return total

    def in_seasons(self, columns: Columns, charge: Charge) -> dict[Bucket, Column]:
        """Return the columns that fall in a charge's seasons."""
        seasons = self.seasons(charge)
        return {bucket: value for bucket, value in columns.items() if bucket.season in seasons}

    def fact(self, name: str) -> Column:
        """Return a fact of every account; where it is not known the service is unfit."""
        if name not in self.facts:
            contracts = self.services.contracts or [NOBODY] * self.count
            values = [getattr(contract, name) for contract in contracts]
            self.unfit |= np.array([value is None for value in values], bool)
            self.facts[name] = Column.of([Decimal(value or 0) for value in values])
        return self.facts[name]

    def need(self, column: Column | None) -> Column:
        """Return a measured column; where there is none, no service can be priced here."""
        if column is None:
            self.unfit |= True
            return Column.same(0, self.count)
        return column


def count(*, tariff: Tariff, services: Services) -> Counted:
    """Return what a tariff's charges count, for every service.

    Raises:
        ValueError: the tariff needs a meter and nothing was measured.

    Source: domain rules 12, 20, 31, 94 and 96.
    """
    measured = services.measured or _nothing(tariff, services)
    unfit = np.zeros(services.count, bool)
    delivered = _by_bucket(measured, measured.delivered)
    received = _by_bucket(measured, measured.received)
    billed, exported, bank = _netted(tariff, services, delivered, received)
    return Counted(tariff, services, measured, billed, exported, bank, unfit)


def settled(column: Column) -> Column:
    """Return shares of quantities, to nine decimals where they have more."""
    return column if SHARE % column.over == 0 else column.rounded(SHARE)


def _nothing(tariff: Tariff, services: Services) -> Measured:
    if tariff.metered_unit is not None:
        raise ValueError(f"{tariff.code} cannot price None")
    nothing = [Decimal(0)] * services.count
    return measured_from_registers(tariff=tariff, quantities=nothing, period=services.period)


def _by_bucket(measured: Measured, table: Numbers) -> dict[Bucket, Column]:
    buckets = dict.fromkeys(measured.runs)
    return {
        bucket: Column(
            table[:, [n for n, held in enumerate(measured.runs) if held == bucket]].sum(axis=1),
            measured.over,
        )
        for bucket in buckets
    }


def _netted(
    tariff: Tariff, services: Services, delivered: Columns, received: Columns
) -> tuple[Columns, Columns, Mapping[str, Column]]:
    if tariff.netting.kind in ("none", "hour"):
        return delivered, received, {}
    net: Columns = {bucket: delivered[bucket] - received[bucket] for bucket in delivered}
    if not tariff.netting.by_period:
        net = _netted_over_periods(net, delivered, services.count)
    return _against_bank(tariff, services, net)


def _netted_over_periods(net: Columns, delivered: Columns, size: int) -> Columns:
    """Net the whole period at once; what remains is shared out as the member took it."""
    total, taken = Column.same(0, size), Column.same(0, size)
    for bucket in net:
        total, taken = total + net[bucket], taken + delivered[bucket]
    shares: dict[Bucket, Column] = {}
    reached, given = Column.same(0, size), Column.same(0, size)
    positive, first = total.is_positive(), True
    for bucket in net:
        reached += delivered[bucket]
        is_all = ~(taken - reached).is_positive()
        upto = total.above_zero().shared(reached, taken, SHARE)
        upto = upto.where(~is_all) + total.where(is_all)
        share = (upto - given).where(positive)
        shares[bucket] = share + total.where(~positive) if first else share
        given, first = upto, False
    return shares or {Bucket(ALL_YEAR, ALL_DAY): total}


def _against_bank(
    tariff: Tariff, services: Services, net: Columns
) -> tuple[Columns, Columns, Mapping[str, Column]]:
    """Use up the bank, and add this period's surplus to it, or leave that to be credited."""
    keeps = tariff.netting.kind == "kwh_bank"
    bank = _bank_of(services) if keeps else {}
    nothing = Column.same(0, services.count)
    billed, surplus = {}, {}
    for bucket, value in net.items():
        key = bucket.period if tariff.netting.by_period else ""
        used = value.above_zero().at_most(bank.get(key, nothing))
        billed[bucket] = value.above_zero() - used
        surplus[bucket] = (-value).above_zero()
        bank[key] = bank.get(key, nothing) - used
    if not keeps:
        return billed, surplus, {}
    for bucket, value in surplus.items():
        key = bucket.period if tariff.netting.by_period else ""
        bank[key] = bank.get(key, nothing) + value
    return billed, {}, bank


def _bank_of(services: Services) -> dict[str, Column]:
    keys = dict.fromkeys(key for history in services.histories for key in history.bank)
    zero = Decimal(0)
    return {
        key: Column.of([each.bank.get(key, zero) for each in services.histories]) for key in keys
    }
