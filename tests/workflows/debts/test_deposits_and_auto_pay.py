"""A deposit in parts, and one that Auto Pay waives: asked for, waived, asked for again, told."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest

from smarthub.auto_pay.types import PlanEventKind
from smarthub.cooperative.operations import set_policy
from smarthub.deposits.queries import list_deposits
from smarthub.deposits.types import DepositEnd, DepositView, Ground, WaiverEnding
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.notifications.models import Message
from smarthub.payments.operations import charge_fee
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    Agreement,
    change_state,
    see_auto_pay,
    turn_on,
)
from smarthub.workflows.debts.hold_deposits import (
    DepositNoticeTooLate,
    TooManyInstalments,
    ask_deposit,
    end_deposit,
    keep_deposits,
    list_own_deposits,
)
from tests.arrears.bills import at
from tests.cast import TODAY, Cast
from tests.deposits.test_deposits import pay
from tests.sandbox_gateway import GOOD
from tests.workflows.wallet import Wallet, owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CHICAGO = ZoneInfo("America/Chicago")
AGREEMENT = Agreement("You may draft my bills.", "1", "en", "192.0.2.7", "a browser")
DUE = TODAY + dt.timedelta(days=21)
"""The days to pay that hold without a policy."""
YEAR = Money(1_860_00)


def policy(key: str, *, value: object, day: dt.date = TODAY) -> None:
    set_policy(key=f"deposit.{key}", value=value, effective_from=day, author="Dana", now=at(day))


def ask(
    cast: Cast,
    *,
    instalments: int = 1,
    event_on: dt.date = TODAY,
    form: uuid.UUID | None = None,
    day: dt.date = TODAY,
) -> DepositView:
    return ask_deposit(
        user_id=cast.dana.user.pk,
        number="1001",
        deposit_id=form or uuid.uuid4(),
        expected_year=YEAR,
        ground=Ground.NO_HISTORY,
        event_on=event_on,
        instalments=instalments,
        reason="New service",
        now=at(day),
    )


def turn_auto_pay_on(cast: Cast, wallet: Wallet, day: dt.date = TODAY) -> None:
    turn_on(
        plan_id=uuid.uuid4(),
        user_id=cast.maria.user.pk,
        number="1001",
        method_id=wallet.add(cast.maria, GOOD),
        cap=None,
        agreement=AGREEMENT,
        now=at(day),
        zone=CHICAGO,
    )


def change(cast: Cast, kind: PlanEventKind, day: dt.date) -> None:
    change_state(user_id=cast.maria.user.pk, number="1001", kind=kind, now=at(day), zone=CHICAGO)


def told() -> list[str]:
    rows = Message.objects.filter(template__startswith="deposit").order_by("pk")
    return list(rows.values_list("subject", flat=True))


def newest(cast: Cast) -> DepositView:
    return list_deposits(account_ids=[cast.account_1001])[0]


class TestTheNotice:
    def test_says_why_how_much_by_when_and_how_it_goes_back(self, cast: Cast) -> None:
        policy("most_instalments", value=3)
        policy("waived_with_auto_pay", value=True)

        ask(cast, instalments=3)

        body = Message.objects.get(template="deposit_asked").body
        # A sixth of 1,860.00 is 310.00, in three 103.33, 103.34 and 103.33.
        assert "We ask for a deposit of $310.00 for the account ending in 1001." in body
        assert "The reason: there are no payments of earlier bills we could go by." in body
        assert "is expected to cost, $1,860.00." in body
        assert "All of it is to be paid by Saturday, February 13, 2027:" in body
        assert "Sunday, December 13, 2026: $103.33" in body
        assert "Wednesday, January 13, 2027: $103.34" in body
        assert "turn Auto Pay on at" in body
        assert "after 12 months in which every bill was paid in time" in body
        assert "it earns 1.5 percent interest a year" in body

    def test_is_given_once_for_a_form_sent_twice(self, cast: Cast) -> None:
        form = uuid.uuid4()

        ask(cast, form=form)
        ask(cast, form=form)

        assert told() == ["A deposit for the account ending in 1001"]
        assert owed(cast.account_1001) == Money(310_00)

    @pytest.mark.parametrize(("days", "is_given"), [(0, True), (45, True), (46, False)])
    def test_is_given_within_45_days(self, cast: Cast, days: int, is_given: bool) -> None:  # noqa: FBT001
        event = TODAY - dt.timedelta(days=days)

        if is_given:
            assert ask(cast, event_on=event).amount == Money(310_00)
        else:
            with pytest.raises(DepositNoticeTooLate):
                ask(cast, event_on=event)
            assert told() == []

    def test_is_not_given_for_what_is_yet_to_come(self, cast: Cast) -> None:
        with pytest.raises(DepositNoticeTooLate):
            ask(cast, event_on=TODAY + dt.timedelta(days=1))

    def test_takes_as_many_parts_as_the_policy_allows(self, cast: Cast) -> None:
        with pytest.raises(TooManyInstalments):
            ask(cast, instalments=2)
        policy("most_instalments", value=2)

        assert len(ask(cast, instalments=2).parts) == 2


class TestParts:
    def test_are_asked_for_on_their_day_and_told_once(self, cast: Cast) -> None:
        policy("most_instalments", value=2)
        ask(cast, instalments=2)
        pay(155_00, TODAY)

        done = [keep_deposits(now=at(day)) for day in (DUE - dt.timedelta(days=1), DUE, DUE)]

        assert done == [0, 1, 0]
        assert owed(cast.account_1001) == Money(155_00)
        assert told()[1:] == ["The next part of your deposit for the account ending in 1001"]
        assert "It is due on Wednesday, January 13, 2027." in (
            Message.objects.get(template="deposit_part").body
        )


class TestAutoPay:
    def test_on_before_it_is_asked_for_leaves_nothing_to_pay(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        policy("waived_with_auto_pay", value=True)
        turn_auto_pay_on(cast, wallet)

        asked = ask(cast)

        assert (asked.is_waived, owed(cast.account_1001)) == (True, Money(0))
        assert told() == ["No deposit for the account ending in 1001 while Auto Pay is on"]

    def test_turned_on_after_it_takes_it_back_at_once(self, cast: Cast, wallet: Wallet) -> None:
        policy("waived_with_auto_pay", value=True)
        ask(cast)
        pay(100_00, TODAY)

        turn_auto_pay_on(cast, wallet)
        done = keep_deposits(now=at(TODAY))

        assert (newest(cast).is_waived, done) == (True, 0)
        assert owed(cast.account_1001) == Money(-100_00)
        assert "What you had paid of it, $100.00, is yours" in (
            Message.objects.get(template="deposit_waived").body
        )

    def test_waives_nothing_where_the_policy_is_off(self, cast: Cast, wallet: Wallet) -> None:
        turn_auto_pay_on(cast, wallet)

        ask(cast)

        assert (keep_deposits(now=at(TODAY)), owed(cast.account_1001)) == (0, Money(310_00))

    def test_ended_has_it_asked_for_again_once_with_a_new_notice(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        policy("waived_with_auto_pay", value=True)
        turn_auto_pay_on(cast, wallet)
        ask(cast)
        stopped = TODAY + dt.timedelta(days=100)
        before = keep_deposits(now=at(stopped))
        seen = see_auto_pay(user_id=cast.maria.user.pk, number="1001", on=stopped, zone=CHICAGO)
        change(cast, PlanEventKind.STOPPED, stopped)

        done = [keep_deposits(now=at(stopped)) for _ in range(2)]

        assert (before, seen.waived, done) == (0, Money(310_00), [1, 0])
        assert owed(cast.account_1001) == Money(310_00)
        assert newest(cast).parts[0].due_on == stopped + dt.timedelta(days=21)
        assert told()[1:] == ["The deposit for the account ending in 1001 is asked for again"]
        assert "Auto Pay no longer pays your bills" in (
            Message.objects.get(template="deposit_asked").body
        )

    def test_turned_on_again_waives_the_new_one_too(self, cast: Cast, wallet: Wallet) -> None:
        policy("waived_with_auto_pay", value=True)
        turn_auto_pay_on(cast, wallet)
        ask(cast)
        later = TODAY + dt.timedelta(days=10)
        change(cast, PlanEventKind.STOPPED, later)
        keep_deposits(now=at(later))

        turn_auto_pay_on(cast, wallet, later)

        assert owed(cast.account_1001) == Money(0)
        ends = [(each.ended, each.waiver_ended) for each in self.all(cast)]
        assert sorted(ends, key=str) == [
            (DepositEnd.WAIVED, WaiverEnding.ASKED_AGAIN),
            (DepositEnd.WAIVED, None),
        ]

    def test_paused_keeps_it_waived_until_something_is_late(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        policy("waived_with_auto_pay", value=True)
        turn_auto_pay_on(cast, wallet)
        ask(cast)
        change(cast, PlanEventKind.PAUSED, TODAY)
        day = TODAY + dt.timedelta(days=60)
        before = keep_deposits(now=at(day))
        charge_fee(
            kind="late",
            account_id=cast.account_1001,
            amount=Money(1_99),
            about="due:1001:2026-12-20",
            on=day,
            now=at(day),
        )

        assert (before, keep_deposits(now=at(day))) == (0, 1)

    def test_suspended_has_it_asked_for_again(self, cast: Cast, wallet: Wallet) -> None:
        policy("waived_with_auto_pay", value=True)
        turn_auto_pay_on(cast, wallet)
        ask(cast)
        change(cast, PlanEventKind.SUSPENDED, TODAY)

        assert keep_deposits(now=at(TODAY)) == 1
        assert owed(cast.account_1001) == Money(310_00)

    def test_the_policy_turned_off_asks_for_it_and_says_so(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        policy("waived_with_auto_pay", value=True)
        turn_auto_pay_on(cast, wallet)
        ask(cast)
        later = TODAY + dt.timedelta(days=30)
        policy("waived_with_auto_pay", value=False, day=later)

        assert keep_deposits(now=at(later)) == 1
        assert "Our rule has changed" in Message.objects.get(template="deposit_asked").body

    def test_with_twelve_good_months_it_is_never_asked_for_again(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        policy("waived_with_auto_pay", value=True)
        turn_auto_pay_on(cast, wallet)
        ask(cast)
        year = TODAY.replace(year=2027)

        done = [keep_deposits(now=at(day)) for day in (year - dt.timedelta(days=1), year, year)]
        change(cast, PlanEventKind.STOPPED, year)

        assert (done, keep_deposits(now=at(year))) == ([0, 1, 0], 0)
        assert newest(cast).waiver_ended is WaiverEnding.GOOD_MONTHS

    @staticmethod
    def all(cast: Cast) -> list[DepositView]:
        return list_deposits(account_ids=[cast.account_1001])


class TestTheMembersPage:
    def test_shows_it_to_who_may_pay_alone(self, cast: Cast) -> None:
        policy("waived_with_auto_pay", value=True)
        ask(cast)

        (own,) = list_own_deposits(user_id=cast.maria.user.pk, on=TODAY)
        others = [list_own_deposits(user_id=who.user.pk, on=TODAY) for who in (cast.ben, cast.rosa)]

        assert (own.is_avoidable, own.percent, others) == (True, "1.5", [(), ()])

    def test_nobody_waives_by_hand(self, cast: Cast) -> None:
        asked = ask(cast)

        with pytest.raises(NotVisible):
            end_deposit(
                user_id=cast.dana.user.pk,
                number="1001",
                deposit_id=asked.id,
                how=DepositEnd.WAIVED,
                now=at(TODAY),
            )
