"""Every kind of charge says how its lines came about, and its numbers give them to the cent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price
from smarthub.rating.engine.changes import Part, price_parts
from smarthub.rating.engine.explaining import explain_lines, explain_parts
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    Bucket,
    Contract,
    Determinants,
    ExplainedLine,
    History,
    PartMonth,
    PastMonth,
    RatePart,
    Run,
    Tariff,
)
from smarthub.rating.types.kinds import KINDS
from tests.rating.test_worked_examples import blocks, monthly, per_kwh, tariff

NOVEMBER = Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1))
LONGER = Period(dt.date(2026, 10, 13), dt.date(2026, 12, 1))
FACTS = Contract(
    horsepower=Decimal(75),
    kva=Decimal("37.5"),
    lamps=3,
    power_factor=Decimal("0.91"),
    winter_average=Decimal("4.2"),
    solar_blocks=3,
)
PAST = History(
    months=(PastMonth(dt.date(2026, 7, 1), {"anytime": Decimal(340)}, Decimal("41.17")),),
    bank={"": Decimal(230)},
    credit=Decimal("12.345"),
)
PERIODS = [
    {"code": "on", "name": {"en": "on", "es": "pico"}, "when": [{"hours": ["16:00-20:00"]}]},
    {"code": "off", "name": {"en": "off", "es": "fuera"}},
]
RIDERS: dict[str, Decimal | Sequence[RatePart]] = {
    "A": Decimal("0.00375"),
    "SUN": Decimal("412.5"),
    "B": (RatePart(12, Decimal("-0.0018")), RatePart(18, Decimal("0.0026"))),
}
NAME = {"en": "Left", "es": "Queda"}

TARIFFS: dict[str, Tariff] = {
    "fixed_monthly": tariff(monthly("33.00")),
    "fixed_daily": tariff({"kind": "fixed_daily", "amount": "1.26"}),
    "fixed_yearly": tariff({"kind": "fixed_yearly", "amount": "100"}),
    "subscription": tariff({"kind": "subscription", "amount": "69"}),
    "per_unit": tariff(per_kwh("0.12345")),
    "blocks": tariff(blocks(("200", "0.1275"), (None, "0.1025"), basis="kw")),
    "time_of_use": tariff(
        {
            "kind": "time_of_use",
            "unit": "kWh",
            "rates": {"on": [{"upto": "300", "rate": "0.36"}, {"rate": "0.41"}], "off": "0.09"},
        },
        periods=PERIODS,
    ),
    "rider": tariff(
        per_kwh("0.1"),
        {"kind": "rider", "unit": "kWh", "rider": "A"},
        {"kind": "rider", "unit": "kWh", "rider": "B", "date": "use"},
        {"kind": "rider", "rider": "A", "per": "month"},
        {"kind": "rider", "rider": "A", "per": "percent"},
    ),
    "demand": tariff(
        {
            "kind": "demand",
            "tiers": [{"upto": "100", "rate": "9.5"}, {"rate": "11.25"}],
            "ratchet": {"percent": "60"},
            "power_factor": {"below": "0.95", "percent": "1"},
        }
    ),
    "per_kva": tariff({"kind": "per_kva", "rate": "1.13", "above": "10"}),
    "per_horsepower": tariff(
        {"kind": "per_horsepower", "rate": "29"},
        {"kind": "per_horsepower", "rate": "1", "least": "200"},
    ),
    "unmetered_light": tariff({"kind": "unmetered_light", "amount": "9.25", "kwh": "16"}),
    "winter_average": tariff({"kind": "winter_average", "unit": "kgal", "rate": "6.1"}),
    "export_credit": tariff(
        per_kwh("0.1"), {"kind": "export_credit", "unit": "kWh", "rate": "0.0335"},
        netting={"kind": "month"},
    ),
    "shared_solar": tariff(
        per_kwh("0.1"), {"kind": "shared_solar", "rate": "0.0335", "array": "SUN"}
    ),
    "minimum": tariff(
        per_kwh("0.01"),
        {"kind": "minimum", "amount": "38", "kva_rate": "1", "kva_above": "10"},
        {"kind": "minimum", "amount": "500", "per": "year", "settles_in": 11},
    ),
    "lesser_of_tax": tariff(
        monthly("5"), {"kind": "lesser_of_tax", "unit": "kWh", "rate": "0.0032", "percent": "5"}
    ),
    "percent_tax": tariff(
        monthly("33.33"),
        {"kind": "percent_tax", "percent": "6.25"},
        {"kind": "percent_tax", "percent": "1.5", "on_tax": True},
    ),
    "tiered_tax": tariff(
        {
            "kind": "tiered_tax",
            "unit": "kWh",
            "tiers": [{"upto": "2000", "rate": "0.0061"}, {"rate": "0.004"}],
        }
    ),
    "a bank that is paid": tariff(
        per_kwh("0.1"),
        netting={
            "kind": "kwh_bank",
            "true_up_month": 11,
            "settle": "pay",
            "rate": "0.0335",
            "name": NAME,
        },
    ),
    "a credit for next month": tariff(
        per_kwh("0.1"), {"kind": "export_credit", "unit": "kWh", "rate": "0.0335"},
        netting={"kind": "month", "credit": "next_month", "name": NAME, "true_up_month": 11},
    ),
}  # fmt: skip
"""One for each kind, and the two ways a bank is settled."""

TIMES = st.sampled_from(
    [
        BilledTime(),
        BilledTime(0, (PartMonth(19, 30),)),
        BilledTime(1, (PartMonth(7, 31),)),
        BilledTime(0, (PartMonth(3, 31), PartMonth(11, 30))),
    ]
)
KWH = st.decimals("0", "90000", places=3)


def explained(of: Tariff, **changes: Any) -> tuple[ExplainedLine, ...]:
    use = BilledUse(period=NOVEMBER, contract=FACTS, history=PAST, **changes)
    told = explain_lines(tariff=of, use=use, riders=RIDERS)
    assert [each.line for each in told] == list(price(tariff=of, use=use, riders=RIDERS))
    return told


def measured(on: Decimal, off: Decimal, given_back: Decimal, of: Tariff) -> Determinants:
    first, last = of.calendar.period_codes[0], of.calendar.period_codes[-1]
    season = of.calendar.season_codes[0]
    return Determinants(
        (Run(Bucket(season, first), on, given_back), Run(Bucket(season, last), off, Decimal(0))),
        {season: 30},
        {Bucket(season, first): on / 50 + 1, Bucket(season, last): off / 50 + 1},
    )


class TestEveryKind:
    def test_has_an_example(self) -> None:
        assert set(KINDS) <= set(TARIFFS)

    @pytest.mark.parametrize("kind", TARIFFS)
    @settings(max_examples=40)
    @given(kwh=st.tuples(KWH, KWH, KWH), time=TIMES, whole=st.sampled_from([None, LONGER]))
    def test_worked_and_rounded_its_formula_is_its_line(
        self,
        kind: str,
        kwh: tuple[Decimal, Decimal, Decimal],
        time: BilledTime,
        whole: Period | None,
    ) -> None:
        of = TARIFFS[kind]

        told = explained(of, determinants=measured(*kwh, of), time=time, whole=whole)

        for each in told:
            assert Money.rounded(each.worked) == each.line.amount, each


def _share(kwh: tuple[Decimal, Decimal, Decimal], of: Period) -> tuple[Decimal, Decimal, Decimal]:
    on, off, given_back = kwh
    return on * of.days / 30, off * of.days / 30, given_back * of.days / 30


class TestAPriceThatChangesInside:
    @pytest.mark.parametrize("kind", TARIFFS)
    @settings(max_examples=20)
    @given(kwh=st.tuples(KWH, KWH, KWH), days=st.integers(1, 29))
    def test_each_line_of_each_part_opens_to_its_formula(
        self, kind: str, kwh: tuple[Decimal, Decimal, Decimal], days: int
    ) -> None:
        of, change = TARIFFS[kind], NOVEMBER.start + dt.timedelta(days=days)
        parts = [
            Part(
                of,
                BilledUse(
                    determinants=measured(*_share(kwh, period), of),
                    time=BilledTime(0, (PartMonth(period.days, 30),)),
                    period=period,
                    whole=NOVEMBER,
                    contract=FACTS,
                    history=PAST,
                ),
                RIDERS,
            )
            for period in (Period(NOVEMBER.start, change), Period(change, NOVEMBER.end))
        ]

        told = explain_parts(parts=parts)

        assert [[each.line for each in part] for part in told] == [
            list(lines) for lines in price_parts(parts=parts).lines
        ]
        for each in (each for part in told for each in part):
            assert each.kind
            assert Money.rounded(each.worked) == each.line.amount, each

    def test_its_tax_is_of_the_use_of_both_parts(self) -> None:
        taxed = tariff(
            per_kwh("0.1"),
            {"kind": "lesser_of_tax", "unit": "kWh", "rate": "0.0032", "percent": "5"},
        )
        halves = (
            Period(NOVEMBER.start, dt.date(2026, 11, 13)),
            Period(dt.date(2026, 11, 13), NOVEMBER.end),
        )
        parts = [
            Part(taxed, BilledUse(Quantity(Decimal(kwh), Unit.KWH), BilledTime(), period,
                                  whole=NOVEMBER), {})
            for kwh, period in zip((360, 540), halves, strict=True)
        ]  # fmt: skip

        old, new = explain_parts(parts=parts)

        # 900 kWh x 0.0032 = 2.88, less than 5 % of 36.00 + 54.00
        assert [each.worked for each in old] == [Decimal(36)]
        assert [each.worked for each in new] == [Decimal(54), Decimal("2.88")]


class TestWorkedByHand:
    def test_812_kwh_and_19_days_of_30(self) -> None:
        of = tariff(monthly("33.00"), per_kwh("0.0410"))

        fixed, energy = explained(
            of,
            quantity=Quantity(Decimal(812), Unit.KWH),
            time=BilledTime(0, (PartMonth(19, 30),)),
        )

        # 19 x 33.00 / 30 = 20.90; 812 x 0.0410 = 33.292
        assert [str(term.value) for term in fixed.terms] == ["19", "33.00", "30"]
        assert fixed.worked == Decimal("20.9")
        assert energy.worked == Decimal("33.292")
        assert [note.code for note in fixed.notes] == ["part_month"]

    def test_a_ratchet_and_a_power_factor_say_what_they_did(self) -> None:
        of = TARIFFS["demand"]
        season = of.calendar.season_codes[0]
        used = Determinants((), {season: 30}, {Bucket(season, "all_day"): Decimal("182.4")})

        told = explained(of, determinants=used)

        # 60 % of 340 = 204, x 1.04 = 212.16: 100 x 9.50 and 112.16 x 11.25
        notes = {note.code: note.values for note in told[0].notes}
        assert notes["ratchet"]["highest"] == 340
        assert notes["power_factor"]["billed"] == Decimal("212.16")
        assert [each.worked for each in told] == [Decimal(950), Decimal("1261.8")]
