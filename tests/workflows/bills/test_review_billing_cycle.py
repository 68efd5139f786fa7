"""A run that somebody looks at: drafts, holds, approval, writing, and throwing it away."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from smarthub.accounts.models import ServiceAgreement
from smarthub.accounts.types import AgreementId
from smarthub.billing.models import Bill, BillDraft, BillException, BillRun
from smarthub.billing.operations import record_contract_fact
from smarthub.billing.operations.reviewing import (
    HoldNeedsReason,
    NotHeld,
    RunHasBills,
    RunNotDrafted,
)
from smarthub.billing.queries import list_bills
from smarthub.billing.queries.desk import get_run_desk, list_runs
from smarthub.billing.types import BillRunId, RunDesk, RunState
from smarthub.cooperative.operations import set_policy
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.models import Entry
from smarthub.members.models import AuditEntry
from smarthub.metering.models import RegisterRead
from smarthub.notifications.models import Message
from smarthub.workflows.bills.review_billing_cycle import (
    EstimateForbidden,
    approve_review,
    draft_held_back_again,
    draft_run,
    drop_review,
    estimate_reads,
    hold_bill,
    release_bill,
    start_review,
    write_run,
)
from tests.billing.village import FIRST_BILL, MADE, SECOND_BILL, read
from tests.cast import Cast
from tests.workflows.closing import close, pay

JANUARY_1, FEBRUARY_1 = dt.date(2025, 1, 1), dt.date(2025, 2, 1)


def read_all(on: dt.date, electric: int, gas: int) -> None:
    """Read the meters of both accounts; the second uses nothing."""
    for serial, value in (("PR00000001", electric), ("PR00000002", gas), ("PR00000003", 7)):
        read(serial, on, str(value))


def drafted(cast: Cast, bill_date: dt.date = FIRST_BILL) -> BillRunId:
    run_id = start_review(user_id=cast.dana.user.pk, cycle_code="C1", bill_date=bill_date, now=MADE)
    draft_run(run_id=run_id, now=MADE)
    return run_id


def approved(cast: Cast, run_id: BillRunId, bill_date: dt.date = FIRST_BILL) -> RunDesk:
    approve_review(user_id=cast.dana.user.pk, cycle_code="C1", bill_date=bill_date, now=MADE)
    write_run(run_id=run_id, now=MADE)
    return get_run_desk(run_id=run_id)


class TestDrafts:
    def test_say_what_a_run_would_come_to_and_write_no_bill(self, village: Cast) -> None:
        run_id = drafted(village)

        desk = get_run_desk(run_id=run_id)

        assert desk.row.state is RunState.REVIEW
        assert (desk.row.drafts, desk.row.bills, desk.row.exceptions) == (2, 0, 0)
        # 139.46 + 145.21 and 38.00: the reference bills
        assert desk.row.total == Money(13946 + 14521 + 3800)
        assert [(each.service, each.bills) for each in desk.services] == [
            ("electric", 2),
            ("gas", 1),
        ]
        assert not Bill.objects.exists()
        assert not Entry.objects.exists()
        assert not Message.objects.exists()

    def test_are_made_by_a_job_that_is_asked_for_in_the_same_transaction(
        self, village: Cast
    ) -> None:
        run_id = start_review(
            user_id=village.dana.user.pk, cycle_code="C1", bill_date=FIRST_BILL, now=MADE
        )

        jobs = ProcrastinateJob.objects.filter(task_name="draft_bills")
        assert [job.args for job in jobs] == [{"run_id": run_id}]
        (row,) = list_runs()
        assert (row.state, row.reached, row.accounts) == (RunState.DRAFTING, 0, 2)

    def test_that_are_not_all_made_cannot_be_approved(self, village: Cast) -> None:
        start_review(user_id=village.dana.user.pk, cycle_code="C1", bill_date=FIRST_BILL, now=MADE)

        with pytest.raises(RunNotDrafted):
            approve_review(
                user_id=village.dana.user.pk, cycle_code="C1", bill_date=FIRST_BILL, now=MADE
            )

    def test_show_what_stands_out_against_the_bill_before(self, village: Cast) -> None:
        close()
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "4007")):
            read(serial, SECOND_BILL, value)

        desk = get_run_desk(run_id=drafted(village, SECOND_BILL))

        # 1002: 38.00 before, 4,000 kWh now; 1001: 284.67 before and 61.00 now
        assert [row.account_number for row in desk.outliers] == ["1002", "1001"]
        assert desk.outliers[0].last == Money(3800)
        assert desk.previous is not None
        assert desk.previous.bills == 2


class TestWriting:
    def test_makes_the_bills_that_were_reviewed_and_tells_their_holders(
        self, village: Cast
    ) -> None:
        run_id = drafted(village)

        desk = approved(village, run_id)

        assert desk.row.state is RunState.DONE
        assert (desk.row.bills, desk.row.drafts) == (2, 0)
        assert desk.row.total == Money(13946 + 14521 + 3800)
        assert [each.total for each in desk.services] == [Money(13946 + 3800), Money(14521)]
        assert Message.objects.count() == 2

    def test_again_makes_nothing_more(self, village: Cast) -> None:
        run_id = drafted(village)
        approved(village, run_id)

        approved(village, run_id)
        draft_run(run_id=run_id, now=MADE)

        assert (Bill.objects.count(), Entry.objects.count(), Message.objects.count()) == (2, 2, 2)

    def test_before_anybody_approved_makes_nothing(self, village: Cast) -> None:
        run_id = drafted(village)

        write_run(run_id=run_id, now=MADE)

        assert not Bill.objects.exists()

    def test_holds_a_bill_that_would_differ_from_what_was_reviewed(self, village: Cast) -> None:
        run_id = drafted(village)
        wrong = RegisterRead.objects.get(register__meter__serial="PR00000001", read_on=FIRST_BILL)
        RegisterRead.objects.create(
            register=wrong.register, read_on=FIRST_BILL, value=1912, kind="ami", revision=1,
            file=wrong.file, row=2,
        )  # fmt: skip

        desk = approved(village, run_id)

        (held,) = desk.held
        assert (held.account_number, held.held_code) == ("1001", "changed_since_review")
        # 1,812 kWh: 38.00 + 74.29 + 139.52 + 6.80 + 5.80, and gas
        assert held.charges == Money(26441 + 14521)
        assert list_bills(account_id=village.account_1001) == []
        assert len(list_bills(account_id=village.account_1002)) == 1

    def test_a_payment_in_between_is_no_difference(self, village: Cast) -> None:
        close()
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)
        run_id = drafted(village, SECOND_BILL)
        pay(village.account_1002, 1_000, on=dt.date(2024, 11, 30))

        desk = approved(village, run_id, SECOND_BILL)

        assert (desk.row.bills, desk.held) == (2, ())
        (newest, *_) = list_bills(account_id=village.account_1002)
        assert newest.asked == Money(3800 - 1_000 + 3800)


class TestHolds:
    def test_keep_one_bill_back_and_no_other(self, village: Cast) -> None:
        run_id = drafted(village)
        hold_bill(user_id=village.dana.user.pk, account_number="1001", reason="asks", now=MADE)

        desk = approved(village, run_id)

        assert (desk.row.bills, desk.row.held) == (1, 1)
        (held,) = desk.held
        assert (held.account_number, held.hold_reason) == ("1001", "asks")

    def test_once_released_the_bill_of_a_written_run_is_written_at_once(
        self, village: Cast
    ) -> None:
        run_id = drafted(village)
        hold_bill(user_id=village.dana.user.pk, account_number="1001", reason="asks", now=MADE)
        approved(village, run_id)

        release_bill(
            user_id=village.dana.user.pk,
            account_number="1001",
            cycle_code="C1",
            bill_date=FIRST_BILL,
            now=MADE,
        )

        assert get_run_desk(run_id=run_id).row.bills == 2
        assert set(AuditEntry.objects.values_list("act", flat=True)) >= {
            "bill_run_opened",
            "bill_run_approved",
            "bill_held",
            "bill_released",
        }

    def test_are_an_exception_of_a_run_that_comes_later(self, village: Cast) -> None:
        hold_bill(user_id=village.dana.user.pk, account_number="1001", reason="asks", now=MADE)

        report = close()

        (held,) = report.exceptions
        assert (held.account_number, held.code, held.values) == (
            "1001",
            "bill_on_hold",
            {"reason": "asks"},
        )

    def test_fall_on_a_period_of_unusual_length(self, village: Cast) -> None:
        close()
        third = dt.date(2025, 1, 1)
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, third, value)

        desk = get_run_desk(run_id=drafted(village, third))

        # from 1 November to 1 January: 61 days, and 34 are the most (rule 22)
        assert [(row.held_code, row.held_values) for row in desk.held] == [
            ("period_unusual", {"days": 61}),
            ("period_unusual", {"days": 61}),
        ]

    @pytest.mark.parametrize(
        ("used", "held"),
        [(2438, False), (2439, True), (271, False), (270, True), (0, True)],
    )
    def test_fall_on_use_far_from_what_is_usual(
        self, village: Cast, *, used: int, held: bool
    ) -> None:
        """812, 800 and 800 kWh in 31, 30 and 31 days: 812.7 are usual in January (rule 18)."""
        close()
        for on, electric, gas in ((SECOND_BILL, 1712, 180), (JANUARY_1, 2512, 300)):
            read_all(on, electric, gas)
            close(on)
        read_all(FEBRUARY_1, 2512 + used, 420)

        desk = get_run_desk(run_id=drafted(village, FEBRUARY_1))

        told = {"service_point": "E1001", "used": str(used), "usual": "813", "unit": "kWh"}
        assert [(row.held_code, row.held_values) for row in desk.held] == (
            [("use_unusual", told)] if held else []
        )

    def test_use_is_not_looked_at_where_policy_says_so(self, village: Cast) -> None:
        set_policy(
            key="bill.unusual_use",
            value={"times": 0},
            effective_from=dt.date(2024, 1, 1),
            author="board",
            now=MADE,
        )
        close()
        for on, electric, gas in ((SECOND_BILL, 1712, 180), (JANUARY_1, 2512, 300)):
            read_all(on, electric, gas)
            close(on)
        read_all(FEBRUARY_1, 9999, 420)

        assert not get_run_desk(run_id=drafted(village, FEBRUARY_1)).held

    def test_need_a_reason_and_something_to_release(self, village: Cast) -> None:
        drafted(village)
        dana = village.dana.user.pk

        with pytest.raises(HoldNeedsReason):
            hold_bill(user_id=dana, account_number="1001", reason="  ", now=MADE)
        with pytest.raises(NotHeld):
            release_bill(
                user_id=dana, account_number="1001", cycle_code="C1", bill_date=FIRST_BILL, now=MADE
            )
        with pytest.raises(NotVisible):
            hold_bill(user_id=village.rosa.user.pk, account_number="1001", reason="x", now=MADE)


class TestEstimating:
    @pytest.mark.parametrize(
        ("facts", "allowed"),
        [
            ([], True),
            ([(SECOND_BILL, "1")], False),
            ([(JANUARY_1, "1")], True),  # not yet
            ([(FIRST_BILL, "1"), (SECOND_BILL, "0")], True),  # no more
        ],
        ids=["nothing", "never", "later", "given up"],
    )
    def test_is_refused_where_the_agreement_says_no_estimate(
        self, village: Cast, facts: list[tuple[dt.date, str]], *, allowed: bool
    ) -> None:
        close()
        gas = ServiceAgreement.objects.get(number="A1001-gas")
        for on, value in facts:
            record_contract_fact(
                agreement_id=AgreementId(gas.pk),
                name="no_estimate",
                value=Decimal(value),
                effective_from=on,
                author="dana",
                now=MADE,
            )
        drafted(village, SECOND_BILL)
        estimated = RegisterRead.objects.filter(kind=RegisterRead.Kind.ESTIMATED)

        def estimate() -> None:
            estimate_reads(
                user_id=village.dana.user.pk,
                account_number="1001",
                cycle_code="C1",
                bill_date=SECOND_BILL,
                now=MADE,
            )

        if allowed:
            estimate()
            assert estimated.count() == 2
        else:
            with pytest.raises(EstimateForbidden):
                estimate()
            assert not estimated.exists()


class TestExceptions:
    def test_are_drafted_once_what_was_missing_is_there(self, village: Cast) -> None:
        ServiceAgreement.objects.filter(number="A1002-electric").update(tariff_code="E-R9")
        run_id = drafted(village)
        desk = get_run_desk(run_id=run_id)
        assert [each.code for each in desk.exceptions] == ["rate_missing"]
        assert desk.exception_counts == (("rate_missing", 1),)
        ServiceAgreement.objects.filter(number="A1002-electric").update(tariff_code="E-R1")

        row = draft_held_back_again(
            user_id=village.dana.user.pk, cycle_code="C1", bill_date=FIRST_BILL, now=MADE
        )

        assert (row.drafts, row.exceptions) == (2, 0)

    def test_of_a_written_run_become_bills(self, village: Cast) -> None:
        ServiceAgreement.objects.filter(number="A1002-electric").update(tariff_code="E-R9")
        run_id = drafted(village)
        approved(village, run_id)
        ServiceAgreement.objects.filter(number="A1002-electric").update(tariff_code="E-R1")

        row = draft_held_back_again(
            user_id=village.dana.user.pk, cycle_code="C1", bill_date=FIRST_BILL, now=MADE
        )

        assert (row.bills, row.exceptions) == (2, 0)


class TestThrowingAway:
    def test_leaves_nothing_and_the_run_can_be_made_again(self, village: Cast) -> None:
        drafted(village)

        drop_review(user_id=village.dana.user.pk, cycle_code="C1", bill_date=FIRST_BILL, now=MADE)

        assert not BillRun.objects.exists()
        assert not BillDraft.objects.exists()
        assert not BillException.objects.exists()
        assert get_run_desk(run_id=drafted(village)).row.drafts == 2

    def test_is_refused_once_a_bill_is_written(self, village: Cast) -> None:
        approved(village, drafted(village))

        with pytest.raises(RunHasBills):
            drop_review(
                user_id=village.dana.user.pk, cycle_code="C1", bill_date=FIRST_BILL, now=MADE
            )
