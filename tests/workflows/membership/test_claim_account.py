"""Somebody proves that an account is theirs; nobody learns from trying whether there is one."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from smarthub.accounts.models import Claim, Sweep
from smarthub.billing.online_code import online_code
from smarthub.kernel.errors import NotVisible
from smarthub.members.operations import CodesTooMany, CodeWrong
from smarthub.notifications.models import Message
from smarthub.workflows.membership.claim_account import (
    LIMITS,
    ClaimLocked,
    ClaimOver,
    ClaimsTooMany,
    ask_for_code,
    make_staff_code,
    prove,
)
from smarthub.workflows.membership.claim_messages import (
    follow_claim,
    send_claim_code,
    tell_claim_proved,
)
from tests.cast import NOW, Cast
from tests.workflows.membership.newcomer import (
    EMAIL,
    Newcomer,
    add_bill,
    claim,
    code_in,
    newest_message,
    settle_newcomer,
)

WRONG = "2222-2222"
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def walter(cast: Cast) -> Newcomer:
    return settle_newcomer()


class TestAsking:
    @pytest.mark.parametrize(
        "number", ["00001003", "0000-1003", " 0000 1003 ", "88-1003-B", "881003b"]
    )
    def test_finds_the_account_by_its_number_new_or_old(
        self, walter: Newcomer, number: str
    ) -> None:
        claim(number=number)

        assert Claim.objects.get().account_id == walter.account_id

    @pytest.mark.parametrize(
        ("number", "name"), [("00001003", "Alvarez"), ("1001", "lindgren"), ("0", "x"), ("", "")]
    )
    @pytest.mark.usefixtures("walter")
    def test_finds_none_where_number_and_name_do_not_go_together(
        self, number: str, name: str
    ) -> None:
        claim(number=number, name=name)

        assert Claim.objects.get().account_id is None

    @pytest.mark.usefixtures("walter")
    def test_costs_the_same_queries_whether_there_is_an_account_or_not(self) -> None:
        claim(number="1", ip_address="203.0.113.1")  # what is cached, is cached

        counts = []
        for number, name in [("00001003", "lindgren"), ("00001003", "x"), ("9999", "lindgren")]:
            with CaptureQueriesContext(connection) as asked:
                claim_id = claim(number=number, name=name)
            with CaptureQueriesContext(connection) as wanted:
                ask_for_code(claim_id=claim_id, channel="email", now=NOW)
            with CaptureQueriesContext(connection) as tried, pytest.raises(CodeWrong):
                prove(claim_id=claim_id, typed=WRONG, now=NOW)
            counts.append((len(asked), len(wanted), len(tried)))

        assert counts[0] == counts[1] == counts[2]

    @pytest.mark.usefixtures("walter")
    def test_tells_the_contacts_on_file_once_an_hour_and_nobody_else(self) -> None:
        for claim_id in (claim(email="thief@evil.example"), claim()):
            follow_claim(claim_id=claim_id, now=NOW)
        follow_claim(claim_id=claim(number="9999"), now=NOW)

        told = Message.objects.filter(template="claim_asked").values_list("address", "channel")
        assert sorted(told) == [("815-555-0133", "text"), (EMAIL, "email")]


class TestLimits:
    @pytest.mark.usefixtures("walter")
    def test_one_address_may_ask_so_often_an_hour(self) -> None:
        for at in range(LIMITS.asked_by_address):
            claim(number=str(at))

        with pytest.raises(ClaimsTooMany):
            claim()
        claim(ip_address="203.0.113.8")
        claim(now=NOW + HOUR)

    @pytest.mark.usefixtures("walter")
    def test_one_number_may_be_asked_for_so_often_from_anywhere(self) -> None:
        for at in range(LIMITS.asked_for_number):
            claim(ip_address=f"203.0.113.{at + 20}")

        with pytest.raises(ClaimsTooMany):
            claim(number="0000 1003", ip_address="203.0.113.99")

    @pytest.mark.usefixtures("cooperative_founded")
    def test_all_together_may_ask_so_often(self) -> None:
        Claim.objects.bulk_create(
            Claim(
                number_asked=str(at),
                name_asked="x",
                ip_address=f"10.0.{at // 250}.{at % 250}",
                language="en",
                asked_at=NOW,
            )
            for at in range(LIMITS.asked_in_all)
        )

        with pytest.raises(ClaimsTooMany):
            claim()

    @pytest.mark.usefixtures("walter")
    def test_no_more_than_five_codes_are_sent_for_a_claim(self) -> None:
        claim_id = claim()
        for _ in range(5):
            ask_for_code(claim_id=claim_id, channel="email", now=NOW)

        with pytest.raises(CodesTooMany):
            ask_for_code(claim_id=claim_id, channel="email", now=NOW)


class TestProving:
    @pytest.mark.parametrize(("channel", "address"), [("email", EMAIL), ("text", "815-555-0133")])
    @pytest.mark.usefixtures("walter")
    def test_takes_the_code_sent_to_what_is_on_file(self, channel: str, address: str) -> None:
        claim_id = claim(email="new@mail.example")
        ask_for_code(claim_id=claim_id, channel=channel, now=NOW)
        sent = send_claim_code(claim_id=claim_id, channel=channel, now=NOW)
        message = newest_message("claim_code")

        proof = prove(claim_id=claim_id, typed=code_in(message).lower(), now=NOW)

        assert (sent, message.address, proof) == (1, address, f"claim-{channel}")

    def test_takes_the_code_of_the_newest_bill_once(self, walter: Newcomer) -> None:
        code = online_code(bill_number=walter.bill_number)
        first, second = claim(), claim()

        assert prove(claim_id=first, typed=f" {code} ", now=NOW) == "bill"
        with pytest.raises(CodeWrong):
            prove(claim_id=second, typed=code, now=NOW)

    def test_takes_no_code_of_an_older_bill(self, walter: Newcomer) -> None:
        code = online_code(bill_number=walter.bill_number)
        newer = add_bill(walter.account_id, dt.date(2026, 11, 20))

        with pytest.raises(CodeWrong):
            prove(claim_id=claim(), typed=code, now=NOW)
        assert prove(claim_id=claim(), typed=online_code(bill_number=newer), now=NOW) == "bill"

    @pytest.mark.usefixtures("walter")
    def test_takes_the_code_of_a_letter_with_another_claim_weeks_later(self) -> None:
        send_claim_code(claim_id=claim(), channel="letter", now=NOW)
        letter = newest_message("claim_letter")
        later = NOW + dt.timedelta(days=20)

        proof = prove(claim_id=claim(now=later), typed=code_in(letter), now=later)

        assert (proof, letter.channel) == ("letter", "letter")
        assert letter.address == "7 Oak St, Willow Bend, IL 61000"

    @pytest.mark.usefixtures("walter")
    def test_sends_no_second_letter_that_would_end_the_first(self) -> None:
        for _ in range(2):
            send_claim_code(claim_id=claim(), channel="letter", now=NOW)

        assert Message.objects.filter(template="claim_letter").count() == 1

    def test_takes_the_code_a_clerk_made(self, walter: Newcomer) -> None:
        code = make_staff_code(account_id=walter.account_id, now=NOW)

        assert prove(claim_id=claim(now=NOW + HOUR), typed=code, now=NOW + HOUR) == "staff"

    def test_takes_no_code_of_another_account(self, cast: Cast, walter: Newcomer) -> None:
        code = online_code(bill_number=walter.bill_number)

        with pytest.raises(CodeWrong):
            prove(claim_id=claim(number="1001", name="Alvarez"), typed=code, now=NOW)

    def test_ends_after_five_wrong_codes_for_a_quarter_of_an_hour(self, walter: Newcomer) -> None:
        right = online_code(bill_number=walter.bill_number)
        first, left = claim(), []
        for _ in range(5):
            with pytest.raises(CodeWrong) as wrong:
                prove(claim_id=first, typed=WRONG, now=NOW)
            left.append(wrong.value.values["tries_left"])

        for claim_id in (first, claim()):
            with pytest.raises(ClaimLocked):
                prove(claim_id=claim_id, typed=right, now=NOW + 14 * MINUTE)
        assert left == [4, 3, 2, 1, 0]
        later = NOW + 16 * MINUTE
        assert prove(claim_id=claim(now=later), typed=right, now=later) == "bill"

    def test_is_not_ended_for_the_holder_by_a_stranger_who_guesses(self, walter: Newcomer) -> None:
        stranger = claim(ip_address="198.51.100.1")
        for _ in range(5):
            with pytest.raises(CodeWrong):
                prove(claim_id=stranger, typed=WRONG, now=NOW)

        right = online_code(bill_number=walter.bill_number)
        assert prove(claim_id=claim(), typed=right, now=NOW) == "bill"

    @pytest.mark.usefixtures("walter")
    def test_ends_for_a_number_guessed_at_from_many_addresses(self) -> None:
        for at in range(6):
            claim_id = claim(ip_address=f"198.51.100.{at}")
            for _ in range(5):
                with pytest.raises(CodeWrong):
                    prove(claim_id=claim_id, typed=WRONG, now=NOW)

        with pytest.raises(ClaimLocked):
            prove(claim_id=claim(), typed=WRONG, now=NOW)

    @pytest.mark.usefixtures("cast")
    def test_ends_for_an_account_that_is_not_there_just_so(self) -> None:
        claim_id = claim(number="9999")
        for _ in range(5):
            with pytest.raises(CodeWrong):
                prove(claim_id=claim_id, typed=WRONG, now=NOW)

        with pytest.raises(ClaimLocked):
            prove(claim_id=claim_id, typed=WRONG, now=NOW)

    @pytest.mark.usefixtures("walter")
    def test_is_over_after_an_hour(self) -> None:
        claim_id = claim()

        with pytest.raises(ClaimOver):
            prove(claim_id=claim_id, typed=WRONG, now=NOW + HOUR + MINUTE)

    @pytest.mark.django_db
    def test_is_not_there_without_a_claim(self) -> None:
        with pytest.raises(NotVisible):
            prove(claim_id=uuid4(), typed=WRONG, now=NOW)

    def test_is_told_to_the_contacts_on_file(self, walter: Newcomer) -> None:
        claim_id = claim(email="new@mail.example")
        prove(claim_id=claim_id, typed=online_code(bill_number=walter.bill_number), now=NOW)

        assert ProcrastinateJob.objects.filter(task_name="tell_claim_proved").count() == 1
        tell_claim_proved(claim_id=claim_id, now=NOW)
        told = Message.objects.get(template="claim_proved", channel="email")
        assert told.address == EMAIL
        assert "the code printed on your newest bill" in told.body

    @pytest.mark.usefixtures("cast")
    def test_nothing_is_sent_where_nothing_is_on_file(self) -> None:
        settle_newcomer(email="", phone="")
        claim_id = claim()

        sent = [
            send_claim_code(claim_id=claim_id, channel=channel, now=NOW)
            for channel in ("email", "text")
        ]

        assert sent == [0, 0]
        assert not Message.objects.exists()


class TestSweeps:
    @pytest.mark.usefixtures("walter")
    def test_raise_one_alarm_when_an_address_asks_for_many_numbers(self) -> None:
        for at in range(8):
            follow_claim(claim_id=claim(number=f"77{at}"), now=NOW)

        sweep = Sweep.objects.get()
        assert (sweep.ip_address, sweep.numbers, sweep.hits) == ("203.0.113.7", 8, 0)

    @pytest.mark.usefixtures("walter")
    def test_raise_one_when_many_addresses_do(self) -> None:
        Claim.objects.bulk_create(
            Claim(
                number_asked=str(at),
                name_asked="x",
                ip_address=f"10.0.0.{at}",
                language="en",
                asked_at=NOW,
            )
            for at in range(LIMITS.sweep_in_all)
        )

        follow_claim(claim_id=claim(), now=NOW)

        assert Sweep.objects.get().ip_address is None

    @pytest.mark.usefixtures("walter")
    def test_are_not_raised_by_a_member_who_mistypes(self) -> None:
        for number in ("1003", "00001003", "0000 1003", "10003"):
            follow_claim(claim_id=claim(number=number), now=NOW)

        assert not Sweep.objects.exists()
