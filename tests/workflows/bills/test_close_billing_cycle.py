"""Closing a billing cycle, from reads to bills, balances and messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from smarthub.accounts.models import ServiceAgreement
from smarthub.accounts.operations import add_premise, add_service_point, start_agreement
from smarthub.accounts.types import AccountId
from smarthub.billing.models import Bill, BillLine, BillRun, BillSegment
from smarthub.billing.operations import NotABillDay, get_terms, issue_next_chunk, open_run
from smarthub.billing.queries import get_bill, list_bills, list_latest_bills
from smarthub.billing.types import RunReport
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.ledger.operations import post_entry
from smarthub.ledger.queries import get_balances
from smarthub.ledger.types import Asked, Posting
from smarthub.metering.models import StationDay
from smarthub.notifications.models import Message
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.village import (
    FIRST_BILL,
    MADE,
    SECOND_BILL,
    VILLAGE,
    read,
    reads_file,
)
from tests.cast import OPENED, Cast
from tests.workflows.closing import close, maria_bill, pay
from tests.worlds import Atlas

ELECTRIC, GAS = Money(13946), Money(14521)
"""812 kWh under E-R1 and 118 ccf under G-R1, a whole month each: the reference bills."""


@pytest.fixture
def committing_village(atlas: Atlas, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), atlas.copy_of(VILLAGE):
        yield


class TestABill:
    def test_prices_each_service_and_adds_up(self, village: Cast) -> None:
        report = close()

        bill = maria_bill(village)
        assert {segment.service: segment.total for segment in bill.segments} == {
            "electric": ELECTRIC,
            "gas": GAS,
        }
        assert bill.charges == bill.asked == Money(13946 + 14521)
        # 1002 used nothing: 33.00 + 5.00
        assert report.total == Money(13946 + 14521 + 3800)
        assert (report.bills, report.exceptions, report.is_complete) == (2, (), True)

    def test_shows_reads_with_a_rollover_and_the_converted_use(self, village: Cast) -> None:
        close()

        gas = next(each for each in maria_bill(village).segments if each.service == "gas")

        (shown,) = gas.reads
        assert (shown.previous, shown.present, shown.quantity) == (
            Decimal("99950.000"),
            Decimal("68.000"),
            Decimal(118),
        )
        assert gas.conversion_factor == Decimal("1.025")
        assert gas.lines[-1].quantity == Decimal("121.0")
        assert gas.period == Period(OPENED, FIRST_BILL)

    def test_is_owed_and_asked_in_the_ledger(self, village: Cast) -> None:
        close()

        balance = get_balances(account_ids=[village.account_1001])[village.account_1001]
        assert balance.owed == balance.asked == ELECTRIC + GAS

    def test_carries_what_was_paid_and_adjusted_since_the_last_one(self, village: Cast) -> None:
        close()
        pay(village.account_1001, 10_000, on=dt.date(2024, 11, 15))
        post_entry(
            source_key="fee:1",
            kind="fee",
            effective_date=dt.date(2024, 11, 20),
            postings=[
                Posting("ar:electric", Money(450), village.account_1001),
                Posting("revenue:fees", Money(-450)),
            ],
            asked=[Asked(village.account_1001, Money(450))],
            posted_at=MADE,
        )
        read("PR00000001", SECOND_BILL, "912")
        read("PR00000002", SECOND_BILL, "68")
        read("PR00000003", SECOND_BILL, "7")

        close(SECOND_BILL)

        bill = maria_bill(village, SECOND_BILL)
        # charges: nothing used, 38.00 electric + 23.00 gas
        assert (bill.previous, bill.payments, bill.adjustments, bill.charges) == (
            Money(28467),
            Money(-10_000),
            Money(450),
            Money(6100),
        )
        assert bill.asked == Money(28467 - 10_000 + 450 + 6100)
        assert bill.last_charges == Money(28467)

    def test_shows_a_payment_once_and_not_again_on_the_next(self, village: Cast) -> None:
        close()
        pay(village.account_1002, 1_000, on=dt.date(2024, 11, 15))
        third = dt.date(2025, 1, 1)
        for bill_date in (SECOND_BILL, third):
            read("PR00000003", bill_date, "7")
            close(bill_date)

        shown = [
            get_bill(account_id=village.account_1002, number=bill.number)
            for bill in reversed(list_bills(account_id=village.account_1002))
        ]

        assert [bill.payments.cents for bill in shown] == [0, -1_000, 0]
        assert [bill.adjustments.cents for bill in shown] == [0, 0, 0]
        # three times 38.00 for no use, less 10.00
        assert shown[-1].asked == Money(3 * 3800 - 1_000)

    def test_of_a_member_in_credit_asks_for_less_than_nothing(self, village: Cast) -> None:
        pay(village.account_1002, 50_000, on=OPENED)

        close()

        assert list_latest_bills(account_ids=[village.account_1002])[
            village.account_1002
        ].asked == Money(3800 - 50_000)

    def test_keeps_how_use_and_weather_were(self, village: Cast) -> None:
        StationDay.objects.bulk_create(
            StationDay(
                station="KTEST",
                day=day,
                low_f=40,
                high_f=70,
                mean_f=50 + day.month,
                file=reads_file(),
            )
            for day in Period(OPENED, SECOND_BILL)
        )
        close()
        read("PR00000001", SECOND_BILL, "1512")
        read("PR00000002", SECOND_BILL, "68")

        close(SECOND_BILL)

        electric = maria_bill(village, SECOND_BILL).segments[0]
        assert electric.this_bill
        assert electric.last_bill
        # 600 kWh in 30 days; 812 in 31; the means are 50 + 11 and 50 + 10
        assert electric.this_bill.daily_use == Decimal("20.0")
        assert electric.last_bill.daily_use == Decimal("26.2")
        assert (electric.this_bill.mean_f, electric.last_bill.mean_f) == (
            Decimal("61.0"),
            Decimal("60.0"),
        )
        assert electric.last_year is None

    def test_is_due_on_the_cycles_day_but_never_before_21_days(self, village: Cast) -> None:
        close()

        # due day 20 would leave 19 days, so 1 November and 21 days
        assert maria_bill(village).due_date == dt.date(2024, 11, 22)

    def test_of_another_account_is_not_there(self, village: Cast) -> None:
        close()

        with pytest.raises(NotVisible):
            get_bill(account_id=village.account_1002, number="1001-241101")

    def test_of_an_agreement_begun_in_the_month_prorates_its_fixed_charges(
        self, village: Cast
    ) -> None:
        begun = dt.date(2024, 11, 12)
        ServiceAgreement.objects.filter(account=village.account_1002).update(starts_on=begun)
        read("PR00000003", begun, "7")
        read("PR00000003", SECOND_BILL, "7")

        close(SECOND_BILL)

        (bill,) = list_bills(account_id=village.account_1002)
        # 19 of 30 days: 33.00 gives 20.90, 5.00 gives 3.17 (rule 32)
        assert bill.charges == Money(2090 + 317)


class TestASubscription:
    def test_is_billed_for_the_calendar_month_of_the_bill_and_days_before(
        self, village: Cast
    ) -> None:
        subscribe(village.account_1002, starts_on=dt.date(2024, 10, 15))

        close()

        fiber = get_bill(account_id=village.account_1002, number="1002-241101").segments[-1]
        # all of November, 69.00, and 17 of October's 31 days: 69.00 x 17/31 = 37.84
        assert fiber.period == Period(dt.date(2024, 10, 15), dt.date(2024, 12, 1))
        assert [line.amount for line in fiber.lines] == [Money(6900), Money(3784)]
        assert (fiber.in_advance, fiber.use, fiber.history) == (True, None, ())

    def test_is_never_billed_twice_for_a_month(self, village: Cast) -> None:
        subscribe(village.account_1002, starts_on=dt.date(2024, 11, 1))
        close()
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)

        close(SECOND_BILL)

        periods = BillSegment.objects.filter(service="fiber").order_by("period_start")
        assert [(each.period_start, each.period_end) for each in periods] == [
            (dt.date(2024, 11, 1), dt.date(2024, 12, 1)),
            (dt.date(2024, 12, 1), dt.date(2025, 1, 1)),
        ]


def subscribe(account_id: AccountId, *, starts_on: dt.date) -> None:
    premise_id = add_premise(
        number="P1002", street="9 Córdoba Ln", city="Willow Bend", state="IL", postal_code="61000"
    )
    point_id = add_service_point(
        number="F1002", premise_id=premise_id, service="fiber", metered=False
    )
    start_agreement(
        number="A1002-fiber",
        account_id=account_id,
        service_point_id=point_id,
        tariff_code="F-250",
        starts_on=starts_on,
    )


class TestARun:
    def test_done_again_changes_nothing(self, village: Cast) -> None:
        first = close(announce=True)

        with CaptureQueriesContext(connection) as captured:
            second = close(announce=True)

        assert second == first
        assert (Bill.objects.count(), BillRun.objects.count(), Message.objects.count()) == (2, 1, 2)
        assert not [each for each in captured if each["sql"].startswith(("INSERT", "UPDATE"))]

    def test_of_a_day_the_cycle_does_not_bill_is_refused(self, village: Cast) -> None:
        with pytest.raises(NotABillDay) as caught:
            close(dt.date(2024, 11, 2))

        assert caught.value.values["expected"] == "2024-11-01"
        assert not BillRun.objects.exists()

    def test_bills_the_others_when_one_account_lacks_a_read(self, village: Cast) -> None:
        close()
        read("PR00000001", SECOND_BILL, "1000")
        read("PR00000003", SECOND_BILL, "500")

        report = close(SECOND_BILL)

        (missing,) = report.exceptions
        assert (missing.account_number, missing.code) == ("1001", "read_missing")
        assert missing.values == {
            "service_point": "G1001",
            "start": "2024-11-01",
            "end": "2024-12-01",
        }
        assert (report.bills, report.is_complete) == (1, True)

    def test_done_again_bills_who_was_held_back_once_the_read_is_there(self, village: Cast) -> None:
        close()
        read("PR00000001", SECOND_BILL, "912")
        read("PR00000003", SECOND_BILL, "7")
        held = close(SECOND_BILL, announce=True)
        still_held = close(SECOND_BILL, announce=True)
        read("PR00000002", SECOND_BILL, "68")

        freed = close(SECOND_BILL, announce=True)

        assert still_held == held
        assert (held.bills, freed.bills, freed.exceptions) == (1, 2, ())
        # nothing used: 38.00 electric, 23.00 gas
        assert maria_bill(village, SECOND_BILL).charges == Money(6100)
        assert Message.objects.count() == 2

    def test_done_again_after_a_later_run_billed_it_all_bills_nothing_twice(
        self, village: Cast
    ) -> None:
        close()
        close(SECOND_BILL)  # nobody was read
        third = dt.date(2025, 1, 1)
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)
            read(serial, third, value)
        close(third)

        late = close(SECOND_BILL)

        assert (late.bills, late.exceptions) == (0, ())

    def test_bills_both_months_once_the_read_is_there_next_time(self, village: Cast) -> None:
        close()
        read("PR00000003", SECOND_BILL, "7")
        close(SECOND_BILL)
        third = dt.date(2025, 1, 1)
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, third, value)

        close(third)

        # two whole months of fixed charges: 2 x 33.00, 2 x 5.00; 2 x 18.00, 2 x 5.00
        amounts = [
            line.amount.cents
            for segment in maria_bill(village, third).segments
            for line in segment.lines
        ]
        assert amounts == [6600, 1000, 3600, 1000]

    def test_lists_a_register_that_went_back_and_bills_the_others(self, village: Cast) -> None:
        close()
        for serial, value in (("PR00000001", "900"), ("PR00000002", "68"), ("PR00000003", "8")):
            read(serial, SECOND_BILL, value)

        report = close(SECOND_BILL)

        (backward,) = report.exceptions
        assert (backward.account_number, backward.code) == ("1001", "negative_use")
        assert backward.values["meter"] == "PR00000001"
        assert report.bills == 1

    def test_lists_an_agreement_whose_rate_is_unknown(self, village: Cast) -> None:
        ServiceAgreement.objects.filter(number="A1002-electric").update(tariff_code="E-R9")

        report = close()

        (unknown,) = report.exceptions
        assert (unknown.account_number, unknown.code) == ("1002", "rate_missing")
        assert unknown.values["tariff"] == "E-R9"

    def test_tells_each_holder_once_in_their_language(self, village: Cast) -> None:
        close(announce=True)

        told = {message.address: message.language for message in Message.objects.all()}
        assert told == {"maria@prairieridge.example": "en", "rosa@prairieridge.example": "es"}

    def test_asks_the_database_by_the_chunk_not_by_the_account(self, village: Cast) -> None:
        with CaptureQueriesContext(connection) as captured:
            close()

        # locks apart, which are one an account
        asked = [each for each in captured if "pg_advisory" not in each["sql"]]
        assert len(asked) <= 61

    def test_shows_its_progress(self, village: Cast) -> None:
        seen: list[tuple[int, int]] = []

        close_billing_cycle(
            cycle_code="C1",
            bill_date=FIRST_BILL,
            now=MADE,
            announce=False,
            progress=lambda done, total: seen.append((done, total)),
        )

        assert seen == [(2, 2)]


@pytest.mark.usefixtures("committing_village")
class TestTwoProcessesOnOneRun:
    def test_one_leaves_alone_the_chunk_another_holds(self) -> None:
        run_id = open_run(cycle_code="C1", bill_date=FIRST_BILL, now=MADE)
        terms = get_terms(run_id=run_id)

        with ThreadPoolExecutor(1) as other, transaction.atomic():
            issue_next_chunk(run_id=run_id, terms=terms, now=MADE)
            meanwhile = other.submit(close_in_another_session).result()

        assert (meanwhile.bills, meanwhile.is_complete) == (0, False)
        assert (close().bills, close().is_complete) == (2, True)


def close_in_another_session() -> RunReport:
    try:
        return close()
    finally:
        connections.close_all()


class TestTheTotalOfABill:
    def test_is_the_sum_of_its_stored_lines(self, village: Cast) -> None:
        close()

        for bill in Bill.objects.all():
            lines = BillLine.objects.filter(segment__bill=bill)
            assert sum(line.amount_cents for line in lines) == bill.charges_cents
