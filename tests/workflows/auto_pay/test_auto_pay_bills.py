"""However a bill is made or taken back, Auto Pay hears of it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from smarthub.auto_pay.types import LeftOut
from smarthub.workflows.bills.bill_single import write_single_bill
from smarthub.workflows.bills.cancel_and_rebill import correct_bill, take_bill_back
from smarthub.workflows.bills.review_billing_cycle import (
    approve_review,
    draft_run,
    start_review,
    write_run,
)
from tests.billing.village import FIRST_BILL, MADE
from tests.cast import Cast
from tests.sandbox_gateway import GOOD
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, Member, noon, told
from tests.workflows.closing import close
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def card(village: Cast, wallet: Wallet) -> uuid.UUID:
    return wallet.add(village.maria, GOOD)


@pytest.fixture
def maria(village: Cast, wallet: Wallet) -> Member:
    return Member(village, wallet)


class TestHoweverABillIsMade:
    def test_a_reviewed_bill_has_its_draft(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        user_id = village.dana.user.pk

        run = start_review(user_id=user_id, cycle_code="C1", bill_date=FIRST_BILL, now=MADE)
        draft_run(run_id=run, now=MADE)
        approve_review(user_id=user_id, cycle_code="C1", bill_date=FIRST_BILL, now=MADE)
        write_run(run_id=run, now=MADE)

        assert told()[-1] == "Auto Pay will pay your bill on Friday, November 22, 2024"
        assert maria.run(DUE) == (1, 0)

    def test_a_bill_made_by_itself_has_its_draft(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)

        write_single_bill(
            user_id=village.dana.user.pk, account_number="1001", on=FIRST_BILL, now=MADE
        )

        assert maria.run(DUE) == (1, 0)

    def test_the_draft_follows_a_bill_taken_back_and_made_anew_after_the_notice(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        correct_bill(
            user_id=village.dana.user.pk,
            bill_number="1001-241101",
            reason="reads",
            note="",
            on=dt.date(2024, 11, 5),
            now=noon(dt.date(2024, 11, 5)),
        )
        due = max(view.draft.planned_on for view in maria.see().drafts)

        assert maria.run(due) == (1, 1)
        assert [cents for cents, _ in maria.charges()] == [BILLED.cents]
        ends = {view.draft.left_out for view in maria.see().drafts}
        assert ends == {None, LeftOut.BILL_CANCELLED}

    def test_a_bill_taken_back_for_good_is_not_taken(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        take_bill_back(
            user_id=village.dana.user.pk,
            bill_number="1001-241101",
            reason="reads",
            note="",
            on=dt.date(2024, 11, 5),
            now=noon(dt.date(2024, 11, 5)),
        )

        assert maria.run(DUE) == (0, 1)
        assert maria.charges() == []
        assert maria.see().drafts[0].draft.left_out is LeftOut.BILL_CANCELLED
