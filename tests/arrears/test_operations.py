"""Late fees, holds, steps and disconnections, on the ledger and under its locks."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from smarthub.arrears import operations, queries
from smarthub.arrears.models import FeeWaiver, StepTaken
from smarthub.arrears.operations import AlreadyWaived, NotToBeCut, ReasonMissing
from smarthub.arrears.types import HoldKind, ProcessView, Step, StepRule
from smarthub.cooperative.operations import set_policy
from smarthub.integrations.lockbox.format import LockboxRows
from smarthub.kernel.money import Money
from smarthub.ledger.models import Entry
from smarthub.ledger.queries import get_unapplied_cash
from smarthub.notifications.models import Message
from smarthub.payments.models import Fee, SentEntry
from smarthub.payments.types import ReversalReason
from smarthub.workflows.bank.bank_files import take_lockbox
from smarthub.workflows.bank.entries_back import ask_back
from smarthub.workflows.cooperative.export_ledger import gather_export
from smarthub.workflows.debts.follow_arrears import assess_late_fees, take_steps
from smarthub.workflows.money.correct_payment import move_payment
from tests.arrears.bills import DUE, at, write_bill
from tests.cast import NOW, Cast
from tests.workflows.both_books import exceptions, on
from tests.workflows.money.test_other_doors import STUB_1001
from tests.workflows.own_files import Bank
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import owed

IN_TIME, LATE = dt.date(2026, 11, 26), dt.date(2026, 11, 27)
"""Two days of grace after Tuesday the 24th."""
NOTICED, CUT_ON = dt.date(2026, 12, 4), dt.date(2026, 12, 14)
"""Ten days late; eight days later is Saturday the 12th, so the notice says Monday the 14th."""
RULE = StepRule.from_policies({})


def pay(cents: int, day: dt.date, key: str = "lockbox:1") -> None:
    record_received_payment(
        source_key=key,
        account_number="1001",
        amount=Money(cents),
        channel="mail",
        received_on=day,
        now=at(day),
    )


def process_of(cast: Cast) -> ProcessView:
    return queries.list_open_processes()[cast.account_1001]


def set_late(key: str, value: object) -> None:
    set_policy(key=key, value=value, effective_from=dt.date(2026, 1, 1), author="board", now=NOW)


def noticed(cast: Cast) -> ProcessView:
    write_bill(cast.account_1001, electric=132_47)
    assert take_steps(now=at(NOTICED)) == 1
    return process_of(cast)


def last_called(cast: Cast) -> ProcessView:
    noticed(cast)
    assert take_steps(now=at(dt.date(2026, 12, 13))) == 1
    return process_of(cast)


def cut(process: ProcessView, cast: Cast, day: dt.date = CUT_ON, **other: object) -> None:
    values = {"hour": 10, "weather_forbids": False, "closed": frozenset[dt.date](), **other}
    operations.record_cut(
        process_id=process.id,
        rule=RULE,
        by=cast.dana.person_id,
        on=day,
        now=at(day),
        **values,  # type: ignore[arg-type]
    )


class TestLateFee:
    def test_is_charged_once_for_a_due_date_when_the_grace_is_over(self, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=100_00, gas=32_47)

        charged = [
            assess_late_fees(now=at(day))
            for day in (DUE, IN_TIME, LATE, LATE, DUE.replace(month=12))
        ]

        assert charged == [0, 0, 1, 0, 0]
        assert (on("ar:fees", cast.account_1001), on("fee:late")) == (1_99, -1_99)
        assert owed(cast.account_1001) == Money(134_46)
        (fee,) = Fee.objects.all()
        assert (fee.source_key, fee.on) == ("fee:late:due:1001:2026-11-24", LATE)

    def test_is_of_the_undisputed_unpaid_part_and_never_of_an_earlier_fee(self, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=132_47)
        assess_late_fees(now=at(LATE))
        december, due = dt.date(2026, 12, 3), dt.date(2026, 12, 28)
        write_bill(cast.account_1001, electric=67_53, billed=december, due=due)
        pay(32_47, dt.date(2026, 12, 5))

        # 132.47 + 67.53 - 32.47 = 167.53 of services; x 1.5 % = 2.51295. The 1.99 is left out.
        assert assess_late_fees(now=at(dt.date(2026, 12, 31))) == 1
        assert on("fee:late") == -(1_99 + 2_51)

    @pytest.mark.parametrize(
        ("due", "is_spared"),
        [
            (DUE, True),
            (dt.date(2026, 12, 15), True),  # fourteen days after 1 December
            (dt.date(2026, 12, 16), False),
        ],
    )
    def test_spares_who_got_a_payment_back_by_our_mistake(
        self, cast: Cast, due: dt.date, *, is_spared: bool
    ) -> None:
        write_bill(cast.account_1001, electric=100_00, due=due)
        bank = Bank(cast)
        bank.draw(100_00)
        day = at(dt.date(2026, 12, 1))
        entry = SentEntry.objects.latest("pk")
        ask_back(
            user_id=cast.dana.user.pk,
            file_id=entry.file_id,
            entry_id=entry.pk,
            shown=1,
            reason=ReversalReason.TOO_EARLY,
            now=day,
        )
        bank.send(day)

        charged = assess_late_fees(now=at(due + dt.timedelta(days=14)))

        assert owed(cast.account_1001) == Money(100_00 if is_spared else 101_50)
        assert charged == (0 if is_spared else 1)

    @pytest.mark.parametrize("key", ["late_fee.percent", "late_fee.excluded_accounts"])
    def test_spares_whom_the_policy_spares(self, cast: Cast, key: str) -> None:
        write_bill(cast.account_1001, electric=132_47)
        set_late(key, "0" if key == "late_fee.percent" else ["1001"])

        assert assess_late_fees(now=at(LATE)) == 0

    def test_spares_what_is_disputed_and_what_is_on_its_way_or_paid(self, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=132_47)
        operations.set_hold(
            account_id=cast.account_1001,
            kind=HoldKind.DISPUTED,
            starts_on=DUE,
            ends_on=None,
            reason="The meter is being tested",
            by=cast.dana.person_id,
            now=NOW,
        )
        write_bill(cast.account_1002, electric=50_00)
        record_received_payment(
            source_key="lockbox:2",
            account_number="1002",
            amount=Money(50_00),
            channel="mail",
            received_on=IN_TIME,
            now=at(IN_TIME),
        )

        assert assess_late_fees(now=at(LATE)) == 0

    @pytest.mark.parametrize(
        ("came_on", "told"), [(DUE, ["paid_in_time"]), (IN_TIME, ["paid_in_time"]), (LATE, [])]
    )
    def test_of_money_that_was_here_in_time_and_booked_later_is_put_before_staff(
        self, cast: Cast, came_on: dt.date, told: list[str]
    ) -> None:
        write_bill(cast.account_1001, electric=132_47)
        assess_late_fees(now=at(LATE))
        box = f"lockbox,7,{came_on}\ncheck,1,1,132.47,1,{STUB_1001}\n"
        box += "batch,1,1,132.47\nfile,1,132.47\n"

        for _ in range(2):
            take_lockbox(
                user_id=cast.dana.user.pk,
                name="box.csv",
                content=box.encode(),
                layout=LockboxRows(),
                now=at(NOTICED),
            )

        assert owed(cast.account_1001) == Money(1_99)
        assert exceptions() == told

    def test_of_money_moved_from_another_account_is_too(self, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=132_47)
        assess_late_fees(now=at(LATE))
        payment = record_received_payment(
            source_key="lockbox:2",
            account_number="1002",
            amount=Money(132_47),
            channel="mail",
            received_on=DUE,
            now=at(NOTICED),
        )

        move_payment(
            move_id=uuid.uuid4(),
            user_id=cast.dana.user.pk,
            payment_id=payment.payment_id,
            from_number="1002",
            to_number="1001",
            reason="It was Maria's",
            now=at(NOTICED),
        )

        assert exceptions() == ["paid_in_time"]

    def test_given_up_it_does_not_come_back_and_what_paid_it_waits(self, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=100_00)
        assess_late_fees(now=at(LATE))  # 1.50
        pay(101_50, dt.date(2026, 11, 30))
        key = Fee.objects.get().source_key

        def waive(reason: str) -> None:
            operations.waive_fee(
                source_key=key, reason=reason, by=cast.dana.person_id, on=LATE, now=at(LATE)
            )

        with pytest.raises(ReasonMissing):
            waive(" ")
        waive("First time")
        with pytest.raises(AlreadyWaived):
            waive("First time")

        assert assess_late_fees(now=at(LATE)) == 0
        assert (on("ar:fees"), on("fee:late")) == (0, 0)
        assert get_unapplied_cash(account_ids=[cast.account_1001])[cast.account_1001] == Money(1_50)
        assert FeeWaiver.objects.count() == 1
        assert_judged_right()

    def test_agrees_with_what_other_records_say(self, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=132_47)
        assess_late_fees(now=at(LATE))

        assert_judged_right()


class TestSteps:
    def test_come_dated_with_a_message_each_and_once(self, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=132_47)
        days = [dt.date(2026, 11, 21), dt.date(2026, 11, 25), NOTICED, dt.date(2026, 12, 13)]

        taken = [take_steps(now=at(day)) for day in days for _ in range(2)]

        assert taken == [1, 0] * 4
        process = process_of(cast)
        assert process.steps == dict(
            zip((Step.REMINDER, Step.PAST_DUE, Step.NOTICE, Step.LAST_CALL), days, strict=True)
        )
        assert (process.amount, process.services, process.cut_on) == (
            Money(132_47),
            ("electric",),
            CUT_ON,
        )
        told = list(Message.objects.order_by("pk").values_list("template", "channel"))
        assert told == [
            ("payment_reminder", "email"),
            ("past_due", "email"),
            ("disconnection_notice", "email"),
            ("disconnection_notice", "letter"),
            ("disconnection_last_call", "email"),
        ]
        notice = Message.objects.filter(template="disconnection_notice").first()
        assert notice is not None
        assert "$132.47" in notice.body
        assert "December 14, 2026" in notice.body

    def test_a_debt_of_fiber_never_threatens_electricity(self, cast: Cast) -> None:
        write_bill(cast.account_1001, fiber=500_00, electric=50_00)

        take_steps(now=at(NOTICED))

        assert process_of(cast).last_step is Step.PAST_DUE

    def test_a_payment_under_way_counts(self, cast: Cast) -> None:
        write_bill(cast.account_1001, electric=132_47)
        pay(132_47, DUE)

        assert take_steps(now=at(NOTICED)) == 0

    def test_steps_are_never_edited(self, cast: Cast) -> None:
        noticed(cast)

        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE arrears_steptaken SET cut_on = '2026-12-01'")


class TestStopping:
    @pytest.mark.parametrize(("cents", "stops"), [(82_46, False), (82_47, True), (132_47, True)])
    def test_money_down_to_the_threshold_stops_it_at_once(
        self,
        cast: Cast,
        cents: int,
        stops: bool,  # noqa: FBT001
    ) -> None:
        last_called(cast)

        pay(cents, CUT_ON)  # of 132.47, 50.00 may stay; 50.01 may not

        assert (cast.account_1001 not in queries.list_open_processes()) is stops

    def test_in_the_transaction_that_books_the_money(self, cast: Cast) -> None:
        last_called(cast)
        with transaction.atomic():
            pay(132_47, CUT_ON)
            assert StepTaken.objects.filter(step="stopped").exists()
            transaction.set_rollback(True)

        assert Entry.objects.filter(kind="payment").count() == 0
        assert not StepTaken.objects.filter(step="stopped").exists()

    def test_a_hold_stops_it_and_keeps_it_from_beginning_again(self, cast: Cast) -> None:
        last_called(cast)
        hold = operations.set_hold(
            account_id=cast.account_1001,
            kind=HoldKind.MEDICAL,
            starts_on=CUT_ON,
            ends_on=CUT_ON + dt.timedelta(days=60),
            reason="Certificate by phone",
            by=cast.dana.person_id,
            now=at(CUT_ON),
        )

        assert queries.list_open_processes() == {}
        assert take_steps(now=at(CUT_ON)) == 0
        operations.end_hold(hold_id=hold, by=cast.dana.person_id, now=at(CUT_ON))
        assert take_steps(now=at(CUT_ON)) == 1
        again = process_of(cast)
        assert again.steps == {Step.NOTICE: CUT_ON}  # a new notice, with a new day (rule 79)
        assert again.cut_on == dt.date(2026, 12, 22)


class TestDisconnection:
    def test_is_written_down_on_its_day_and_ended_when_service_is_back(self, cast: Cast) -> None:
        process = last_called(cast)

        cut(process, cast)
        operations.record_restored(
            process_id=process.id, by=cast.dana.person_id, on=CUT_ON, now=at(CUT_ON)
        )

        assert queries.list_open_processes() == {}

    @pytest.mark.parametrize(
        ("because", "day", "other"),
        [
            ("too_early", dt.date(2026, 12, 10), {}),
            ("day", dt.date(2026, 12, 18), {}),  # a Friday
            ("day", CUT_ON, {"closed": frozenset({dt.date(2026, 12, 15)})}),
            ("hour", CUT_ON, {"hour": 14}),
            ("weather", CUT_ON, {"weather_forbids": True}),
        ],
    )
    def test_is_refused_while_anything_forbids_it(
        self, cast: Cast, because: str, day: dt.date, other: dict[str, object]
    ) -> None:
        process = last_called(cast)

        with pytest.raises(NotToBeCut) as refused:
            cut(process, cast, day, **other)

        assert refused.value.values["because"] == because

    def test_is_refused_without_a_last_call_the_day_before(self, cast: Cast) -> None:
        with pytest.raises(NotToBeCut) as refused:
            cut(noticed(cast), cast)

        assert refused.value.values["because"] == "too_early"

    def test_is_refused_a_minute_after_the_money_came(self, cast: Cast) -> None:
        process = last_called(cast)
        pay(132_47, CUT_ON)

        with pytest.raises(NotToBeCut) as refused:
            cut(process, cast)

        assert refused.value.values["because"] == "ended"


def assert_judged_right() -> None:
    """What bills, payments and fees say of each account on each day is what the ledger says."""
    export = gather_export()
    entries = list(export.entries)
    for each in export.expected:
        entered = sum(
            amount.cents
            for entry in entries
            if entry.effective_date < each.on
            for account, amount in entry.legs
            if account.account_number == each.account.account_number
        )
        assert each.amount == Money(entered), each
