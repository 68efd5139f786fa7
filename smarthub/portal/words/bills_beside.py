"""Two bills in one table: a row for each figure and each line, both amounts, and the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from smarthub.billing.types import BillSummary, BillView, SegmentView
from smarthub.kernel.money import ZERO, Money
from smarthub.portal.templatetags.services import service_name
from smarthub.portal.words.bill_changes import signed
from smarthub.ui.formats import reading_language, say_day, say_money, say_number
from smarthub.ui.parts import Table
from smarthub.ui.templatetags.formats import quantity_of
from smarthub.workflows.bills.bills_beside import BillsBeside

DASH = "\N{EN DASH}"
Key = tuple[str, str]
Row = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A bill that may be chosen, in words."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class BesideWords:
    """What the page shows: the bills to choose from, and a table for each service."""

    choices: tuple[Choice, ...]
    tables: tuple[Table, ...]
    difference: str


def say_beside(page: BillsBeside) -> BesideWords:
    """Return both bills in words; no tables where there are not two."""
    choices = tuple(Choice(bill.number, _choice(bill)) for bill in page.bills)
    if page.first is None or page.second is None:
        return BesideWords(choices, (), "")
    tables = tuple(_tables(page.first, page.second))
    return BesideWords(choices, tables, signed(page.difference or ZERO))


def _choice(bill: BillSummary) -> str:
    day, amount = say_day(bill.bill_date, "medium"), say_money(bill.charges)
    if bill.is_taken_back:
        return gettext("%(day)s, %(amount)s (taken back)") % {"day": day, "amount": amount}
    return f"{day}, {amount}"


def _tables(first: BillView, second: BillView) -> Iterator[Table]:
    held, new = _by_service(first), _by_service(second)
    several = len({address for _service, address in {**held, **new}}) > 1
    for key in {**new, **held}:
        name = service_name(key[0])
        caption = f"{name}, {key[1]}" if several else name
        rows = [*_figures(held.get(key, ()), new.get(key, ())),
                *_lines(held.get(key, ()), new.get(key, ()))]  # fmt: skip
        yield Table(caption, _head(first, second), tuple(rows))
    yield Table(gettext("Together"), _head(first, second), tuple(_sums(first, second)))


def _head(first: BillView, second: BillView) -> tuple[str, ...]:
    days = (say_day(bill.bill_date, "medium") for bill in (first, second))
    return ("", *days, gettext("Difference"))


def _by_service(bill: BillView) -> dict[Key, tuple[SegmentView, ...]]:
    found: dict[Key, tuple[SegmentView, ...]] = {}
    for segment in bill.segments:
        key = segment.service, segment.address
        found[key] = (*found.get(key, ()), segment)
    return found


def _figures(first: Iterable[SegmentView], second: Iterable[SegmentView]) -> Iterator[Row]:
    held, new = _Sum(tuple(first)), _Sum(tuple(second))
    yield _numbers(gettext("Days"), held.days, new.days)
    unit = new.unit or held.unit
    if unit:
        yield _numbers(gettext("Use"), held.use, new.use, unit)
        yield _numbers(gettext("Use a day"), held.daily, new.daily, unit)
    if held.mean_f is not None or new.mean_f is not None:
        yield _numbers(gettext("Temperature"), held.mean_f, new.mean_f, "°F")


@dataclass(frozen=True, slots=True)
class _Sum:
    """The parts of one service on one bill, together."""

    parts: tuple[SegmentView, ...]

    @property
    def days(self) -> Decimal | None:
        return Decimal(sum(part.period.days for part in self.parts)) if self.parts else None

    @property
    def unit(self) -> str:
        return next((part.use.unit for part in self.parts if part.use), "")

    @property
    def use(self) -> Decimal | None:
        uses = [part.use.value for part in self.parts if part.use]
        return sum(uses, Decimal(0)) if uses else None

    @property
    def daily(self) -> Decimal | None:
        return round(self.use / self.days, 1) if self.use is not None and self.days else None

    @property
    def mean_f(self) -> Decimal | None:
        mean = next((part.history[-1].mean_f for part in self.parts if part.history), None)
        return None if mean is None else round(mean, 0)


def _numbers(name: str, first: Decimal | None, second: Decimal | None, unit: str = "") -> Row:
    difference = DASH
    if first is not None and second is not None:
        more = second - first
        sign = "+" if more > 0 else "\N{MINUS SIGN}" if more < 0 else ""
        difference = f"{sign}{_with_unit(abs(more), unit)}"
    return name, _cell(first, unit), _cell(second, unit), difference


def _cell(value: Decimal | None, unit: str) -> str:
    return DASH if value is None else _with_unit(value, unit)


def _with_unit(value: Decimal, unit: str) -> str:
    return quantity_of(value, unit) if unit else say_number(value)


def _lines(first: Iterable[SegmentView], second: Iterable[SegmentView]) -> Iterator[Row]:
    held, new = _amounts(first), _amounts(second)
    for name in {**new, **held}:
        yield _money(name, held.get(name), new.get(name))
    totals = [Money.sum(amounts.values()) if amounts else None for amounts in (held, new)]
    yield _money(gettext("Total"), *totals)


def _amounts(segments: Iterable[SegmentView]) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for segment in segments:
        for line in segment.lines:
            name = line.name.in_language(reading_language())
            found[name] = found.get(name, ZERO) + line.amount
    return found


def _sums(first: BillView, second: BillView) -> Iterator[Row]:
    yield _money(gettext("New charges"), first.charges, second.charges)
    yield _money(gettext("Previous balance"), first.previous, second.previous)
    yield _money(gettext("Payments received, thank you"), first.payments, second.payments)
    if first.adjustments or second.adjustments:
        yield _money(gettext("Adjustments"), first.adjustments, second.adjustments)
    yield _money(gettext("Amount due"), first.asked, second.asked)


def _money(name: str, first: Money | None, second: Money | None) -> Row:
    held, new = (DASH if amount is None else say_money(amount) for amount in (first, second))
    return name, held, new, signed((second or ZERO) - (first or ZERO))
