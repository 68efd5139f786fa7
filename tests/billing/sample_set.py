"""Eight bills a co-op sends, from the tariffs of the demo: docs show them, tests read them.

Fixed figures, priced by the engine; names and places are invented.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from smarthub.billing.printed.handed import AutoPayNote, Handed
from smarthub.billing.types import BilledPeriod, BillMessage, BillView, MeterRead, SegmentView
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text
from smarthub.rating.engine import price
from smarthub.rating.engine.explaining import explain_netting
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Bucket,
    Determinants,
    History,
    PartMonth,
    Run,
    Tariff,
    total_of,
)

BOOK = Path(__file__).parents[2] / "smarthub" / "jobs" / "demo" / "rate_book"
BILL_DATE, DUE = dt.date(2026, 12, 5), dt.date(2026, 12, 28)
MONTH = Period(dt.date(2026, 11, 5), BILL_DATE)
IN_ADVANCE = Period(dt.date(2026, 12, 1), dt.date(2027, 1, 1))
RIDERS = {"WPCA": Decimal("0.00375"), "PGA": Decimal("0.6000")}
SITE = "https://my.prairieridge.example"

RATES_MESSAGE = BillMessage(
    12,
    Text("Rates change in March", "Las tarifas cambian en marzo"),
    Text(
        "From March 1 each kWh costs 0.4 cents more. For a home that uses 800 kWh a month, that "
        "is $3.20. The board decided it on November 18, after three years without a change.",
        "Desde el 1 de marzo cada kWh costará 0.4 centavos más. Para una casa que usa 800 kWh al "
        "mes, son $3.20. La junta lo decidió el 18 de noviembre, tras tres años sin cambios.",
    ),
    Text("Why, and how to use less.", "Por qué, y cómo usar menos."),
)
MEETING_MESSAGE = BillMessage(
    13,
    Text("You are invited: annual meeting", "Le invitamos: asamblea anual"),
    Text(
        "Saturday, January 16, 10 am, Willow Bend High School. Breakfast, and three seats of the "
        "board to elect.",
        "Sábado 16 de enero, 10 am, escuela secundaria de Willow Bend. Habrá desayuno y se eligen "
        "tres puestos de la junta.",
    ),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A bill to show, and what is handed to it."""

    name: str
    bill: BillView
    handed: Handed


def tariff_of(stem: str) -> Tariff:
    return Tariff.from_json(yaml.safe_load((BOOK / f"{stem}.yaml").read_text()))


def a_read(serial: str, previous: str, present: str, unit: Unit, **changes: Any) -> MeterRead:
    used = Decimal(present) - Decimal(previous)
    read = MeterRead(
        meter_serial=serial,
        previous_on=MONTH.start,
        previous=Decimal(previous),
        present_on=MONTH.end,
        present=Decimal(present),
        kind="ami",
        multiplier=Decimal(1),
        quantity=used,
        unit=unit,
        estimated=False,
    )
    return replace(read, **changes)


