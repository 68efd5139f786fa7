"""Which amount is paid: everything, what is past due, or another, with one clear answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from smarthub.accounts.types import AccountId, Right, VisibleAccount
from smarthub.billing.types import BillSummary
from smarthub.kernel.money import ZERO, Money
from smarthub.portal.forms.payments import ChooseAmountsForm
from smarthub.workflows.accounts.account_overview import AccountDue
from smarthub.workflows.accounts.auto_pay_ahead import Ahead, AheadKind, DraftAhead
from smarthub.workflows.money.payment_plan import PayableAccount

ACCOUNT = VisibleAccount(
    AccountId(1), "1001", "", frozenset({Right.SEE, Right.PAY}), "1 Mill Rd", ("electric",)
)
DAYS = (dt.date(2026, 11, 23), dt.date(2027, 2, 20))


def payable(*, to_pay: int, charges: int, asked: int, is_late: bool = False) -> PayableAccount:
    """Return an account with a bill that asked for ``asked``, ``charges`` of it new."""
    bill = BillSummary(
        "1001-261103",
        AccountId(1),
        dt.date(2026, 11, 3),
        dt.date(2026, 11, 24),
        Money(charges),
        Money(asked),
    )
    return PayableAccount(AccountDue(ACCOUNT, Money(to_pay), ZERO, bill, is_late))


class TestWhatIsPastDue:
    @pytest.mark.parametrize(
        ("to_pay", "charges", "asked", "is_late", "late"),
        [
            (130_00, 80_00, 130_00, False, 50_00),  # 50 of earlier bills, 80 new
            (100_00, 80_00, 130_00, False, 20_00),  # 30 paid since, on the oldest first
            (70_00, 80_00, 130_00, False, 0),  # 60 paid since: all that was late and more
            (105_00, 80_00, 80_00, False, 0),  # a fee of 25 since the bill is not late
            (155_00, 80_00, 130_00, False, 50_00),  # the same beside an old debt
            (130_00, 80_00, 130_00, True, 130_00),  # now the newest bill is late too
            (80_00, 80_00, 60_00, False, 0),  # a credit of 20 was taken off the bill
        ],
    )
    def test_is_what_earlier_bills_left_less_what_was_paid_since(
        self, *, to_pay: int, charges: int, asked: int, is_late: bool, late: int
    ) -> None:
        account = payable(to_pay=to_pay, charges=charges, asked=asked, is_late=is_late)

        assert account.past_due == Money(late)


class TestChoosing:
    @pytest.mark.parametrize(
        ("which", "written", "paid"),
        [("total", "", 130_00), ("past_due", "", 50_00), ("other", "$1,020.5", 1020_50)],
    )
    def test_one_of_three_amounts(self, which: str, written: str, paid: int) -> None:
        form = self.send(which=which, amount=written)

        assert form.is_valid()
        assert form.amounts() == {"1001": Money(paid)}

    @pytest.mark.parametrize("which", ["total", "past_due"])
    def test_an_amount_beside_another_choice_is_asked_about(self, which: str) -> None:
        form = self.send(which=which, amount="20")

        assert "You wrote an amount as well." in str(form.errors["amount_1001"])

    def test_offers_no_choice_where_all_or_nothing_is_late(self) -> None:
        for late in (True, False):
            account = payable(to_pay=80_00, charges=80_00, asked=80_00, is_late=late)

            assert ChooseAmountsForm([account], days=DAYS).rows()[0]["which"] is None

    @pytest.mark.parametrize(
        ("drafted", "is_late", "asked_for", "paid"),
        [
            (90_00, False, "by_hand", 40_00),  # a limit: the rest is left
            (130_00, False, None, 130_00),  # all of it is left to Auto Pay, or paid instead
            (130_00, True, None, 130_00),  # tried again, but late: asked for
        ],
    )
    def test_what_auto_pay_leaves_is_filled_in(
        self, *, drafted: int, is_late: bool, asked_for: str | None, paid: int
    ) -> None:
        due = payable(to_pay=130_00, charges=130_00, asked=130_00, is_late=is_late).due
        day = dt.date(2026, 11, 24)
        draft = DraftAhead("1001-261103", Money(drafted), day, is_late, is_in_time=not is_late)
        ahead = Ahead(AheadKind.TAKES, "1001", (draft,))
        account = PayableAccount(replace(due, auto_pay=ahead))
        (row,) = ChooseAmountsForm([account], days=DAYS).rows()
        which = row["which"].value() if row["which"] else None
        sent = {"pay_1001": "on", "which_1001": which or "", "amount_1001": row["amount"].value()}
        form = ChooseAmountsForm([account], sent, days=DAYS)

        assert which == asked_for
        assert row["pay"].value() == (drafted < 130_00 or is_late)
        assert form.is_valid()
        assert form.amounts() == {"1001": Money(paid)}

    def send(self, **sent: str) -> ChooseAmountsForm:
        account = payable(to_pay=130_00, charges=80_00, asked=130_00)
        named = {f"{name}_1001": value for name, value in sent.items()}
        return ChooseAmountsForm([account], {"pay_1001": "on", **named}, days=DAYS)
