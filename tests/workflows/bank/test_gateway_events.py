"""What becomes of a charge reaches our books once, in whatever order it is told."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smarthub.integrations.event_signature import sign
from smarthub.kernel.money import Money
from smarthub.ledger.queries import list_open_charges
from smarthub.payments.models import Fee, InboxEvent, InboxResult, StoredMethod
from smarthub.payments.operations import begin_payment, move_payment
from smarthub.payments.ports import EventRefused
from smarthub.payments.queries import list_attempts_to_send
from smarthub.payments.types import (
    InboxOutcome,
    MethodId,
    NewMove,
    Part,
    Payment,
    PaymentId,
    PaymentStatus,
)
from smarthub.workflows.bank.gateway_events import handle_waiting_events, receive_event
from smarthub.workflows.money.charge_payment import repair_unknown_attempts
from smarthub.workflows.money.send_payments import send_payments
from tests.cast import NOW, Cast
from tests.sandbox_gateway import (
    BOUNCES,
    CLEARS,
    DISPUTED,
    GOOD,
    RETURNS,
    RETURNS_CLOSED,
    RETURNS_UNAUTHORISED,
    SECRET,
    Simulator,
)
from tests.workflows.both_books import exceptions, hear, on, reference_of, status
from tests.workflows.wallet import Wallet, bill, owed, subjects

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
TODAY = NOW.date()


def a_card_payment(cast: Cast, wallet: Wallet, number: str = GOOD, cents: int = 50_00) -> uuid.UUID:
    """Bill Maria 100.00 and pay part of it."""
    bill(cast.account_1001, 100_00)
    payment_id = uuid.uuid4()
    method = wallet.add(cast.maria, number)
    wallet.pay(cast.maria, method, {"1001": Money(cents)}, payment_id=payment_id)
    return payment_id


def a_bank_payment(cast: Cast, wallet: Wallet, account: str) -> uuid.UUID:
    bill(cast.account_1001, 100_00)
    payment_id = uuid.uuid4()
    method = wallet.add_bank(cast.maria, account)
    wallet.pay(cast.maria, method, {"1001": Money(50_00)}, payment_id=payment_id)
    return payment_id


def pay_parts(cast: Cast, wallet: Wallet, payment_id: PaymentId, parts: tuple[Part, ...]) -> None:
    """Pay several accounts with one card that is disputed, whoever they belong to."""
    bill(cast.account_1001, 100_00)
    payment = Payment(
        id=payment_id,
        channel="web",
        parts=parts,
        received_at=NOW,
        clearing="clearing:sandbox:card",
        person_id=cast.maria.person_id,
        method_id=MethodId(wallet.add(cast.maria, DISPUTED)),
    )
    begin_payment(
        payment=payment, gateway="sandbox", maximum=Money(500_00), allow_credit=True, now=NOW
    )
    attempts = list_attempts_to_send(payment_ids=[payment_id])
    send_payments(attempts=attempts, at_once=1, now=NOW, gateway=wallet.simulator.gateway)


def send(simulator: Simulator, body: bytes, *, at: dt.datetime = NOW, secret: str = SECRET) -> bool:
    header = sign(body=body, secret=secret, at=int(at.timestamp()))
    return receive_event(
        body=body, headers={"Sandbox-Signature": header}, now=NOW, gateway=simulator.gateway
    )


def an_event(kind: str, charge: str, event_id: str = "evt_1") -> bytes:
    return json.dumps({"id": event_id, "kind": kind, "charge": charge, "made_at": 0}).encode()


class TestBankPayments:
    def test_stands_as_pending_and_pays_nothing_until_the_day_ends(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = a_bank_payment(cast, wallet, CLEARS)

        assert status(payment_id) is PaymentStatus.PENDING
        assert owed(cast.account_1001) == Money(100_00)
        assert (
            repair_unknown_attempts(
                now=NOW + dt.timedelta(hours=2), gateway=wallet.simulator.gateway
            )
            == 0
        )

    def test_clears_and_is_booked_on_the_bank_clearing_account(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = a_bank_payment(cast, wallet, CLEARS)
        wallet.simulator.end_day(TODAY + dt.timedelta(days=1))

        hear(wallet.simulator)

        assert status(payment_id) is PaymentStatus.PAID
        assert owed(cast.account_1001) == Money(50_00)
        assert on("clearing:sandbox:ach") == 50_00
        assert subjects() == ["We received your payment of $50.00"]

    def test_that_bounces_was_never_booked(self, cast: Cast, wallet: Wallet) -> None:
        payment_id = a_bank_payment(cast, wallet, BOUNCES)
        wallet.simulator.end_day(TODAY + dt.timedelta(days=1))

        hear(wallet.simulator)

        assert status(payment_id) is PaymentStatus.FAILED
        assert owed(cast.account_1001) == Money(100_00)
        assert on("clearing:sandbox:ach") == 0

    def test_returned_for_want_of_money_is_owed_again_with_the_fee(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = a_bank_payment(cast, wallet, RETURNS)
        for days in (1, 2):
            wallet.simulator.end_day(TODAY + dt.timedelta(days=days))

        hear(wallet.simulator)

        assert status(payment_id) is PaymentStatus.RETURNED
        assert owed(cast.account_1001) == Money(125_00)  # 100.00, and the fee of 25.00
        assert on("fee:nsf") == -25_00
        assert on("clearing:sandbox:ach") == 0
        assert [charge.amount for charge in list_open_charges(account_id=cast.account_1001)] == [
            Money(100_00),
            Money(25_00),
        ]
        assert exceptions() == []
        assert subjects() == ["Your payment of $50.00 was returned"]

    @pytest.mark.parametrize(
        ("account", "before_staff"),
        [(RETURNS_CLOSED, []), (RETURNS_UNAUTHORISED, ["returned_unauthorised"])],
    )
    def test_a_closed_or_denied_account_is_never_charged_again_and_costs_no_fee(
        self, cast: Cast, wallet: Wallet, account: str, before_staff: list[str]
    ) -> None:
        a_bank_payment(cast, wallet, account)
        for days in (1, 2):
            wallet.simulator.end_day(TODAY + dt.timedelta(days=days))

        hear(wallet.simulator)

        assert owed(cast.account_1001) == Money(100_00)
        assert not Fee.objects.exists()
        assert StoredMethod.objects.get().removed_because in {"R02", "R10"}
        assert exceptions() == before_staff


class TestDisputes:
    def test_what_is_disputed_is_owed_again(self, cast: Cast, wallet: Wallet) -> None:
        payment_id = a_card_payment(cast, wallet, DISPUTED)

        hear(wallet.simulator)

        assert status(payment_id) is PaymentStatus.DISPUTED
        assert owed(cast.account_1001) == Money(100_00)
        assert on("clearing:sandbox:card") == 0
        assert exceptions() == ["disputed"]

    def test_won_it_is_paid_again_and_lost_it_stays_owed(self, cast: Cast, wallet: Wallet) -> None:
        won = a_card_payment(cast, wallet, DISPUTED)
        method = wallet.add(cast.maria, DISPUTED)
        lost = uuid.uuid4()
        wallet.pay(cast.maria, method, {"1001": Money(30_00)}, payment_id=lost)
        hear(wallet.simulator)

        wallet.simulator.act(reference_of(wallet.simulator, won), "win")
        wallet.simulator.act(reference_of(wallet.simulator, lost), "lose")
        hear(wallet.simulator)

        assert (status(won), status(lost)) == (PaymentStatus.PAID, PaymentStatus.DISPUTED)
        assert owed(cast.account_1001) == Money(50_00)  # 100.00 less the 50.00 won back
        assert on("clearing:sandbox:card") == 50_00

    def test_of_two_parts_that_came_to_stand_on_one_account_it_is_one_debt_there(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = PaymentId(uuid.uuid4())
        parts = (
            Part(cast.account_1001, "1001", Money(30_00)),
            Part(cast.account_1002, "1002", Money(20_00)),
        )
        pay_parts(cast, wallet, payment_id, parts)
        move = NewMove(uuid.uuid4(), payment_id, cast.account_1001, cast.account_1002, "Hers")
        move_payment(move=move, by=cast.dana.person_id, now=NOW)

        hear(wallet.simulator)

        assert status(payment_id) is PaymentStatus.DISPUTED
        assert (owed(cast.account_1001), owed(cast.account_1002)) == (Money(100_00), Money(0))
        assert on("clearing:sandbox:card") == 0
        assert exceptions() == ["disputed"]

        wallet.simulator.act(reference_of(wallet.simulator, payment_id), "win")
        hear(wallet.simulator)

        assert owed(cast.account_1002) == Money(-50_00)
        assert on("clearing:sandbox:card") == 50_00

    def test_of_a_payment_never_made_is_parked_with_an_alarm(
        self, cast: Cast, wallet: Wallet, caplog: pytest.LogCaptureFixture
    ) -> None:
        send(wallet.simulator, an_event("dispute.opened", "chg_of_nobody"))

        handle_waiting_events(now=NOW, gateway=wallet.simulator.gateway)

        assert InboxResult.objects.get().outcome == InboxOutcome.PARKED
        assert exceptions() == ["dispute_unknown"]
        assert [record.levelname for record in caplog.records if "money" in record.message] == [
            "ERROR"
        ]
        assert owed(cast.account_1001) == Money(0)


class TestCorrections:
    def test_a_failure_that_was_a_success_is_booked_and_put_before_staff(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = a_bank_payment(cast, wallet, CLEARS)
        reference = reference_of(wallet.simulator, payment_id)
        wallet.simulator.act(reference, "fail", "R03")
        hear(wallet.simulator)

        wallet.simulator.act(reference, "clear")
        hear(wallet.simulator)

        assert status(payment_id) is PaymentStatus.PAID
        assert owed(cast.account_1001) == Money(50_00)
        assert exceptions() == ["failed_then_paid"]

    def test_a_success_that_failed_after_all_is_taken_back(
        self, cast: Cast, wallet: Wallet
    ) -> None:
        payment_id = a_card_payment(cast, wallet)

        wallet.simulator.act(reference_of(wallet.simulator, payment_id), "fail", "expired_card")
        hear(wallet.simulator)

        assert status(payment_id) is PaymentStatus.RETURNED
        assert owed(cast.account_1001) == Money(100_00)


class TestTheInbox:
    def test_keeps_an_event_once_and_deals_with_it_once(self, cast: Cast, wallet: Wallet) -> None:
        payment_id = a_card_payment(cast, wallet, DISPUTED)
        body = an_event("dispute.opened", reference_of(wallet.simulator, payment_id))

        new = [send(wallet.simulator, body) for _ in range(3)]
        handled = [
            handle_waiting_events(now=NOW, gateway=wallet.simulator.gateway) for _ in range(2)
        ]

        assert new == [True, False, False]
        assert handled == [1, 0]
        assert InboxEvent.objects.get().body == body.decode()
        assert owed(cast.account_1001) == Money(100_00)

    @pytest.mark.parametrize(
        ("minutes", "secret", "cut", "reason"),
        [
            (0, "a forger's", 0, "signature_wrong"),
            (0, SECRET, 5, "signature_wrong"),
            (-6, SECRET, 0, "too_old"),
            (6, SECRET, 0, "from_the_future"),
        ],
        ids=["forged", "truncated", "replayed later", "from the future"],
    )
    def test_refuses_what_is_not_the_gateways_word_of_now(  # noqa: PLR0917 (a table of cases)
        self, cast: Cast, wallet: Wallet, minutes: int, secret: str, cut: int, reason: str
    ) -> None:
        del cast
        body = an_event("charge.success", "chg_1")
        header = sign(body=body, secret=secret, at=int(NOW.timestamp()) + 60 * minutes)

        with pytest.raises(EventRefused) as refused:
            receive_event(
                body=body[: len(body) - cut],
                headers={"Sandbox-Signature": header},
                now=NOW,
                gateway=wallet.simulator.gateway,
            )

        assert refused.value.values["reason"] == reason
        assert not InboxEvent.objects.exists()

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 1}', b"\xff\xfe"])
    def test_refuses_a_signed_body_that_is_no_event(self, wallet: Wallet, body: bytes) -> None:
        with pytest.raises(EventRefused) as refused:
            send(wallet.simulator, body)

        assert refused.value.values["reason"] == "not_an_event"

    def test_waits_while_the_gateway_does_not_answer(
        self, cast: Cast, wallet: Wallet, silent_gateway: object
    ) -> None:
        payment_id = a_card_payment(cast, wallet, DISPUTED)
        send(wallet.simulator, an_event("x", reference_of(wallet.simulator, payment_id)))

        down = handle_waiting_events(now=NOW, gateway=silent_gateway)  # type: ignore[arg-type]
        up = handle_waiting_events(now=NOW, gateway=wallet.simulator.gateway)

        assert (down, up) == (0, 1)

    @given(seed=st.permutations(range(5)), twice=st.lists(st.integers(0, 4), max_size=3))
    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_any_order_and_any_repeats_come_to_the_same_books(
        self, cast: Cast, wallet: Wallet, seed: list[int], twice: list[int]
    ) -> None:
        """The charge is disputed and won; its events arrive shuffled, some of them twice."""
        run = next(RUNS)
        bill(cast.account_1001, 50_00, f"bill:{run}")
        before = (owed(cast.account_1001), on("clearing:sandbox:card"))
        payment_id = uuid.uuid4()
        method = wallet.add(cast.maria, DISPUTED)
        wallet.pay(cast.maria, method, {"1001": Money(50_00)}, payment_id=payment_id)
        charge = reference_of(wallet.simulator, payment_id)
        kinds = ["charge.success", "dispute.opened", "dispute.won", "charge.updated", "x"]
        for place, number in enumerate([*seed, *twice]):
            if place == 3:
                wallet.simulator.act(charge, "win")
            send(wallet.simulator, an_event(kinds[number], charge, f"evt_{run}_{number}"))
            handle_waiting_events(now=NOW, gateway=wallet.simulator.gateway)

        after = (owed(cast.account_1001), on("clearing:sandbox:card"))
        assert status(payment_id) is PaymentStatus.PAID
        assert after == (before[0] - Money(50_00), before[1] + 50_00)


RUNS = itertools.count()
