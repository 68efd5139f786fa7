"""Bills to draw without a database: one household with everything, and its odd relations."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from smarthub.billing.engine.cash_number import BILLER
from smarthub.billing.types import BilledPeriod, BillView, MeterRead, SegmentView
from smarthub.cooperative.engine import brand_from
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.colour import Colour
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price
from smarthub.rating.types import BilledUse, Tariff, total_of
from tests.cast import COLOUR, IDENTITY
from tests.rating.rate_book import E_R1, F_250, G_R1

BILLER_NUMBER = "412007"
COOPERATIVE = Cooperative(IDENTITY, brand_from(Colour.from_hex(COLOUR)), {BILLER: BILLER_NUMBER})
BILL_DATE = dt.date(2026, 12, 5)
THIS_PERIOD = Period(dt.date(2026, 11, 5), BILL_DATE)
NEXT_MONTH = Period(dt.date(2026, 12, 1), dt.date(2027, 1, 1))
RIDERS = {"WPCA": Decimal("0.00375"), "PGA": Decimal("0.6000")}
PAY_ADDRESS = "https://my.prairieridge.example/pay/"


def meter_read(serial: str, previous: str, present: str, use: str, unit: Unit) -> MeterRead:
    return MeterRead(
        meter_serial=serial,
        previous_on=THIS_PERIOD.start,
        previous=Decimal(previous),
        present_on=THIS_PERIOD.end,
        present=Decimal(present),
        kind="ami",
        multiplier=Decimal(1),
        quantity=Decimal(use),
        unit=unit,
        estimated=False,
    )


def past_year(mean: int, swing: int) -> Iterator[BilledPeriod]:
    """Yield the twelve periods before this one, high in winter and low in summer."""
    for month in range(12):
        start = dt.date(2025 + (month + 10) // 12, (month + 10) % 12 + 1, 5)
        end = dt.date(2025 + (month + 11) // 12, (month + 11) % 12 + 1, 5)
        season = math.cos(month * math.pi / 6)
        quantity = Decimal(round(mean + swing * season))
        warmth = Decimal(round(49 - 27 * season))
        yield BilledPeriod(Period(start, end), quantity, Money(int(quantity) * 12 + 3800), warmth)


def segment(
    definition: dict[str, Any],
    reads: tuple[MeterRead, ...] = (),
    past: tuple[BilledPeriod, ...] = (),
) -> SegmentView:
    tariff = Tariff.from_json(definition)
    unit = tariff.metered_unit
    use = Quantity(sum((r.quantity for r in reads), Decimal(0)), unit) if unit else None
    lines = price(tariff=tariff, use=BilledUse(use), riders=RIDERS)
    period = THIS_PERIOD if use else NEXT_MONTH
    total = total_of(lines)
    now = (BilledPeriod(period, use.value, total, Decimal("29.4")),) if use else ()
    return SegmentView(
        service=tariff.service,
        service_point_number="E1001",
        address="412 Elm St, Willow Bend",
        tariff_code=tariff.code,
        tariff_name=tariff.name,
        tariff_sentence=tariff.sentence,
        conversion_factor=tariff.conversion.factor if tariff.conversion else None,
        in_advance=tariff.in_advance,
        period=period,
        use=use,
        reads=reads,
        lines=lines,
        total=total,
        history=(*past, *now),
        last_bill=past[-1] if past else None,
        last_year=past[0] if past else None,
    )


ELECTRIC_READ = meter_read("PR00104411", "45210.120", "46022.120", "812", Unit.KWH)
GAS_READ = meter_read("PR00204411", "8810", "8928", "118", Unit.CCF)
ELECTRIC = segment(E_R1, (ELECTRIC_READ,), tuple(past_year(900, 300)))
GAS = segment(G_R1, (GAS_READ,), tuple(past_year(70, 65)))
FIBER = segment(F_250)


def bill(segments: tuple[SegmentView, ...] = (ELECTRIC, GAS, FIBER), **changes: Any) -> BillView:
    """Return a household's bill, 353.67 unless it is changed: 139.46 + 145.21 + 69.00."""
    charges = Money.sum(each.total for each in segments)
    values: dict[str, Any] = {
        "number": "0010004821-261205",
        "account_number": "0010004821",
        "holder": "Maria Alvarez",
        "bill_date": BILL_DATE,
        "due_date": dt.date(2026, 12, 28),
        "previous": Money(31244),
        "payments": Money(-31244),
        "adjustments": Money(0),
        "charges": charges,
        "asked": charges,
        "segments": segments,
        "last_charges": Money(31244),
        "template_version": "3",
    }
    return BillView(**(values | changes))
