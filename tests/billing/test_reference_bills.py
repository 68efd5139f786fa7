"""The reference bills of domain rules 9.2 once more, now from meters through real bill runs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from smarthub.billing.models import BillException, BillSegment
from smarthub.billing.operations import add_cycle
from smarthub.billing.queries import get_bill
from smarthub.billing.reproducing import reprice
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.text import Text
from smarthub.metering.models import Flow
from smarthub.rating.operations import publish_rider
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.reference_place import hours, place, publish
from tests.billing.village import read
from tests.cast import NOW
from tests.rating.test_reference_bills import any_hour, evening, morning, night, spread

MAY = Period(dt.date(2026, 5, 1), dt.date(2026, 6, 1))
SEPTEMBER = Period(dt.date(2026, 9, 1), dt.date(2026, 10, 1))
OCTOBER = Period(dt.date(2026, 10, 1), dt.date(2026, 11, 1))
NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))


def close(bill_date: dt.date, cycle: str = "C1") -> None:
    now = dt.datetime.combine(bill_date, dt.time(11), dt.UTC)
    close_billing_cycle(cycle_code=cycle, bill_date=bill_date, now=now, announce=False)


def metered(number: str, tariff: str, use: str, *, service: str, unit: str) -> None:
    place(number, tariff=tariff, service=service, unit=unit, starts_on=NOVEMBER.start)
    read(f"X{number}", NOVEMBER.end, use)


def by_the_hour(number: str, tariff: str, kwh: str, parts: list, **facts: str) -> None:  # type: ignore[type-arg]
    place(number, tariff=tariff, service="electric", unit="kWh", starts_on=NOVEMBER.start,
          contract=facts)  # fmt: skip
    read(f"X{number}", NOVEMBER.end, kwh)
    hours(number, NOVEMBER, parts)


@pytest.fixture
def billed(cooperative_founded: None) -> None:
    """Bill one account for each reference bill, some of them for months before."""
    publish("E-R1", "E-R2", "E-R3", "E-H", "E-GS3", "E-LGS", "E-IRR", "E-AL", "E-NM", "E-NB")
    publish("G-R1", "W-1", "F-250", "medina")
    for code, day, rate in (
        ("WPCA", dt.date(2026, 1, 1), "0.00375"),
        ("WPCA", dt.date(2026, 12, 2), "0.00710"),
        ("PGA", dt.date(2026, 1, 1), "0.6000"),
    ):
        publish_rider(
            code=code, effective_from=day, rate=Decimal(rate), author="board", published_at=NOW
        )
    add_cycle(code="C1", name=Text("First", "Primero"), bill_day=1, due_day=20)
    add_cycle(code="C2", name=Text("Second", "Segundo"), bill_day=2, due_day=20)
    metered("R1a", "E-R1", "812", service="electric", unit="kWh")
    place("R1b", tariff="E-R1", service="electric", unit="kWh", cycle="C2",
          starts_on=dt.date(2026, 11, 2))  # fmt: skip
    read("XR1b", dt.date(2026, 12, 2), "1046")
    metered("R1c", "E-R1", "0", service="electric", unit="kWh")
    metered("GS3", "E-GS3", "1000", service="electric", unit="kWh")
    metered("H", "E-H", "2150", service="electric", unit="kWh")
    metered("G", "G-R1", "118", service="gas", unit="ccf")
    metered("W", "W-1", "7400", service="water", unit="gal")
    by_the_hour("R2", "E-R2", "1050", [(evening, "120"), (morning, "690"), (night, "240")])
    demand = [(evening, "6.2"), *[(night, "9.8")] * 86, (night, "1")]
    by_the_hour("R3", "E-R3", "850", demand)
    by_the_hour("MED", "medina", "27000", spread("27000", "60"))
    by_the_hour("NB", "E-NB", "700", [(any_hour, "700")])
    hours("NB", NOVEMBER, [(any_hour, "450")], flow=Flow.RECEIVED)
    place("AL", tariff="E-AL", service="light", starts_on=NOVEMBER.start, contract={"lamps": "1"})
    place("F", tariff="F-250", service="fiber", starts_on=NOVEMBER.start)
    _large_service()
    _irrigation()
    _net_metering()
    for bill_date in (MAY.end, SEPTEMBER.end, OCTOBER.end, NOVEMBER.end):
        close(bill_date)
    close(dt.date(2026, 12, 2), "C2")


def _large_service() -> None:
    """October's highest hour of 340 kW leaves a ratchet of 204 to November (rule 28)."""
    place("LGS", tariff="E-LGS", service="electric", unit="kWh", starts_on=OCTOBER.start,
          contract={"power_factor": "0.91"})  # fmt: skip
    read("XLGS", OCTOBER.end, "340")
    read("XLGS", NOVEMBER.end, "50740")
    hours("LGS", OCTOBER, [(any_hour, "340")])
    hours("LGS", NOVEMBER, spread("50400", "182.4"))


