"""Drafts are begun some at a time: the same promises as one by one, in a fraction of the work."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from smarthub.accounts.models import Account
from smarthub.accounts.types import AccountId
from smarthub.auto_pay.engine import try_id
from smarthub.auto_pay.models import AutoPayDraft
from smarthub.auto_pay.queries import list_drafts
from smarthub.auto_pay.types import DraftId, DraftState, LeftOut
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import EntryConflict, post_entry
from smarthub.ledger.queries import get_balances
from smarthub.ledger.types import Posting
from smarthub.notifications.models import Message
from smarthub.payments.models import Attempt, Payment, StoredMethod
from smarthub.payments.operations import record_received_payments
from smarthub.payments.types import ReceivedPayment
from smarthub.workflows.auto_pay import run_auto_pay as runs
from smarthub.workflows.auto_pay.run_auto_pay import BEGUN_TOGETHER, DraftRun, run_auto_pay
from smarthub.workflows.money.charge_payment import repair_unknown_attempts
from tests.cast import NOW, TODAY, Cast
from tests.metering.yard import CHICAGO
from tests.sandbox_gateway import GOOD, INSUFFICIENT, SILENT_ONCE, Simulator
from tests.workflows.auto_pay.street import CENTS, bill_to_draft, enrol, move_in
from tests.workflows.wallet import Wallet

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

STATEMENTS = 2.5
"""The most a draft may cost on average; begun one by one each had thirty."""
BLOCKED_SECONDS = 10


@pytest.fixture
def card(cast: Cast, wallet: Wallet) -> uuid.UUID:
    return wallet.add(cast.maria, GOOD)


def run(simulator: Simulator) -> DraftRun:
    return run_auto_pay(now=NOW, zone=CHICAGO, gateway=simulator.gateway)


def charged(simulator: Simulator) -> dict[str, list[int]]:
    """Return the cents the simulator took for drafts of this test, by account number."""
    payments = Payment.objects.filter(channel="auto_pay").order_by("parts__account__number")
    found: dict[str, list[int]] = {}
    for payment_id, number in payments.values_list("pk", "parts__account__number"):
        for charge in simulator.charges(str(payment_id)):
            if charge["state"] == "success":
                found.setdefault(number, []).append(charge["amount_cents"])
    return found


def states(account_id: AccountId) -> list[tuple[DraftState, LeftOut | None]]:
    """Return how the drafts of an account stand, the oldest first."""
    views = list_drafts(account_id=account_id, zone=CHICAGO, limit=10)
    return [
        (view.state, view.draft.left_out)
        for view in sorted(views, key=lambda v: v.draft.bill_number)
    ]


def pay_by_hand(number: str, cents: int) -> None:
    given = ReceivedPayment(f"hand:{number}", number, Money(cents), "office", TODAY)
    record_received_payments(payments=[given], now=NOW)


def test_a_chunk_and_more_are_each_drafted_once_in_few_statements(
    cast: Cast,
    card: uuid.UUID,
    simulator: Simulator,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    count = BEGUN_TOGETHER + 2
    accounts = list(move_in(cast.maria.person_id, card, count))

    with django_assert_max_num_queries(int(STATEMENTS * count)):
        first = run(simulator)
    again = run(simulator)

    assert (first, again) == (DraftRun(count, 0, 0), DraftRun(0, 0, 0))
    assert list(charged(simulator).values()) == [[CENTS]] * count
    balances = get_balances(account_ids=accounts)
    assert {each.asked for each in balances.values()} == {ZERO}
    assert Message.objects.filter(template="payment_receipt").count() == count


def test_two_drafts_of_one_account_take_no_more_together_than_is_owed(
    cast: Cast, card: uuid.UUID, simulator: Simulator
) -> None:
    (account,) = move_in(cast.maria.person_id, card, 1)
    bill_to_draft(account, "2001-2")
    pay_by_hand("2001", 20_00)

    done = run(simulator)

    # two bills of 12.34 less 20.00 leave 4.68 for the first draft, and nothing for the second
    assert done == DraftRun(sent=1, left_out=1, failed=0)
    assert charged(simulator) == {"2001": [4_68]}
    reasons = sorted(str(reason) for _, reason in states(account))
    assert reasons == ["None", "nothing_due"]


def test_what_is_paid_by_hand_while_a_run_works_is_not_drafted_again(
    cast: Cast, card: uuid.UUID, simulator: Simulator
) -> None:
    move_in(cast.maria.person_id, card, 3)
    paid: list[str] = []

    def reach(point: str) -> None:
        """After the first draft is begun, let somebody pay 10.00 on each account at the office."""
        if point == "auto_pay.attempt_recorded" and not paid:
            paid.extend(["2001", "2002", "2003"])
            for number in paid:
                pay_by_hand(number, 10_00)

    with patch.object(runs, "BEGUN_TOGETHER", 1), patch.object(runs, "reach", reach):
        run(simulator)

    assert sorted(charged(simulator).values()) == [[2_34], [2_34], [CENTS]]


def test_an_attempt_of_a_long_run_is_no_older_than_it_is(
    cast: Cast, card: uuid.UUID, simulator: Simulator
) -> None:
    """So that the janitor does not ask about it while its answer is on its way."""
    move_in(cast.maria.person_id, card, 2)
    moments = [NOW, NOW + dt.timedelta(minutes=5)]
    clock = iter(moments)

    with patch.object(runs, "BEGUN_TOGETHER", 1):
        run_auto_pay(now=NOW, zone=CHICAGO, gateway=simulator.gateway, clock=lambda: next(clock))

    assert list(Attempt.objects.order_by("pk").values_list("made_at", flat=True)) == moments
    assert set(Payment.objects.values_list("received_at", flat=True)) == {NOW}


class TestABadAccount:
    def test_stops_no_other_and_is_tried_again_by_the_next_run(
        self, cast: Cast, card: uuid.UUID, wallet: Wallet, simulator: Simulator
    ) -> None:
        accounts = list(move_in(cast.maria.person_id, card, 5))
        broken = wallet.add(cast.maria, GOOD)
        enrol(cast.maria.person_id, broken, accounts[2:3])
        StoredMethod.objects.filter(pk=broken).update(kind="odd")  # which nobody can read

        first = run(simulator)
        charged_first = charged(simulator)
        StoredMethod.objects.filter(pk=broken).update(kind="card")
        second = run(simulator)

        assert first == DraftRun(sent=4, left_out=0, failed=1)
        assert charged_first == {number: [CENTS] for number in ("2001", "2002", "2004", "2005")}
        assert second == DraftRun(sent=1, left_out=0, failed=0)
        assert charged(simulator)["2003"] == [CENTS]

    def test_whose_answer_cannot_be_booked_keeps_no_other_out_of_the_books(
        self, cast: Cast, card: uuid.UUID, wallet: Wallet, simulator: Simulator
    ) -> None:
        move_in(cast.maria.person_id, card, 4)
        drafts = list(AutoPayDraft.objects.order_by("pk"))  # as they are begun and repaired
        accounts = [AccountId(draft.account_id) for draft in drafts]
        enrol(cast.maria.person_id, wallet.add(cast.maria, SILENT_ONCE), accounts[3:])
        number = Account.objects.get(pk=accounts[1]).number
        post_entry(  # an entry of other values has the key of the second payment
            source_key=f"payment:{try_id(draft_id=DraftId(drafts[1].pk), number=1)}:{number}",
            kind="payment",
            effective_date=TODAY,
            postings=[Posting("clearing:sandbox:card", Money(1)), Posting("ar:odd", Money(-1))],
            posted_at=NOW,
        )

        done = run(simulator)
        at_first = [states(each)[0][0] for each in accounts]
        with pytest.raises(EntryConflict):
            repair_unknown_attempts(now=NOW + dt.timedelta(minutes=2), gateway=simulator.gateway)
        repaired = [states(each)[0][0] for each in accounts]

        # the second is charged and waits for somebody to look; the fourth's answer was lost at
        # first, and is asked for behind it
        paid, on_its_way = DraftState.PAID, DraftState.ON_ITS_WAY
        assert done == DraftRun(sent=4, left_out=0, failed=0)
        assert at_first == [paid, on_its_way, paid, on_its_way]
        assert repaired == [paid, on_its_way, paid, paid]

    def test_refused_for_its_method_is_left_out_among_those_that_are_sent(
        self, cast: Cast, card: uuid.UUID, wallet: Wallet, simulator: Simulator
    ) -> None:
        accounts = list(move_in(cast.maria.person_id, card, 3))
        gone, poor = wallet.add(cast.maria, GOOD), wallet.add(cast.maria, INSUFFICIENT)
        enrol(cast.maria.person_id, gone, accounts[:1])
        enrol(cast.maria.person_id, poor, accounts[1:2])
        StoredMethod.objects.filter(pk=gone).update(removed_at=NOW)

        done = run(simulator)

        assert done == DraftRun(sent=2, left_out=1, failed=0)
        assert charged(simulator) == {"2003": [CENTS]}
        assert [states(each)[0] for each in accounts] == [
            (DraftState.LEFT_OUT, LeftOut.METHOD_GONE),
            (DraftState.TO_BE_TRIED_AGAIN, None),
            (DraftState.PAID, None),
        ]


class TestBesideOthers:
    """In a database in which two sessions may really commit."""

    @pytest.fixture
    def street(self, committing_cast: Cast, simulator: Simulator) -> list[AccountId]:
        method = Wallet(simulator).add(committing_cast.maria, GOOD)
        return list(move_in(committing_cast.maria.person_id, method, 4))

    def test_waits_for_a_payment_that_is_just_being_booked(
        self, street: list[AccountId], simulator: Simulator
    ) -> None:
        booked, waited = threading.Event(), threading.Event()

        def pay_slowly() -> None:
            with transaction.atomic():
                pay_by_hand("2002", CENTS)
                booked.set()
                if somebody_waits():
                    waited.set()
            connection.close()

        other = threading.Thread(target=pay_slowly)
        other.start()
        assert booked.wait(BLOCKED_SECONDS)
        done = run(simulator)
        other.join()

        assert waited.is_set()
        assert done == DraftRun(sent=3, left_out=1, failed=0)
        assert states(street[1]) == [(DraftState.LEFT_OUT, LeftOut.NOTHING_DUE)]
        assert set(charged(simulator)) == {"2001", "2003", "2004"}

    def test_two_runs_at_once_draft_each_bill_once(
        self, street: list[AccountId], simulator: Simulator
    ) -> None:
        together, done = threading.Barrier(2), []

        def run_too() -> None:
            together.wait()
            done.append(run(simulator))
            connection.close()

        runners = [threading.Thread(target=run_too) for _ in range(2)]
        for each in runners:
            each.start()
        for each in runners:
            each.join()

        assert sum(each.sent for each in done) == len(street)
        assert sum(each.left_out + each.failed for each in done) == 0
        assert Attempt.objects.count() == AutoPayDraft.objects.count() == len(street)
        assert list(charged(simulator).values()) == [[CENTS]] * len(street)


def somebody_waits() -> bool:
    """Wait until another session wants a lock that is held, and say whether one came."""
    until = time.monotonic() + BLOCKED_SECONDS
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE NOT granted AND locktype = 'advisory' AND d.datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False
