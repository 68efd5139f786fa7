"""What pages say Auto Pay takes is what its run takes, however things stand meanwhile.

Each scene is played up to the day of the draft; what the first page promises then is compared
with what the gateway is asked for.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smarthub.auto_pay.types import PlanEventKind
from smarthub.billing.types import InvoiceLine
from smarthub.cooperative.operations import set_policy
from smarthub.integrations.nacha.format import Nacha
from smarthub.kernel.banking_days import banking_day_on_or_after
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.sealing import Sealer, new_key
from smarthub.kernel.text import Text
from smarthub.payments.models import StoredMethod
from smarthub.payments.operations import store_bank_account
from smarthub.payments.queries.paying import MAXIMUM
from smarthub.workflows.accounts.account_overview import AccountDue, get_dues, get_overview
from smarthub.workflows.accounts.auto_pay_ahead import AheadKind
from smarthub.workflows.auto_pay.plan_drafts import UP_TO_LIMIT
from smarthub.workflows.bank.bank_files import send_bank_file
from smarthub.workflows.bills.account_bills import list_account_bills
from smarthub.workflows.bills.cancel_and_rebill import take_bill_back
from smarthub.workflows.bills.invoice_once import invoice_account
from smarthub.workflows.money.payment_plan import list_payable_accounts
from tests.billing.village import FIRST_BILL, SECOND_BILL, read
from tests.cast import Cast
from tests.sandbox_gateway import INSUFFICIENT
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, EVE, Member, card, maria, noon
from tests.workflows.closing import close, maria_bill
from tests.workflows.own_files import ACCOUNT, offer_own_files
from tests.workflows.wallet import Wallet, bill

__all__ = ["card", "maria"]

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HALF, INVOICED = Money(100_00), Money(140_00)
KEY = new_key()
BILL_NUMBER = f"1001-{FIRST_BILL:%y%m%d}"
Scene = Callable[[Member, uuid.UUID], None]
Said = tuple[AheadKind | None, Money, Money]
"""What the page says: what Auto Pay does, how much it takes, and how much is asked by hand."""


def row(member: Member, on: dt.date = DUE) -> AccountDue:
    """Return what the first page shows of account 1001; the other pages must show the same."""
    rows = get_overview(user_id=member.user_id, on=on).accounts
    (found,) = [each for each in rows if each.account.number == "1001"]
    assert found in get_dues(user_id=member.user_id, on=on).accounts
    assert found == list_account_bills(user_id=member.user_id, number="1001", on=on).chosen
    payable = list_payable_accounts(user_id=member.user_id, on=on)
    assert found in [each.due for each in payable]
    return found


def as_announced(member: Member, card: uuid.UUID) -> None:
    member.turn_on(card)
    close(announce=True)


def half_paid_by_hand(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    member.wallet.pay(member.cast.maria, card, {"1001": HALF})


def paused(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    member.change(PlanEventKind.PAUSED, noon(FIRST_BILL))


def stopped_and_on_again(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    member.change(PlanEventKind.STOPPED, noon(FIRST_BILL))
    member.turn_on(card, now=noon(FIRST_BILL + dt.timedelta(days=1)))


def on_again_with_more_charged_since(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    member.change(PlanEventKind.STOPPED, noon(FIRST_BILL))
    member.wallet.pay(member.cast.maria, card, {"1001": HALF})
    member.turn_on(card, now=noon(FIRST_BILL + dt.timedelta(days=1)))
    bill(member.cast.account_1001, HALF.cents, on=FIRST_BILL + dt.timedelta(days=2))


def turned_on_after_the_bill(member: Member, card: uuid.UUID) -> None:
    close(announce=True)
    member.turn_on(card, now=noon(FIRST_BILL))


def limit_below_the_bill(member: Member, card: uuid.UUID) -> None:
    member.turn_on(card, cap=HALF)
    close(announce=True)


def allowed_above_the_limit(member: Member, card: uuid.UUID) -> None:
    limit_below_the_bill(member, card)
    member.approve(BILL_NUMBER)


def limit_lowered_since(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    member.turn_on(card, cap=HALF, now=noon(FIRST_BILL))


def limit_lowered_since_and_allowed(member: Member, card: uuid.UUID) -> None:
    limit_lowered_since(member, card)
    member.approve(BILL_NUMBER)


def limit_lowered_since_and_raised_again(member: Member, card: uuid.UUID) -> None:
    limit_lowered_since(member, card)
    member.turn_on(card, cap=BILLED, now=noon(FIRST_BILL + dt.timedelta(days=1)))


def paid_down_below_the_limit(member: Member, card: uuid.UUID) -> None:
    limit_below_the_bill(member, card)
    member.wallet.pay(member.cast.maria, card, {"1001": BILLED - HALF})


def above_what_payments_may_move_since(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    let_payments_move(BILLED - Money(1), since=DUE)


def above_what_payments_may_move_later(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    let_payments_move(BILLED - Money(1), since=DUE + dt.timedelta(days=1))


def up_to_the_limit(member: Member, card: uuid.UUID) -> None:
    set_policy(key=UP_TO_LIMIT, value=True, effective_from=EVE.date(), author="test", now=EVE)
    member.turn_on(card, cap=HALF)
    close(announce=True)


def method_closed_by_its_bank(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    StoredMethod.objects.filter(pk=card).update(removed_at=noon(FIRST_BILL), removed_because="R02")


def bill_taken_back(member: Member, card: uuid.UUID) -> None:
    as_announced(member, card)
    take_bill_back(
        user_id=member.cast.dana.user.pk,
        bill_number=BILL_NUMBER,
        reason="reads",
        note="",
        on=FIRST_BILL,
        now=noon(FIRST_BILL),
    )


def bill_taken_back_with_another_debt(member: Member, card: uuid.UUID) -> None:
    bill_taken_back(member, card)
    bill(member.cast.account_1001, HALF.cents, on=FIRST_BILL + dt.timedelta(days=2))


SCENES: list[tuple[Scene, Said]] = [
    (as_announced, (AheadKind.TAKES, BILLED, ZERO)),
    (half_paid_by_hand, (AheadKind.TAKES, BILLED - HALF, ZERO)),
    (paused, (AheadKind.PAUSED, ZERO, BILLED)),
    (stopped_and_on_again, (AheadKind.BEFORE, ZERO, BILLED)),
    (turned_on_after_the_bill, (AheadKind.BEFORE, ZERO, BILLED)),
    (limit_below_the_bill, (AheadKind.ASKS, ZERO, BILLED)),
    (allowed_above_the_limit, (AheadKind.TAKES, BILLED, ZERO)),
    (limit_lowered_since, (AheadKind.ASKS, ZERO, BILLED)),
    (limit_lowered_since_and_allowed, (AheadKind.TAKES, BILLED, ZERO)),
    (limit_lowered_since_and_raised_again, (AheadKind.TAKES, BILLED, ZERO)),
    (paid_down_below_the_limit, (AheadKind.TAKES, HALF, ZERO)),
    (above_what_payments_may_move_since, (AheadKind.NOT_THIS, ZERO, BILLED)),
    (above_what_payments_may_move_later, (AheadKind.TAKES, BILLED, ZERO)),
    (up_to_the_limit, (AheadKind.TAKES, HALF, BILLED - HALF)),
    (method_closed_by_its_bank, (AheadKind.NOT_THIS, ZERO, BILLED)),
    (on_again_with_more_charged_since, (AheadKind.NOT_THIS, ZERO, BILLED)),
    (bill_taken_back_with_another_debt, (AheadKind.NOT_THIS, ZERO, HALF)),
    (bill_taken_back, (None, ZERO, ZERO)),
]


@pytest.mark.parametrize(("scene", "said"), SCENES, ids=[each[0].__name__ for each in SCENES])
def test_what_is_promised_is_what_is_taken(
    maria: Member, card: uuid.UUID, scene: Scene, said: Said
) -> None:
    scene(maria, card)
    due = row(maria)

    maria.run(DUE)

    kind = due.auto_pay.kind if due.auto_pay else None
    assert (kind, due.drafted, due.by_hand) == said
    assert Money.sum(Money(cents) for cents, _ in maria.charges()) == due.drafted


class TestAfterATryThatFailed:
    def test_another_try_is_told_and_what_is_late_is_asked_for(
        self, maria: Member, village: Cast, wallet: Wallet
    ) -> None:
        as_announced(maria, wallet.add(village.maria, INSUFFICIENT))
        maria.run(DUE)

        on_the_day, after = row(maria), row(maria, DUE + dt.timedelta(days=3))

        assert on_the_day.auto_pay is not None
        assert on_the_day.auto_pay.drafts[0].is_again
        assert on_the_day.draft_on == DUE + dt.timedelta(days=3)
        assert not on_the_day.is_past_due
        assert after.is_past_due
        for due in (on_the_day, after):  # to wait for the other try would be late
            assert (due.drafted, due.by_hand, due.left_to_auto_pay) == (BILLED, BILLED, ZERO)
            assert due.is_late_to_wait

    def test_what_it_left_is_asked_for_beside_the_draft_of_the_next_bill(
        self, maria: Member, village: Cast, card: uuid.UUID
    ) -> None:
        paused(maria, card)
        maria.run(DUE)
        maria.change(PlanEventKind.RESUMED, noon(DUE))
        for serial, value in (("PR00000001", "1000"), ("PR00000002", "80"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)
        close(SECOND_BILL, announce=True)

        due = row(maria, SECOND_BILL)

        assert due.drafted == due.to_pay == maria_bill(village, SECOND_BILL).asked
        assert due.by_hand == due.past_due == BILLED
        assert due.left_to_auto_pay == due.to_pay - BILLED


class TestBesideAnInvoice:
    """A one-time invoice asks for all that is due, the bill before it included."""

    TENTH = FIRST_BILL + dt.timedelta(days=10)

    def test_each_draft_is_told_with_its_day_and_nothing_is_called_late(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        as_announced(maria, card)
        day = invoice(maria)

        due = row(maria, self.TENTH)

        assert due.auto_pay is not None
        drafts = [(each.amount, each.on) for each in due.auto_pay.drafts]
        assert drafts == [(BILLED, DUE), (INVOICED, day)]
        assert (due.past_due, due.by_hand, due.is_left_to_auto_pay) == (ZERO, ZERO, True)
        assert taken(maria, DUE, day) == [amount for amount, _ in drafts]

    def test_a_second_bill_that_is_below_the_limit_by_then_is_not_asked_about(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card, cap=BILLED)
        close(announce=True)
        day = invoice(maria)

        due = row(maria, self.TENTH)

        assert due.auto_pay is not None
        assert due.auto_pay.asks_before is None
        assert (due.drafted, due.by_hand) == (BILLED + INVOICED, ZERO)
        assert taken(maria, DUE, day) == [BILLED, INVOICED]

    def test_a_limit_up_to_which_is_taken_holds_for_each(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        up_to_the_limit(maria, card)
        day = invoice(maria)

        due = row(maria, self.TENTH)

        assert (due.drafted, due.by_hand) == (HALF + HALF, BILLED + INVOICED - HALF - HALF)
        assert taken(maria, DUE, day) == [HALF, HALF]

    def test_without_auto_pay_the_bill_is_due_first_and_late_after_its_own_day(
        self, maria: Member
    ) -> None:
        close(announce=True)
        invoice(maria)

        before, after = row(maria, self.TENTH), row(maria, DUE + dt.timedelta(days=3))

        assert after.bill is not None
        assert (before.due_date, before.past_due) == (DUE, ZERO)
        assert (after.due_date, after.past_due) == (after.bill.due_date, BILLED)


class TestABankAccountItsBankIsAskedAbout:
    def test_is_not_relied_on(self, maria: Member, village: Cast) -> None:
        as_announced(maria, own_account(village))

        due = row(maria)

        assert maria.run(DUE) == (0, 0)
        assert (due.drafted, due.by_hand, due.is_left_to_auto_pay) == (ZERO, BILLED, False)

    def test_is_relied_on_from_its_day_and_late_before(self, maria: Member, village: Cast) -> None:
        as_announced(maria, own_account(village))
        sealer = Sealer([KEY])
        on = noon(DUE - dt.timedelta(days=1))
        send_bank_file(user_id=village.dana.user.pk, layout=Nacha(), sealer=sealer, now=on)

        due, after = row(maria), row(maria, DUE + dt.timedelta(days=3))

        assert due.draft_on is not None
        assert due.draft_on > DUE
        assert (due.drafted, due.by_hand, due.is_late_to_wait) == (BILLED, BILLED, True)
        assert after.is_past_due


def invoice(member: Member) -> dt.date:
    """Invoice Maria on the ninth day after her bill; return the day it is drafted."""
    issued = invoice_account(
        user_id=member.cast.dana.user.pk,
        account_number="1001",
        key=uuid.uuid4(),
        lines=(InvoiceLine(Text("A pole", "Un poste"), INVOICED),),
        on=FIRST_BILL + dt.timedelta(days=9),
        now=noon(FIRST_BILL + dt.timedelta(days=9)),
    )
    return banking_day_on_or_after(issued.due_date)


def let_payments_move(most: Money, *, since: dt.date) -> None:
    set_policy(key=MAXIMUM, value=most.cents, effective_from=since, author="test", now=EVE)


def taken(member: Member, *days: dt.date) -> list[Money]:
    """Return what the gateway was asked for after the runs of these days."""
    for day in days:
        member.run(day)
    return [Money(cents) for cents, _ in member.charges()]


def own_account(cast: Cast) -> uuid.UUID:
    """Store an account on which the co-op draws by its own files."""
    offer_own_files(since=dt.date(2024, 10, 1))
    method, _is_new = store_bank_account(
        account=ACCOUNT,
        person_id=cast.maria.person_id,
        on=EVE.date(),
        sealer=Sealer([KEY]),
        now=EVE,
    )
    return method


def test_off_auto_pay_no_query_is_added_and_on_it_no_more_than_ten(
    maria: Member, village: Cast, card: uuid.UUID
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            get_dues(user_id=maria.user_id, on=FIRST_BILL)
        return len(seen)

    close(announce=True)
    count()  # what is asked once a process
    off = count()
    maria.turn_on(card, now=noon(FIRST_BILL))

    assert off == 3
    assert count() - off <= 10
