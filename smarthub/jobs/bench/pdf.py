"""``smarthub bench pdf``: bills drawn a second and a core, one by one and by two hundred.

Every bill differs in every figure, so nothing drawn before helps the next. Processor time is
counted over all threads, so other work on the machine does not change the figure much. Beside it
stands the outer bound: the same bills without tags, which no member gets.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.resources import files

import yaml

from smarthub.billing.printed.compiling import compile_sheet
from smarthub.billing.printed.handed import Handed, ToPrint
from smarthub.billing.printing import (
    LARGEST_BATCH,
    render_batch,
    render_bill,
    sheet_of,
    written_out,
)
from smarthub.billing.types import TEMPLATE_VERSION, BilledPeriod, BillView, MeterRead, SegmentView
from smarthub.cooperative.engine import brand_from
from smarthub.cooperative.types import Cooperative, Identity
from smarthub.kernel.colour import Colour
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price
from smarthub.rating.types import BilledUse, Tariff, total_of

LEAST_SINGLES = 15
BILL_DATE = dt.date(2026, 12, 5)
MONTH = Period(dt.date(2026, 11, 5), BILL_DATE)
STEMS = (("E-R1-2026-03", 800), ("G-R1-2024-01", 90))
SHOWN_MONTHS = 13
RIDERS = {"WPCA": Decimal("0.00375"), "PGA": Decimal("0.6000")}
COOPERATIVE = Cooperative(
    Identity(
        name="Bench Energy Cooperative",
        short_name="Bench",
        tagline="",
        zone="America/Chicago",
        languages=("en", "es"),
        outage_phone="815-555-0100",
        gas_phone="815-555-0101",
        office_phone="815-555-0102",
        pay_phone="815-555-0103",
        email="office@bench.example",
        mail_address=("PO Box 100", "Willow Bend, IL 61000"),
        pay_by_mail_address=("PO Box 200", "Willow Bend, IL 61000"),
        offices=(),
    ),
    brand_from(Colour.from_hex("#14532d")),
    {},
)


@dataclass(frozen=True, slots=True)
class Speed:
    """Bills a second of processor time, and the size of one."""

    name: str
    rate: float
    bytes_each: float

    def line(self) -> str:
        """Return it for a person."""
        return f"{self.name:<44} {self.rate:6.1f} a second and core, {self.bytes_each:5.1f} kB each"


def measure(*, singles: int, batch: int, say: Callable[[str], object]) -> bool:
    """Draw bills in each way, say each figure, and return whether the limit was kept."""
    tariffs = [(_tariff(stem), mean) for stem, mean in STEMS]
    warm, one_by_one, together, bare = (
        _bills(tariffs, start, count)
        for start, count in ((0, 2), (1_000, singles), (5_000, batch), (9_000, singles))
    )
    for printed in warm:
        _single(printed)
    found = [
        _timed("tagged, one by one", len(one_by_one), lambda: [_single(e) for e in one_by_one]),
        _timed(f"tagged, {batch} in one file", batch, lambda: [_batch(together)]),
        _timed("without tags, the outer bound", len(bare), lambda: [_bare(e) for e in bare]),
    ]
    for each in found:
        say(each.line())
    kept = found[0].rate >= LEAST_SINGLES
    verdict = "kept" if kept else "MISSED"
    say(f"limit: at least {LEAST_SINGLES} a second and core, one by one: {verdict}")
    say(f"without tags it would be {found[2].rate / found[0].rate:.2f} x as fast")
    return kept


def _timed(name: str, count: int, draw: Callable[[], Sequence[bytes]]) -> Speed:
    begun = _processor_seconds()
    drawn = draw()
    seconds = _processor_seconds() - begun
    return Speed(name, count / seconds, sum(len(each) for each in drawn) / count / 1_000)


def _processor_seconds() -> float:
    """Return what this process and its ended children took, over all threads."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


def _single(printed: ToPrint) -> bytes:
    return render_bill(
        bill=printed.bill,
        language=printed.language,
        cooperative=COOPERATIVE,
        handed=printed.handed,
    )


