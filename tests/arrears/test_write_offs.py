"""Debts that are written off, and asked for again (rule 60)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarthub.accounts.models import ServiceAgreement
from smarthub.arrears.models import WriteOff
from smarthub.arrears.operations import ReasonMissing
from smarthub.arrears.operations.write_offs import DebtTakenUp, WriteOffNotAllowed
from smarthub.arrears.queries.write_offs import list_write_offs
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.queries import get_balances, list_open_charges, sum_accounts
from smarthub.ledger.types import Asked, Posting
from smarthub.members.models import AuditEntry
from smarthub.workflows.cooperative.export_ledger import gather_export
from smarthub.workflows.debts.write_off_debt import take_up, write_off
from tests.arrears.bills import DUE, at, write_bill
from tests.arrears.test_operations import pay
from tests.cast import Cast
from tests.workflows.both_books import on
from tests.workflows.wallet import owed

LEFT = DUE
"""The day their services ended."""
EARLY, IN_TIME = DUE + dt.timedelta(days=89), DUE + dt.timedelta(days=90)


def move_out(cast: Cast) -> None:
    """End every service of account 1001."""
    ServiceAgreement.objects.filter(account=cast.account_1001).update(ends_on=LEFT)


def give_up(
    cast: Cast,
    *,
    day: dt.date = IN_TIME,
    key: uuid.UUID | None = None,
    number: str = "1001",
    reason: str = "Moved away, letters come back",
) -> Money:
    return write_off(
        user_id=cast.dana.user.pk,
        number=number,
        write_off_id=key or uuid.uuid4(),
        reason=reason,
        now=at(day),
    )


def ask_again(cast: Cast, key: uuid.UUID, number: str = "1001") -> None:
    take_up(user_id=cast.dana.user.pk, number=number, write_off_id=key, now=at(IN_TIME))


def expected() -> Money:
    """Return what the account must owe after its last entry, by other records than the ledger."""
    with transaction.atomic():
        looked_at = gather_export().expected
    return [each.amount for each in looked_at if each.account.account_number == "1001"][-1]


class TestWritingOff:
    def test_makes_the_debt_an_expense_and_owes_nothing(self, cast: Cast) -> None:
        move_out(cast)
        write_bill(cast.account_1001, electric=100_00, gas=32_47)
        pay(12_47, DUE)

        amount = give_up(cast)

        assert amount == Money(120_00)
        assert sum_accounts(prefixes=["bad_debt"]) == {"bad_debt": Money(120_00)}
        assert on("ar:electric", cast.account_1001) == on("ar:gas", cast.account_1001) == 0
        balance = get_balances(account_ids=[cast.account_1001])[cast.account_1001]
        assert (balance.owed, balance.asked) == (ZERO, ZERO)
        assert list_open_charges(account_id=cast.account_1001) == []
        assert AuditEntry.objects.filter(act="debt.written_off").count() == 1

    def test_takes_an_unpaid_gift_from_the_fund_and_not_from_the_co_op(self, cast: Cast) -> None:
        move_out(cast)
        write_bill(cast.account_1001, electric=99_47)
        post_entry(
            source_key="bill:gift",
            kind="bill",
            effective_date=DUE,
            postings=[
                Posting("ar:round_up", Money(53), cast.account_1001),
                Posting("round_up", Money(-53)),
            ],
            asked=[Asked(cast.account_1001, Money(53))],
            posted_at=at(DUE),
        )

        give_up(cast)

        assert (on("bad_debt"), on("round_up")) == (99_47, 0)
        assert owed(cast.account_1001) == ZERO

    def test_is_one_however_often_it_is_sent(self, cast: Cast) -> None:
        move_out(cast)
        write_bill(cast.account_1001, electric=100_00)
        key = uuid.uuid4()

        amounts = [give_up(cast, key=key), give_up(cast, key=key)]

        assert amounts == [Money(100_00)] * 2
        assert WriteOff.objects.count() == 1
        assert on("bad_debt") == 100_00

    def test_fits_what_others_hold_the_ledger_against(self, cast: Cast) -> None:
        move_out(cast)
        write_bill(cast.account_1001, electric=100_00)
        key = uuid.uuid4()

        give_up(cast, key=key)
        after = expected()
        ask_again(cast, key)

        assert (after, expected()) == (ZERO, Money(100_00))

    @pytest.mark.parametrize("because", ["served", "too_early", "nothing_owed"])
    def test_is_refused_with_the_reason(self, cast: Cast, because: str) -> None:
        if because != "served":
            move_out(cast)
        if because != "nothing_owed":
            write_bill(cast.account_1001, electric=100_00)

        with pytest.raises(WriteOffNotAllowed) as refused:
            give_up(cast, day=EARLY if because == "too_early" else IN_TIME)

        assert refused.value.values == {"because": because}
        assert WriteOff.objects.count() == 0

    def test_needs_a_reason(self, cast: Cast) -> None:
        with pytest.raises(ReasonMissing):
            give_up(cast, reason=" ")

    def test_is_never_changed_by_sql(self, cast: Cast) -> None:
        move_out(cast)
        write_bill(cast.account_1001, electric=100_00)
        give_up(cast)

        with pytest.raises(DatabaseError), transaction.atomic():
            WriteOff.objects.all().delete()


class TestAskingAgain:
    def test_opens_the_same_bills_once(self, cast: Cast) -> None:
        move_out(cast)
        write_bill(cast.account_1001, electric=100_00, gas=32_47)
        before = list_open_charges(account_id=cast.account_1001)
        key = uuid.uuid4()
        give_up(cast, key=key)

        ask_again(cast, key)

        assert list_open_charges(account_id=cast.account_1001) == before
        assert on("bad_debt") == 0
        assert owed(cast.account_1001) == Money(132_47)
        with pytest.raises(DebtTakenUp):
            ask_again(cast, key)
        (view,) = list_write_offs(account_ids=[cast.account_1001])
        assert view.taken_up_on == IN_TIME

    def test_of_another_account_is_not_found(self, cast: Cast) -> None:
        move_out(cast)
        write_bill(cast.account_1001, electric=100_00)
        key = uuid.uuid4()
        give_up(cast, key=key)

        with pytest.raises(NotVisible):
            ask_again(cast, key, number="1002")


@given(parts=st.lists(st.integers(1, 500_00), min_size=1, max_size=4), paid=st.integers(0, 600_00))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_was_billed_and_paid_it_clears_and_comes_back(
    cast: Cast, parts: list[int], paid: int
) -> None:
    with transaction.atomic():
        move_out(cast)
        for n, cents in enumerate(parts):
            write_bill(
                cast.account_1001,
                electric=cents,
                billed=dt.date(2026, 8 + n, 3),
                due=dt.date(2026, 8 + n, 24),
            )
        if paid:
            pay(paid, DUE)
        left = Money(sum(parts) - paid)
        if left > ZERO:
            key = uuid.uuid4()
            assert give_up(cast, key=key, day=dt.date(2027, 6, 1)) == left
            assert owed(cast.account_1001) == ZERO
            ask_again(cast, key)
        assert owed(cast.account_1001) == left
        transaction.set_rollback(True)
