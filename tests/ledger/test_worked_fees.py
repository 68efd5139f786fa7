"""The worked table of fees and deposits in docs/algorithms/ledger.md, row by row."""

from __future__ import annotations

import datetime as dt

from smarthub.arrears.operations import waive_fee
from smarthub.deposits.operations import credit_interest, give_back
from smarthub.deposits.types import DepositEnd
from smarthub.ledger.models import Entry
from smarthub.workflows.follow_arrears import assess_late_fees
from tests.arrears.bills import at, write_bill
from tests.arrears.test_operations import LATE, assert_judged_right
from tests.cast import Cast
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
