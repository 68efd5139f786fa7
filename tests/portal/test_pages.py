"""The members' pages: what Maria sees, what Ben may do, and what Rosa must never see."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from http import HTTPStatus

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from smarthub.accounts.operations import grant_role
from smarthub.kernel.money import Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.types import Asked, Posting
from smarthub.ui.examples import list_examples
from tests.cast import OPENED, PASSWORD, Cast
from tests.portal.conftest import NOW, TODAY, SignIn

MONDAY_AFTER = dt.datetime(2024, 11, 25, 18, 0, tzinfo=dt.UTC)

BILL = "/bills/1001/1001-241101/"
USAGE = "/usage/1001/E1001/"
PAGES = ["/", "/usage/", USAGE, "/bills/", BILL, "/pay/", "/contact/", "/more/"]
OPEN_PAGES = ["/accounts/login/", "/accounts/password/reset/", "/contact/", "/other-ways-to-pay/"]
MARIAS = [
    "/bills/?account=1001",
    BILL,
    f"{BILL}pdf/",
    USAGE,
    "/pay/due/?account=1001",
]
"""Every page that names an account in its address."""


def words_of(client: Client, address: str) -> str:
    """Return what a page says, without its markup, one space between words."""
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


class TestHome:
    def test_shows_each_account_with_what_is_due_and_pays_it(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        # 139.46 electric + 145.21 gas; due on the 20th is 19 days, so on 22 November (rule 41)
        said = words_of(sign_in(billed.maria), "/")

        assert "To pay by Friday, November 22 $284.67 As of 12:00 p.m. Pay $284.67" in said
        assert "412 Elm St" in said
        assert "Bill of November 1, 2024, due Nov 22" in said

    def test_greets_by_name_at_the_hour_it_is(self, billed: Cast, sign_in: SignIn) -> None:
        assert "Good afternoon, Maria" in words_of(sign_in(billed.maria), "/")

    def test_says_which_day_used_most(self, billed: Cast, sign_in: SignIn) -> None:
        # 31 days of 24 kWh, one hour more on 3 November, and 48 more on the cold day: 793
        assert "793 kWh in 31 days. The most was on Monday, October 28: 72.0 kWh." in words_of(
            sign_in(billed.maria), "/"
        )

    def test_takes_five_queries_besides_session_and_user(
        self,
        billed: Cast,
        sign_in: SignIn,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        grant_role(
            account_id=billed.account_1002,
            person_id=billed.maria.person_id,
            role="payer",
            starts_on=OPENED,
        )
        maria = sign_in(billed.maria)

        # session, user with person; co-op, accounts, dues with Auto Pay of old, bills, use
        with django_assert_num_queries(2 + 5):
            maria.get("/")

    @pytest.mark.parametrize(
        ("address", "queries"),
        [
            # session, user with person; co-op, account, bill with segments and lines, dues,
            # newest bill, Auto Pay, when it was sent
            ("/bills/1001/1001-241101/", 2 + 9),
            # session, user with person; co-op, accounts, dues, bills
            ("/pay/", 2 + 4),
        ],
    )
    def test_the_pages_behind_it_take_few_queries_too(
        self,
        address: str,
        queries: int,
        billed: Cast,
        sign_in: SignIn,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        maria = sign_in(billed.maria)

        with django_assert_num_queries(queries):
            assert maria.get(address).status_code == HTTPStatus.OK

    def test_offers_to_pay_nothing_when_nothing_is_due(self, cast: Cast, sign_in: SignIn) -> None:
        said = words_of(sign_in(cast.maria), "/")

        assert "Nothing to pay $0.00" in said
        assert "Pay $" not in said

    def test_says_what_is_past_due_and_how_to_be_helped(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        post_entry(
            source_key="payment:part",
            kind="payment",
            effective_date=TODAY,
            postings=[
                Posting("clearing:sandbox:card", Money(8467)),
                Posting("ar:electric", Money(-8467), billed.account_1001),
            ],
            asked=[Asked(billed.account_1001, Money(-8467))],
            posted_at=NOW,
        )

        with time_machine.travel(MONDAY_AFTER):
            said = words_of(sign_in(billed.maria), "/")

        assert "Past due, please pay now $200.00" in said
        assert "One thing to do $200.00 is past due." in said

    def test_shows_a_viewer_what_is_due_without_a_way_to_pay(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        said = words_of(sign_in(billed.ben), "/")

        assert "412 Elm St $284.67" in said
        assert "You may look at this account, not pay it" in said
        assert "Pay $" not in said

    def test_says_so_to_somebody_without_accounts(self, cast: Cast, sign_in: SignIn) -> None:
        assert "No account is open to you yet" in words_of(sign_in(cast.dana), "/")


class TestUsage:
    def test_leads_to_electricity_first(self, billed: Cast, sign_in: SignIn) -> None:
        answer = sign_in(billed.maria).get("/usage/")

        assert answer.headers["Location"] == USAGE

    def test_is_not_there_for_a_point_of_somebody_else(self, billed: Cast, sign_in: SignIn) -> None:
        assert sign_in(billed.maria).get("/usage/1001/E1002/").status_code == 404


class TestBills:
    def test_lists_the_bills_of_an_account(self, billed: Cast, sign_in: SignIn) -> None:
        said = words_of(sign_in(billed.maria), "/bills/")

        assert "November 1, 2024 $284.67 Due Nov 22" in said

    def test_shows_every_line_read_and_step_to_the_amount(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        said = words_of(sign_in(billed.maria), BILL)

        assert "Your bill is $284.67" in said
        assert "Oct 1 to Oct 31, 31 days." in said
        assert "812 kWh × $0.041 $33.29" in said  # noqa: RUF001 (33.292)
        assert "One ccf of gas counts as 1.025 therms" in said
        assert "Previous balance $0.00" in said
        assert "Amount due $284.67" in said

    def test_hands_out_the_printed_bill_as_pdf(self, billed: Cast, sign_in: SignIn) -> None:
        answer = sign_in(billed.maria).get(f"{BILL}pdf/")

        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")


class TestEveryPage:
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_is_drawn_in_both_languages_and_kept_by_nobody(
        self, billed: Cast, sign_in: SignIn, language: str
    ) -> None:
        maria = sign_in(billed.maria)
        maria.cookies["django_language"] = language

        answers = {address: maria.get(address, follow=True) for address in PAGES}

        for address, answer in answers.items():
            assert answer.status_code == 200, address
            assert f'<html lang="{language}">' in answer.text, address
            assert "no-store" in answer.headers["Cache-Control"], address
            assert answer.text.count("<h1") == 1, address

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_that_is_open_needs_no_sign_in(self, cast: Cast, client: Client, language: str) -> None:
        client.cookies["django_language"] = language

        assert {client.get(address).status_code for address in OPEN_PAGES} == {200}

    def test_of_a_member_asks_a_stranger_to_sign_in(self, billed: Cast, client: Client) -> None:
        closed = [page for page in PAGES if page not in OPEN_PAGES]

        answers = [client.get(address) for address in [*closed, "/pay/review/"]]

        for answer in answers:
            assert answer.headers["Location"].startswith("/accounts/login/?next=")

    def test_of_maria_looks_to_rosa_like_one_that_does_not_exist(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        rosa = sign_in(billed.rosa)

        for address in MARIAS:
            hers, nobodys = rosa.get(address), rosa.get(address.replace("1001", "9999"))

            assert hers.status_code == nobodys.status_code == 404, address
            assert without_what_differs(hers.text) == without_what_differs(nobodys.text)

    def test_runs_no_style_or_script_of_its_own(self, billed: Cast, sign_in: SignIn) -> None:
        maria = sign_in(billed.maria)

        for address in PAGES:
            page = maria.get(address, follow=True).text

            assert " style=" not in page, address
            assert "<style" not in page, address
            assert not re.findall(r"<script(?![^>]*\bsrc=)", page), address


class TestLanguage:
    def test_is_the_members_own_until_this_browser_chooses(
        self, billed: Cast, sign_in: SignIn
    ) -> None:
        rosa = sign_in(billed.rosa)
        first = rosa.get("/").text

        answer = rosa.post("/language/", {"language": "en", "next": "/bills/"})

        assert '<html lang="es">' in first
        assert "Por pagar a más tardar el viernes 22 de noviembre" in " ".join(first.split())
        assert answer.headers["Location"] == "/bills/"
        assert '<html lang="en">' in rosa.get("/bills/").text

    def test_is_offered_where_the_member_is(self, billed: Cast, sign_in: SignIn) -> None:
        page = sign_in(billed.maria).get("/bills/?account=1001").text

        assert 'name="next" value="/bills/?account=1001"' in page
        assert 'value="es" lang="es">Español</button>' in page


class TestSignIn:
    def test_leads_home(self, cast: Cast, client: Client) -> None:
        answer = client.post(
            "/accounts/login/", {"login": "maria@prairieridge.example", "password": PASSWORD}
        )

        assert answer.headers["Location"] == "/"

    def test_says_beside_the_form_that_it_failed_and_not_why(
        self, cast: Cast, client: Client
    ) -> None:
        said = [
            client.post("/accounts/login/", {"login": email, "password": "not the password"}).text
            for email in ("maria@prairieridge.example", "nobody@prairieridge.example")
        ]

        summaries = [re.search(r'class="error-summary".*?</div>', page, re.DOTALL) for page in said]
        assert all(summaries)
        assert summaries[0][0] == summaries[1][0]  # type: ignore[index]


class TestErrorPages:
    def test_stand_even_where_no_cooperative_is_founded(self, client: Client, db: None) -> None:
        assert client.get("/nowhere/").status_code == 404

    def test_of_a_repeated_cookie_says_what_to_do(self, cast: Cast) -> None:
        strict = Client(enforce_csrf_checks=True)

        answer = strict.post("/accounts/login/", {"login": "maria@prairieridge.example"})

        assert answer.status_code == 403
        assert "Please sign in again." in answer.text


def without_what_differs(page: str) -> str:
    """Return a page without the address it was asked under and its token."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return re.sub(r'name="next" value="[^"]*"', "", page)


class TestComponents:
    def test_shows_every_part_on_a_demonstration(
        self, cast: Cast, client: Client, settings: Settings
    ) -> None:
        settings.DEMO = True

        page = client.get("/_components/").text

        assert page.count('<section class="example') == len(list_examples())

    def test_is_not_there_elsewhere(self, cast: Cast, client: Client) -> None:
        assert client.get("/_components/").status_code == 404