def past_year(mean: int, swing: int, dollars_each: str, fixed: int) -> tuple[BilledPeriod, ...]:
    """Return the twelve periods before, high in winter where ``swing`` is positive."""
    found = []
    for month in range(12):
        start = dt.date(2025 + (month + 10) // 12, (month + 10) % 12 + 1, 5)
        end = dt.date(2025 + (month + 11) // 12, (month + 11) % 12 + 1, 5)
        season = math.cos((month - 1.4) * math.pi / 6)
        used = Decimal(round(mean + swing * season + 17 * math.sin(month * 2.3)))
        charges = Money.rounded(used * Decimal(dollars_each) + fixed)
        warmth = Decimal(round(49 - 25 * season + 2 * math.sin(month * 1.7)))
        found.append(BilledPeriod(Period(start, end), used, charges, warmth))
    return tuple(found)


def a_segment(
    stem: str,
    used: BilledUse,
    *,
    reads: tuple[MeterRead, ...] = (),
    past: tuple[BilledPeriod, ...] = (),
    period: Period = MONTH,
    address: str = "412 Elm St, Willow Bend",
    mean_f: str = "34",
) -> SegmentView:
    tariff = tariff_of(stem)
    lines = price(tariff=tariff, use=used, riders=RIDERS)
    total = total_of(lines)
    unit = reads[0].unit if reads else None
    use = Quantity(sum((each.quantity for each in reads), Decimal(0)), unit) if unit else None
    now = (BilledPeriod(period, use.value, total, Decimal(mean_f)),) if use else ()
    return SegmentView(
        service=tariff.service,
        service_point_number="E1001",
        address=address,
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
        history=(*past, *now)[-13:],
        last_bill=past[-1] if past else None,
        last_year=past[0] if past else None,
        netted=explain_netting(tariff=tariff, use=used),
    )


def by_register(stem: str, read: MeterRead, past: tuple[BilledPeriod, ...]) -> SegmentView:
    return a_segment(stem, BilledUse(Quantity(read.quantity, read.unit)), reads=(read,), past=past)


def by_hours(parts: Mapping[str, str], season: str) -> BilledUse:
    runs = [Run(Bucket(season, name), Decimal(kwh), Decimal(0)) for name, kwh in parts.items()]
    return BilledUse(
        determinants=Determinants(runs=tuple(runs), days={season: MONTH.days}), period=MONTH
    )


HOME_PAST = past_year(860, 210, "0.125", 38)
GAS_PAST = past_year(66, 58, "1.01", 23)
HOME = by_register("E-R1-2026-03", a_read("PR00104411", "45210", "46022", Unit.KWH), HOME_PAST)
GAS = by_register("G-R1-2024-01", a_read("PR00204411", "8810", "8928", Unit.CCF), GAS_PAST)
FIBER = a_segment("F-250-2024-01", BilledUse(), period=IN_ADVANCE)
CAR = a_segment(
    "E-R2-2026-03",
    by_hours({"on_peak": "118", "off_peak": "466", "super_off_peak": "512"}, "winter"),
    reads=(a_read("PR00113370", "20114", "21210", Unit.KWH),),
    past=past_year(980, 160, "0.112", 40),
)
SOLAR = a_segment(
    "E-NM-2026-03",
    BilledUse(
        determinants=Determinants(
            runs=(Run(Bucket("all_year", "all_day"), Decimal(880), Decimal(500)),),
            days={"": MONTH.days},
        ),
        period=MONTH,
        history=History(bank={"": Decimal(230)}),
    ),
    reads=(a_read("PR00107702", "31250", "31630", Unit.KWH),),
    past=past_year(240, 190, "0.125", 38),
)


def a_bill(name: str, *segments: SegmentView, **changes: Any) -> BillView:
    """Return a bill; ``previous`` and ``payments`` are in cents and cancel out unless changed."""
    number, holder = PEOPLE[name]
    charges = Money.sum(each.total for each in segments)
    last = Money.sum(each.last_bill.charges if each.last_bill else each.total for each in segments)
    previous = Money(changes.pop("previous", last.cents))
    payments = Money(changes.pop("payments", -previous.cents))
    adjustments = Money(changes.pop("adjustments", 0))
    values: dict[str, Any] = {
        "number": f"{number}-261205",
        "account_number": number,
        "holder": holder,
        "bill_date": BILL_DATE,
        "due_date": DUE,
        "previous": previous,
        "payments": payments,
        "adjustments": adjustments,
        "charges": charges,
        "asked": previous + payments + adjustments + charges,
        "segments": segments,
        "last_charges": last,
        "member_number": number[:7],
        "board_district": "4",
        "cycle_code": "C1",
        "template_version": "3",
    }
    return BillView(**(values | changes))


PEOPLE = {
    "residential": ("0010004821", "Maria Alvarez"),
    "time_of_use": ("0010005137", "Daniel Okafor"),
    "net_metering": ("0010003390", "Ruth Lindqvist"),
    "gas": ("0010002264", "Thomas Breen"),
    "three_services": ("0010001175", "Elena Marchetti"),
    "credit_balance": ("0010006608", "Samuel Whitefeather"),
    "past_due": ("0010007452", "Grace Kowalski"),
    "final": ("0010000981", "Henry Nakamura"),
}


def _handed(name: str, *lines: str, **more: Any) -> Handed:
    mailing = (PEOPLE[name][1], *(lines or ("412 Elm St", "Willow Bend, IL 61000")))
    return Handed(
        pay_address=f"{SITE}/pay/",
        mailing=mailing,
        message_address=f"{SITE}/bills/messages/{{number}}/",
        **more,
    )


def _final() -> BillView:
    """Half a month, to the day of moving out, with the last read."""
    period = Period(MONTH.start, dt.date(2026, 11, 24))
    read = a_read("PR00101209", "61877", "62251", Unit.KWH, kind="final", present_on=period.end)
    used = BilledUse(
        Quantity(read.quantity, read.unit), time=BilledTime(0, (PartMonth(period.days, 30),))
    )
    segment = a_segment("E-R1-2026-03", used, reads=(read,), past=HOME_PAST, period=period)
    return a_bill("final", segment, is_final=True)


def samples() -> list[Sample]:
    """Return the eight bills, in the order of docs."""
    return [
        Sample(
            "residential",
            a_bill("residential", HOME, old_number="204-7781-03", messages=(RATES_MESSAGE,)),
            _handed("residential", online_code="7KQM-R4TX"),
        ),
        Sample(
            "time_of_use",
            a_bill("time_of_use", CAR, messages=(MEETING_MESSAGE,)),
            _handed("time_of_use", auto_pay=AutoPayNote(dt.date(2026, 12, 24))),
        ),
        Sample(
            "net_metering",
            a_bill("net_metering", SOLAR, messages=(MEETING_MESSAGE,)),
            _handed("net_metering", "PO Box 88", "Cedar Falls, IL 61020"),
        ),
        Sample("gas", a_bill("gas", GAS), _handed("gas")),
        Sample(
            "three_services",
            a_bill("three_services", HOME, GAS, FIBER, messages=(RATES_MESSAGE,)),
            _handed("three_services", auto_pay=AutoPayNote(None)),
        ),
        Sample(
            "credit_balance",
            a_bill("credit_balance", HOME, previous=-30000, payments=0),
            _handed("credit_balance"),
        ),
        Sample(
            "past_due",
            a_bill("past_due", HOME, previous=16428, payments=-5000, late_charge=Money(209)),
            _handed("past_due"),
        ),
        Sample("final", _final(), _handed("final", "1904 Harbor View Rd", "Duluth, MN 55804")),
    ]
