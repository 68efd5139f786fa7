"""Auto Pay of an account is told to who did it, whose card it is, and who holds the account."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import pytest

from smarthub.accounts.operations import end_role, grant_role
from smarthub.accounts.queries import list_held_roles
from smarthub.auto_pay.types import Plan, PlanEventKind
from smarthub.kernel.money import Money
from smarthub.members.models import Consent
from smarthub.notifications.models import Message
from smarthub.workflows.auto_pay.end_mandate import end_plans_of_let_out
from smarthub.workflows.auto_pay.run_auto_pay import follow_up_failures, run_auto_pay
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    Agreement,
    change_state,
    see_auto_pay,
    turn_on,
)
from tests.billing.village import FIRST_BILL
from tests.cast import NOW, OPENED, Cast, Player
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import BOUNCES, GOOD, INSUFFICIENT, RETURNS
from tests.workflows.auto_pay.test_auto_pay import BILLED, DUE, EVE, noon
from tests.workflows.auto_pay.test_auto_pay_limits import take_up_to_limits
from tests.workflows.both_books import hear
from tests.workflows.closing import close
from tests.workflows.wallet import Wallet, bill

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ONE_DAY = dt.timedelta(days=1)
AGREEMENT = Agreement("You may draft my bills.", "1", "en", "192.0.2.7", "a browser")
MARIA = "maria@prairieridge.example"
ROSA = "rosa@prairieridge.example"
BEN = "ben@prairieridge.example"


@dataclass
class Household:
    """Account 1001 of Maria, and whom she lets in."""

    cast: Cast
    wallet: Wallet

    def let_in(self, player: Player, role: str) -> None:
        grant_role(
            account_id=self.cast.account_1001,
            person_id=player.person_id,
            role=role,
            starts_on=OPENED,
        )

    def turn_on(
        self,
        player: Player,
        card: str = GOOD,
        *,
        method: uuid.UUID | None = None,
        now: dt.datetime = NOW,
        cap: Money | None = None,
    ) -> Plan:
        return turn_on(
            plan_id=uuid.uuid4(),
            user_id=player.user.pk,
            number="1001",
            method_id=method or self.wallet.add(player, card),
            cap=cap,
            agreement=AGREEMENT,
            now=now,
            zone=CHICAGO,
        )

    def change(self, player: Player, kind: PlanEventKind) -> None:
        change_state(user_id=player.user.pk, number="1001", kind=kind, now=NOW, zone=CHICAGO)


@pytest.fixture
def household(cast: Cast, wallet: Wallet) -> Household:
    return Household(cast, wallet)


def told() -> dict[str, str]:
    """Return whom messages of a changed Auto Pay went to, and the first line of the last one."""
    rows = Message.objects.filter(template="auto_pay_changed").order_by("pk")
    return {row.address: row.body.split("\n")[0] for row in rows}


class TestOfSomebodyElse:
    def test_a_holder_hears_that_who_may_only_pay_turned_it_on(self, household: Household) -> None:
        household.let_in(household.cast.rosa, "payer")

        household.turn_on(household.cast.rosa)

        assert told() == {MARIA: "Rosa Nuñez changed Auto Pay of the account ending in 1001."}

    def test_nobody_hears_of_it_who_has_no_part_in_the_account(self, household: Household) -> None:
        """Ben holds 1002 with Rosa, and knows nothing of Maria's account."""
        grant_role(
            account_id=household.cast.account_1002,
            person_id=household.cast.ben.person_id,
            role="joint",
            starts_on=OPENED,
        )
        household.let_in(household.cast.rosa, "payer")

        household.turn_on(household.cast.rosa)

        assert BEN not in told()

    def test_who_pauses_it_is_named_to_its_owner_and_not_told_that_she_did_it(
        self, household: Household
    ) -> None:
        household.let_in(household.cast.rosa, "joint")
        household.turn_on(household.cast.maria)

        household.change(household.cast.rosa, PlanEventKind.PAUSED)

        first = told()
        assert first[MARIA].startswith("Rosa Nuñez paused Auto Pay of the account ending in 1001.")
        assert first[ROSA].startswith("El pago automático")
        assert "Maria" not in first[ROSA]

    def test_who_hears_that_it_is_off_is_not_told_to_do_nothing(self, household: Household) -> None:
        household.let_in(household.cast.rosa, "joint")
        household.turn_on(household.cast.rosa)

        household.change(household.cast.rosa, PlanEventKind.STOPPED)

        body = Message.objects.filter(template="auto_pay_changed", address=MARIA).latest("pk").body
        assert "to be paid by hand" in body
        assert "You need to do nothing" not in body

    def test_whose_card_it_drew_on_hears_that_it_draws_on_another(
        self, household: Household
    ) -> None:
        household.let_in(household.cast.rosa, "payer")
        household.turn_on(household.cast.rosa)

        household.turn_on(household.cast.maria, now=NOW + dt.timedelta(hours=1))

        assert "1001" in told()[ROSA]


