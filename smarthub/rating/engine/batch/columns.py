"""Columns: one value for each service, exact, and what is priced and made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Unit
from smarthub.kernel.text import Text
from smarthub.rating.types import BilledTime, Bucket, Contract, History

Numbers = NDArray[Any]
"""int64, or Python's own integers in an object array where int64 would overflow."""
Flags = NDArray[np.bool_]
SAFE = 2**62
"""Below this an int64 cannot overflow in one more addition."""
CENT = 100
MICRO = 10**6


class Column:
    """Exact numbers, one for each service: whole numbers over one common denominator.

    They are int64 while every possible result fits, and Python's integers above that, so that a
    use of a billion kWh is priced as exactly as one of ten.
    """

    __slots__ = ("most", "over", "whole")

    def __init__(self, whole: Numbers, over: int = 1, most: int | None = None) -> None:
        self.over = over
        self.most = _most_of(whole) if most is None else most
        if self.most >= SAFE and whole.dtype != object:
            self.most = _most_of(whole)
        self.whole = whole

    @classmethod
    def of(cls, values: Sequence[Decimal]) -> Column:
        """Return a column of decimals, over the power of ten that holds them all."""
        places = max((_places(value) for value in values), default=0)
        over = 10**places
        return cls(_array([int(value.scaleb(places)) for value in values]), over)

    @classmethod
    def same(cls, value: Decimal | Fraction | int, count: int) -> Column:
        """Return a column that holds one value ``count`` times."""
        exact = Fraction(value)
        kind = np.int64 if -SAFE < exact.numerator < SAFE else object
        return cls(np.full(count, exact.numerator, kind), exact.denominator, abs(exact.numerator))

    def __len__(self) -> int:
        return len(self.whole)

    def __add__(self, other: Column) -> Column:
        mine, theirs, over = _alike(self, other)
        most = mine.most + theirs.most
        return Column(mine.fit(most) + theirs.fit(most), over, most)

    def __sub__(self, other: Column) -> Column:
        return self + -other

    def __neg__(self) -> Column:
        return Column(-self.whole, self.over, self.most)

    def __mul__(self, other: Column) -> Column:
        most = self.most * other.most
        return Column(self.fit(most) * other.fit(most), self.over * other.over, most)

    def by(self, factor: Decimal | Fraction | int) -> Column:
        """Return each value times one number."""
        exact = Fraction(factor)
        times = exact.numerator
        most = self.most * abs(times)
        whole = self.fit(max(most, abs(times))) * times
        return Column(whole, self.over * exact.denominator, most)

    def at_least(self, other: Column) -> Column:
        """Return the greater of the two, for each service."""
        mine, theirs, over = _alike(self, other)
        most = max(mine.most, theirs.most)
        return Column(np.maximum(mine.fit(most), theirs.fit(most)), over, most)

    def at_most(self, other: Column) -> Column:
        """Return the lesser of the two, for each service."""
        return -((-self).at_least(-other))

    def above_zero(self) -> Column:
        """Return each value, or zero where it is negative."""
        return Column(np.maximum(self.whole, 0), self.over, self.most)

    def where(self, flags: Flags) -> Column:
        """Return each value where its flag is set, else zero."""
        return Column(np.where(flags, self.whole, 0), self.over, self.most)

    def is_positive(self) -> Flags:
        """Return where a value is above zero."""
        return np.asarray(self.whole > 0, bool)

    def is_nonzero(self) -> Flags:
        """Return where a value is not zero."""
        return np.asarray(self.whole != 0, bool)

    def rounded(self, over: int) -> Column:
        """Return each value in steps of ``1 / over``, half away from zero."""
        return Column(self.steps(over), over)

    def cut(self, over: int) -> Column:
        """Return each value in steps of ``1 / over``, the rest cut off; for values not negative."""
        exact = self.over_as(self.over * over // gcd(self.over, over))
        return Column(exact.whole // (exact.over // over), over)

    def steps(self, over: int) -> Numbers:
        """Return how many steps of ``1 / over`` each value is, half away from zero."""
        if self.over == over:
            return self.whole
        common = gcd(over, self.over)
        times, divisor = over // common, self.over // common
        most = 2 * self.most * times + divisor
        double = np.abs(self.fit(most)) * (2 * times) + divisor
        found = double // (2 * divisor)
        return np.where(self.whole < 0, -found, found)

    def shared(self, part: Column, total: Column, over: int) -> Column:
        """Return ``self * part / total`` in steps of ``1 / over``; zero where the total is."""
        product = self * part
        alike_part, alike_total, _ = _alike(product, total)
        most = 2 * alike_part.most * over + alike_total.most
        top = alike_part.fit(most) * (2 * over)
        below = alike_total.fit(most)
        safe = np.where(below == 0, 1, below)
        return Column(np.where(below == 0, 0, (top + safe) // (2 * safe)), over)

    def decimal(self, place: int) -> Decimal:
        """Return the value of one service."""
        return _decimal(int(self.whole[place]), self.over)

    def decimals(self) -> list[Decimal]:
        """Return the value of each service."""
        return [_decimal(whole, self.over) for whole in self.whole.tolist()]

    def over_as(self, over: int) -> Column:
        """Return the same values over a multiple of the denominator."""
        times = over // self.over
        most = self.most * times
        return Column(self.fit(max(most, times)) * times if times > 1 else self.whole, over, most)

    def fit(self, most: int) -> Numbers:
        """Return the whole numbers in a type that holds results up to ``most``."""
        if most < SAFE or self.whole.dtype == object:
            return self.whole
        return self.whole.astype(object)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the meters of all services say: energy of runs of steps, and highest demands.

    ``delivered`` and ``received`` have a row for each service and a column for each run; every
    service has the same runs, for all have the same period. Columns of demand are in kW.
    """

    runs: tuple[Bucket, ...]
    delivered: Numbers
    received: Numbers
    over: int
    days: Mapping[str, int]
    peaks: Mapping[Bucket, Column] = field(default_factory=dict)
    coincident_kw: Column | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """What is to be priced: services of one tariff version, one period, one billed time.

    ``measured`` is ``None`` where nothing is metered. Contracts, histories and the districts each
    lies ``inside`` of are given for each service, or for none. ``whole`` is the period billed
    where this is a part of it (rule 31).
    """

    count: int
    period: Period
    time: BilledTime = field(default_factory=BilledTime)
    measured: Measured | None = None
    contracts: Sequence[Contract] = ()
    histories: Sequence[History] = ()
    whole: Period | None = None
    inside: Sequence[Collection[str]] = ()

    @property
    def share(self) -> Fraction:
        """How much of the whole period this is; one, where no price changed inside it."""
        return Fraction(self.period.days, self.whole.days) if self.whole else Fraction(1)

    @property
    def is_last_part(self) -> bool:
        """Whether the whole period ends with this."""
        return self.whole is None or self.period.end == self.whole.end


@dataclass(frozen=True, slots=True)
class LineColumn:
    """One line of the bill for every service that has it: a code, and a column for each figure."""

    code: str
    name: Text
    unit: Unit
    quantity: Column
    rate: Column
    dollars: Column
    present: Flags
    cents: Numbers


def made(
    *,
    code: str,
    name: Text,
    unit: Unit,
    quantity: Column,
    rate: Column,
    present: Flags,
    dollars: Column | None = None,
) -> LineColumn:
    """Return lines of ``quantity x rate``, rounded to cents once, half away from zero (rule 26)."""
    exact = (quantity * rate if dollars is None else dollars).where(present)
    return LineColumn(code, name, unit, quantity, rate, exact, present, exact.steps(CENT))


def among_those(line: LineColumn, chosen: Flags) -> LineColumn:
    """Return a line for the chosen services only; the others do not have it."""
    present = line.present & chosen
    return LineColumn(
        line.code,
        line.name,
        line.unit,
        line.quantity,
        line.rate,
        line.dollars.where(present),
        present,
        np.where(present, line.cents, 0),
    )


def total_cents(lines: Sequence[LineColumn], count: int) -> Numbers:
    """Return the sum of the rounded lines of each service (rule 26)."""
    total: Numbers = np.zeros(count, np.int64)
    for each in lines:
        total = total + each.cents
    return total


def total_dollars(lines: Sequence[LineColumn], count: int) -> Column:
    """Return the sum of the unrounded lines of each service."""
    total = Column.same(0, count)
    for each in lines:
        total = total + each.dollars
    return total


def _alike(one: Column, other: Column) -> tuple[Column, Column, int]:
    """Return two columns over a common denominator."""
    if one.over == other.over:
        return one, other, one.over
    over = one.over * other.over // gcd(one.over, other.over)
    return one.over_as(over), other.over_as(over), over


def _most_of(whole: Numbers) -> int:
    return int(np.abs(whole).max()) if whole.size else 0


def _array(values: Sequence[int]) -> Numbers:
    fits = not values or (min(values) > -SAFE and max(values) < SAFE)
    return np.array(values, np.int64 if fits else object)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 (a number is finite: it was read so)
    return max(0, -exponent)


def _decimal(whole: int, over: int) -> Decimal:
    places = len(str(over)) - 1
    if 10**places == over:
        return Decimal(whole).scaleb(-places)
    return Decimal(whole) / over
