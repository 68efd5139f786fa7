"""Money that reached the co-op by other ways than its pages (R28)."""

from __future__ import annotations

import datetime as dt

import pytest

from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.ledger.queries import (
    get_balances,
    list_entries,
)
from smarthub.ledger.types import Balance
from smarthub.payments.engine import AmountNotPositive
from smarthub.payments.operations import (
    AccountUnknown,
    PaymentConflict,
)
from smarthub.payments.types import AttemptState, PaymentOutcome
from tests.cast import NOW, Cast
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import bill, owed, subjects


class TestReceivedPayments:
    def test_a_cheque_counts_on_the_day_it_came_and_once(self, cast: Cast) -> None:
        bill(cast.account_1001, 50_00)

        first, again = self.receive(), self.receive()

        assert first == again
        assert first.state is AttemptState.SUCCESS
        assert owed(cast.account_1001) == Money(20_00)
        entry = list_entries(account_id=cast.account_1001, limit=1)[0]
        assert (entry.kind, entry.effective_date) == ("payment", dt.date(2026, 11, 20))
        assert subjects() == []

    def test_the_same_source_with_another_amount_is_a_conflict(self, cast: Cast) -> None:
        self.receive()

        with pytest.raises(PaymentConflict):
            self.receive(30_01)

        assert get_balances(account_ids=[cast.account_1001])[cast.account_1001] == Balance(
            Money(-30_00), Money(-30_00)
        )

    @pytest.mark.parametrize(
        ("number", "cents", "error"),
        [("1001", 0, AmountNotPositive), ("1001", -1, AmountNotPositive), ("9", 1, AccountUnknown)],
    )
    def test_what_makes_no_sense_is_refused(
        self, cast: Cast, number: str, cents: int, error: type[ExpectedError]
    ) -> None:
        with pytest.raises(error):
            self.receive(cents, number)

        assert owed(cast.account_1001) == Money(0)

    def receive(self, cents: int = 30_00, number: str = "1001") -> PaymentOutcome:
        return record_received_payment(
            source_key="lockbox:2026-11-20:17",
            account_number=number,
            amount=Money(cents),
            channel="mail",
            received_on=dt.date(2026, 11, 20),
            now=NOW,
        )