def _irrigation() -> None:
    for number, period, kwh in (("IRR5", MAY, "0"), ("IRR10", OCTOBER, "41300")):
        place(number, tariff="E-IRR", service="electric", unit="kWh", starts_on=period.start,
              ends_on=period.end, contract={"horsepower": "75"})  # fmt: skip
        read(f"X{number}", period.end, kwh)


def _net_metering() -> None:
    """620 in and 900 out, 700 and 650, 880 and 500: rule 94."""
    place("NM", tariff="E-NM", service="electric", unit="kWh", starts_on=SEPTEMBER.start)
    months = ((SEPTEMBER, "620", "900"), (OCTOBER, "700", "650"), (NOVEMBER, "880", "500"))
    for period, taken, given in months:
        hours("NM", period, [(any_hour, taken)])
        hours("NM", period, [(any_hour, given)], flow=Flow.RECEIVED)


BILLS = {
    # number: (bill date, total in cents): the totals of domain rules 9.2
    "R1a": ("261201", 13946),
    "R1b": ("261202", 17221),
    "R1c": ("261201", 3800),
    "R2": ("261201", 16700),
    "R3": ("261201", 17561),
    "H": ("261201", 24619),
    # 70 + 5 + 1000 x .112 + 3.75 + 3.20
    "GS3": ("261201", 19395),
    "LGS": ("261201", 543900),
    "NM": ("261201", 5674),
    "NB": ("261201", 11039),
    "G": ("261201", 14521),
    "W": ("261201", 7489),
    "MED": ("261201", 224324),
    "IRR5": ("260601", 217500),
    "IRR10": ("261101", 342790),
    # 9.25, and 16 kWh x .00375 = .06
    "AL": ("261201", 931),
    # the calendar months November and December, in advance
    "F": ("261201", 13800),
}


@pytest.mark.usefixtures("billed")
def test_every_reference_bill_comes_out_of_a_real_run_and_can_be_priced_again() -> None:
    """One test, for one run of all of them: to the cent, with the bank, and reproduced."""
    assert list(BillException.objects.values_list("account__number", "code", "values")) == []

    made = {number: _charges(number, day) for number, (day, _cents) in BILLS.items()}
    banks = BillSegment.objects.filter(agreement__number="ANM").order_by("period_end")
    kept = [Decimal(row.after["bank"][""]) for row in banks]
    segments = list(BillSegment.objects.select_related("tariff_version"))

    assert made == {number: Money(cents) for number, (_day, cents) in BILLS.items()}
    # 620 - 900: 280 in the bank; 700 - 650 = 50 out of it: 230; 880 - 500 = 380 uses it up
    assert kept == [Decimal(280), Decimal(230), Decimal(0)]
    assert len(segments) > len(BILLS)
    for segment in segments:
        again = [(line.code, line.amount.cents) for line in reprice(segment=segment)]
        stored = segment.lines.order_by("position").values_list("code", "amount_cents")
        assert again == list(stored)


def _charges(number: str, day: str) -> Money:
    segment = BillSegment.objects.filter(agreement__number=f"A{number}").first()
    assert segment is not None, number
    account_id = segment.bill.account_id
    return get_bill(account_id=account_id, number=f"{number}-{day}").charges  # type: ignore[arg-type]