class TestAfterAnotherTookOver:
    """A bill was announced while Auto Pay drew on Maria's card; now it draws on Rosa's."""

    def test_who_is_tried_hears_that_it_did_not_go_through(
        self, village: Cast, wallet: Wallet
    ) -> None:
        household = Household(village, wallet)
        household.let_in(village.rosa, "joint")
        household.turn_on(village.maria, now=EVE)
        close(announce=True)
        household.turn_on(village.rosa, INSUFFICIENT, now=noon(FIRST_BILL))

        run_auto_pay(now=noon(DUE), zone=CHICAGO, gateway=wallet.simulator.gateway)
        follow_up_failures(now=noon(DUE), zone=CHICAGO)

        failed = Message.objects.get(template="auto_pay_failed")
        assert (failed.address, failed.language) == (ROSA, "es")

    def test_who_it_draws_on_hears_that_it_took_nothing(
        self, village: Cast, wallet: Wallet
    ) -> None:
        household = Household(village, wallet)
        household.let_in(village.rosa, "joint")
        household.turn_on(village.maria, now=EVE)
        close(announce=True)
        household.turn_on(village.rosa, now=noon(FIRST_BILL))
        household.change(village.rosa, PlanEventKind.PAUSED)

        run_auto_pay(now=noon(DUE), zone=CHICAGO, gateway=wallet.simulator.gateway)

        assert Message.objects.get(template="auto_pay_left_out").address == ROSA


class TestWhoWasLetOut:
    def let_out(self, household: Household, player: Player) -> None:
        roles = list_held_roles(user_id=player.user.pk, on=EVE.date())
        (theirs,) = [each for each in roles if each.number == "1001"]
        end_role(account_id=theirs.account_id, reference=theirs.reference, on=FIRST_BILL + ONE_DAY)

    def test_is_not_drawn_on_any_more_and_all_are_told_once(
        self, village: Cast, wallet: Wallet
    ) -> None:
        household = Household(village, wallet)
        household.let_in(village.rosa, "payer")
        household.turn_on(village.rosa, now=EVE)
        close(announce=True)
        self.let_out(household, village.rosa)

        ended = [end_plans_of_let_out(now=noon(DUE), zone=CHICAGO) for _ in range(2)]
        done = run_auto_pay(now=noon(DUE), zone=CHICAGO, gateway=wallet.simulator.gateway)

        assert (ended, done.sent, done.left_out) == ([1, 0], 0, 0)
        assert told()[MARIA].startswith("Rosa Nuñez may no longer pay for the account ending in")
        assert told()[ROSA].startswith("Usted ya no puede pagar la cuenta que termina en 1001")
        assert not Message.objects.filter(template="auto_pay_left_out").exists()
        assert [c.granted for c in Consent.objects.filter(kind="auto_pay")] == [True, False]

    def test_goes_on_who_was_let_in_again(self, village: Cast, wallet: Wallet) -> None:
        household = Household(village, wallet)
        household.let_in(village.rosa, "payer")
        household.turn_on(village.rosa, now=EVE)
        self.let_out(household, village.rosa)
        grant_role(
            account_id=village.account_1001,
            person_id=village.rosa.person_id,
            role="full",
            starts_on=FIRST_BILL + ONE_DAY,
        )

        assert end_plans_of_let_out(now=noon(DUE), zone=CHICAGO) == 0

    def test_is_nobody_who_may_pay_still(self, village: Cast, wallet: Wallet) -> None:
        household = Household(village, wallet)
        household.turn_on(village.maria, now=EVE)

        assert end_plans_of_let_out(now=noon(DUE), zone=CHICAGO) == 0


