"""Late fees and the days of each step, by figures worked by hand."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.arrears.engine import (
    cut_day,
    last_day_in_time,
    late_fee,
    may_cut_on,
    next_step,
    unpaid_services,
)
from smarthub.arrears.types import LateFeeRule, Step, StepRule
from smarthub.kernel.money import Money
from smarthub.ledger.types import EntryId, OpenCharge

THANKSGIVING = dt.date(2026, 11, 26)
RULE = LateFeeRule(Decimal("1.5"), Money(0), Money(0), Money(0), 2, frozenset())
STEPS = StepRule.from_policies({})
DUE = dt.date(2026, 11, 24)


def rule(percent: str = "1.5", flat: int = 0, minimum: int = 0, maximum: int = 0) -> LateFeeRule:
    return LateFeeRule(
        Decimal(percent), Money(flat), Money(minimum), Money(maximum), 2, frozenset()
    )


class TestLateFee:
    @pytest.mark.parametrize(
        ("by", "overdue", "fee"),
        [
            (RULE, 132_47, 1_99),  # 132.47 x 0.015 = 1.98705, the example of rule 53
            (RULE, 0, 0),
            (RULE, 33, 0),  # 0.33 x 0.015 = 0.00495
            (RULE, 34, 1),  # 0.34 x 0.015 = 0.0051
            (rule(percent="0"), 132_47, 0),  # a co-op that charges nothing
            (rule(percent="0", minimum=500), 132_47, 0),  # a minimum alone is no fee
            (rule(flat=500), 100_00, 6_50),  # 1.50 + 5.00
            (rule(minimum=500), 100_00, 5_00),  # 1.50 becomes 5.00
            (rule(minimum=500), 3_00, 3_00),  # and never more than what is overdue
            (rule(percent="10", maximum=50_00), 1_000_00, 50_00),  # 100.00 becomes 50.00
            (rule(percent="5"), -10_00, 0),  # a credit is never late
        ],
    )
    def test_is_what_the_policy_says(self, by: LateFeeRule, overdue: int, fee: int) -> None:
        assert late_fee(rule=by, overdue=Money(overdue)) == Money(fee)

    @given(overdue=st.integers(0, 10**9), more=st.integers(0, 10**6), minimum=st.integers(0, 10**4))
    def test_never_passes_the_debt_and_never_falls_as_it_grows(
        self, overdue: int, more: int, minimum: int
    ) -> None:
        by = rule(minimum=minimum)
        less = late_fee(rule=by, overdue=Money(overdue))

        assert Money(0) <= less <= Money(overdue)
        assert less <= late_fee(rule=by, overdue=Money(overdue + more))


class TestDays:
    def test_a_due_date_on_a_day_off_moves_and_the_grace_follows_it(self) -> None:
        # Saturday the 28th moves to Monday the 30th; two days of grace end on 2 December.
        saturday = dt.date(2026, 11, 28)

        assert last_day_in_time(due_date=saturday, grace_days=2, closed=()) == dt.date(2026, 12, 2)

    @pytest.mark.parametrize(
        ("day", "may"),
        [
            (dt.date(2026, 11, 23), True),  # Monday
            (dt.date(2026, 11, 25), False),  # the day before Thanksgiving
            (THANKSGIVING, False),
            (dt.date(2026, 11, 27), False),  # Friday
            (dt.date(2026, 11, 28), False),  # Saturday
            (dt.date(2026, 12, 3), True),  # Thursday
        ],
    )
    def test_nothing_is_cut_on_or_before_a_day_off(self, day: dt.date, may: bool) -> None:  # noqa: FBT001
        assert may_cut_on(day, closed={THANKSGIVING}) is may

    def test_the_day_on_the_notice_is_the_first_that_may_be(self) -> None:
        # Eight days after 17 November is the 25th, before Thanksgiving; then a day off, a Friday,
        # a weekend: the first is Monday the 30th.
        noticed = dt.date(2026, 11, 17)

        assert cut_day(noticed_on=noticed, period_days=8, closed={THANKSGIVING}) == dt.date(
            2026, 11, 30
        )


class TestNextStep:
    @pytest.mark.parametrize(
        ("day", "taken", "cut_on", "step"),
        [
            (dt.date(2026, 11, 20), (), None, None),  # four days before
            (dt.date(2026, 11, 21), (), None, Step.REMINDER),
            (dt.date(2026, 11, 22), ("reminder",), None, None),
            (DUE, (), None, None),
            (dt.date(2026, 11, 25), ("reminder",), None, Step.PAST_DUE),
            (dt.date(2026, 12, 3), ("past_due",), None, None),  # nine days late
            (dt.date(2026, 12, 4), ("past_due",), None, Step.NOTICE),
            (dt.date(2026, 12, 4), (), None, Step.NOTICE),  # whatever was missed
            (dt.date(2026, 12, 12), ("notice",), dt.date(2026, 12, 14), None),
            (dt.date(2026, 12, 13), ("notice",), dt.date(2026, 12, 14), Step.LAST_CALL),
            (dt.date(2026, 12, 14), ("notice", "last_call"), dt.date(2026, 12, 14), None),
        ],
    )
    def test_comes_on_its_day_and_once(
        self, day: dt.date, taken: tuple[str, ...], cut_on: dt.date | None, step: Step | None
    ) -> None:
        found = next_step(
            taken={Step(name): DUE for name in taken},
            due_date=DUE,
            cut_on=cut_on,
            may_lead_to_a_cut=True,
            on=day,
            rule=STEPS,
            closed={THANKSGIVING},
        )

        assert found is step

    def test_a_debt_below_the_threshold_never_leads_to_a_notice(self) -> None:
        found = next_step(
            taken={Step.PAST_DUE: DUE},
            due_date=DUE,
            cut_on=None,
            may_lead_to_a_cut=False,
            on=DUE + dt.timedelta(days=60),
            rule=STEPS,
            closed=(),
        )

        assert found is None


def test_unpaid_is_what_was_billed_until_then_without_fees_less_what_waits() -> None:
    def charge(day: int, gl: str, cents: int) -> OpenCharge:
        return OpenCharge(EntryId(uuid.uuid4()), dt.date(2026, 11, day), gl, Money(cents))

    charges = [
        charge(1, "ar:electric", 80_00),
        charge(1, "ar:fees", 25_00),
        charge(3, "ar:gas", 20_00),
        charge(20, "ar:electric", 99_00),
    ]

    # 80.00 + 20.00, of which 85.00 waits: 15.00 of gas is left.
    found = unpaid_services(charges, billed_until=dt.date(2026, 11, 3), credit=Money(85_00))

    assert found == {"ar:gas": Money(15_00)}
