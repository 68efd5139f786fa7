"""A card by phone: started at the desk, looked up and reported by a signature, booked once."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from smarthub.integrations.event_signature import sign
from smarthub.kernel.money import Money
from smarthub.payments.models import Payment, PhoneEvent, PhoneHandOff, SuspenseItem
from smarthub.workflows.money.pay_by_phone import see_phone_page, start_phone_payment
from tests.cast import Cast
from tests.portal.conftest import NOW
from tests.workflows.both_books import exceptions
from tests.workflows.wallet import owed

SECRET = "the-phone-company's"
LOOK_UP, RESULT = "/phone-payments/look-up/", "/phone-payments/result/"
DUE = Money(284_67)
HAND_OFF = uuid.UUID("00000000-0000-4000-8000-0000000000c1")


@pytest.fixture
def called(billed: Cast, settings: Settings) -> Cast:
    """Return the cast while Dana handed a call of Maria's off."""
    settings.PHONE_SECRET = SECRET
    start_phone_payment(
        hand_off_id=HAND_OFF, user_id=billed.dana.user.pk, number="1001", amount=DUE, now=NOW
    )
    return billed


def ask(
    address: str, values: dict[str, object], *, secret: str = SECRET, at: dt.datetime = NOW
) -> tuple[int, dict[str, Any]]:
    body = json.dumps(values).encode()
    answer = Client().post(
        address,
        data=body,
        content_type="application/json",
        headers={"Phone-Signature": sign(body=body, secret=secret, at=int(at.timestamp()))},
    )
    return answer.status_code, json.loads(answer.content or b"{}")


def look_up() -> tuple[int, dict[str, Any]]:
    return ask(LOOK_UP, {"code": PhoneHandOff.objects.get().code})


def report(
    *, reference: str = "IVR-1", cents: int = DUE.cents, outcome: str = "paid", **more: object
) -> tuple[int, dict[str, Any]]:
    given = {
        "hand_off": str(HAND_OFF),
        "reference": reference,
        "outcome": outcome,
        "amount_cents": cents,
    }
    return ask(RESULT, given | more)


def state(cast: Cast, now: dt.datetime = NOW) -> str:
    page = see_phone_page(user_id=cast.dana.user.pk, number="1001", hand_off_id=HAND_OFF, now=now)
    assert page.hand_off is not None
    return page.hand_off.state


class TestTheWay:
    def test_is_walked_from_the_code_to_the_money_and_seen_by_the_member(
        self, called: Cast
    ) -> None:
        states = [state(called)]
        looked_up = look_up()
        states.append(state(called))
        reported = report()
        states.append(state(called))

        assert states == ["waiting", "looked_up", "paid"]
        status, told = looked_up
        assert (status, told["amount_cents"], told["account_ending"]) == (200, 284_67, "1001")
        assert told.keys() == {
            "hand_off",
            "amount_cents",
            "account_ending",
            "language",
            "expires_at",
        }
        assert reported == (200, {"outcome": "booked"})
        assert owed(called.account_1001) == Money(0)
        assert Payment.objects.get(channel="ivr").amount_cents == 284_67
        browser = Client()
        browser.force_login(called.maria.user)
        assert "by card over the phone" in browser.get("/pay/payments/").content.decode()

    def test_a_refused_card_may_be_followed_by_another(self, called: Cast) -> None:
        look_up()

        first = report(reference="IVR-1", outcome="failed", reason="card_declined")
        then = state(called)
        second = report(reference="IVR-2")

        assert (first, then) == ((200, {"outcome": "noted"}), "failed")
        assert (second[1], state(called)) == ({"outcome": "booked"}, "paid")

    def test_the_same_result_twice_is_one_payment(self, called: Cast) -> None:
        look_up()

        assert report() == report() == (200, {"outcome": "booked"})

        assert Payment.objects.filter(channel="ivr").count() == 1

    def test_the_same_reference_with_another_amount_is_a_conflict(self, called: Cast) -> None:
        look_up()
        report()

        assert report(cents=1_00) == (409, {"error": "phone_result_conflict"})
        assert not SuspenseItem.objects.exists()


