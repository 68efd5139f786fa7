"""Each row of the payments reference, section 4 (Auto Pay) and 2.2 (returns), names its tests.

What no other file shows is shown here: the days around a bill and its due date, the clock change
and the end of a month, and what each return code does to Auto Pay.
"""

from __future__ import annotations

import datetime as dt
import importlib
import uuid

import pytest

from smarthub.accounts.access import open_account
from smarthub.accounts.operations import grant_role
from smarthub.auto_pay.engine import draft_day
from smarthub.auto_pay.queries import find_plan, list_plans
from smarthub.auto_pay.types import LeftOut, PlanEventKind
from smarthub.cooperative.operations import close_day, set_policy
from smarthub.kernel.text import Text
from smarthub.members.models import AuditEntry, Consent
from smarthub.notifications.models import Message
from smarthub.payments.engine import RETURN_RULES
from smarthub.payments.types import MethodId
from smarthub.workflows.auto_pay.plan_drafts import DAYS_BEFORE, MOVES_BACK
from smarthub.workflows.auto_pay.set_up_auto_pay import turn_on
from tests.billing.village import FIRST_BILL
from tests.cast import NOW, Cast
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import CLEARS, GOOD, RETURNS_UNAUTHORISED
from tests.workflows.auto_pay.test_auto_pay import AGREEMENT, BILLED, DUE, EVE, Member, noon
from tests.workflows.both_books import exceptions, hear
from tests.workflows.closing import close
from tests.workflows.own_files import Bank
from tests.workflows.wallet import Wallet, bill

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

AUTO_PAY, PAGES = "tests.workflows.auto_pay.test_auto_pay", "tests.portal.test_auto_pay"
LIMITS = "tests.workflows.auto_pay.test_auto_pay_limits"
CARDS = "tests.workflows.auto_pay.test_auto_pay_cards"
SECTION_4 = {
    "Enrolment": [
        (PAGES, "TestTurningOn.test_takes_four_screens_and_keeps_the_words_as_shown"),
        (AUTO_PAY, "TestTurningOn.test_keeps_the_words_and_sends_a_copy_of_them"),
        (AUTO_PAY, "TestTurningOn.test_says_which_bills_come_next_and_about_how_much"),
    ],
    "First bill": [
        (PAGES, "TestTurningOn.test_says_that_the_bill_of_before_is_paid_by_hand_and_leads_there"),
        (__name__, "TestTheFirstBill.test_is_drafted_only_if_made_after_auto_pay_was_turned_on"),
    ],
    "Draft date": [
        ("tests.auto_pay.test_engine", "TestDraftDay"),
        (__name__, "TestTheDay.test_keeps_to_the_calendar_of_the_co_ops_zone"),
        (__name__, "TestTheDay.test_by_policy_is_the_banking_day_before"),
        (
            __name__,
            "TestTheDay.test_knows_the_co_ops_own_closings_by_the_policy_of_the_bills_day",
        ),
    ],
    "Notice": [
        (AUTO_PAY, "test_a_bill_is_announced_drafted_once_on_its_day_and_receipted"),
        (__name__, "TestTheDay.test_is_announced_ten_days_before_or_more"),
    ],
    "Cap": [
        (AUTO_PAY, "TestTheAmount.test_above_the_cap_it_is_asked_and_left_out_without_a_word"),
        (AUTO_PAY, "TestTheAmount.test_above_the_cap_it_is_taken_once_she_says_so"),
        (LIMITS, "TestUpToTheLimit.test_so_much_is_taken_and_the_rest_told_before_it_is_due"),
        (
            LIMITS,
            "TestUpToTheLimit.test_who_agreed_to_be_asked_is_asked_whatever_the_policy_says_since",
        ),
        (
            LIMITS,
            "TestAboveWhatOnePaymentMayMove.test_it_is_told_as_that_when_the_bill_is_made",
        ),
    ],
    "Amount": [
        (AUTO_PAY, "TestTheAmount.test_a_payment_by_hand_takes_the_draft_down"),
        (AUTO_PAY, "TestTheAmount.test_what_was_paid_by_hand_is_not_drafted_and_that_is_told"),
        (__name__, "test_what_is_on_its_way_by_hand_is_not_taken_again"),
    ],
    "Double charge": [
        (
            "tests.workflows.auto_pay.test_auto_pay_ahead",
            "test_the_review_of_a_payment_names_the_draft_of_the_same_bill",
        ),
        (
            "tests.crash.test_drafts_survive_kill",
            "test_killed_while_drafting_then_run_again_and_repaired",
        ),
    ],
    "Decline": [
        (AUTO_PAY, "TestFailing"),
        ("tests.auto_pay.test_engine", "TestTries"),
        ("tests.workflows.bank.test_bank_files", "TestRetries"),
    ],
    "Stored credential": [
        (CARDS, "TestStoredCredential.test_the_first_is_its_holders_and_later_ones_name_it"),
        (
            CARDS,
            "TestStoredCredential.test_a_payment_ordered_for_a_day_is_made_without_its_holder",
        ),
        (
            "tests.integrations.sandbox.test_gateway_process",
            "TestTheInterface.test_refuses_a_card_without_its_holder_where_its_storing_is_not_named",
        ),
        (
            "tests.integrations.stripe.test_stored_credential",
            "test_a_charge_says_whether_its_holder_is_there",
        ),
    ],
    "Card updates": [
        (
            CARDS,
            "TestCardUpdates.test_its_new_digits_and_expiry_are_taken_over_told_and_drawn_on",
        ),
        (
            CARDS,
            "TestCardUpdates.test_before_it_expires_the_new_card_is_warned_of_not_the_old_one",
        ),
        (
            "tests.integrations.stripe.test_gateway",
            "test_an_update_of_a_card_by_its_network_names_its_token",
        ),
    ],
    "Cancel": [
        (
            AUTO_PAY,
            "TestChanging.test_stopped_it_drafts_nothing_more_and_the_consent_is_taken_back",
        ),
        (__name__, "test_stopped_after_it_was_sent_it_is_too_late_and_said"),
    ],
    "After N failures": [
        (AUTO_PAY, "TestFailing.test_after_several_bills_it_is_suspended_and_told"),
    ],
    "Paper trail": [
        (AUTO_PAY, "TestTurningOn.test_keeps_the_words_and_sends_a_copy_of_them"),
        (__name__, "test_each_change_leaves_who_when_and_what"),
    ],
}
"""Row by row."""
ENDS_AUTO_PAY = {"R05", "R07", "R10", "R11", "R29", "R51"}
"""The unauthorised kinds of section 2.2."""
EXTRA = ("R06", "R12", "R53")
"""Of the other codes: parked for staff."""


