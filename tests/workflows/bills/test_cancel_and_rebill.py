"""Bills that were wrong: taken back, made anew, and found by late reads; never edited."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarthub.accounts.types import AccountId
from smarthub.billing.engine.back_billing import BackBillingTooOld
from smarthub.billing.models import Bill, BillCancellation, BillDifference, BillLine
from smarthub.billing.operations.correcting import BillAlreadyCancelled, ReasonUnknown
from smarthub.billing.queries import get_bill, list_bills
from smarthub.billing.queries.desk import list_open_differences
from smarthub.billing.types import IssuedBill
from smarthub.cooperative.operations import set_policy
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.operations import allocate, entry_id_for
from smarthub.ledger.queries import get_balances, list_open_charges
from smarthub.members.models import AuditEntry, Person
from smarthub.metering.models import ReadFile, Register, RegisterRead
from smarthub.notifications.models import Message
from smarthub.workflows.bills.cancel_and_rebill import (
    correct_bill,
    leave_bill,
    look_for_differences,
    preview_correction,
    take_bill_back,
)
from tests.billing.village import FIRST_BILL, SECOND_BILL, read
from tests.cast import Cast
from tests.workflows.closing import close, pay

CORRECTED = dt.date(2024, 11, 18)
LATER = dt.datetime(2024, 11, 18, 15, tzinfo=dt.UTC)


def replace_read(value: str, *, serial: str = "PR00000001", on: dt.date = FIRST_BILL) -> None:
    """Let a later file say what a register really showed."""
    register = Register.objects.get(meter__serial=serial)
    revision = RegisterRead.objects.filter(register=register, read_on=on).count()
    file = ReadFile.objects.create(
        sha256=f"{serial}{on}{revision}".ljust(64, "x"), name="late.csv", profile="registers",
        received_at=LATER, rows=1, rows_kept=1,
    )  # fmt: skip
    RegisterRead.objects.create(
        register=register, read_on=on, value=Decimal(value), kind="actual", revision=revision,
        file=file, row=1,
    )  # fmt: skip


def correct(cast: Cast, number: str, reason: str = "reads") -> IssuedBill:
    return correct_bill(
        user_id=cast.dana.user.pk,
        bill_number=number,
        reason=reason,
        note="",
        on=CORRECTED,
        now=LATER,
    )


def owed(account_id: AccountId) -> tuple[Money, Money]:
    balance = get_balances(account_ids=[account_id])[account_id]
    return balance.owed, balance.asked


class TestCorrecting:
    def test_makes_a_linked_pair_and_leaves_the_old_bill_as_it_was(self, village: Cast) -> None:
        close()
        before = get_bill(account_id=village.account_1001, number="1001-241101")
        replace_read("812")

        issued = correct(village, "1001-241101")

        old = get_bill(account_id=village.account_1001, number="1001-241101")
        new = get_bill(account_id=village.account_1001, number=issued.number)
        assert issued.number == "1001-241101-2"
        assert (old.segments, old.charges) == (before.segments, before.charges)
        assert old.taken_back is not None
        assert (old.taken_back.other, old.taken_back.reason) == (issued.number, "reads")
        # 712 kWh: 38.00 + 29.19 + 54.82 + 2.67 + 2.28 = 126.96; gas as before
        assert new.charges == Money(12696 + 14521)
        assert new.difference == Money(12696 - 13946)
        assert new.bill_date == FIRST_BILL
        # the 20th would leave two days from the 18th; 21 days from then is 9 December
        assert new.due_date == dt.date(2024, 12, 9)

    def test_leaves_the_ledger_as_a_bill_that_was_right_at_once(self, village: Cast) -> None:
        close()
        replace_read("812")

        issued = correct(village, "1001-241101")

        assert owed(village.account_1001) == (issued.charges, issued.charges)
        assert [bill.number for bill in list_bills(account_id=village.account_1001)] == [
            "1001-241101-2"
        ]

    def test_lets_what_was_paid_on_the_old_pay_the_new(self, village: Cast) -> None:
        close()
        pay(village.account_1002, 3_800, on=dt.date(2024, 11, 15))
        payment = entry_id_for(f"payment:{village.account_1002}:2024-11-15:3800")
        allocate(amounts={(payment, entry_id_for("bill:1002-241101")): Money(3_800)})
        replace_read("107", serial="PR00000003")

        issued = correct(village, "1002-241101")

        # 100 kWh: 4.10 + 7.70 + .38 + .32 = 12.50 more
        assert issued.charges == Money(5050)
        assert issued.asked == Money(1250)
        (left,) = list_open_charges(account_id=village.account_1002)
        assert left.amount == Money(1250)

    def test_tells_the_holder_and_leaves_who_did_it(self, village: Cast) -> None:
        close()
        replace_read("812")

        correct(village, "1001-241101")

        (told,) = Message.objects.all()
        assert told.dedupe_key.startswith("bill_ready:1001-241101-2:")
        act = AuditEntry.objects.get(act="bill_corrected")
        assert (act.before, act.after) == (
            {"charges": "$284.67"},
            {"charges": "$272.17", "bill": "1001-241101-2", "reason": "reads"},
        )

    def test_of_a_bill_that_cannot_be_made_today_changes_nothing(self, village: Cast) -> None:
        close()
        replace_read("50")  # the register would have gone back

        with pytest.raises(Exception, match="negative_use"):
            correct(village, "1001-241101")

        assert not BillCancellation.objects.exists()
        assert owed(village.account_1001) == (Money(28467), Money(28467))

    def test_twice_of_the_same_bill_is_refused(self, village: Cast) -> None:
        close()
        correct(village, "1001-241101")

        with pytest.raises(BillAlreadyCancelled):
            correct(village, "1001-241101")

    def test_needs_a_known_reason_and_staff(self, village: Cast) -> None:
        close()

        with pytest.raises(ReasonUnknown):
            correct(village, "1001-241101", reason="because")
        with pytest.raises(NotVisible):
            correct_bill(
                user_id=village.rosa.user.pk,
                bill_number="1001-241101",
                reason="reads",
                note="",
                on=CORRECTED,
                now=LATER,
            )

    def test_is_looked_at_before(self, village: Cast) -> None:
        close()
        replace_read("812")

        page = preview_correction(
            user_id=village.dana.user.pk, bill_number="1001-241101", on=CORRECTED, now=LATER
        )

        assert page.difference == Money(12696 - 13946)
        assert Bill.objects.count() == 2
        assert not BillCancellation.objects.exists()

    @settings(
        max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(values=st.lists(st.integers(100, 5_000), min_size=1, max_size=3))
    def test_any_number_of_times_ends_where_a_fresh_bill_stands(
        self, village: Cast, values: list[int]
    ) -> None:
        with transaction.atomic():
            close()
            number = "1001-241101"
            for value in values:
                replace_read(str(value))
                number = correct(village, number).number
            corrected = owed(village.account_1001)
            lines = _lines(number)
            transaction.set_rollback(True)
        with transaction.atomic():
            replace_read(str(values[-1]))
            close()
            fresh = owed(village.account_1001)
            fresh_lines = _lines("1001-241101")
            transaction.set_rollback(True)

        assert corrected == fresh
        assert lines == fresh_lines


def _lines(number: str) -> list[tuple[str, int]]:
    rows = BillLine.objects.filter(segment__bill__number=number)
    return list(rows.order_by("segment", "position").values_list("code", "amount_cents"))


class TestTakingBack:
    def test_puts_the_services_on_the_next_bill_again(self, village: Cast) -> None:
        close()
        take_bill_back(
            user_id=village.dana.user.pk, bill_number="1002-241101", reason="request", note="",
            on=CORRECTED, now=LATER,
        )  # fmt: skip
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)

        close(SECOND_BILL)

        (bill,) = list_bills(account_id=village.account_1002)
        # two whole months of 38.00
        assert (bill.charges, bill.asked) == (Money(7600), Money(7600))


class TestDifferences:
    def test_are_found_by_a_read_that_came_late(self, village: Cast) -> None:
        close()
        replace_read("812")

        found = look_for_differences(since=LATER - dt.timedelta(hours=1), now=LATER)

        assert found == 1
        (row,) = list_open_differences()
        assert (row.bill_number, row.code) == ("1001-241101", "late_reads")
        assert (row.billed, row.difference) == (Money(28467), Money(12696 - 13946))
        assert not BillCancellation.objects.exists()

    def test_are_noted_once(self, village: Cast) -> None:
        close()
        replace_read("812")
        since = LATER - dt.timedelta(hours=1)
        look_for_differences(since=since, now=LATER)

        again = look_for_differences(since=since, now=LATER)

        assert (again, BillDifference.objects.count()) == (0, 1)

    def test_are_none_where_the_late_read_says_the_same(self, village: Cast) -> None:
        close()
        replace_read("912")

        assert look_for_differences(since=LATER - dt.timedelta(hours=1), now=LATER) == 0

    def test_are_settled_by_a_new_bill_or_by_leaving_it(self, village: Cast) -> None:
        close()
        replace_read("812")
        look_for_differences(since=LATER - dt.timedelta(hours=1), now=LATER)
        replace_read("107", serial="PR00000003")
        look_for_differences(since=LATER - dt.timedelta(hours=1), now=LATER)
        first, second = list_open_differences()

        correct(village, first.bill_number)
        leave_bill(user_id=village.dana.user.pk, difference_id=second.id, now=LATER)

        assert list_open_differences() == []
        assert set(BillDifference.objects.values_list("settled_as", flat=True)) == {
            "rebilled",
            "left",
        }


class TestAWrittenBill:
    @pytest.mark.parametrize("table", ["bill", "billsegment", "billline", "billcancellation"])
    def test_cannot_be_changed_in_the_database(self, village: Cast, table: str) -> None:
        close()
        correct(village, "1001-241101")
        with (
            pytest.raises((IntegrityError, InternalError), match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE billing_{table} SET id = id")  # noqa: S608 (our own names)


class TestBackBilling:
    """83 Ill. Adm. Code 280.100: twelve months for a home (rule 45)."""

    @staticmethod
    def correct_on(cast: Cast, on: dt.date) -> IssuedBill:
        return correct_bill(
            user_id=cast.dana.user.pk, bill_number="1001-241101", reason="reads", note="", on=on,
            now=dt.datetime.combine(on, dt.time(15), dt.UTC),
        )  # fmt: skip

    def test_asks_for_more_up_to_twelve_months_after_the_first_day(self, village: Cast) -> None:
        close()
        replace_read("1012")  # 100 kWh more
        with pytest.raises(BackBillingTooOld) as refused:
            self.correct_on(village, dt.date(2025, 10, 2))  # the bill begins on 1 October 2024
        assert refused.value.values == {
            "months": 12, "start": "2024-10-01", "oldest": "2024-10-02",
        }  # fmt: skip
        assert not BillCancellation.objects.exists()

        issued = self.correct_on(village, dt.date(2025, 10, 1))

        # 912 kWh: 38.00 + 37.39 + 70.22 + 3.42 + 2.92 = 151.95; gas as before
        assert issued.charges == Money(15195 + 14521)

    def test_gives_back_however_long_ago(self, village: Cast) -> None:
        close()
        replace_read("812")

        issued = self.correct_on(village, dt.date(2026, 10, 2))

        assert issued.charges == Money(27217)

    def test_reaches_further_for_an_organisation_and_as_the_policy_says(
        self, village: Cast
    ) -> None:
        close()
        replace_read("1012")
        Person.objects.filter(pk=village.maria.person_id).update(organisation_name="Elm Farm Inc")
        two_years_on = dt.date(2026, 10, 1)
        set_policy(
            key="bill.back_billing_months", value={"home": 12, "other": 18},
            effective_from=dt.date(2025, 1, 1), author="board", source_note="", now=LATER,
        )  # fmt: skip

        with pytest.raises(BackBillingTooOld):
            self.correct_on(village, two_years_on)

        assert self.correct_on(village, dt.date(2026, 4, 1)).charges == Money(29716)

    def test_lists_no_difference_that_could_not_be_asked_for(self, village: Cast) -> None:
        close()
        replace_read("1012")

        found = look_for_differences(
            since=LATER - dt.timedelta(hours=2),
            now=dt.datetime(2025, 10, 2, 15, tzinfo=dt.UTC),
        )

        assert found == 0
