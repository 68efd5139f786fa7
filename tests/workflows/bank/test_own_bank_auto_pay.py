"""Auto Pay on a member's own bank account, by files of the co-op's own."""

from __future__ import annotations

import datetime as dt
import uuid

import achkit
import pytest

from smarthub.auto_pay.queries import list_drafts
from smarthub.auto_pay.types import DraftState, LeftOut, PlanEventKind, PlanState
from smarthub.kernel.money import ZERO
from smarthub.notifications.models import Message
from smarthub.payments.models import Attempt, SentEntry, StoredMethod
from smarthub.payments.operations import NothingToSend
from smarthub.payments.types import ReversalReason
from smarthub.workflows.auto_pay.run_auto_pay import follow_up_failures, run_auto_pay
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    AutoPayView,
    change_state,
    see_auto_pay,
    turn_on,
)
from smarthub.workflows.bank.bank_files import draw_bank_file_again, settle_bank_entries
from smarthub.workflows.bank.entries_back import ask_back
from tests.billing.village import FIRST_BILL
from tests.cast import Cast
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import Simulator
from tests.workflows.bank.test_own_bank_account import (
    FORM,
    WORDS,
    classes_and_types,
    consents,
    store,
)
from tests.workflows.closing import close, pay
from tests.workflows.own_files import DAY, NACHA, Bank, offer_own_files
from tests.workflows.wallet import owed

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class TestAutoPay:
    EVE = dt.datetime(2024, 10, 31, 18, 0, tzinfo=dt.UTC)
    DUE = dt.date(2024, 11, 22)

    def run(self, simulator: Simulator, day: dt.date) -> int:
        noon = dt.datetime.combine(day, dt.time(12), CHICAGO)
        return run_auto_pay(now=noon, zone=CHICAGO, gateway=simulator.gateway).sent

    def change(self, village: Cast, kind: PlanEventKind, now: dt.datetime) -> None:
        change_state(user_id=village.maria.user.pk, number="1001", kind=kind, now=now, zone=CHICAGO)

    def see(self, village: Cast) -> AutoPayView:
        return see_auto_pay(user_id=village.maria.user.pk, number="1001", on=self.DUE, zone=CHICAGO)

    def enrol(self, village: Cast, *, asked_at: dt.datetime) -> Bank:
        offer_own_files(since=dt.date(2024, 10, 1))
        bank = Bank(village)
        store(bank, now=self.EVE)
        turn_on(
            plan_id=uuid.uuid4(),
            user_id=village.maria.user.pk,
            number="1001",
            method_id=FORM,
            cap=None,
            agreement=WORDS,
            now=self.EVE,
            zone=CHICAGO,
        )
        close(announce=True)
        bank.send(asked_at)
        return bank

    def test_draws_with_the_next_file_as_recurring_and_is_paid_on_its_day(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)

        assert self.run(simulator, self.DUE) == 1
        content = bank.send(noon)
        (batch,) = achkit.parse(content.decode())["batches"]
        before = owed(village.account_1001)
        settle_bank_entries(on=self.DUE + 3 * DAY, now=noon + 3 * DAY)

        assert classes_and_types(content) == [("WEB", "R")]
        assert [entry["amount_cents"] for entry in batch["entries"]] == [before.cents]
        assert before > ZERO
        assert owed(village.account_1001) == ZERO

    @pytest.mark.parametrize("kind", [PlanEventKind.PAUSED, PlanEventKind.STOPPED])
    def test_stopped_before_the_file_goes_nothing_is_drawn_and_nothing_failed(
        self, village: Cast, simulator: Simulator, kind: PlanEventKind
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        self.change(village, kind, noon)

        with pytest.raises(NothingToSend):
            bank.send(noon)
        follow_up_failures(now=noon, zone=CHICAGO)
        self.run(simulator, self.DUE)

        (view,) = list_drafts(account_id=village.account_1001, zone=CHICAGO, limit=9)
        assert (view.state, view.draft.left_out) == (DraftState.LEFT_OUT, LeftOut(kind))
        assert owed(village.account_1001) == view.draft.billed
        told = Message.objects.filter(template__startswith="auto_pay").values_list("template")
        assert {"auto_pay_failed"}.isdisjoint(name for (name,) in told)
        assert StoredMethod.objects.get(pk=FORM).removed_at is None

    def test_paused_and_taken_up_again_before_the_file_goes_it_is_drawn_once(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        self.change(village, PlanEventKind.PAUSED, noon)
        self.change(village, PlanEventKind.RESUMED, noon)

        assert self.run(simulator, self.DUE) == 1
        content = bank.send(noon)
        settle_bank_entries(on=self.DUE + 3 * DAY, now=noon + 3 * DAY)

        assert classes_and_types(content) == [("WEB", "R")]
        assert owed(village.account_1001) == ZERO

    def test_stopped_after_the_file_went_it_is_too_late_for_that_one(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        assert self.see(village).unsent
        bank.send(noon)
        assert not self.see(village).unsent

        self.change(village, PlanEventKind.STOPPED, noon)
        settle_bank_entries(on=self.DUE + 3 * DAY, now=noon + 3 * DAY)

        assert owed(village.account_1001) == ZERO

    def test_what_came_back_for_want_of_money_is_called_so_when_it_is_drawn_again(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        amount = owed(village.account_1001)
        first = bank.send(noon)
        bank.hear(bank.say("R01", amount.cents))
        later = noon + 3 * DAY

        assert self.run(simulator, later.date()) == 1
        content = bank.send(later)

        assert [descriptions(each) for each in (first, content)] == [["ELECBILL"], ["RETRY PYMT"]]
        file_id = SentEntry.objects.latest("pk").file_id
        again = draw_bank_file_again(
            user_id=village.dana.user.pk,
            file_id=file_id,
            layout=NACHA,
            sealer=bank.sealer,
            now=later,
        )
        assert again == content

    def test_a_later_try_stopped_before_the_file_goes_is_not_told_as_failed(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        bank.send(noon)
        bank.hear(bank.say("R01", owed(village.account_1001).cents))
        follow_up_failures(now=noon, zone=CHICAGO)
        told = Message.objects.filter(template="auto_pay_failed")
        assert told.count() == 1
        later = noon + 3 * DAY
        assert self.run(simulator, later.date()) == 1

        self.change(village, PlanEventKind.PAUSED, later)
        follow_up_failures(now=later, zone=CHICAGO)

        assert told.count() == 1

    def test_of_another_amount_it_is_a_payment_as_any(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        bank.send(noon)
        bank.hear(bank.say("R01", owed(village.account_1001).cents))
        pay(village.account_1001, 100_00, on=self.DUE)

        self.run(simulator, (noon + 3 * DAY).date())

        assert descriptions(bank.send(noon + 3 * DAY)) == ["ELECBILL"]

    def test_waits_for_the_banks_answer_and_then_draws_once(
        self, village: Cast, simulator: Simulator
    ) -> None:
        asked = dt.datetime.combine(self.DUE - DAY, dt.time(12), CHICAGO)  # Thursday
        self.enrol(village, asked_at=asked)

        begun = []
        for day in (self.DUE + n * DAY for n in range(9)):
            self.run(simulator, day)
            begun.append(Attempt.objects.filter(gateway="bank_file").count())

        # The file's day is Friday the 22nd; Monday, Tuesday and Wednesday pass.
        assert begun == [0, 0, 0, 0, 0, 1, 1, 1, 1]

    def test_promises_no_next_bill_where_it_was_stopped_meanwhile(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        bank.send(noon)
        entry = SentEntry.objects.latest("pk")
        ask_back(
            user_id=village.dana.user.pk,
            file_id=entry.file_id,
            entry_id=entry.pk,
            shown=1,
            reason=ReversalReason.TOO_EARLY,
            now=noon,
        )
        change_state(
            user_id=village.maria.user.pk,
            number="1001",
            kind=PlanEventKind.STOPPED,
            now=noon,
            zone=CHICAGO,
        )

        bank.send(noon)

        body = Message.objects.get(template="payment_taken_back").body
        assert "Auto Pay does not take this bill again: pay it by hand." in body
        assert "Auto Pay takes it with that" not in body

    def test_leaves_a_bill_alone_that_it_drew_by_our_mistake_and_goes_on(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        amount = owed(village.account_1001)
        bank.send(noon)
        entry = SentEntry.objects.latest("pk")
        ask_back(
            user_id=village.dana.user.pk,
            file_id=entry.file_id,
            entry_id=entry.pk,
            shown=1,
            reason=ReversalReason.TOO_EARLY,
            now=noon,
        )

        content = bank.send(noon)
        sent = [self.run(simulator, self.DUE + n * DAY) for n in range(9)]
        given_up = follow_up_failures(now=noon + 9 * DAY, zone=CHICAGO)

        view = see_auto_pay(
            user_id=village.maria.user.pk, number="1001", on=FIRST_BILL, zone=CHICAGO
        )
        (draft,) = view.drafts
        assert classes_and_types(content) == [("WEB", "R")]
        assert (sum(sent), given_up, owed(village.account_1001)) == (0, 0, amount)
        assert (draft.state, draft.draft.left_out) == (DraftState.LEFT_OUT, LeftOut.TAKEN_BACK)
        assert view.plan is not None
        assert view.plan.state is PlanState.ACTIVE
        body = Message.objects.get(template="payment_taken_back").body
        assert "Auto Pay does not take this bill again: pay it by hand." in body
        assert "on your next bill, and Auto Pay takes it with that." in body
        assert not Message.objects.filter(template="auto_pay_failed").exists()

    def test_ends_where_the_bank_says_nothing_was_allowed(
        self, village: Cast, simulator: Simulator
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)
        self.run(simulator, self.DUE)
        noon = dt.datetime.combine(self.DUE, dt.time(12), CHICAGO)
        amount = owed(village.account_1001).cents
        bank.send(noon)

        bank.hear(bank.say("R10", amount))

        view = see_auto_pay(
            user_id=village.maria.user.pk, number="1001", on=FIRST_BILL, zone=CHICAGO
        )
        assert view.plan is None
        assert consents() == [True, False]

    @pytest.mark.parametrize(("code", "ends"), [("R03", False), ("R07", True)])
    def test_ends_where_nothing_was_allowed_before_anything_was_drawn(
        self, village: Cast, simulator: Simulator, code: str, *, ends: bool
    ) -> None:
        bank = self.enrol(village, asked_at=self.EVE)

        bank.hear(bank.say(code, 0))

        view = see_auto_pay(
            user_id=village.maria.user.pk, number="1001", on=FIRST_BILL, zone=CHICAGO
        )
        assert (view.plan is None) == ends


def descriptions(content: bytes) -> list[str]:
    """Return what each batch of a file is called on the member's statement."""
    batches = [line for line in content.decode().splitlines() if line[0] == "5"]
    return [line[53:63].strip() for line in batches]