@pytest.fixture
def card(village: Cast, wallet: Wallet) -> uuid.UUID:
    return wallet.add(village.maria, GOOD)


@pytest.fixture
def maria(village: Cast, wallet: Wallet) -> Member:
    return Member(village, wallet)


@pytest.mark.parametrize("row", SECTION_4)
def test_each_row_of_section_4_has_its_tests(row: str) -> None:
    for module, path in SECTION_4[row]:
        found: object = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
        assert "test" in path.lower()


class TestTheFirstBill:
    @pytest.mark.parametrize(
        ("enrolled_at", "drafts"),
        [
            (dt.datetime(2024, 10, 31, 12, tzinfo=dt.UTC), 1),  # the day before
            (dt.datetime(2024, 11, 1, 10, 59, tzinfo=dt.UTC), 1),  # on its day, before the run
            (dt.datetime(2024, 11, 1, 11, 1, tzinfo=dt.UTC), 0),  # on its day, after the run
            (dt.datetime(2024, 11, 2, 12, tzinfo=dt.UTC), 0),  # the day after
            (noon(DUE - dt.timedelta(days=1)), 0),  # the day before it is due
            (noon(DUE), 0),  # on the day
            (noon(DUE + dt.timedelta(days=1)), 0),  # the day after
        ],
    )
    def test_is_drafted_only_if_made_after_auto_pay_was_turned_on(
        self, maria: Member, card: uuid.UUID, enrolled_at: dt.datetime, drafts: int
    ) -> None:
        made_at = dt.datetime(2024, 11, 1, 11, tzinfo=dt.UTC)
        if enrolled_at < made_at:
            maria.turn_on(card, now=enrolled_at)
            close(announce=True)
        else:
            close(announce=True)
            maria.turn_on(card, now=enrolled_at)

        sent = [maria.run(DUE + dt.timedelta(days=n))[0] for n in range(3)]

        assert sum(sent) == drafts
        assert [cents for cents, _ in maria.charges()] == [BILLED.cents] * drafts


