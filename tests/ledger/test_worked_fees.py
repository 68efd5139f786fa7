"""The worked table of fees and deposits in docs/algorithms/ledger.md, row by row."""

from __future__ import annotations

import datetime as dt

from smarthub.arrears.operations import waive_fee
from smarthub.deposits.operations import ask_deposit, ask_parts, credit_interest, give_back, waive
from smarthub.deposits.types import DepositEnd, DepositTerms
from smarthub.kernel.money import Money
from smarthub.ledger.models import Entry
from smarthub.workflows.debts.follow_arrears import assess_late_fees
from tests.arrears.bills import at, write_bill
from tests.arrears.test_operations import LATE, assert_judged_right
from tests.cast import TODAY, Cast
from tests.deposits.test_deposits import ID, PERCENT, ask, pay
from tests.workflows.wallet import owed

YEAR = dt.date(2027, 11, 27)


def legs(source_key: str) -> dict[str, int]:
    entry = Entry.objects.get(source_key=source_key)
    return dict(entry.postings.values_list("gl", "amount_cents"))


def test_fees_and_deposits_come_out_as_printed(cast: Cast) -> None:
    account, late = cast.account_1001, "fee:late:due:1001:2026-11-24"
    write_bill(account, electric=132_47)

    assert assess_late_fees(now=at(LATE)) == 1
    assert legs(late) == {"ar:fees": 1_99, "fee:late": -1_99}
    assert owed(account).cents == 134_46

    waive_fee(source_key=late, reason="First time", by=cast.dana.person_id, on=LATE, now=at(LATE))
    assert legs(f"waived:{late}") == {"ar:fees": -1_99, "fee:late": 1_99}
    assert owed(account).cents == 132_47

    ask(cast, 200_00)
    assert legs(f"deposit:{ID}") == {"ar:deposit": 200_00, "deposit_liability": -200_00}
    assert owed(account).cents == 332_47

    pay(332_47, LATE)
    payment = Entry.objects.get(kind="payment").source_key
    assert legs(payment) == {"clearing:mail": 332_47, "ar:deposit": -200_00, "ar:electric": -132_47}
    assert owed(account).cents == 0

    credit_interest(deposit_id=ID, percent=PERCENT, until=YEAR, now=at(YEAR))
    assert legs(f"deposit_interest:{ID}:{YEAR}") == {
        "deposit_interest": 3_00,
        "unapplied_cash": -3_00,
    }

    give_back(
        deposit_id=ID,
        how=DepositEnd.REFUNDED,
        percent=PERCENT,
        on=YEAR,
        by=None,
        now=at(YEAR),
    )
    assert legs(f"deposit_refunded:{ID}") == {
        "deposit_liability": 200_00,
        "unapplied_cash": -200_00,
    }
    assert owed(account).cents == -203_00
    assert_judged_right()


def test_a_deposit_in_parts_comes_out_as_printed(cast: Cast) -> None:
    account, due = cast.account_1001, TODAY + dt.timedelta(days=21)
    ask_deposit(
        deposit_id=ID,
        account_id=account,
        amount=Money(310_00),
        reason="New service",
        on=TODAY,
        by=cast.dana.person_id,
        now=at(TODAY),
        terms=DepositTerms(instalments=3, first_due=due),
    )
    assert legs(f"deposit:{ID}") == {"ar:deposit": 103_33, "deposit_liability": -103_33}

    pay(150_00, TODAY)
    payment = Entry.objects.get(kind="payment").source_key
    assert legs(payment) == {
        "clearing:mail": 150_00,
        "ar:deposit": -103_33,
        "unapplied_cash": -46_67,
    }

    ask_parts(deposit_id=ID, on=due, now=at(due))
    assert legs(f"deposit:{ID}:2") == {"ar:deposit": 103_34, "deposit_liability": -103_34}
    assert legs(f"deposit:{ID}:2:from_credit") == {"unapplied_cash": 46_67, "ar:deposit": -46_67}
    assert owed(account).cents == 56_67

    waive(deposit_id=ID, on=due, by=None, now=at(due))
    assert legs(f"deposit:{ID}:2:waived") == {"ar:deposit": -103_34, "deposit_liability": 103_34}
    assert legs(f"deposit:{ID}:2:waived:paid") == {
        "ar:deposit": 46_67,
        "deposit_liability": -46_67,
    }
    assert legs(f"deposit_waived:{ID}") == {
        "deposit_liability": 150_00,
        "unapplied_cash": -150_00,
    }
    assert owed(account).cents == -150_00
    assert_judged_right()
