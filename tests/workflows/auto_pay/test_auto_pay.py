"""Auto Pay from turning it on to the draft: said beforehand, done once, and told."""

from __future__ import annotations

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest

from smarthub.auto_pay.operations import NothingToChange, PlanChangedMeanwhile, make_plan
from smarthub.auto_pay.queries import get_on_bill
from smarthub.auto_pay.types import (
    DraftState,
    LeftOut,
    NewPlan,
    OnBill,
    Plan,
    PlanEventKind,
    PlanId,
    PlanState,
)
from smarthub.cooperative.operations import set_policy
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.ledger.queries import get_balances
from smarthub.members.models import Consent
from smarthub.notifications.models import Message
from smarthub.payments.models import Payment
from smarthub.payments.operations import remove_method as take_method_away
from smarthub.payments.queries.paying import MAXIMUM
from smarthub.payments.types import MethodId
from smarthub.workflows.auto_pay.run_auto_pay import follow_up_failures, run_auto_pay
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    Agreement,
    AutoPayView,
    approve_draft,
    change_state,
    offer_auto_pay,
    see_auto_pay,
    turn_on,
)
from smarthub.workflows.bank.stored_methods import MethodInUse, remove_method
from smarthub.workflows.money.pay_balance import MayNotPay
from tests.billing.village import FIRST_BILL, SECOND_BILL, read
from tests.cast import Cast
from tests.sandbox_gateway import EXPIRED, GOOD, INSUFFICIENT
from tests.workflows.closing import close, maria_bill
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CHICAGO = ZoneInfo("America/Chicago")
EVE = dt.datetime(2024, 10, 31, 12, 0, tzinfo=dt.UTC)
"""The day before the first bill."""
AGREEMENT = Agreement("You may draft my bills.", "1", "en", "192.0.2.7", "a browser")
BILLED = Money(139_46 + 145_21)
"""Maria's electricity and gas of October: the reference bills E-R1 and G-R1."""
DUE = dt.date(2024, 11, 22)
"""The 20th would leave 19 days, so 21 days after the bill of the 1st; a Friday."""


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), CHICAGO)


@pytest.fixture
def card(village: Cast, wallet: Wallet) -> uuid.UUID:
    return wallet.add(village.maria, GOOD)


class Member:
    """Maria, as far as Auto Pay of account 1001 goes."""

    def __init__(self, cast: Cast, wallet: Wallet) -> None:
        self.cast, self.wallet = cast, wallet
        self.user_id = cast.maria.user.pk

    def turn_on(
        self,
        method: uuid.UUID,
        *,
        cap: Money | None = None,
        now: dt.datetime = EVE,
        form: uuid.UUID | None = None,
    ) -> Plan:
        return turn_on(
            plan_id=form or uuid.uuid4(),
            user_id=self.user_id,
            number="1001",
            method_id=method,
            cap=cap,
            agreement=AGREEMENT,
            now=now,
            zone=CHICAGO,
        )

    def see(self) -> AutoPayView:
        return see_auto_pay(user_id=self.user_id, number="1001", on=DUE, zone=CHICAGO)

    def change(self, kind: PlanEventKind, now: dt.datetime = EVE) -> Plan:
        return change_state(user_id=self.user_id, number="1001", kind=kind, now=now, zone=CHICAGO)

    def approve(self, bill_number: str) -> None:
        approve_draft(
            user_id=self.user_id,
            number="1001",
            bill_number=bill_number,
            now=noon(FIRST_BILL),
            zone=CHICAGO,
        )

    def run(self, day: dt.date) -> tuple[int, int]:
        done = run_auto_pay(now=noon(day), zone=CHICAGO, gateway=self.wallet.simulator.gateway)
        follow_up_failures(now=noon(day), zone=CHICAGO)
        return done.sent, done.left_out

    def charges(self) -> list[tuple[int, str]]:
        """Return what the simulator was asked to charge for drafts: cents and outcome."""
        ids = Payment.objects.filter(channel="auto_pay").order_by("received_at").values_list("pk")
        found = [self.wallet.simulator.charges(str(pk)) for (pk,) in ids]
        return [(c["amount_cents"], c["state"]) for charges in found for c in charges]


@pytest.fixture
def maria(village: Cast, wallet: Wallet) -> Member:
    return Member(village, wallet)


def told() -> list[str]:
    """Return what members were told of Auto Pay, in order."""
    messages = Message.objects.filter(template__startswith="auto_pay").order_by("pk")
    return list(messages.values_list("subject", flat=True))


