"""The rules of drafting: the day, the amount, whether to try once more."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.accounts.types import AccountId
from smarthub.auto_pay.engine import (
    amount_to_draft,
    by_hand_left,
    draft_day,
    next_try,
    state_of,
    try_id,
    why_nothing,
)
from smarthub.auto_pay.types import Draft, DraftId, DraftState, LeftOut, PlanId, Try
from smarthub.kernel.money import Money
from smarthub.payments.types import PaymentId, PaymentStatus

DRAFT = Draft(
    id=DraftId(uuid.UUID(int=1)),
    plan_id=PlanId(uuid.UUID(int=2)),
    account_id=AccountId(1),
    account_number="1001",
    bill_number="1001-241101",
    billed=Money(100_00),
    due_date=dt.date(2024, 11, 22),
    planned_on=dt.date(2024, 11, 22),
    announced_at=dt.datetime(2024, 11, 1, 12, tzinfo=dt.UTC),
)


def tried(on: dt.date, status: PaymentStatus, reason: str = "") -> Try:
    return Try(PaymentId(uuid.uuid4()), on, status, reason, Money(100_00))


class TestDraftDay:
    @pytest.mark.parametrize(
        ("due", "day"),
        [
            ("2024-11-22", "2024-11-22"),  # a Friday
            ("2024-11-23", "2024-11-25"),  # a Saturday: Monday
            ("2024-11-28", "2024-11-29"),  # Thanksgiving
            ("2024-12-25", "2024-12-26"),  # Christmas
            ("2028-02-29", "2028-02-29"),  # a leap day, and a Tuesday
            ("2026-07-04", "2026-07-06"),  # Independence Day on a Saturday: Monday
        ],
    )
    def test_is_the_due_date_or_the_next_day_banks_move_money(self, due: str, day: str) -> None:
        assert draft_day(due_date=dt.date.fromisoformat(due)) == dt.date.fromisoformat(day)

    def test_is_earlier_by_the_policy_and_knows_the_co_ops_own_closings(self) -> None:
        due, closed = dt.date(2024, 11, 22), {dt.date(2024, 11, 20)}

        assert draft_day(due_date=due, days_before=2, also_closed=closed) == dt.date(2024, 11, 21)


class TestAmount:
    @pytest.mark.parametrize(
        ("billed", "owed", "by_hand", "taken"),
        [
            (100_00, 100_00, 0, 100_00),
            (100_00, 60_00, 0, 60_00),  # 40.00 was paid by hand meanwhile
            (100_00, 130_00, 0, 100_00),  # never more than was announced
            (100_00, -5_00, 0, 0),  # a credit
            (150_00, 150_00, 50_00, 100_00),  # 50.00 of an earlier bill is the member's to pay
            (40_00, 40_00, 50_00, 0),
        ],
    )
    def test_is_what_is_left_of_the_bill(
        self, billed: int, owed: int, by_hand: int, taken: int
    ) -> None:
        amount = amount_to_draft(
            billed=Money(billed), owed=Money(owed), by_hand_left=Money(by_hand)
        )

        assert amount == Money(taken)

    @given(
        billed=st.integers(0, 10**7),
        owed=st.integers(-(10**7), 10**7),
        by_hand=st.integers(0, 10**7),
    )
    def test_is_never_negative_and_never_above_what_is_owed_or_billed(
        self, billed: int, owed: int, by_hand: int
    ) -> None:
        taken = amount_to_draft(billed=Money(billed), owed=Money(owed), by_hand_left=Money(by_hand))

        assert Money(0) <= taken <= Money(billed)
        assert taken <= Money(max(owed, 0))

    def test_money_by_hand_settles_the_earlier_bill_first(self) -> None:
        assert by_hand_left(at_start=Money(50_00), paid_since=Money(20_00)) == Money(30_00)
        assert by_hand_left(at_start=Money(50_00), paid_since=Money(70_00)) == Money(0)


class TestTries:
    FIRST = tried(dt.date(2024, 11, 22), PaymentStatus.FAILED, "insufficient_funds")

    def test_the_first_is_on_the_draft_day(self) -> None:
        assert next_try(planned_on=DRAFT.planned_on, tries=()) == DRAFT.planned_on

    def test_the_next_is_days_later_and_on_a_banking_day(self) -> None:
        # three days after Friday the 22nd is Monday the 25th; four later Friday the 29th
        second = tried(dt.date(2024, 11, 25), PaymentStatus.FAILED, "card_declined")

        assert next_try(planned_on=DRAFT.planned_on, tries=[self.FIRST]) == dt.date(2024, 11, 25)
        assert next_try(planned_on=DRAFT.planned_on, tries=[self.FIRST, second]) == dt.date(
            2024, 11, 29
        )

    def test_the_next_is_not_on_a_day_the_co_ops_bank_is_closed(self) -> None:
        # Monday the 25th is no holiday, but its bank says it is closed
        closed = {dt.date(2024, 11, 25)}

        again = next_try(planned_on=DRAFT.planned_on, tries=[self.FIRST], also_closed=closed)

        assert again == dt.date(2024, 11, 26)

    def test_there_are_three_at_the_most(self) -> None:
        tries = [self.FIRST, self.FIRST, self.FIRST]

        assert next_try(planned_on=DRAFT.planned_on, tries=tries) is None

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (PaymentStatus.FAILED, "expired_card"),
            (PaymentStatus.FAILED, "stolen_card"),
            (PaymentStatus.RETURNED, "R02"),
            (PaymentStatus.RETURNED, "R10"),
            (PaymentStatus.PAID, ""),
            (PaymentStatus.UNKNOWN, ""),
            (PaymentStatus.DISPUTED, "fraudulent"),
        ],
    )
    def test_what_another_day_cannot_mend_is_not_tried(
        self, status: PaymentStatus, reason: str
    ) -> None:
        tries = [tried(DRAFT.planned_on, status, reason)]

        assert next_try(planned_on=DRAFT.planned_on, tries=tries) is None

    def test_a_try_has_one_id_for_ever_and_another_than_the_next(self) -> None:
        assert try_id(draft_id=DRAFT.id, number=1) == try_id(draft_id=DRAFT.id, number=1)
        assert try_id(draft_id=DRAFT.id, number=1) != try_id(draft_id=DRAFT.id, number=2)


class TestWhyNothing:
    @pytest.mark.parametrize(
        ("billed", "owed", "why"),
        [
            (100_00, 0, LeftOut.NOTHING_DUE),
            (100_00, -5_00, LeftOut.NOTHING_DUE),
            (0, 50_00, LeftOut.NOTHING_DUE),
            (100_00, 100_00, LeftOut.BY_HAND),  # all of it was billed before
            (100_00, 1, LeftOut.BY_HAND),
        ],
    )
    def test_says_paid_only_of_what_is_paid(self, billed: int, owed: int, why: LeftOut) -> None:
        assert why_nothing(billed=Money(billed), owed=Money(owed)) is why


class TestState:
    @pytest.mark.parametrize(
        ("status", "reason", "state"),
        [
            (PaymentStatus.PENDING, "", DraftState.ON_ITS_WAY),
            (PaymentStatus.UNKNOWN, "", DraftState.ON_ITS_WAY),
            (PaymentStatus.PAID, "", DraftState.PAID),
            (PaymentStatus.FAILED, "insufficient_funds", DraftState.TO_BE_TRIED_AGAIN),
            (PaymentStatus.RETURNED, "R01", DraftState.TO_BE_TRIED_AGAIN),
            (PaymentStatus.FAILED, "stolen_card", DraftState.FAILED),
        ],
    )
    def test_follows_its_newest_try(
        self, status: PaymentStatus, reason: str, state: DraftState
    ) -> None:
        assert state_of(draft=DRAFT, tries=[tried(DRAFT.planned_on, status, reason)]) is state

    def test_is_planned_asked_or_left_out_before_any(self) -> None:
        asked, left_out = replace(DRAFT, asked=True), replace(DRAFT, left_out=LeftOut.PAUSED)

        assert state_of(draft=DRAFT, tries=()) is DraftState.PLANNED
        assert state_of(draft=asked, tries=()) is DraftState.ASKED
        assert state_of(draft=left_out, tries=()) is DraftState.LEFT_OUT
