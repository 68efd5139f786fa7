"""Payment arrangements and winter: made, kept, broken, and what they do to a disconnection."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from smarthub.arrears import engine, queries
from smarthub.arrears.models import Arrangement
from smarthub.arrears.operations import ReasonMissing
from smarthub.arrears.operations.arrangements import ArrangementEnded, ArrangementNotAllowed
from smarthub.arrears.queries.arrangements import find_standing, list_arrangements
from smarthub.arrears.types import (
    ArrangementEnding,
    ArrangementRule,
    ArrangementView,
    Step,
)
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.models import Entry
from smarthub.notifications.models import Message
from smarthub.workflows.bank.bank_files import settle_bank_entries
from smarthub.workflows.debts.arrange_payments import (
    cancel_arrangement,
    list_standing_arrangements,
    look_at_arrangements,
    make_arrangement,
    record_offer,
)
from smarthub.workflows.debts.follow_arrears import assess_late_fees, take_steps
from tests.arrears.bills import at, write_bill
from tests.arrears.test_operations import CUT_ON, NOTICED, noticed, pay, process_of, set_late
from tests.cast import NOW, Cast
from tests.workflows.bank.taking_back import take_back
from tests.workflows.own_files import Bank

RULE = ArrangementRule.from_policies({"winter.first_month": 12})
AGREED, FIRST_DUE = dt.date(2026, 12, 7), dt.date(2027, 1, 7)
LATE_IN_JANUARY = dt.date(2027, 1, 12)
"""Thursday the 7th and two days of grace is Saturday the 9th."""


def agree(
    cast: Cast,
    *,
    down: int = 0,
    months: int = 4,
    first_due: dt.date = FIRST_DUE,
    key: uuid.UUID | None = None,
    number: str = "1001",
    day: dt.date = AGREED,
) -> ArrangementView:
    return make_arrangement(
        user_id=cast.dana.user.pk,
        number=number,
        arrangement_id=key or uuid.uuid4(),
        down=Money(down),
        months=months,
        first_due=first_due,
        now=at(day),
    )


def standing(cast: Cast) -> ArrangementView | None:
    return find_standing(account_id=cast.account_1001)


def told(template: str) -> int:
    return Message.objects.filter(template=template).count()


class TestInstalments:
    def test_are_split_by_cumulative_rounding(self) -> None:
        # rule 62: 480.35 with 10 % down is 48.04, then 108.08, 108.08, 108.07, 108.08
        parts = engine.instalments_of(
            total=Money(480_35),
            down=Money(48_04),
            months=4,
            agreed_on=AGREED,
            first_due=FIRST_DUE,
        )

        assert [part.amount.cents for part in parts] == [48_04, 108_08, 108_08, 108_07, 108_08]
        assert [part.due_on.isoformat() for part in parts] == [
            "2026-12-07",
            "2027-01-07",
            "2027-02-07",
            "2027-03-07",
            "2027-04-07",
        ]

    def test_of_the_last_of_a_month_are_due_on_the_last(self) -> None:
        parts = engine.instalments_of(
            total=Money(90),
            down=ZERO,
            months=3,
            agreed_on=dt.date(2027, 1, 4),
            first_due=dt.date(2027, 1, 31),
        )

        assert [part.due_on.day for part in parts] == [31, 28, 31]

    @given(
        total=st.integers(1, 1_000_000),
        percent=st.integers(0, 99),
        months=st.integers(1, 24),
        day=st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31)),
    )
    def test_add_up_to_the_debt_and_rise_in_time(
        self, total: int, percent: int, months: int, day: dt.date
    ) -> None:
        down = Money(total * percent // 100)

        parts = engine.instalments_of(
            total=Money(total),
            down=down,
            months=months,
            agreed_on=day,
            first_due=day + dt.timedelta(days=20),
        )

        assert Money.sum(part.amount for part in parts) == Money(total)
        days = [part.due_on for part in parts]
        assert days == sorted(set(days))


class TestWinter:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2026-11-30", False), ("2026-12-01", True), ("2027-03-31", True), ("2027-04-01", False)],
    )
    def test_is_from_december_to_march(self, day: str, expected: bool) -> None:  # noqa: FBT001
        assert engine.is_winter(dt.date.fromisoformat(day), rule=RULE) is expected

    def test_of_january_began_in_december(self) -> None:
        began = engine.winter_began(dt.date(2027, 1, 20), rule=RULE)

        assert began == dt.date(2026, 12, 1)

    def test_is_never_where_the_co_op_has_none(self) -> None:
        rule = ArrangementRule.from_policies({})

        assert not engine.is_winter(dt.date(2027, 1, 20), rule=rule)


class TestTerms:
    @pytest.mark.parametrize(
        ("down", "months", "first_due", "agreed_on", "because"),
        [
            (10_00, 4, "2027-01-07", "2026-12-07", ""),
            (10_01, 4, "2027-01-07", "2026-12-07", "down"),  # more than 10 % in winter
            (10_00, 3, "2027-01-07", "2026-12-07", "months"),  # fewer than four in winter
            (0, 11, "2027-01-07", "2026-12-07", ""),  # the last on 7 November
            (0, 12, "2027-01-07", "2026-12-07", "november"),
            (0, 1, "2027-05-01", "2027-04-05", ""),
            (0, 13, "2027-05-01", "2027-04-05", "months"),
            (100_00, 1, "2027-05-01", "2027-04-05", "down"),  # nothing would be left
            (0, 1, "2027-04-05", "2027-04-05", "first_due"),
            (0, 1, "2027-06-06", "2027-04-05", "first_due"),
        ],
    )
    def test_follow_the_season(
        self, down: int, months: int, first_due: str, agreed_on: str, because: str
    ) -> None:
        refused = engine.terms_refused(
            total=Money(100_00),
            down=Money(down),
            months=months,
            first_due=dt.date.fromisoformat(first_due),
            agreed_on=dt.date.fromisoformat(agreed_on),
            made_before=0,
            rule=RULE,
        )

        assert refused == because

    def test_ask_for_a_down_payment_by_policy_and_never_too_often(self) -> None:
        rule = ArrangementRule.from_policies({"arrangement.down_percent": "25"})
        values = {"total": Money(100_00), "months": 2, "rule": rule}
        days = {"first_due": dt.date(2027, 5, 1), "agreed_on": dt.date(2027, 4, 5)}

        answers = [
            engine.terms_refused(down=Money(down), made_before=before, **values, **days)  # type: ignore[arg-type]
            for down, before in ((24_99, 0), (25_00, 0), (25_00, 3))
        ]

        assert answers == ["down", "", "too_many"]


class TestAnArrangement:
    def test_stops_the_way_to_a_disconnection_at_once(self, cast: Cast) -> None:
        process = noticed(cast)

        made = agree(cast)

        (ended,) = queries.list_processes(account_id=cast.account_1001)
        assert (ended.id, ended.last_step) == (process.id, Step.STOPPED)
        assert made.total == Money(132_47)
        assert [part.amount.cents for part in made.instalments] == [33_12, 33_12, 33_11, 33_12]
        assert take_steps(now=at(CUT_ON)) == 0
        assert told("arrangement_made") == 1

    def test_posts_nothing(self, cast: Cast) -> None:
        noticed(cast)
        before = Entry.objects.count()

        agree(cast)

        assert Entry.objects.count() == before

    def test_is_one_however_often_it_is_sent(self, cast: Cast) -> None:
        noticed(cast)
        key = uuid.uuid4()

        first, second = agree(cast, key=key), agree(cast, key=key)

        assert first == second
        assert Arrangement.objects.count() == 1
        assert told("arrangement_made") == 1

    def test_charges_no_late_fee_while_it_is_kept(self, cast: Cast) -> None:
        noticed(cast)
        agree(cast)

        assert assess_late_fees(now=at(AGREED)) == 0

    def test_is_shown_to_those_who_may_pay(self, cast: Cast) -> None:
        noticed(cast)
        agree(cast)

        shown = [
            len(list_standing_arrangements(user_id=who.user.pk, on=AGREED))
            for who in (cast.maria, cast.ben, cast.rosa)
        ]

        assert shown == [1, 0, 0]

    def test_paid_in_time_stands_and_paid_off_ends_kept(self, cast: Cast) -> None:
        noticed(cast)
        agree(cast)
        pay(33_12, dt.date(2027, 1, 7), "lockbox:1")

        assert look_at_arrangements(now=at(LATE_IN_JANUARY)) == 0
        view = standing(cast)
        assert view is not None
        assert view.next_due is not None
        assert (view.left, view.next_due.due_on) == (Money(99_35), dt.date(2027, 2, 7))

        pay(99_35, dt.date(2027, 1, 20), "lockbox:2")
        assert look_at_arrangements(now=at(dt.date(2027, 1, 21))) == 1
        (ended,) = list_arrangements(account_ids=[cast.account_1001])
        assert ended.ended is ArrangementEnding.KEPT
        assert queries.list_holds(account_ids=[cast.account_1001], on=dt.date(2027, 1, 21)) == {}
        assert told("arrangement_kept") == 1

    @pytest.mark.parametrize("paid", [0, 33_11])
    def test_missed_breaks_it_and_begins_anew_with_a_notice(self, cast: Cast, paid: int) -> None:
        noticed(cast)
        agree(cast)
        if paid:
            pay(paid, dt.date(2027, 1, 7))

        in_grace = look_at_arrangements(now=at(dt.date(2027, 1, 9)))
        after = look_at_arrangements(now=at(LATE_IN_JANUARY))
        again = look_at_arrangements(now=at(LATE_IN_JANUARY))

        assert (in_grace, after, again) == (0, 1, 0)
        assert standing(cast) is None
        assert told("arrangement_broken") == 1
        assert take_steps(now=at(LATE_IN_JANUARY)) == 1
        anew = process_of(cast)
        assert anew.last_step is Step.NOTICE
        assert anew.cut_on is not None
        assert anew.cut_on > LATE_IN_JANUARY

    def test_is_not_broken_by_what_we_took_back_by_mistake_until_it_is_to_be_paid(
        self, cast: Cast
    ) -> None:
        noticed(cast)
        agree(cast)
        drawn, taken_back = at(dt.date(2027, 1, 5)), at(dt.date(2027, 1, 8))
        bank = Bank(cast)
        method = bank.store()
        bank.send(NOW)
        bank.begin(method, 33_12, now=drawn)
        bank.send(drawn)
        settle_bank_entries(on=taken_back.date(), now=taken_back)
        take_back(bank, now=taken_back)
        bank.send(taken_back)

        late = look_at_arrangements(now=at(LATE_IN_JANUARY))
        last_day = look_at_arrangements(now=at(dt.date(2027, 1, 22)))
        after = look_at_arrangements(now=at(dt.date(2027, 1, 23)))

        assert (late, last_day, after) == (0, 0, 1)

    def test_is_broken_by_a_new_bill_that_is_late(self, cast: Cast) -> None:
        noticed(cast)
        agree(cast)
        write_bill(
            cast.account_1001,
            electric=80_00,
            billed=dt.date(2026, 12, 3),
            due=dt.date(2026, 12, 28),
        )

        assert look_at_arrangements(now=at(dt.date(2026, 12, 30))) == 0
        assert look_at_arrangements(now=at(dt.date(2026, 12, 31))) == 1
        assert standing(cast) is None

    def test_is_not_broken_by_a_new_bill_that_is_paid(self, cast: Cast) -> None:
        noticed(cast)
        agree(cast)
        write_bill(
            cast.account_1001,
            electric=80_00,
            billed=dt.date(2026, 12, 3),
            due=dt.date(2026, 12, 28),
        )
        pay(80_00, dt.date(2026, 12, 20))

        assert look_at_arrangements(now=at(dt.date(2026, 12, 31))) == 0

    @given(parts=st.lists(st.integers(0, 60_00), min_size=4, max_size=4))
    def test_may_owe_exactly_what_is_not_due_yet(self, parts: list[int]) -> None:
        made = engine.instalments_of(
            total=Money(132_47), down=ZERO, months=4, agreed_on=AGREED, first_due=FIRST_DUE
        )
        for n, part in enumerate(made, start=1):
            allowed = engine.may_be_unpaid(
                arrangement=made,
                total=Money(132_47),
                in_time_until=lambda day: day,
                on=part.due_on + dt.timedelta(days=1),
            )
            paid = Money(sum(parts[:n]))
            is_kept = Money(132_47) - paid <= allowed
            assert is_kept == (paid >= Money.sum(each.amount for each in made[:n]))


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("values", "because"),
        [
            ({"down": 13_26}, "down"),  # 10 % of 132.47 is 13.25 (rounded)
            ({"months": 3}, "months"),
            ({"first_due": AGREED}, "first_due"),
            ({"number": "1002"}, "nothing_owed"),
        ],
    )
    def test_says_why(self, cast: Cast, values: dict[str, object], because: str) -> None:
        noticed(cast)

        with pytest.raises(ArrangementNotAllowed) as refused:
            agree(cast, **values)  # type: ignore[arg-type]

        assert refused.value.values == {"because": because}
        assert Arrangement.objects.count() == 0

    def test_a_second_one_beside_the_first(self, cast: Cast) -> None:
        noticed(cast)
        agree(cast)

        with pytest.raises(ArrangementNotAllowed) as refused:
            agree(cast)

        assert refused.value.values == {"because": "standing"}

    def test_more_in_a_year_than_the_policy_allows(self, cast: Cast) -> None:
        set_late("arrangement.most_in_a_year", 1)
        noticed(cast)
        agree(cast)
        look_at_arrangements(now=at(LATE_IN_JANUARY))

        with pytest.raises(ArrangementNotAllowed) as refused:
            agree(cast, day=LATE_IN_JANUARY, first_due=dt.date(2027, 2, 7))

        assert refused.value.values == {"because": "too_many"}

    def test_to_end_it_twice_or_for_another_account(self, cast: Cast) -> None:
        noticed(cast)
        made = agree(cast)
        who = {"user_id": cast.dana.user.pk, "now": at(AGREED), "arrangement_id": made.id}

        with pytest.raises(NotVisible):
            cancel_arrangement(number="1002", **who)  # type: ignore[arg-type]
        cancel_arrangement(number="1001", **who)  # type: ignore[arg-type]

        with pytest.raises(ArrangementEnded):
            cancel_arrangement(number="1001", **who)  # type: ignore[arg-type]
        assert take_steps(now=at(NOTICED + dt.timedelta(days=4))) == 1

    def test_to_change_it_by_sql(self, cast: Cast) -> None:
        noticed(cast)
        agree(cast)

        with pytest.raises(DatabaseError), transaction.atomic():
            Arrangement.objects.update(total_cents=1)


def test_an_offer_needs_what_was_answered(cast: Cast) -> None:
    with pytest.raises(ReasonMissing):
        record_offer(user_id=cast.dana.user.pk, number="1001", what_was_said=" ", now=at(AGREED))


def test_a_percentage_of_a_policy_is_read_as_written() -> None:
    assert ArrangementRule.from_policies({}).winter_percent == Decimal(10)
