"""The desk finds accounts however they are named, and shows all of one without guessing."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.translation import gettext_lazy
from pytest_django import DjangoAssertNumQueries

from smarthub.backoffice.views.worklists import WaitingWork, WorkList, list_work
from smarthub.kernel.money import Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.types import Asked, Posting
from smarthub.members.models import AuditEntry
from smarthub.notifications.models import Message
from smarthub.notifications.operations import queue_message
from smarthub.portal.sign_in.adapter import SignInAdapter
from tests.cast import NOW, TODAY, Cast


def accounts_on(page: str) -> set[str]:
    return set(re.findall(r'href="/desk/accounts/([^/]+)/"', page))


def queue_receipt() -> Message:
    queue_message(
        dedupe_key="payment_failed:1",
        template="payment_failed",
        language="en",
        person_id=None,
        account_number="1001",
        address="maria@prairieridge.example",
        context={"amount": Money(14521), "paid_on": TODAY},
        now=NOW,
    )
    return Message.objects.get()


class TestSearch:
    @pytest.mark.parametrize(
        ("term", "found"),
        [
            ("1001", {"1001"}),
            ("100", {"1001", "1002"}),
            ("77-1001-A", {"1001"}),
            ("77-1001-a", {"1001"}),
            ("alvarez", {"1001"}),
            ("  MARIA   Alvarez ", {"1001"}),
            ("nunez", {"1002"}),
            ("NÚÑEZ", {"1002"}),
            ("412 elm", {"1001"}),
            ("cordoba", {"1002"}),
            ("Okafor", set()),  # Ben may see an account, and holds none
        ],
    )
    def test_finds_by_number_old_number_name_and_address(
        self, dana: Client, term: str, found: set[str]
    ) -> None:
        page = dana.get("/desk/", {"q": term}).content.decode()

        assert accounts_on(page) == found

    @pytest.mark.parametrize(
        "term",
        [
            "%",
            "_",
            "\\",
            "1001\x00",
            "' OR 1=1 --",
            "<script>alert(1)</script>",
            "x" * 5000,
            "\u202e\ud7ff🦔",
            "{{ 7|add:7 }}",
            "  ",
        ],
    )
    def test_takes_whatever_is_typed_as_plain_words(self, dana: Client, term: str) -> None:
        answer = dana.get("/desk/", {"q": term})

        page = answer.content.decode()
        assert answer.status_code == 200
        assert accounts_on(page) <= ({"1001"} if term.startswith("1001") else set())
        assert "<script>alert" not in page

    def test_says_so_when_nothing_is_found(self, dana: Client) -> None:
        page = dana.get("/desk/", {"q": "nobody at all"}).content.decode()

        assert "Nothing found" in page

    def test_knows_a_message_by_the_code_a_caller_reads_out(self, dana: Client) -> None:
        message = queue_receipt()

        page = dana.get("/desk/", {"q": message.code.lower().replace("-", " ")}).content.decode()

        assert "This message is from us" in page
        assert "maria@prairieridge.example" in page
        assert accounts_on(page) == {"1001"}

    def test_never_shows_a_clerk_the_code_that_signs_a_member_in(self, dana: Client) -> None:
        SignInAdapter().send_mail(
            "account/email/login_code", "maria@prairieridge.example", {"code": "QQ99RR"}
        )
        message = Message.objects.get()

        page = dana.get("/desk/", {"q": message.code}).content.decode()

        assert "QQ99RR" in message.body
        assert message.subject in page
        assert "QQ99RR" not in page

    def test_speaks_spanish_to_a_clerk_who_chose_it(self, dana: Client) -> None:
        dana.cookies["django_language"] = "es"

        page = dana.get("/desk/").content.decode()

        assert '<html lang="es">' in page


class TestAccountPage:
    def test_shows_who_where_what_is_owed_and_what_was_said(self, dana: Client, cast: Cast) -> None:
        post_entry(
            source_key="bill:1001-261122",
            kind="bill",
            effective_date=TODAY,
            postings=[
                Posting("ar:electric", Money(14521), cast.account_1001),
                Posting("revenue:electric", Money(-14521)),
            ],
            asked=[Asked(cast.account_1001, Money(13946))],
            posted_at=NOW,
        )
        message = queue_receipt()

        page = dana.get("/desk/accounts/1001/").content.decode()

        for told in (
            "Maria Alvarez",
            "maria@prairieridge.example",
            "412 Elm St",
            "E-R1",
            "G-R1",
            "$145.21",
            "$139.46",
            message.subject,
            message.code,
        ):
            assert told in page

    def test_leaves_in_the_audit_trail_that_it_was_opened(self, dana: Client, cast: Cast) -> None:
        dana.get("/desk/accounts/1001/")

        entry = AuditEntry.objects.get()
        assert (entry.user_id, entry.act, entry.subject) == (
            cast.dana.user.pk,
            "account.opened",
            "account:1001",
        )

    def test_is_kept_by_no_browser_cache(self, dana: Client) -> None:
        assert dana.get("/desk/accounts/1001/").headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("number", ["9999", "1001%00", "..%2f1001", "1" * 40, "%F0%9F%A6%94"])
    def test_is_not_there_for_a_number_nobody_has(self, dana: Client, number: str) -> None:
        assert dana.get(f"/desk/accounts/{number}/").status_code == 404

    def test_needs_no_more_queries_for_a_long_history(
        self,
        dana: Client,
        cast: Cast,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(30):
            post_entry(
                source_key=f"bill:{number}",
                kind="bill",
                effective_date=TODAY,
                postings=[
                    Posting("ar:electric", Money(100), cast.account_1001),
                    Posting("revenue:electric", Money(-100)),
                ],
                posted_at=NOW,
            )

        # Session 1, user and person 2, the co-op 1. The account and its audit 3, holders 3,
        # agreements 1, balances 1, bills 1, entries 3, messages 1.
        with django_assert_max_num_queries(18):
            dana.get("/desk/accounts/1001/")


class TestWorkLists:
    def test_say_how_much_waits_even_when_it_is_nothing(self, dana: Client) -> None:
        page = re.sub(r"\s+", " ", dana.get("/desk/work/").content.decode())

        assert "Bills that wait in a run" in page
        assert '<span class="row-amount">0</span>' in page

    @pytest.mark.usefixtures("cast")
    def test_show_a_list_a_later_room_puts_there(self) -> None:
        waiting = WorkList(title=gettext_lazy("Search"), count=lambda on: on.day, page="desk_work")

        assert list_work(on=TODAY, lists=[waiting]) == (WaitingWork("Search", 22, "/desk/work/"),)
