"""What waits on the desk's money lists in the visited co-op."""

from __future__ import annotations

import datetime as dt

from smarthub.kernel.money import Money
from smarthub.payments.operations import find_exception, park_in_suspense, record_settlement
from smarthub.payments.ports import Settlement, SettlementLine
from smarthub.payments.types import LineKind


def fill_money(*, now: dt.datetime) -> None:
    """Park money nobody knows, and let a pay-out bring a charge nobody made."""
    park_in_suspense(
        source_key="lockbox:2024-12-01:1",
        amount=Money(45_00),
        channel="mail",
        told="acct 20O1, signed Wolfeschlegelsteinhausenbergerdorff",
        received_on=now.date(),
        now=now,
    )
    line = SettlementLine(
        "txn_of_nobody", LineKind.CHARGE, "chg_of_nobody", Money(1_234_567_89), Money(12_34)
    )
    record_settlement(
        gateway="sandbox", settlement=Settlement("pay_1", now.date(), (line,)), now=now
    )
    find_exception(key="not_settled:payment:1", kind="not_settled", now=now, attempt="payment:1")