class TestABillWithADebtOfBefore:
    """$50.00 was open when Auto Pay was turned on: it is hers to pay by hand, and on the bill."""

    OPEN = Money(50_00)

    def announce(
        self, village: Cast, wallet: Wallet, *, cap: Money | None = None, paused: bool = False
    ) -> Message:
        household = Household(village, wallet)
        bill(village.account_1001, self.OPEN.cents, on=EVE.date())
        household.turn_on(village.maria, now=EVE, cap=cap)
        if paused:
            household.change(village.maria, PlanEventKind.PAUSED)
        close(announce=True)
        return Message.objects.get(template="auto_pay_planned")

    def test_paused_is_to_be_paid_whole(self, village: Cast, wallet: Wallet) -> None:
        told = self.announce(village, wallet, paused=True)

        assert f"comes to {BILLED + self.OPEN}." in told.body

    def test_taken_up_to_a_limit_leaves_all_the_rest_to_be_paid(
        self, village: Cast, wallet: Wallet
    ) -> None:
        take_up_to_limits(on=EVE.date())

        told = self.announce(village, wallet, cap=Money(200_00))

        assert f"comes to {BILLED + self.OPEN - Money(200_00)} more" in told.body

    def test_above_the_limit_says_what_is_asked_and_what_would_be_taken(
        self, village: Cast, wallet: Wallet
    ) -> None:
        told = self.announce(village, wallet, cap=Money(200_00))

        assert f"comes to {BILLED + self.OPEN}." in told.body
        assert f"The other {BILLED} is more than you let" in told.body
        view = see_auto_pay(user_id=village.maria.user.pk, number="1001", on=DUE, zone=CHICAGO)
        assert view.ahead is not None
        assert view.ahead.asked is not None
        assert view.ahead.asked.amount == BILLED

    def test_taken_says_what_stays_to_be_paid_by_hand(self, village: Cast, wallet: Wallet) -> None:
        told = self.announce(village, wallet)

        assert f"we take {BILLED} " in told.body
        assert f"The other {self.OPEN} of the bill" in told.body


class TestABankAccountThatFails:
    """Its bank answers days after Auto Pay drew on it."""

    def told_after(
        self, village: Cast, wallet: Wallet, number: str, stop: PlanEventKind | None = None
    ) -> list[Message]:
        household = Household(village, wallet)
        household.turn_on(village.maria, method=wallet.add_bank(village.maria, number), now=EVE)
        close(announce=True)
        run_auto_pay(now=noon(DUE), zone=CHICAGO, gateway=wallet.simulator.gateway)
        if stop:
            household.change(village.maria, stop)
        for days in (1, 2):
            wallet.simulator.end_day(NOW.date() + days * ONE_DAY)
        hear(wallet.simulator)
        for hour in range(2):
            follow_up_failures(now=noon(DUE) + hour * ONE_DAY / 24, zone=CHICAGO)
        of_it = ("auto_pay_failed", "payment_failed", "payment_returned")
        return list(Message.objects.filter(template__in=of_it).order_by("pk"))

    def test_is_told_once(self, village: Cast, wallet: Wallet) -> None:
        (told,) = self.told_after(village, wallet, BOUNCES)

        assert told.template == "auto_pay_failed"

    def test_that_it_came_back_does_not_ask_for_what_is_tried_again(
        self, village: Cast, wallet: Wallet
    ) -> None:
        returned, failed = self.told_after(village, wallet, RETURNS)

        assert "Please pay another way" not in returned.body
        assert "Another message says whether Auto Pay tries again." in returned.body
        assert "We try once more on" in failed.body

    @pytest.mark.parametrize("stop", [PlanEventKind.PAUSED, PlanEventKind.STOPPED])
    def test_promises_no_other_try_where_auto_pay_was_ended_meanwhile(
        self, village: Cast, wallet: Wallet, stop: PlanEventKind
    ) -> None:
        *_, failed = self.told_after(village, wallet, RETURNS, stop)

        assert failed.template == "auto_pay_failed"
        assert "We do not try again. Please pay" in failed.body