def _batch(printed: Sequence[ToPrint]) -> bytes:
    return render_batch(bills=printed[:LARGEST_BATCH], cooperative=COOPERATIVE, title="Bench")


def _bare(printed: ToPrint) -> bytes:
    values = written_out(printed.bill, printed.language, COOPERATIVE, printed.handed)
    version = printed.bill.template_version
    sheet = sheet_of(version=version, values=values, bill_date=BILL_DATE)
    return compile_sheet(replace(sheet, tagged=False))


def _tariff(stem: str) -> Tariff:
    book = files("smarthub.jobs.demo") / "rate_book" / f"{stem}.yaml"
    return Tariff.from_json(yaml.safe_load(book.read_text(encoding="utf-8")))


def _bills(tariffs: Sequence[tuple[Tariff, int]], start: int, count: int) -> list[ToPrint]:
    """Return bills of electricity, every third with gas; one in four is Spanish."""
    return [
        _printed(
            n, [_segment(tariff, mean, n) for tariff, mean in tariffs[: 2 if n % 3 == 0 else 1]]
        )
        for n in range(start, start + count)
    ]


def _printed(n: int, segments: list[SegmentView]) -> ToPrint:
    number, charges = f"{n:010d}", Money.sum(each.total for each in segments)
    bill = BillView(
        number=f"{number}-261205",
        account_number=number,
        holder=f"Member {n}",
        bill_date=BILL_DATE,
        due_date=dt.date(2026, 12, 28),
        previous=Money(10_000 + n),
        payments=Money(-10_000 - n),
        adjustments=Money(0),
        charges=charges,
        asked=charges,
        segments=tuple(segments),
        last_charges=Money(10_000 + n),
        template_version=TEMPLATE_VERSION,
    )
    mailing = (bill.holder, f"{n} Elm St", "Willow Bend, IL 61000")
    handed = Handed(pay_address="https://my.bench.example/pay/", mailing=mailing)
    return ToPrint(bill, "es" if n % 4 == 0 else "en", handed)


def _segment(tariff: Tariff, mean: int, n: int) -> SegmentView:
    history = [_past(mean, n, months) for months in range(SHOWN_MONTHS)]
    use = Quantity(history[-1].quantity, _unit_of(tariff))
    lines = price(tariff=tariff, use=BilledUse(use), riders=RIDERS)
    total = total_of(lines)
    first = Decimal(10_000 + n)
    read = MeterRead(
        meter_serial=f"PR{n:08d}",
        previous_on=MONTH.start,
        previous=first,
        present_on=MONTH.end,
        present=first + use.value,
        kind="ami",
        multiplier=Decimal(1),
        quantity=use.value,
        unit=use.unit,
        estimated=False,
    )
    return SegmentView(
        service=tariff.service,
        service_point_number=f"P{n}",
        address=f"{n} Elm St, Willow Bend",
        tariff_code=tariff.code,
        tariff_name=tariff.name,
        tariff_sentence=tariff.sentence,
        conversion_factor=tariff.conversion.factor if tariff.conversion else None,
        in_advance=tariff.in_advance,
        period=MONTH,
        use=use,
        reads=(read,),
        lines=lines,
        total=total,
        history=tuple(history),
        last_bill=history[-2],
        last_year=history[0],
    )


def _past(mean: int, n: int, months: int) -> BilledPeriod:
    """Return a month that differs from bill to bill: no weather, only other figures."""
    year, month = divmod(10 + months, 12)
    start = dt.date(2025 + year, month + 1, 5)
    end = dt.date(2025 + (11 + months) // 12, (11 + months) % 12 + 1, 5)
    quantity = Decimal(mean + (n * 7 + months * 31) % 97)
    return BilledPeriod(
        Period(start, end), quantity, Money(3_800 + int(quantity) * 12), Decimal(30 + months * 3)
    )


def _unit_of(tariff: Tariff) -> Unit:
    if tariff.metered_unit is None:
        raise ValueError(f"{tariff.code} is not metered")
    return tariff.metered_unit
