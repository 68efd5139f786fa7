"""The formulas, against the reference bills of the rate book, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Quantity, Unit
from smarthub.kernel.text import Text
from smarthub.rating.engine import RiderRateMissing, lesser_of_tax, price
from smarthub.rating.types import (
    BilledTime,
    BilledUse,
    LesserOfTax,
    PartMonth,
    PriceBelowZero,
    PricedLine,
    Tariff,
    total_of,
)
from tests.rating.rate_book import E_R1, F_250, G_R1

ELECTRIC, GAS, FIBER = (Tariff.from_json(each) for each in (E_R1, G_R1, F_250))
RIDERS = {"WPCA": Decimal("0.00375"), "PGA": Decimal("0.6000")}


def electric(kwh: str, wpca: str = "0.00375") -> tuple[PricedLine, ...]:
    use = BilledUse(Quantity(Decimal(kwh), Unit.KWH))
    return price(tariff=ELECTRIC, use=use, riders={"WPCA": Decimal(wpca)})


def gas(ccf: str) -> tuple[PricedLine, ...]:
    use = BilledUse(Quantity(Decimal(ccf), Unit.CCF))
    return price(tariff=GAS, use=use, riders=RIDERS)


def cents(lines: tuple[PricedLine, ...]) -> list[int]:
    return [line.amount.cents for line in lines]


class TestReferenceBills:
    def test_r1_of_812_kwh_is_139_46(self) -> None:
        lines = electric("812")

        # 33 + 5 + 812 x .041 = 33.292, x .077 = 62.524, x .00375 = 3.045, x .0032 = 2.5984
        assert cents(lines) == [3300, 500, 3329, 6252, 305, 260]
        assert total_of(lines) == Money(13946)

    def test_r1_of_1046_kwh_with_a_dear_rider_is_172_21(self) -> None:
        lines = electric("1046", wpca="0.00710")

        # 1046 x .041 = 42.886, x .077 = 80.542, x .0071 = 7.4266, x .0032 = 3.3472
        assert cents(lines) == [3300, 500, 4289, 8054, 743, 335]
        assert total_of(lines) == Money(17221)

    def test_r1_without_use_bills_the_fixed_charges_and_no_tax(self) -> None:
        lines = electric("0")

        assert [line.code for line in lines] == ["facility", "member"]
        assert total_of(lines) == Money(3800)

    def test_g_r1_of_118_ccf_is_121_therms_and_145_21(self) -> None:
        lines = gas("118")

        # 118 x 1.025 = 120.95, to 0.1: 121.0; x .41 = 49.61; x .60 = 72.60
        assert [line.quantity for line in lines[2:]] == [Decimal("121.0")] * 2
        assert cents(lines) == [1800, 500, 4961, 7260]
        assert total_of(lines) == Money(14521)

    def test_a_conversion_rounds_a_half_away_from_zero(self) -> None:
        # 2 x 1.025 = 2.05, to 0.1: 2.1; rounding to even would give 2.0
        assert gas("2")[-1].quantity == Decimal("2.1")

    def test_f_250_is_69_a_month(self) -> None:
        lines = price(tariff=FIBER, use=BilledUse(), riders={})

        assert cents(lines) == [6900]
        assert FIBER.in_advance


class TestFixedCharges:
    def test_are_prorated_for_the_days_of_a_part_month(self) -> None:
        time = BilledTime(whole_months=0, parts=(PartMonth(19, 30),))
        use = BilledUse(Quantity(Decimal(0), Unit.KWH), time)

        facility, member = price(tariff=ELECTRIC, use=use, riders=RIDERS)

        # 33.00 x 19/30 = 20.90 (rule 32); 5.00 x 19/30 = 3.1667
        assert (facility.amount, facility.quantity, facility.unit) == (
            Money(2090),
            Decimal(19),
            Unit.DAY,
        )
        assert facility.rate == Decimal("1.1")
        assert member.amount == Money(317)

    def test_of_a_subscription_that_changes_on_day_11_of_30_are_23_00_for_the_first_ten(
        self,
    ) -> None:
        time = BilledTime(whole_months=0, parts=(PartMonth(10, 30),))

        lines = price(tariff=FIBER, use=BilledUse(time=time), riders={})

        # 69.00 x 10/30 = 23.00 (rule 38)
        assert cents(lines) == [2300]

    def test_of_two_months_and_a_part_are_two_lines_under_one_code(self) -> None:
        time = BilledTime(whole_months=2, parts=(PartMonth(7, 31),))

        lines = price(tariff=FIBER, use=BilledUse(time=time), riders={})

        # 2 x 69.00 = 138.00; 69.00 x 7/31 = 15.5806
        assert cents(lines) == [13800, 1558]
        assert {line.code for line in lines} == {"fiber"}


class TestTax:
    TAX = LesserOfTax("tax", Text("Tax", "Impuesto"), Unit.KWH, Decimal("0.0032"), Decimal(5))

    def test_is_the_percentage_where_that_is_less(self) -> None:
        line = lesser_of_tax(charge=self.TAX, quantity=Decimal(50_000), before_tax=Money(305_000))

        # by use 160.00, by price 5 % of 3,050.00 = 152.50 (rule 33)
        assert line.amount == Money(15250)
        assert (line.quantity, line.unit, line.rate) == (
            Decimal("3050.00"),
            Unit.DOLLAR,
            Decimal("0.05"),
        )

    def test_is_the_rate_a_unit_where_that_is_less(self) -> None:
        line = lesser_of_tax(charge=self.TAX, quantity=Decimal(812), before_tax=Money(13686))

        # 812 x 0.0032 = 2.5984; 5 % of 136.86 = 6.84
        assert (line.amount, line.unit) == (Money(260), Unit.KWH)

    def test_never_pays_out_when_the_price_is_a_credit(self) -> None:
        line = lesser_of_tax(charge=self.TAX, quantity=Decimal(100), before_tax=Money(-5000))

        assert line.amount == Money(0)


class TestWhatCannotBePriced:
    def test_a_rider_without_a_rate_is_named(self) -> None:
        use = BilledUse(Quantity(Decimal(10), Unit.KWH))

        with pytest.raises(RiderRateMissing) as caught:
            price(tariff=ELECTRIC, use=use, riders={})

        assert caught.value.values == {"rider": "WPCA"}

    @pytest.mark.parametrize(
        "quantity",
        [None, Quantity(Decimal(-1), Unit.KWH), Quantity(Decimal(1), Unit.CCF)],
        ids=["missing", "negative", "another unit"],
    )
    def test_use_the_tariff_does_not_count_is_a_broken_assumption(
        self, quantity: Quantity | None
    ) -> None:
        with pytest.raises(ValueError, match="E-R1 cannot price"):
            price(tariff=ELECTRIC, use=BilledUse(quantity), riders=RIDERS)


uses = st.decimals(min_value=0, max_value=100_000, places=3)


class TestProperties:
    @given(low=uses, more=uses)
    def test_electric_never_falls_as_use_rises(self, low: Decimal, more: Decimal) -> None:
        assert total_of(electric(str(low))) <= total_of(electric(str(low + more)))

    @given(low=uses, more=uses)
    def test_gas_never_falls_as_use_rises(self, low: Decimal, more: Decimal) -> None:
        assert total_of(gas(str(low))) <= total_of(gas(str(low + more)))

    @given(use=uses)
    def test_each_unit_line_is_its_quantity_times_its_rate_rounded_once(self, use: Decimal) -> None:
        for line in electric(str(use)) + gas(str(use)):
            assert line.amount == Money.rounded(line.quantity * line.rate)

    @given(days=st.integers(1, 27), of_days=st.integers(28, 31))
    def test_the_two_parts_of_a_month_make_the_month_to_a_cent(
        self, days: int, of_days: int
    ) -> None:
        parts = (PartMonth(days, of_days), PartMonth(of_days - days, of_days))
        time = BilledTime(whole_months=0, parts=parts)

        lines = price(tariff=FIBER, use=BilledUse(time=time), riders={})

        assert abs(total_of(lines).cents - 6900) <= 1

    @given(use=uses, wpca=st.decimals(min_value=0, max_value="0.04", places=5))
    def test_a_rider_and_the_same_as_a_credit_come_to_nothing(
        self, use: Decimal, wpca: Decimal
    ) -> None:
        up, down = (
            sum(line.amount.cents for line in electric(str(use), str(rate)) if line.code == "wpca")
            for rate in (wpca, -wpca)
        )

        assert up + down == 0

    @given(use=uses, wpca=st.decimals(min_value=-1, max_value=0, places=5))
    def test_a_credit_rider_never_makes_a_negative_tax(self, use: Decimal, wpca: Decimal) -> None:
        try:
            lines = electric(str(use), wpca=str(wpca))
        except PriceBelowZero:
            # 0.0410 + 0.0770 a kWh, and 38.00 a month, are less than the rider gives.
            assert use * (Decimal("0.118") + wpca) < -Decimal("37.9")
            return

        assert all(line.amount.cents >= 0 for line in lines if line.code == "state_tax")