class TestWhatDoesNotMatch:
    @pytest.mark.parametrize(
        ("looks_up", "given"),
        [
            (True, {"cents": 284_66}),
            (False, {}),
            (True, {"hand_off": str(uuid.uuid4())}),
            (True, {"hand_off": "nonsense"}),
        ],
    )
    def test_waits_in_suspense_for_a_card_was_charged(
        self, called: Cast, given: dict[str, Any], *, looks_up: bool
    ) -> None:
        if looks_up:
            look_up()

        assert report(**given) == (200, {"outcome": "suspense"})

        assert SuspenseItem.objects.get().channel == "ivr"
        assert owed(called.account_1001) == DUE

    def test_a_second_charge_of_one_hand_off_waits_there_too(self, called: Cast) -> None:
        look_up()
        report()

        assert report(reference="IVR-2") == (200, {"outcome": "suspense"})
        assert state(called) == "paid"
        told = SuspenseItem.objects.get().told
        assert told == "phone payment IVR-2; code was for account 1001"

    @pytest.mark.parametrize("reference", ["", "4242424242424242", "two words", "x" * 41])
    def test_what_is_no_reference_is_refused(self, called: Cast, reference: str) -> None:
        look_up()

        assert report(reference=reference) == (400, {"error": "phone_result_refused"})
        assert not PhoneEvent.objects.filter(kind="paid").exists()


class TestWhoIsHeard:
    @pytest.mark.parametrize("address", [LOOK_UP, RESULT])
    @pytest.mark.parametrize(("secret", "minutes"), [("another", 0), (SECRET, -6), (SECRET, 6)])
    def test_not_a_forger_and_no_replay(
        self, called: Cast, address: str, secret: str, minutes: int
    ) -> None:
        at = NOW + dt.timedelta(minutes=minutes)

        status, told = ask(address, {"code": PhoneHandOff.objects.get().code}, secret=secret, at=at)

        assert (status, told) == (400, {})
        assert not PhoneEvent.objects.exists()

    @pytest.mark.parametrize("address", [LOOK_UP, RESULT, "/desk/accounts/1001/phone/"])
    def test_nobody_before_a_secret_is_set(self, billed: Cast, address: str) -> None:
        browser = Client()
        browser.force_login(billed.dana.user)

        assert browser.post(address, {}).status_code in {302, 404}
        body = b'{"code": "1"}'
        signed = {"Phone-Signature": sign(body=body, secret="", at=int(NOW.timestamp()))}
        answer = Client().post(LOOK_UP, data=body, content_type="application/json", headers=signed)
        assert answer.status_code == 404

    def test_a_code_that_expired_is_refused_with_that_word(self, called: Cast) -> None:
        with time_machine.travel(NOW + dt.timedelta(minutes=15)):
            answer = ask(
                LOOK_UP,
                {"code": PhoneHandOff.objects.get().code},
                at=NOW + dt.timedelta(minutes=15),
            )

        assert answer == (410, {"error": "phone_code_expired"})
        assert state(called, NOW + dt.timedelta(minutes=15)) == "expired"

    def test_nobody_who_guesses_codes(self, called: Cast) -> None:
        code = PhoneHandOff.objects.get().code
        others = [f"{(int(code) + step) % 10**8:08}" for step in range(1, 21)]

        guessed = [ask(LOOK_UP, {"code": other}) for other in others]
        right = look_up()
        with time_machine.travel(NOW + dt.timedelta(minutes=14, seconds=59)):
            soon = ask(LOOK_UP, {"code": code}, at=NOW + dt.timedelta(minutes=14, seconds=59))

        assert guessed == [(404, {"error": "phone_code_unknown"})] * 20
        assert right == soon == (429, {"error": "phone_codes_refused"})
        assert state(called) == "waiting"
        assert exceptions() == ["phone_codes"]
        kept = PhoneEvent.objects.filter(kind="wrong_code").values_list("reference", flat=True)
        assert list(kept) == [""] * 20  # nothing of what was typed

    def test_a_right_code_again_a_quarter_of_an_hour_later(self, called: Cast) -> None:
        code = PhoneHandOff.objects.get().code
        for step in range(1, 21):
            ask(LOOK_UP, {"code": f"{(int(code) + step) % 10**8:08}"})

        later = NOW + dt.timedelta(minutes=16)
        with time_machine.travel(later):
            answer = ask(LOOK_UP, {"code": code}, at=later)

        assert answer == (410, {"error": "phone_code_expired"})

    def test_nineteen_slips_leave_the_right_code_good(self, called: Cast) -> None:
        code = PhoneHandOff.objects.get().code
        for step in range(1, 20):
            ask(LOOK_UP, {"code": f"{(int(code) + step) % 10**8:08}"})

        assert look_up()[0] == 200
        assert exceptions() == []

    def test_an_unknown_and_a_paid_code_are_told_apart(self, called: Cast) -> None:
        code = PhoneHandOff.objects.get().code
        wrong = ask(LOOK_UP, {"code": f"{(int(code) + 1) % 10**8:08}"})
        look_up()
        report()

        assert wrong == (404, {"error": "phone_code_unknown"})
        assert look_up() == (409, {"error": "phone_code_used"})
