"""The demo's rate book, against the reference bills of domain rules 9.2."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from smarthub.jobs.demo.rate_book import RATE_BOOK, rider_rates
from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.rating.engine import price
from smarthub.rating.types import BilledUse, PublishedTariff, RateBook, Tariff, total_of

FIRST_DAY = dt.date(2024, 1, 1)
THE_BOOK = (
    "E-R1", "E-R2", "E-R3", "E-H", "E-GS3", "E-LGS", "E-IRR", "E-AL", "E-NM", "E-NB", "E-PRE",
    "G-R1", "W-1", "F-100", "F-250", "F-1G", "F-2G", "F-VOICE", "F-ROUTER",
)  # fmt: skip
RIDERS = {"WPCA": Decimal("0.00375"), "PGA": Decimal("0.6000")}


class TestTariffs:
    @pytest.mark.parametrize(
        ("tariff", "use", "cents"),
        [
            # 33.00 + 5.00 + 812 x (0.0410, 0.0770, 0.00375) + excise: 9.2, first row.
            ("E-R1-2026-03", Quantity(Decimal(812), Unit.KWH), 139_46),
            ("E-R1-2026-03", Quantity(Decimal(0), Unit.KWH), 38_00),
            # 30.00 + 5.00 + 39.00 + 73.00 + 3.75 + 3.20: 0.1120 for 1,000 kWh in two lines.
            ("E-R1-2025-03", Quantity(Decimal(1000), Unit.KWH), 153_95),
            # 29.00 + 5.00 + 37.80 + 70.70 + 3.75 + 3.20: 0.1085 for 1,000 kWh.
            ("E-R1-2024-01", Quantity(Decimal(1000), Unit.KWH), 149_45),
            ("G-R1-2024-01", Quantity(Decimal(118), Unit.CCF), 145_21),
            ("F-250-2024-01", None, 69_00),
        ],
    )
    def test_match_the_reference_bills(self, tariff: str, use: Quantity | None, cents: int) -> None:
        lines = price(tariff=_tariff(tariff), use=BilledUse(quantity=use), riders=RIDERS)

        assert total_of(lines) == Money(cents)

    @pytest.mark.parametrize("path", sorted(RATE_BOOK.glob("*-*.yaml")), ids=lambda path: path.stem)
    def test_files_are_named_for_what_they_hold(self, path: Path) -> None:
        tariff = _tariff(path.stem)

        assert path.stem == f"{tariff.code}-{tariff.effective_from:%Y-%m}"
        assert tariff.sentence is not None

    def test_hold_the_whole_book_from_the_first_day_of_its_history(self) -> None:
        book = RateBook([PublishedTariff(n, t) for n, t in enumerate(_all_tariffs())])

        held = {code: book.find(code=code, on=FIRST_DAY).tariff for code in THE_BOOK}

        assert {code: tariff.code for code, tariff in held.items()} == {c: c for c in THE_BOOK}


class TestRiders:
    def test_the_power_cost_adjustment_changes_monthly_and_repeats_yearly(self) -> None:
        rates = {(code, day): rate for code, day, rate in rider_rates(last_year=2027)}

        assert rates["WPCA", dt.date(2026, 1, 1)] == Decimal("-0.00180")
        assert rates["WPCA", dt.date(2026, 8, 1)] == Decimal("0.00710")
        assert rates["WPCA", dt.date(2026, 12, 1)] == Decimal("0.00310")
        assert rates["WPCA", dt.date(2024, 8, 1)] == rates["WPCA", dt.date(2027, 8, 1)]
        assert len(rates) == 4 * 12 + 1


def _tariff(name: str) -> Tariff:
    return Tariff.from_json(yaml.safe_load((RATE_BOOK / f"{name}.yaml").read_text()))


def _all_tariffs() -> list[Tariff]:
    return [_tariff(path.stem) for path in sorted(RATE_BOOK.glob("*-*.yaml"))]
