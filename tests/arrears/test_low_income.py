"""Arrangements on the terms for low incomes (rule 78): whose, which, and amended once."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from smarthub.accounts.types import AccountId
from smarthub.arrears import engine, queries
from smarthub.arrears.models import LowIncome
from smarthub.arrears.operations import HoldHasNoDays, ReasonMissing
from smarthub.arrears.operations.arrangements import ArrangementNotAllowed
from smarthub.arrears.queries.arrangements import find_income_mark, list_arrangements
from smarthub.arrears.types import ArrangementEnding, ArrangementId, ArrangementView, LowIncomeRule
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry
from smarthub.payments.models import Fee
from smarthub.payments.operations import CardNumberWritten
from smarthub.workflows.debts.arrange_payments import (
    end_low_income,
    look_at_arrangements,
    make_arrangement,
    mark_low_income,
)
from tests.arrears.bills import at, write_bill
from tests.arrears.test_operations import pay, set_late
from tests.cast import Cast
from tests.workflows.wallet import owed

BILLED, DUE = dt.date(2027, 3, 3), dt.date(2027, 3, 24)
AGREED = dt.date(2027, 4, 5)
RULE = LowIncomeRule.from_policies({"low_income.first_month": 4})


def late(cast: Cast, cents: int = 600_00) -> None:
    set_late("low_income.first_month", 4)
    write_bill(cast.account_1001, electric=cents, billed=BILLED, due=DUE)


def mark(cast: Cast, *, last_day: dt.date = dt.date(2027, 12, 31), how: str = "Letter") -> None:
    mark_low_income(
        user_id=cast.dana.user.pk, number="1001", last_day=last_day, how=how, now=at(AGREED)
    )


def agree(cast: Cast, *, down: int = 0, months: int = 6, day: dt.date = AGREED) -> ArrangementView:
    return make_arrangement(
        user_id=cast.dana.user.pk,
        number="1001",
        arrangement_id=uuid.uuid4(),
        down=Money(down),
        months=months,
        first_due=engine.month_later(day, 1),
        now=at(day),
    )


def refused(cast: Cast, **terms: object) -> str:
    with pytest.raises(ArrangementNotAllowed) as told:
        agree(cast, **terms)  # type: ignore[arg-type]
    return str(told.value.values["because"])


class TestSeason:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2027-03-31", False), ("2027-04-01", True), ("2027-11-30", True), ("2027-12-01", False)],
    )
    def test_is_from_april_to_the_end_of_november(self, day: str, expected: bool) -> None:  # noqa: FBT001
        assert engine.has_low_income_terms(dt.date.fromisoformat(day), rule=RULE) is expected

    def test_is_none_where_the_board_decided_none(self) -> None:
        rule = LowIncomeRule.from_policies({})

        days = [dt.date(2027, month, 1) for month in range(1, 13)]
        assert not any(engine.has_low_income_terms(day, rule=rule) for day in days)


class TestTerms:
    def test_are_those_of_the_law_for_an_account_with_a_mark(self, cast: Cast) -> None:
        late(cast)
        mark(cast)

        assert refused(cast, down=120_01) == "down"  # 20 % of 600.00 is 120.00
        assert [refused(cast, months=months) for months in (5, 13)] == ["months"] * 2
        made = agree(cast, down=120_00, months=12)

        assert made.low_income
        assert [part.amount.cents for part in made.instalments] == [120_00, *[40_00] * 12]

    def test_ask_for_no_down_payment_whatever_others_must_pay(self, cast: Cast) -> None:
        set_late("arrangement.down_percent", "25")
        late(cast)
        assert refused(cast) == "down"

        mark(cast)

        assert agree(cast).low_income

    @pytest.mark.parametrize("last_day", [AGREED, dt.date(2027, 12, 31)])
    def test_hold_to_the_last_day_of_the_mark(self, cast: Cast, last_day: dt.date) -> None:
        late(cast)
        mark(cast, last_day=last_day)

        days = [last_day, last_day + dt.timedelta(days=1)]
        found = [find_income_mark(account_id=cast.account_1001, on=day) for day in days]
        later = agree(cast, months=6, day=AGREED + dt.timedelta(days=1))

        assert [each is not None for each in found] == [True, False]
        assert later.low_income is (last_day > AGREED)

    def test_are_not_given_without_a_mark_or_after_it_was_taken_off(self, cast: Cast) -> None:
        late(cast)
        mark(cast)
        end_low_income(user_id=cast.dana.user.pk, number="1001", now=at(AGREED, 18))

        assert not agree(cast, months=5).low_income
        with pytest.raises(NotVisible):
            end_low_income(user_id=cast.dana.user.pk, number="1001", now=at(AGREED, 19))

    def test_cost_nothing_to_come_back_to(self, cast: Cast) -> None:
        late(cast)
        mark(cast)
        agree(cast)

        assert not Fee.objects.exists()
        assert owed(cast.account_1001) == Money(600_00)


class TestAmending:
    def test_is_once_after_two_full_payments(self, cast: Cast) -> None:
        late(cast)
        mark(cast)
        first = agree(cast, down=60_00, months=6)  # 60.00 and six times 90.00
        pay(150_00, AGREED, key="lockbox:1")
        assert refused(cast, months=12, day=dt.date(2027, 6, 1)) == "too_few_paid"
        pay(90_00, dt.date(2027, 6, 1), key="lockbox:2")

        second = agree(cast, months=12, day=dt.date(2027, 6, 2))

        assert (second.total, second.is_amendment) == (Money(360_00), True)
        ended = {each.id: each.ended for each in list_arrangements(account_ids=[cast.account_1001])}
        assert ended == {first.id: ArrangementEnding.AMENDED, second.id: None}
        holds = queries.list_holds(account_ids=[cast.account_1001], on=dt.date(2027, 6, 2))
        assert len(holds[cast.account_1001]) == 1
        pay(60_00, dt.date(2027, 6, 3), key="lockbox:3")
        assert refused(cast, months=6, day=dt.date(2027, 6, 4)) == "amended"

    def test_is_refused_to_the_usual_terms(self, cast: Cast) -> None:
        late(cast)
        agree(cast, months=6)
        pay(200_00, AGREED)
        mark(cast)

        assert refused(cast, months=6, day=dt.date(2027, 6, 2)) == "standing"

    def test_does_not_count_as_another_one_of_the_year(self, cast: Cast) -> None:
        set_late("arrangement.most_in_a_year", 2)
        late(cast)
        mark(cast)
        agree(cast, months=6)
        pay(200_00, AGREED)
        assert agree(cast, months=6, day=dt.date(2027, 6, 2)).is_amendment
        pay(400_00, dt.date(2027, 6, 3), key="lockbox:2")
        look_at_arrangements(now=at(dt.date(2027, 6, 4)))
        write_bill(
            cast.account_1001, electric=90_00, billed=dt.date(2027, 6, 5), due=dt.date(2027, 6, 26)
        )

        assert not agree(cast, months=6, day=dt.date(2027, 7, 6)).is_amendment

    def test_a_down_payment_is_no_full_payment(self) -> None:
        view = ArrangementView(
            id=ArrangementId(uuid.uuid4()),
            account_id=AccountId(1),
            account_number="1001",
            bill_date=AGREED,
            total=Money(300),
            agreed_on=AGREED,
            instalments=engine.instalments_of(
                total=Money(300),
                down=Money(100),
                months=2,
                agreed_on=AGREED,
                first_due=dt.date(2027, 5, 5),
            ),
            left=Money(100),
            ended=None,
            ended_on=None,
        )

        assert [view.months_paid, replace(view, left=Money(200)).months_paid] == [1, 0]

    def test_amended_it_is_looked_at_no_more(self, cast: Cast) -> None:
        late(cast)
        mark(cast)
        agree(cast, months=6)
        pay(200_00, AGREED)
        agree(cast, months=6, day=dt.date(2027, 6, 20))

        # the third part of the first, due July 5, is late by now; that of the amended, July 20, not
        assert look_at_arrangements(now=at(dt.date(2027, 7, 12))) == 0


class TestMarks:
    def test_say_who_saw_what_and_are_for_one_account(self, cast: Cast) -> None:
        mark(cast, how="Letter of LIHEAP, April 1")

        found = find_income_mark(account_id=cast.account_1001, on=AGREED)

        assert found is not None
        assert (found.how, found.verified_on) == ("Letter of LIHEAP, April 1", AGREED)
        assert find_income_mark(account_id=cast.account_1002, on=AGREED) is None
        assert AuditEntry.objects.filter(act="low_income.marked").count() == 1

    @pytest.mark.parametrize(
        ("last_day", "how", "error"),
        [
            (AGREED - dt.timedelta(days=1), "Letter", HoldHasNoDays),
            (AGREED, " ", ReasonMissing),
            (AGREED, "4242 4242 4242 4242", CardNumberWritten),
        ],
    )
    def test_are_refused_without_days_or_words(
        self, cast: Cast, last_day: dt.date, how: str, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            mark(cast, last_day=last_day, how=how)

        assert not LowIncome.objects.exists()

    def test_cannot_be_changed_in_the_database(self, cast: Cast) -> None:
        mark(cast)

        with pytest.raises(DatabaseError), transaction.atomic():
            LowIncome.objects.update(last_day=dt.date(2030, 1, 1))
