"""An estimate, and the real read after it: settled by itself, or proven wrong (rule 17)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from smarthub.billing.engine.estimates import WrongEstimate, proven_use
from smarthub.billing.models import Bill
from smarthub.billing.queries.desk import find_run, get_run_desk
from smarthub.billing.types import BillView
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from smarthub.ledger.queries import get_balances
from smarthub.metering.models import RegisterRead
from smarthub.notifications.models import Message
from smarthub.workflows.bills.review_billing_cycle import (
    approve_review,
    draft_run,
    settle_estimates,
    start_review,
    write_run,
)
from tests.billing.village import FIRST_BILL, SECOND_BILL, read, settle_cast
from tests.cast import OPENED, Cast
from tests.workflows.closing import close, maria_bill

SERIAL = "PR00000001"
NOW = dt.datetime(2024, 12, 1, 15, tzinfo=dt.UTC)


@pytest.fixture
def estimated(cast: Cast) -> Cast:
    """Return the cast billed for October on 1,212 kWh that were estimated: 100 to 1,312."""
    settle_cast(cast)
    for serial, value in ((SERIAL, "100"), ("PR00000002", "99950"), ("PR00000003", "7")):
        read(serial, OPENED, value)
    read(SERIAL, FIRST_BILL, "1312", "estimated")
    for serial, value in (("PR00000002", "68"), ("PR00000003", "7")):
        read(serial, FIRST_BILL, value)
        read(serial, SECOND_BILL, value)
    close()
    return cast


def november(cast: Cast) -> None:
    """Draft the run of December 1."""
    run_id = start_review(
        user_id=cast.dana.user.pk, cycle_code="C1", bill_date=SECOND_BILL, now=NOW
    )
    draft_run(run_id=run_id, now=NOW)


def write_november(cast: Cast) -> BillView:
    approve_review(user_id=cast.dana.user.pk, cycle_code="C1", bill_date=SECOND_BILL, now=NOW)
    run_id = find_run(cycle_code="C1", bill_date=SECOND_BILL)
    write_run(run_id=run_id, now=NOW, announce=False)
    return maria_bill(cast, SECOND_BILL)


def mend(cast: Cast, point: str) -> None:
    settle_estimates(
        user_id=cast.dana.user.pk,
        account_number="1001",
        service_point=point,
        cycle_code="C1",
        bill_date=SECOND_BILL,
        on=SECOND_BILL,
        now=NOW,
    )


def exceptions() -> list[tuple[str, str]]:
    desk = get_run_desk(run_id=find_run(cycle_code="C1", bill_date=SECOND_BILL))
    return [(each.account_number, each.code) for each in desk.exceptions]


def electric(bill: BillView) -> tuple[Decimal, bool, bool]:
    segment = next(each for each in bill.segments if each.service == "electric")
    assert segment.use is not None
    return segment.use.value, segment.is_estimated, segment.settles


class TestTheRule:
    def test_shares_what_was_read_out_by_days(self) -> None:
        proven = proven_use(
            estimated=Decimal(1212), estimated_days=31, used=Decimal(188), used_days=30
        )

        assert proven == Decimal("711.475")  # 1,400 x 31 / 61

    @pytest.mark.parametrize(
        ("estimated", "proven", "wrong"),
        [
            ("1212", "711.475", True),
            ("900", "700", False),  # off by 200: not more than 200
            ("900.001", "700", True),  # 28.6 %
            ("1250", "1000", False),  # exactly a quarter
            ("1250.001", "1000", True),
            ("400", "-5", True),
            ("150", "10", False),  # far off in percent, but 140 kWh
        ],
    )
    def test_needs_both_a_quarter_and_200_kwh(
        self, estimated: str, proven: str, *, wrong: bool
    ) -> None:
        rule = WrongEstimate()

        assert wrong is rule.is_wrong(
            estimated=Decimal(estimated), proven=Decimal(proven), unit=Unit.KWH
        )


class TestASmallDifference:
    def test_is_settled_by_the_next_bill_which_says_so(self, estimated: Cast) -> None:
        read(
            SERIAL, SECOND_BILL, "2412"
        )  # 1,100 in November; 2,312 in 61 days, 1,174.95 in October

        assert close(SECOND_BILL).exceptions == ()

        assert electric(maria_bill(estimated)) == (Decimal(1212), True, False)
        assert electric(maria_bill(estimated, SECOND_BILL)) == (Decimal(1100), False, True)


class TestAnEstimateProvenWrong:
    def test_blocks_its_own_account_only(self, estimated: Cast) -> None:
        read(SERIAL, SECOND_BILL, "1500")

        november(estimated)

        assert exceptions() == [("1001", "estimate_proven_wrong")]
        assert get_run_desk(run_id=find_run(cycle_code="C1", bill_date=SECOND_BILL)).row.drafts == 1

    def test_is_billed_anew_by_the_reads_on_both_sides(self, estimated: Cast) -> None:
        point = maria_bill(estimated).segments[0].service_point_number
        read(SERIAL, SECOND_BILL, "1500")
        november(estimated)

        mend(estimated, point)

        old = maria_bill(estimated)
        assert old.taken_back is not None
        assert old.taken_back.reason == "estimate"
        corrected = Bill.objects.get(number=old.taken_back.other)
        assert corrected.segments.get(service="electric").quantity == Decimal("711.475")
        assert corrected.segments.get(service="electric").estimated
        assert Message.objects.filter(
            dedupe_key__startswith=f"bill_ready:{corrected.number}"
        ).exists()
        assert exceptions() == []
        # 1,400 kWh were read between October 1 and December 1, and 1,400 are billed
        second = write_november(estimated)
        assert electric(second) == (Decimal("688.525"), False, True)
        balance = get_balances(account_ids=[estimated.account_1001])[estimated.account_1001]
        assert balance.owed == Money(corrected.charges_cents) + second.charges

    def test_keeps_the_estimate_it_replaced(self, estimated: Cast) -> None:
        point = maria_bill(estimated).segments[0].service_point_number
        read(SERIAL, SECOND_BILL, "1500")
        november(estimated)

        mend(estimated, point)

        rows = RegisterRead.objects.filter(register__meter__serial=SERIAL, read_on=FIRST_BILL)
        assert [(row.revision, row.value, row.kind) for row in rows.order_by("revision")] == [
            (0, Decimal(1312), "estimated"),
            (1, Decimal("811.475"), "estimated"),
        ]

    def test_covers_a_register_that_would_have_gone_back(self, estimated: Cast) -> None:
        point = maria_bill(estimated).segments[0].service_point_number
        read(SERIAL, SECOND_BILL, "900")  # under the 1,312 that were estimated: 800 in 61 days
        november(estimated)
        assert exceptions() == [("1001", "estimate_proven_wrong")]

        mend(estimated, point)

        assert exceptions() == []
        assert electric(write_november(estimated))[0] == Decimal("393.443")  # 800 x 30 / 61

    def test_is_mended_once(self, estimated: Cast) -> None:
        point = maria_bill(estimated).segments[0].service_point_number
        read(SERIAL, SECOND_BILL, "1500")
        november(estimated)
        mend(estimated, point)

        november(estimated)

        assert exceptions() == []
        with pytest.raises(NotVisible):
            mend(estimated, "no such point")