def asked(cast: Cast) -> Money:
    return get_balances(account_ids=[cast.account_1001])[cast.account_1001].asked


def test_a_bill_is_announced_drafted_once_on_its_day_and_receipted(
    village: Cast, maria: Member, card: uuid.UUID
) -> None:
    plan = maria.turn_on(card)

    close(announce=True)
    before = maria.run(DUE - dt.timedelta(days=1))
    on_the_day = maria.run(DUE)
    again = maria.run(DUE)

    assert plan.state is PlanState.ACTIVE
    assert (before, on_the_day, again) == ((0, 0), (1, 0), (0, 0))
    assert [cents for cents, _state in maria.charges()] == [BILLED.cents]
    assert asked(village) == Money(0)
    assert told() == [
        "Auto Pay is on for the account ending in 1001",
        "Auto Pay will pay your bill on Friday, November 22, 2024",
    ]
    announced = Message.objects.get(template="auto_pay_planned").body
    assert "we take $284.67" in announced
    assert "Visa ending in 4242" in announced
    assert Message.objects.filter(template="payment_receipt").count() == 1
    assert maria.see().drafts[0].state is DraftState.PAID


class TestTurningOn:
    def test_keeps_the_words_and_sends_a_copy_of_them(self, maria: Member, card: uuid.UUID) -> None:
        maria.turn_on(card, cap=Money(300_00))

        kept = Consent.objects.get(kind="auto_pay")
        assert (kept.granted, kept.text, kept.account_number) == (True, AGREEMENT.words, "1001")
        copy = Message.objects.get(template="auto_pay_agreed").body
        assert AGREEMENT.words in copy
        assert "more than $300.00" in copy

    def test_twice_with_one_form_is_once(self, maria: Member, card: uuid.UUID) -> None:
        form = uuid.uuid4()

        first, second = maria.turn_on(card, form=form), maria.turn_on(card, form=form)

        assert first == second
        assert Consent.objects.filter(kind="auto_pay").count() == 1
        assert told() == ["Auto Pay is on for the account ending in 1001"]

    def test_leaves_a_bill_made_before_to_be_paid_by_hand(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        close(announce=True)
        later = noon(FIRST_BILL)
        offer = offer_auto_pay(user_id=maria.user_id, number="1001", on=FIRST_BILL)

        maria.turn_on(card, now=later)

        assert offer.by_hand == BILLED
        assert maria.run(DUE) == (0, 0)
        assert maria.charges() == []
        assert asked(village) == BILLED

    def test_takes_of_the_next_bill_only_what_is_new_of_it(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        close(announce=True)
        maria.turn_on(card, now=noon(FIRST_BILL))
        for serial, value in (("PR00000001", "912"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)
        close(SECOND_BILL, announce=True)

        maria.run(dt.date(2024, 12, 23))

        # nothing was used in November, so the bill adds two fixed charges to what she owes;
        # what was owed when she turned it on stays hers to pay by hand
        second = maria_bill(village, SECOND_BILL)
        assert second.asked == BILLED + second.charges
        assert [cents for cents, _ in maria.charges()] == [second.charges.cents]
        assert second.charges > Money(0)
        assert asked(village) == BILLED

    def test_is_not_for_whoever_may_only_look_and_not_for_strangers(
        self, village: Cast, maria: Member, card: uuid.UUID
    ) -> None:
        for player, error in ((village.ben, MayNotPay), (village.rosa, NotVisible)):
            with pytest.raises(error):
                offer_auto_pay(user_id=player.user.pk, number="1001", on=FIRST_BILL)

    def test_says_which_bills_come_next_and_about_how_much(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        close(announce=True)

        offer = offer_auto_pay(user_id=maria.user_id, number="1001", on=FIRST_BILL)

        # bills of 1 December, January and February, each due 21 days later: the 22nd of December
        # is a Sunday, the 22nd of January a Wednesday, the 22nd of February a Saturday
        assert [(each.bill_date.month, each.draft_on.isoformat()) for each in offer.expected] == [
            (12, "2024-12-23"),
            (1, "2025-01-22"),
            (2, "2025-02-24"),
        ]
        assert {each.about for each in offer.expected} == {BILLED}


class TestTheAmount:
    def test_a_payment_by_hand_takes_the_draft_down(
        self, village: Cast, maria: Member, card: uuid.UUID, wallet: Wallet
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        wallet.pay(village.maria, card, {"1001": Money(100_00)})

        maria.run(DUE)

        assert [cents for cents, _ in maria.charges()] == [BILLED.cents - 100_00]
        assert asked(village) == Money(0)

    def test_what_was_paid_by_hand_is_not_drafted_and_that_is_told(
        self, village: Cast, maria: Member, card: uuid.UUID, wallet: Wallet
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        wallet.pay(village.maria, card, {"1001": BILLED})

        assert maria.run(DUE) == (0, 1)
        assert maria.charges() == []
        assert told()[-1] == "Nothing was left for Auto Pay to take"

    def test_above_the_cap_it_is_asked_and_left_out_without_a_word(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card, cap=Money(200_00))
        close(announce=True)

        assert maria.see().drafts[0].state is DraftState.ASKED
        assert maria.run(DUE) == (0, 1)
        assert maria.see().drafts[0].draft.left_out is LeftOut.ABOVE_CAP
        assert told()[-2:] == [
            "May Auto Pay take more than your limit?",
            "Please pay by hand: Auto Pay did not take your bill due Friday, November 22, 2024",
        ]

    def test_above_the_cap_it_is_taken_once_she_says_so(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card, cap=Money(200_00))
        close(announce=True)

        bill_number = maria.see().drafts[0].draft.bill_number
        maria.approve(bill_number)
        with pytest.raises(NothingToChange):
            maria.approve(bill_number)

        assert maria.run(DUE) == (1, 0)
        assert [cents for cents, _ in maria.charges()] == [BILLED.cents]


class TestChanging:
    def test_paused_it_drafts_nothing_and_says_so_beforehand(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        maria.change(PlanEventKind.PAUSED)
        close(announce=True)

        assert maria.run(DUE) == (0, 1)
        assert told()[-2:] == [
            "Your bill is to be paid by hand: Auto Pay is paused",
            "Please pay by hand: Auto Pay did not take your bill due Friday, November 22, 2024",
        ]

    def test_taken_up_again_before_the_day_it_drafts(self, maria: Member, card: uuid.UUID) -> None:
        maria.turn_on(card)
        maria.change(PlanEventKind.PAUSED)
        close(announce=True)
        maria.change(PlanEventKind.RESUMED, now=noon(FIRST_BILL))

        assert maria.run(DUE) == (1, 0)

    def test_stopped_it_drafts_nothing_more_and_the_consent_is_taken_back(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        maria.change(PlanEventKind.STOPPED, now=noon(FIRST_BILL))

        assert maria.run(DUE) == (0, 1)
        assert maria.charges() == []
        assert maria.see().plan is None
        assert [c.granted for c in Consent.objects.order_by("pk")] == [True, False]
        with pytest.raises(NothingToChange):
            maria.change(PlanEventKind.STOPPED)

    def test_another_method_is_drawn_on_from_then_on(
        self, maria: Member, card: uuid.UUID, village: Cast, wallet: Wallet
    ) -> None:
        first = maria.turn_on(card)
        close(announce=True)
        other = wallet.add(village.maria, GOOD)

        second = maria.turn_on(other, now=noon(FIRST_BILL))

        assert second.enrolled_at == first.enrolled_at
        assert maria.run(DUE) == (1, 0)
        assert Payment.objects.get(channel="auto_pay").method_id == other

    def test_two_pages_at_once_do_not_overwrite_each_other(
        self, maria: Member, card: uuid.UUID, village: Cast
    ) -> None:
        stale = maria.turn_on(card)
        maria.turn_on(card, cap=Money(10_00))
        new = NewPlan(
            PlanId(uuid.uuid4()),
            village.account_1001,
            stale.person_id,
            stale.method_id,
            None,
            Money(0),
        )

        with pytest.raises(PlanChangedMeanwhile):
            make_plan(plan=new, replaces=stale, now=EVE)

    def test_the_method_it_draws_on_is_not_removed(
        self, maria: Member, card: uuid.UUID, wallet: Wallet
    ) -> None:
        maria.turn_on(card)

        with pytest.raises(MethodInUse):
            remove_method(
                user_id=maria.user_id,
                method_id=card,
                now=noon(DUE),
                gateway=wallet.simulator.gateway,
            )

    def test_a_method_switched_off_the_minute_before_leaves_the_bill_to_be_paid(
        self, maria: Member, card: uuid.UUID, village: Cast
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        take_method_away(method_id=MethodId(card), person_id=village.maria.person_id, now=noon(DUE))

        assert maria.run(DUE) == (0, 1)
        assert maria.see().drafts[0].draft.left_out is LeftOut.METHOD_GONE


class TestFailing:
    def test_for_want_of_money_it_is_tried_again_days_later_and_told_each_time(
        self, maria: Member, village: Cast, wallet: Wallet
    ) -> None:
        maria.turn_on(wallet.add(village.maria, INSUFFICIENT))
        close(announce=True)

        runs = [maria.run(DUE + dt.timedelta(days=days)) for days in range(12)]

        # Friday 22, Monday 25, Friday 29: three tries, never two on one day
        assert [day for day, (sent, _) in enumerate(runs) if sent] == [0, 3, 7]
        assert told()[-3:] == ["Auto Pay could not take $284.67"] * 3
        bodies = Message.objects.filter(template="auto_pay_failed").order_by("pk")
        assert ["We try once more on Monday, November 25" in b.body for b in bodies] == [
            True,
            False,
            False,
        ]
        assert "We do not try again" in bodies[2].body
        assert maria.see().drafts[0].state is DraftState.FAILED
        assert asked(village) == BILLED

    def test_what_cannot_mend_is_tried_once(
        self, maria: Member, village: Cast, wallet: Wallet
    ) -> None:
        maria.turn_on(wallet.add(village.maria, EXPIRED))
        close(announce=True)

        runs = [maria.run(DUE + dt.timedelta(days=days)) for days in range(12)]

        assert sum(sent for sent, _ in runs) == 1

    def test_after_several_bills_it_is_suspended_and_told(
        self, maria: Member, village: Cast, wallet: Wallet
    ) -> None:
        set_policy(
            key="auto_pay.failed_bills",
            value=1,
            effective_from=dt.date(2024, 1, 1),
            source_note="board",
            author="board",
            now=EVE,
        )
        maria.turn_on(wallet.add(village.maria, EXPIRED))
        close(announce=True)

        maria.run(DUE)
        maria.run(DUE)

        plan = maria.see().plan
        assert plan is not None
        assert plan.state is PlanState.SUSPENDED
        assert told().count("Auto Pay is suspended: please look at it") == 1


def on_bill(maria: Member) -> OnBill:
    return get_on_bill(
        account_id=maria.cast.account_1001, bill_number="1001-241101", bill_date=FIRST_BILL
    )


class TestTheBill:
    def test_says_on_which_day_it_is_taken(self, maria: Member, card: uuid.UUID) -> None:
        maria.turn_on(card)
        close(announce=True)

        assert on_bill(maria) == OnBill(is_announced=True, draft_on=DUE)

    def test_above_the_cap_says_that_it_is_to_be_paid_by_hand(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card, cap=Money(10_00))
        close(announce=True)

        assert on_bill(maria) == OnBill(is_announced=True, draft_on=None)

    @pytest.mark.parametrize("kind", [PlanEventKind.PAUSED, PlanEventKind.SUSPENDED])
    def test_at_rest_says_that_it_is_to_be_paid_by_hand_even_after_it_goes_on(
        self, maria: Member, card: uuid.UUID, kind: PlanEventKind
    ) -> None:
        maria.turn_on(card)
        maria.change(kind)
        close(announce=True)
        maria.change(PlanEventKind.RESUMED, noon(FIRST_BILL))

        assert on_bill(maria) == OnBill(is_announced=True, draft_on=None)

    def test_paused_later_says_what_was_announced(self, maria: Member, card: uuid.UUID) -> None:
        maria.turn_on(card)
        close(announce=True)
        maria.change(PlanEventKind.PAUSED, noon(FIRST_BILL))
        maria.run(DUE)

        assert on_bill(maria) == OnBill(is_announced=True, draft_on=DUE)

    def test_above_what_a_payment_may_be_says_that_it_is_to_be_paid_by_hand(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        most = BILLED.cents - 1
        set_policy(key=MAXIMUM, value=most, effective_from=EVE.date(), author="test", now=EVE)
        maria.turn_on(card)
        close(announce=True)

        assert on_bill(maria) == OnBill(is_announced=True, draft_on=None)

    def test_says_nothing_where_there_was_no_auto_pay(self, maria: Member, card: uuid.UUID) -> None:
        close(announce=True)
        maria.turn_on(card, now=noon(FIRST_BILL))

        assert on_bill(maria) == OnBill()
