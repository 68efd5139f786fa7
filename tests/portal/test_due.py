"""The part of the first page that asks again: true by itself, alone, and only for its member."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from smarthub.kernel.money import Money
from smarthub.payments.operations import begin_payment, finish_setup, start_setup
from smarthub.payments.ports import SetupState
from smarthub.payments.types import MethodKind, Part, Payment, PaymentId
from tests.cast import Cast
from tests.portal.conftest import NOW, TODAY, SignIn
from tests.portal.test_pages import words_of
from tests.workflows.receiving import record_received_payment


def version_of(client: Client) -> str:
    found = re.search(r'data-version="(\w+)"', client.get("/due/").text)
    assert found
    return found[1]


def send(billed: Cast, cents: int) -> None:
    """Send a payment of Maria's to the gateway, which has not answered yet."""
    person_id = billed.maria.person_id
    start_setup(reference="visit", person_id=person_id, return_to="/", now=NOW)
    visit = SetupState(
        reference="visit",
        token="token",
        kind=MethodKind.CARD,
        brand="visa",
        last4="4242",
        expires_on=TODAY,
    )
    card = finish_setup(state=visit, person_id=person_id, gateway="sandbox", now=NOW)
    payment = Payment(
        id=PaymentId(uuid.uuid4()),
        channel="portal",
        parts=(Part(billed.account_1001, "1001", Money(cents)),),
        received_at=NOW,
        clearing="clearing:sandbox:card",
        person_id=person_id,
        method_id=card.id,
    )
    begin_payment(
        payment=payment, gateway="sandbox", maximum=Money(10_000_00), allow_credit=False, now=NOW
    )


@pytest.fixture
def maria(billed: Cast, sign_in: SignIn) -> Client:
    return sign_in(billed.maria)


class TestWhatIsDue:
    def test_is_the_part_of_the_page_alone(self, maria: Client) -> None:
        answer = maria.get("/due/")

        assert answer.text.lstrip().startswith('<div class="stack" data-module="live"')
        assert "<html" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"

    def test_stands_on_the_first_page_as_it_comes_by_itself(self, maria: Client) -> None:
        assert maria.get("/due/").text.strip() in maria.get("/").text

    def test_shows_a_payment_made_elsewhere_and_when_it_is_true(self, maria: Client) -> None:
        before = version_of(maria)

        record_received_payment(
            source_key="office:1",
            account_number="1001",
            amount=Money(84_67),
            channel="office",
            received_on=TODAY,
            now=NOW,
        )

        # 284.67 less 84.67; noon in Chicago
        said = words_of(maria, "/due/")
        assert "$200.00 As of 12:00 p.m. Pay $200.00" in said
        assert version_of(maria) != before

    def test_keeps_its_version_while_nothing_changes(self, maria: Client) -> None:
        assert version_of(maria) == version_of(maria)

    def test_asks_for_no_more_than_is_not_on_its_way(self, billed: Cast, maria: Client) -> None:
        before = version_of(maria)
        send(billed, 100_00)

        # 284.67 less 100.00, which the gateway has not answered yet
        for address in ("/", "/due/"):
            said = words_of(maria, address)
            assert "$184.67 $100.00 is on its way already." in said
            assert "Pay $184.67" in said
        assert version_of(maria) != before

    def test_offers_nothing_when_all_of_it_is_on_its_way(self, billed: Cast, maria: Client) -> None:
        send(billed, 284_67)

        said = words_of(maria, "/")
        assert "Nothing to pay $0.00 $284.67 is on its way already." in said
        assert "Pay $" not in said

    def test_takes_four_queries_besides_session_and_user(
        self, maria: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        # co-op, accounts, dues, bills
        with django_assert_num_queries(2 + 4):
            maria.get("/due/")

    def test_of_rosa_is_hers(self, billed: Cast, sign_in: SignIn) -> None:
        assert "1001" not in words_of(sign_in(billed.rosa), "/due/")

    def test_leads_whoever_is_signed_out_to_the_sign_in(self, client: Client) -> None:
        assert client.get("/due/").status_code == 302