class TestTheDay:
    @pytest.mark.parametrize(
        ("due", "day"),
        [
            (dt.date(2026, 3, 8), dt.date(2026, 3, 9)),  # the 23-hour day is a Sunday
            (dt.date(2026, 11, 1), dt.date(2026, 11, 2)),  # so is the 25-hour day
            (dt.date(2027, 1, 31), dt.date(2027, 2, 1)),  # a Sunday, the last of a month
            (dt.date(2027, 2, 28), dt.date(2027, 3, 1)),
            (dt.date(2028, 2, 29), dt.date(2028, 2, 29)),  # a Tuesday
            (dt.date(2026, 12, 31), dt.date(2026, 12, 31)),  # a Thursday
            (dt.date(2027, 1, 1), dt.date(2027, 1, 4)),  # a holiday, then a weekend
        ],
    )
    def test_keeps_to_the_calendar_of_the_co_ops_zone(self, due: dt.date, day: dt.date) -> None:
        assert draft_day(due_date=due) == day

    @pytest.mark.parametrize(
        ("due", "day"),
        [
            (dt.date(2026, 3, 8), dt.date(2026, 3, 6)),  # the 23-hour day is a Sunday: Friday
            (dt.date(2026, 11, 1), dt.date(2026, 10, 30)),  # so is the 25-hour day
            (dt.date(2027, 1, 31), dt.date(2027, 1, 29)),  # a Sunday, the last of a month
            (dt.date(2027, 5, 1), dt.date(2027, 4, 30)),  # a Saturday, the first: a month before
            (dt.date(2027, 2, 28), dt.date(2027, 2, 26)),
            (dt.date(2028, 2, 29), dt.date(2028, 2, 29)),  # a Tuesday: the day itself
            (dt.date(2024, 11, 28), dt.date(2024, 11, 27)),  # Thanksgiving
            (dt.date(2027, 1, 1), dt.date(2026, 12, 31)),  # New Year's Day: a year before
            (dt.date(2027, 1, 3), dt.date(2026, 12, 31)),  # the weekend after it
        ],
    )
    def test_by_policy_is_the_banking_day_before(self, due: dt.date, day: dt.date) -> None:
        assert draft_day(due_date=due, moves_back=True) == day

    @pytest.mark.parametrize(
        ("moves_back", "day"), [(True, dt.date(2024, 11, 21)), (False, dt.date(2024, 11, 25))]
    )
    def test_knows_the_co_ops_own_closings_by_the_policy_of_the_bills_day(
        self, maria: Member, card: uuid.UUID, *, moves_back: bool, day: dt.date
    ) -> None:
        set_policy(
            key=MOVES_BACK, value=moves_back, effective_from=FIRST_BILL, author="test", now=EVE
        )
        close_bank_on(DUE)
        maria.turn_on(card)
        close(announce=True)

        sent = [maria.run(day - dt.timedelta(days=1))[0], maria.run(day)[0]]

        assert maria.see().drafts[0].draft.planned_on == day
        assert sent == [0, 1]

    def test_ten_days_before_the_co_ops_own_closings_are_known_as_well(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        for key, value in ((MOVES_BACK, True), (DAYS_BEFORE, 10)):
            set_policy(key=key, value=value, effective_from=FIRST_BILL, author="test", now=EVE)
        close_bank_on(dt.date(2024, 11, 12))  # ten days before; the 11th is Veterans Day
        maria.turn_on(card)
        close(announce=True)

        assert maria.see().drafts[0].draft.planned_on == dt.date(2024, 11, 8)

    def test_is_announced_ten_days_before_or_more(self, maria: Member, card: uuid.UUID) -> None:
        maria.turn_on(card)
        close(announce=True)

        told = Message.objects.get(template="auto_pay_planned")

        assert (DUE - told.queued_at.astimezone(CHICAGO).date()).days >= 10
        assert "stop" in told.body.lower()

    def test_begins_at_the_first_minute_of_the_day_in_that_zone(
        self, maria: Member, card: uuid.UUID
    ) -> None:
        maria.turn_on(card)
        close(announce=True)
        midnight = dt.datetime.combine(DUE, dt.time(), CHICAGO)

        from smarthub.workflows.auto_pay.run_auto_pay import run_auto_pay  # noqa: PLC0415

        gateway = maria.wallet.simulator.gateway
        late = run_auto_pay(now=midnight - dt.timedelta(minutes=1), zone=CHICAGO, gateway=gateway)
        first = run_auto_pay(now=midnight, zone=CHICAGO, gateway=gateway)

        assert (late.sent, first.sent) == (0, 1)


def close_bank_on(day: dt.date) -> None:
    close_day(day=day, name=Text("Closed", "Cerrado"), author="board", now=EVE)


def test_what_is_on_its_way_by_hand_is_not_taken_again(
    village: Cast, maria: Member, card: uuid.UUID, wallet: Wallet
) -> None:
    bank = wallet.add_bank(village.maria, CLEARS)
    maria.turn_on(card)
    close(announce=True)
    wallet.pay(village.maria, bank, {"1001": BILLED})  # under way until a day ends

    assert maria.run(DUE) == (0, 1)
    assert maria.charges() == []


def test_stopped_after_it_was_sent_it_is_too_late_and_said(maria: Member, card: uuid.UUID) -> None:
    maria.turn_on(card)
    close(announce=True)
    maria.run(DUE)

    maria.change(PlanEventKind.STOPPED, now=noon(DUE))

    assert [cents for cents, _ in maria.charges()] == [BILLED.cents]
    assert "not drafted yet" in Message.objects.get(template="auto_pay_changed").body


def test_turned_off_and_on_again_ends_the_draft_of_before(maria: Member, card: uuid.UUID) -> None:
    maria.turn_on(card)
    close(announce=True)
    maria.change(PlanEventKind.STOPPED, now=noon(FIRST_BILL))
    maria.turn_on(card, now=noon(FIRST_BILL) + dt.timedelta(hours=1))

    assert maria.run(DUE) == (0, 1)
    assert maria.see().drafts[0].draft.left_out is LeftOut.STOPPED
    assert maria.charges() == []


def test_each_change_leaves_who_when_and_what(maria: Member, card: uuid.UUID) -> None:
    before = AuditEntry.objects.count()
    maria.turn_on(card)
    maria.change(PlanEventKind.STOPPED, now=noon(FIRST_BILL))

    kept = [(c.person_id, c.granted, c.text, c.given_at) for c in Consent.objects.order_by("pk")]
    person = maria.cast.maria.person_id
    assert kept == [(person, True, AGREEMENT.words, EVE), (person, False, "", noon(FIRST_BILL))]
    assert AuditEntry.objects.count() == before  # the audit trail is of staff alone


class TestAReturn:
    """What each row of section 2.2 does to Auto Pay that draws on the account."""

    @pytest.mark.parametrize("code", [*sorted(RETURN_RULES), *EXTRA])
    def test_ends_auto_pay_only_where_nothing_was_allowed(self, cast: Cast, code: str) -> None:
        bill(cast.account_1001, 100_00)
        bank = Bank(cast)
        method = self._enrol(cast, bank)
        bank.begin(method, 50_00, payment_id=uuid.uuid4())
        bank.send(NOW + dt.timedelta(days=5))

        bank.hear(bank.say(code, 50_00))
        bank.hear(bank.say(code, 50_00))

        ended = code in ENDS_AUTO_PAY
        assert (find_plan(account_id=cast.account_1001) is None) == ended
        words = Message.objects.filter(template="auto_pay_changed")
        assert [("says that you did not allow it" in each.body) for each in words] == [True] * ended
        consents = Consent.objects.filter(kind="auto_pay").order_by("pk")
        assert [c.granted for c in consents] == [True, False][: 1 + ended]
        assert ("returned_unauthorised" in exceptions()) == ended

    def test_ends_every_plan_that_draws_on_the_account(self, cast: Cast) -> None:
        person_id = cast.maria.person_id
        grant_role(
            account_id=cast.account_1002, person_id=person_id, role="joint", starts_on=FIRST_BILL
        )
        bill(cast.account_1001, 100_00)
        bank = Bank(cast)
        method = self._enrol(cast, bank)
        self._turn_on(cast, method, number="1002")
        bank.begin(method, 50_00, payment_id=uuid.uuid4())
        bank.send(NOW + dt.timedelta(days=5))

        bank.hear(bank.say("R10", 50_00))

        assert list_plans(account_ids=[cast.account_1001, cast.account_1002]) == {}
        stopped = Consent.objects.filter(kind="auto_pay", granted=False)
        assert {each.account_number for each in stopped} == {"1001", "1002"}

    def test_by_the_gateway_does_the_same(
        self, village: Cast, maria: Member, wallet: Wallet
    ) -> None:
        account = open_account(user_id=maria.user_id, number="1001", on=FIRST_BILL)
        maria.turn_on(wallet.add_bank(village.maria, RETURNS_UNAUTHORISED))
        close(announce=True)
        maria.run(DUE)
        wallet.simulator.end_day(NOW.date())
        wallet.simulator.end_day(NOW.date())

        hear(wallet.simulator)

        assert find_plan(account_id=account.id) is None
        assert maria.run(DUE + dt.timedelta(days=7)) == (0, 0)
        assert [cents for cents, _ in maria.charges()] == [BILLED.cents]

    @staticmethod
    def _enrol(cast: Cast, bank: Bank) -> MethodId:
        method = bank.store()
        bank.send(NOW)
        TestAReturn._turn_on(cast, method, number="1001")
        return method

    @staticmethod
    def _turn_on(cast: Cast, method: MethodId, *, number: str) -> None:
        turn_on(
            plan_id=uuid.uuid4(),
            user_id=cast.maria.user.pk,
            number=number,
            method_id=method,
            cap=None,
            agreement=AGREEMENT,
            now=NOW,
            zone=CHICAGO,
        )
