"""Debts handed to collection agencies by file, called back, and recovered (rule 60)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction

from smarthub.arrears.models import Placement, PlacementEnd, Recovery
from smarthub.arrears.operations.placements import PlacementNotAllowed
from smarthub.arrears.operations.write_offs import DebtPlaced
from smarthub.arrears.queries.write_offs import list_write_offs
from smarthub.arrears.types import AgencyKind, WriteOffView
from smarthub.integrations.csv_files.collection import CollectionRows
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.queries import get_balances, list_open_charges
from smarthub.ledger.types import Asked, Posting
from smarthub.payments.models import MoneyFile, Payment, SuspenseItem
from smarthub.payments.ports import BankFileRefused
from smarthub.payments.types import RowOutcome, UndoneBecause
from smarthub.workflows.bank.bank_files import preview_collected, take_collected
from smarthub.workflows.debts.place_debts import (
    place_debts,
    recall_debts,
    see_debts_outside,
    write_agency_file,
)
from smarthub.workflows.debts.pledges import add_agency
from smarthub.workflows.debts.write_off_debt import take_up
from smarthub.workflows.money.correct_payment import match_money, move_payment
from smarthub.workflows.money.other_doors import undo_money
from tests.arrears.bills import DUE, at, write_bill
from tests.arrears.test_operations import set_late
from tests.arrears.test_write_offs import IN_TIME, expected, give_up, move_out
from tests.cast import Cast
from tests.workflows.both_books import exceptions, on
from tests.workflows.wallet import owed

READY = IN_TIME + dt.timedelta(days=30)
SAID = READY + dt.timedelta(days=40)


def collector(cast: Cast, code: str = "COLLECT-1", name: str = "Fair Collectors") -> None:
    add_agency(
        user_id=cast.dana.user.pk, code=code, kind=AgencyKind.COLLECTION, name=name, now=at(IN_TIME)
    )


def debt(cast: Cast) -> WriteOffView:
    (found,) = list_write_offs(account_ids=[cast.account_1001])
    return found


def written_off(cast: Cast, cents: int = 120_00, *, gift: int = 0) -> WriteOffView:
    move_out(cast)
    write_bill(cast.account_1001, electric=cents)
    if gift:
        post_entry(
            source_key="bill:gift",
            kind="bill",
            effective_date=DUE,
            postings=[
                Posting("ar:round_up", Money(gift), cast.account_1001),
                Posting("round_up", Money(-gift)),
            ],
            asked=[Asked(cast.account_1001, Money(gift))],
            posted_at=at(DUE),
        )
    give_up(cast)
    return debt(cast)


def place(
    cast: Cast,
    *debts: uuid.UUID,
    day: dt.date = READY,
    agency: str = "COLLECT-1",
    key: uuid.UUID | None = None,
) -> uuid.UUID:
    file_id = key or uuid.uuid4()
    place_debts(
        user_id=cast.dana.user.pk, file_id=file_id, agency=agency, write_offs=debts, now=at(day)
    )
    return file_id


def placed(cast: Cast, cents: int = 120_00, *, gift: int = 0) -> Placement:
    collector(cast)
    place(cast, written_off(cast, cents, gift=gift).id)
    return Placement.objects.get()


def recall(cast: Cast, *ids: int, key: uuid.UUID | None = None) -> uuid.UUID:
    file_id = key or uuid.uuid4()
    recall_debts(user_id=cast.dana.user.pk, file_id=file_id, placed=ids, now=at(SAID))
    return file_id


def statement(*rows: str, agency: str = "COLLECT-1") -> str:
    """Return a statement of rows, each ``reference,placement,gross,commission``."""
    cells = [row.split(",") for row in rows]
    gross = sum(Money(int(each[2].replace(".", ""))).cents for each in cells)
    kept = sum(Money(int(each[3].replace(".", ""))).cents for each in cells)
    lines = [f"paid,{a},{b},2027-04-12,{c},{d}" for a, b, c, d in cells]
    end = f"file,{len(rows)},{Money(gross).dollars:.2f},{Money(kept).dollars:.2f}"
    return "\n".join([f"statement,{agency}", *lines, end, ""])


def give(cast: Cast, text: str) -> list[RowOutcome]:
    rows = take_collected(
        user_id=cast.dana.user.pk,
        name="statement.csv",
        content=text.encode(),
        layout=CollectionRows(),
        now=at(SAID),
    )
    return [row.outcome for row in rows]


def text_of(cast: Cast, file_id: uuid.UUID) -> str:
    name, content = write_agency_file(
        user_id=cast.dana.user.pk, file_id=file_id, layout=CollectionRows(), now=at(SAID)
    )
    assert name.endswith(".csv")
    return content.decode()


class TestPlacing:
    def test_makes_a_file_with_every_debt_and_its_total(self, cast: Cast) -> None:
        collector(cast)
        written_off(cast)

        file_id = place(cast, debt(cast).id)

        first, row, last, _ = text_of(cast, file_id).split("\r\n")
        code = f"P{Placement.objects.get().pk:06}"
        assert first == f"place,COLLECT-1,{READY}"
        assert row.startswith(f"debt,{code},1001,Maria Alvarez,")
        assert row.endswith(f",120.00,{IN_TIME}")
        assert last == "file,1,120.00"
        assert debt(cast).placed_with == "Fair Collectors"

    def test_is_one_file_however_often_it_is_sent(self, cast: Cast) -> None:
        collector(cast)
        written_off(cast)
        key = uuid.uuid4()

        place(cast, debt(cast).id, key=key)
        place(cast, debt(cast).id, key=key)

        assert Placement.objects.count() == 1

    def test_waits_for_the_policys_days(self, cast: Cast) -> None:
        collector(cast)
        written_off(cast)
        early = READY - dt.timedelta(days=1)

        seen = [see_debts_outside(user_id=cast.dana.user.pk, now=at(day)) for day in (early, READY)]

        assert [(len(each.ready), len(each.too_new)) for each in seen] == [(0, 1), (1, 0)]
        with pytest.raises(PlacementNotAllowed) as refused:
            place(cast, debt(cast).id, day=early)
        assert refused.value.values["because"] == "not_ready"

    @pytest.mark.parametrize(
        ("chosen", "agency", "because"),
        [(1, "NOBODY", "agency"), (0, "COLLECT-1", "nothing")],
    )
    def test_is_refused_with_the_reason(
        self, cast: Cast, chosen: int, agency: str, because: str
    ) -> None:
        collector(cast)
        written_off(cast)

        with pytest.raises(PlacementNotAllowed) as refused:
            place(cast, *[debt(cast).id][:chosen], agency=agency)

        assert refused.value.values["because"] == because

    def test_of_a_debt_that_is_with_an_agency_or_owed_again_is_refused_whole(
        self, cast: Cast
    ) -> None:
        row = placed(cast)
        with pytest.raises(PlacementNotAllowed):
            place(cast, debt(cast).id)
        recall(cast, row.pk)
        take_up(user_id=cast.dana.user.pk, number="1001", write_off_id=debt(cast).id, now=at(SAID))

        with pytest.raises(PlacementNotAllowed):
            place(cast, debt(cast).id)
        assert Placement.objects.count() == 1

    def test_is_for_staff(self, cast: Cast) -> None:
        with pytest.raises(NotVisible):
            see_debts_outside(user_id=cast.maria.user.pk, now=at(READY))

    def test_cannot_be_changed_in_the_database(self, cast: Cast) -> None:
        placed(cast)

        with pytest.raises(DatabaseError), transaction.atomic():
            Placement.objects.update(amount_cents=1)


class TestCallingBack:
    def test_makes_a_file_and_gives_the_debt_back_to_the_co_op(self, cast: Cast) -> None:
        row = placed(cast)

        with pytest.raises(DebtPlaced):
            take_up(
                user_id=cast.dana.user.pk, number="1001", write_off_id=debt(cast).id, now=at(SAID)
            )
        file_id = recall(cast, row.pk)

        assert text_of(cast, file_id).startswith(
            f"recall,COLLECT-1,{SAID}\r\ndebt,P{row.pk:06},1001,"
        )
        assert debt(cast).placed_with == ""
        take_up(user_id=cast.dana.user.pk, number="1001", write_off_id=debt(cast).id, now=at(SAID))
        assert owed(cast.account_1001) == Money(120_00)

    def test_again_or_of_nothing_is_refused(self, cast: Cast) -> None:
        row = placed(cast)
        key = uuid.uuid4()
        recall(cast, row.pk, key=key)
        recall(cast, row.pk, key=key)

        with pytest.raises(NotVisible):
            recall(cast, row.pk)
        with pytest.raises(PlacementNotAllowed):
            recall(cast)
        assert PlacementEnd.objects.count() == 1

    def test_lets_it_go_to_another_agency_with_what_is_left(self, cast: Cast) -> None:
        row = placed(cast)
        give(cast, statement(f"S-1,P{row.pk:06},20.00,5.00"))
        recall(cast, row.pk)
        collector(cast, "COLLECT-2", "Others")

        file_id = place(cast, debt(cast).id, agency="COLLECT-2", day=SAID)

        assert "\r\nfile,1,100.00\r\n" in text_of(cast, file_id)


class TestStatements:
    def test_recover_the_debt_in_full_and_cost_what_the_agency_kept(self, cast: Cast) -> None:
        row = placed(cast)

        outcomes = give(cast, statement(f"S-1,P{row.pk:06},100.00,25.00"))

        assert outcomes == [RowOutcome.PAID]
        # 120.00 less the 100.00 that came; the agency hands over 75.00 and keeps 25.00
        assert (on("bad_debt"), on("clearing:agency"), on("collection_cost")) == (
            20_00,
            75_00,
            25_00,
        )
        balance = get_balances(account_ids=[cast.account_1001])[cast.account_1001]
        assert (balance.owed, balance.asked) == (ZERO, ZERO)
        assert on("unapplied_cash", cast.account_1001) == 0
        assert (debt(cast).recovered, debt(cast).left) == (Money(100_00), Money(20_00))
        assert Payment.objects.get().received_at.date() == dt.date(2027, 4, 12)
        assert expected() == ZERO

    def test_of_the_rest_end_the_placement_and_give_the_gift_to_the_fund(self, cast: Cast) -> None:
        row = placed(cast, gift=53)
        code = f"P{row.pk:06}"

        give(cast, statement(f"S-1,{code},100.00,0.00", f"S-2,{code},21.00,0.00"))

        # 120.53 was owed, so 0.47 of the second waits as a credit
        assert (on("bad_debt"), on("round_up")) == (0, -53)
        assert owed(cast.account_1001) == Money(-47)
        assert debt(cast).left == ZERO
        assert debt(cast).placed_with == ""
        assert see_debts_outside(user_id=cast.dana.user.pk, now=at(SAID)).ready == ()

    def test_twice_are_harmless(self, cast: Cast) -> None:
        row = placed(cast)
        text = statement(f"S-1,P{row.pk:06},100.00,25.00")
        give(cast, text)

        assert give(cast, text) == [RowOutcome.KNOWN]

        assert (MoneyFile.objects.count(), Recovery.objects.count()) == (1, 1)
        assert (on("bad_debt"), on("collection_cost")) == (20_00, 25_00)

    def test_with_a_code_nobody_gave_wait_in_suspense_and_cost_all_the_same(
        self, cast: Cast
    ) -> None:
        row = placed(cast)

        outcomes = give(cast, statement("S-1,P999999,30.00,7.50", f"S-2,P{row.pk:06}x,10.00,2.50"))

        assert outcomes == [RowOutcome.SUSPENSE] * 2
        assert (on("suspense"), on("clearing:agency"), on("bad_debt")) == (-40_00, 30_00, 120_00)
        item = SuspenseItem.objects.get(amount_cents=30_00)
        match_money(item_id=item.pk, user_id=cast.dana.user.pk, number="1001", now=at(SAID))
        assert (on("suspense"), on("bad_debt")) == (-10_00, 90_00)
        assert owed(cast.account_1001) == ZERO

    def test_given_to_the_wrong_account_first_take_from_the_debt_when_moved(
        self, cast: Cast
    ) -> None:
        placed(cast)
        give(cast, statement("S-1,P999999,30.00,7.50"))
        item = SuspenseItem.objects.get()
        match_money(item_id=item.pk, user_id=cast.dana.user.pk, number="1002", now=at(SAID))

        move_payment(
            move_id=uuid.uuid4(),
            user_id=cast.dana.user.pk,
            payment_id=Payment.objects.get().pk,
            from_number="1002",
            to_number="1001",
            reason="The agency named the wrong debt",
            now=at(SAID, 20),
        )

        assert debt(cast).left == Money(90_00)
        assert (owed(cast.account_1001), owed(cast.account_1002)) == (ZERO, ZERO)

    def test_of_another_agency_take_nothing_of_a_debt_it_has_not(self, cast: Cast) -> None:
        row = placed(cast)
        collector(cast, "COLLECT-2", "Others")

        text = statement(f"S-1,P{row.pk:06},30.00,7.50", agency="COLLECT-2")

        assert give(cast, text) == [RowOutcome.SUSPENSE]
        assert on("bad_debt") == 120_00

    def test_with_another_share_than_agreed_are_booked_and_put_before_staff(
        self, cast: Cast
    ) -> None:
        set_late("placement.commission_percent", "25")
        row = placed(cast)
        code = f"P{row.pk:06}"

        give(cast, statement(f"S-1,{code},30.00,7.50", f"S-2,{code},10.00,3.00"))

        assert exceptions() == ["commission_differs"]
        assert on("bad_debt") == 80_00

    def test_that_do_not_add_up_or_are_of_nobody_book_nothing(self, cast: Cast) -> None:
        row = placed(cast)
        text = statement(f"S-1,P{row.pk:06},30.00,7.50")

        for wrong in (
            text.replace("file,1,30.00", "file,1,30.01"),
            text.replace("file,1,30.00,7.50", "file,1,30.00,7.49"),
            text.replace("COLLECT-1", "NOBODY"),
        ):
            with pytest.raises(BankFileRefused):
                give(cast, wrong)
        assert not MoneyFile.objects.exists()

    def test_are_looked_at_first(self, cast: Cast) -> None:
        row = placed(cast)
        text = statement(f"S-1,P{row.pk:06},30.00,7.50", "S-2,P999999,1.00,0.00")

        rows = preview_collected(
            user_id=cast.dana.user.pk, content=text.encode(), layout=CollectionRows(), now=at(SAID)
        )

        assert [each.account_number for each in rows] == ["1001", ""]
        assert not Payment.objects.exists()


class TestAfterwards:
    def test_what_was_recovered_is_a_credit_when_the_debt_is_owed_again(self, cast: Cast) -> None:
        row = placed(cast)
        give(cast, statement(f"S-1,P{row.pk:06},100.00,25.00"))
        recall(cast, row.pk)

        take_up(user_id=cast.dana.user.pk, number="1001", write_off_id=debt(cast).id, now=at(SAID))

        assert owed(cast.account_1001) == Money(20_00)
        assert on("bad_debt") == 0
        assert [each.amount for each in list_open_charges(account_id=cast.account_1001)]
        assert expected() == Money(20_00)

    def test_a_payment_taken_back_is_recovered_no_longer(self, cast: Cast) -> None:
        row = placed(cast)
        give(cast, statement(f"S-1,P{row.pk:06},100.00,0.00"))

        undo_money(
            payment_id=Payment.objects.get().pk,
            because=UndoneBecause.MISTAKE,
            words="Not ours",
            user_id=cast.dana.user.pk,
            now=at(SAID, 20),
        )

        assert (on("bad_debt"), on("clearing:agency")) == (120_00, 0)
        assert owed(cast.account_1001) == ZERO
        assert debt(cast).left == Money(120_00)
        assert expected() == ZERO

    def test_a_payment_moved_away_is_recovered_no_longer(self, cast: Cast) -> None:
        row = placed(cast)
        give(cast, statement(f"S-1,P{row.pk:06},100.00,0.00"))

        move_payment(
            move_id=uuid.uuid4(),
            user_id=cast.dana.user.pk,
            payment_id=Payment.objects.get().pk,
            from_number="1001",
            to_number="1002",
            reason="Of another debtor",
            now=at(SAID, 20),
        )

        assert on("bad_debt") == 120_00
        assert (owed(cast.account_1001), owed(cast.account_1002)) == (ZERO, Money(-100_00))
        assert expected() == ZERO
