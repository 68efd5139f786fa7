"""Operation Round-Up from the choice to the fund: on the bill, in the ledger, in the year's sum."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from smarthub.arrears.engine import unpaid_services
from smarthub.arrears.queries import list_debts
from smarthub.billing.queries.bills import list_gifts
from smarthub.cooperative.operations import set_policy
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.queries import get_balances, list_open_charges, sum_accounts
from smarthub.ledger.types import EntryId, OpenCharge
from smarthub.members.models import AuditEntry
from smarthub.payments.engine import in_order_of_payment
from smarthub.round_up.models import RoundUpChoice
from smarthub.round_up.queries import list_choices
from smarthub.round_up.types import MOST_IN_A_YEAR
from smarthub.workflows.bills.cancel_and_rebill import correct_bill
from smarthub.workflows.bills.round_up_bills import RoundUpNotOffered, choose_round_up, see_round_up
from smarthub.workflows.cooperative.export_ledger import gather_export
from tests.billing.village import FIRST_BILL, MADE, SECOND_BILL, read
from tests.cast import Cast, Player
from tests.workflows.closing import close, maria_bill

BILLED = Money(284_67)  # 139.46 electric and 145.21 gas
CHOSEN = dt.date(2024, 10, 20)


def offer(most: int = 12_00) -> None:
    set_policy(
        key=MOST_IN_A_YEAR,
        value=most,
        effective_from=dt.date(2024, 1, 1),
        author="the board",
        now=MADE,
    )


def choose(who: Player, *, rounds_up: bool = True, number: str = "1001") -> bool:
    return choose_round_up(
        user_id=who.user.pk, number=number, rounds_up=rounds_up, on=CHOSEN, now=MADE
    )


def read_november() -> None:
    for serial, value in (("PR00000001", "1000"), ("PR00000002", "80"), ("PR00000003", "7")):
        read(serial, SECOND_BILL, value)


class TestABillThatIsRoundedUp:
    def test_asks_for_whole_dollars_and_says_what_is_given(self, village: Cast) -> None:
        offer()
        choose(village.maria)

        close()

        bill = maria_bill(village)
        balance = get_balances(account_ids=[village.account_1001])[village.account_1001]
        assert (bill.charges, bill.gift, bill.asked) == (BILLED, Money(33), Money(285_00))
        assert bill.given_this_year == Money(33)
        assert (balance.owed, balance.asked) == (Money(285_00), Money(285_00))

    def test_holds_the_gift_for_the_fund_and_not_as_revenue(self, village: Cast) -> None:
        offer()
        choose(village.maria)

        close()

        sums = sum_accounts(prefixes=["round_up", "revenue:", "ar:round_up"])
        assert sums["round_up"] == Money(-33)
        assert sums["ar:round_up"] == Money(33)
        # with the 38.00 of Rosa's bill, who gives nothing
        earned = Money.sum(sums[gl] for gl in sums if gl.startswith("revenue:"))
        assert earned == -(BILLED + Money(38_00))

    def test_adds_up_over_the_bills_of_a_year(self, village: Cast) -> None:
        offer()
        choose(village.maria)
        read_november()

        close()
        close(SECOND_BILL)

        first, second = maria_bill(village), maria_bill(village, SECOND_BILL)
        assert second.gift
        assert second.asked.cents % 100 == 0
        assert second.given_this_year == first.gift + second.gift
        assert second.previous == first.asked
        total = first.gift + second.gift
        assert list_gifts(account_ids=[village.account_1001]) == {
            village.account_1001: {2024: total}
        }
        assert sum_accounts(prefixes=["round_up"]) == {"round_up": -total}

    def test_is_not_rounded_where_it_would_pass_the_year(self, village: Cast) -> None:
        offer(most=32)
        choose(village.maria)

        close()

        bill = maria_bill(village)
        assert (bill.gift, bill.asked) == (ZERO, BILLED)

    def test_gives_the_gift_back_where_it_is_taken_back_and_counts_the_new_one(
        self, village: Cast
    ) -> None:
        offer()
        choose(village.maria)
        close()

        issued = correct_bill(
            user_id=village.dana.user.pk,
            bill_number=maria_bill(village).number,
            reason="reads",
            note="",
            on=dt.date(2024, 11, 5),
            now=MADE,
        )

        assert issued.asked.cents % 100 == 0
        assert sum_accounts(prefixes=["round_up"]) == {"round_up": Money(-33)}

    def test_fits_what_others_hold_the_ledger_against(self, village: Cast) -> None:
        offer()
        choose(village.maria)
        close()

        with transaction.atomic():
            expected = {each.account.account_number: each for each in gather_export().expected}

        assert expected["1001"].amount == Money(285_00)

    def test_is_never_late_for_its_gift(self, village: Cast) -> None:
        offer()
        choose(village.maria)
        close()
        bill = maria_bill(village)

        (debt,) = list_debts(bills=[(village.account_1001, bill.bill_date, bill.due_date)])

        assert debt.overdue == BILLED


class TestWhoDoesNotChoose:
    def test_gives_nothing(self, village: Cast) -> None:
        offer()

        close()

        assert maria_bill(village).asked == BILLED
        assert sum_accounts(prefixes=["round_up"]) == {}

    def test_gives_nothing_where_the_co_op_does_not_offer_it(self, village: Cast) -> None:
        offer()
        choose(village.maria)
        offer(most=0)

        close()

        assert maria_bill(village).asked == BILLED

    def test_gives_nothing_after_stopping(self, village: Cast) -> None:
        offer()
        choose(village.maria)
        choose(village.maria, rounds_up=False)

        close()

        assert maria_bill(village).asked == BILLED
        assert maria_bill(village).given_this_year == ZERO


class TestChoosing:
    def test_twice_is_once_and_is_left_in_the_audit_trail(self, village: Cast) -> None:
        offer()

        answers = [choose(village.maria), choose(village.maria)]

        (account,) = see_round_up(user_id=village.maria.user.pk, on=CHOSEN).accounts
        assert answers == [True, False]
        assert account.rounds_up
        assert RoundUpChoice.objects.count() == 1
        assert AuditEntry.objects.filter(act="round_up.on", subject="account:1001").count() == 1

    def test_is_for_nobody_who_only_looks_or_is_somebody_else(self, village: Cast) -> None:
        offer()

        for other in (village.ben, village.rosa):
            with pytest.raises(NotVisible):
                choose(other)

        assert list_choices(account_ids=[village.account_1001]) == {}

    def test_is_refused_where_it_is_not_offered(self, village: Cast) -> None:
        with pytest.raises(RoundUpNotOffered):
            choose(village.maria)

    def test_is_never_changed_by_sql(self, village: Cast) -> None:
        offer()
        choose(village.maria)

        with pytest.raises(DatabaseError), transaction.atomic():
            RoundUpChoice.objects.update(rounds_up=False)


@given(st.lists(st.sampled_from(["ar:round_up", "ar:fees", "ar:electric", "ar:deposit"])))
def test_a_gift_is_paid_last_and_is_no_late_debt(names: list[str]) -> None:
    charges = [
        OpenCharge(EntryId(uuid.UUID(int=n)), FIRST_BILL, gl, Money(100))
        for n, gl in enumerate(names)
    ]

    ordered = [charge.gl for charge in in_order_of_payment(charges)]

    gifts = names.count("ar:round_up")
    assert ordered[len(ordered) - gifts :] == ["ar:round_up"] * gifts
    late = unpaid_services(charges, billed_until=FIRST_BILL, credit=ZERO)
    assert "ar:round_up" not in late


def test_what_is_open_of_a_bill_names_the_gift(village: Cast) -> None:
    offer()
    choose(village.maria)
    close()

    charges = list_open_charges(account_id=village.account_1001)

    assert {charge.gl: charge.amount for charge in charges}["ar:round_up"] == Money(33)
