"""The desk's pages of files made for the bank: what is in one, and what a clerk takes back."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings
from time_machine import travel

from smarthub.kernel.money import Money
from smarthub.kernel.sealing import new_key
from smarthub.members.models import AuditEntry
from smarthub.payments.models import EntryReversal, SentEntry
from smarthub.wiring.bank_files import bank_sealer
from smarthub.workflows.bank import entries_back
from tests.backoffice.test_doors import words
from tests.cast import NOW, Cast
from tests.workflows.own_files import DAY, PROVED, SETTLED, Bank
from tests.workflows.wallet import bill, owed

FIFTY = 50_00


@pytest.fixture
def bank(cast: Cast, settings: Settings) -> Bank:
    settings.BANK_KEYS = [new_key()]
    bill(cast.account_1001, 100_00)
    return Bank(cast, bank_sealer())


def address(*, back: bool = False, entry: int | None = None) -> str:
    file_id = SentEntry.objects.exclude(attempt=None).latest("pk").file_id
    asked = "" if entry is None else f"?entry={entry}"
    return f"/desk/money/files/sent/{file_id}/{'back/' if back else ''}{asked}"


class TestSentFile:
    def test_is_listed_and_shows_whom_it_drew_from_how_much_and_how_that_stands(
        self, bank: Bank, dana: Client
    ) -> None:
        bank.draw(FIFTY)

        with travel(SETTLED, tick=False):
            listed = dana.get("/desk/money/files/").content.decode()
            page = words(dana.get(address()).content.decode())

        assert address() in listed
        assert "Maria Alvarez" in page
        assert "ending in 9012" in page
        assert "$50.00" in page
        assert "booked" in page
        assert "made by Dec 6, 2026" in page

    def test_after_its_days_it_offers_nothing(self, bank: Bank, dana: Client) -> None:
        bank.draw(FIFTY)

        with travel(SETTLED + 7 * DAY, tick=False):
            page = words(dana.get(address()).content.decode())
            asked = words(dana.get(address(back=True)).content.decode())

        assert "Give back" not in page
        assert "Until Dec 6, 2026" in page
        assert "Its five banking days are over." in asked
        assert "Give" not in asked

    def test_a_long_one_has_pages(
        self, bank: Bank, dana: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(entries_back, "PAGE_ENTRIES", 2)
        method = bank.store()
        bank.send(NOW)
        for cents in (10_00, 11_00, 12_00):
            bank.begin(method, cents)
        bank.send(PROVED)
        second = SentEntry.objects.exclude(attempt=None).order_by("pk")[1]

        first_page = words(dana.get(address()).content.decode())
        rest = words(dana.get(f"{address()}?after={second.pk}").content.decode())

        assert ("$11.00" in first_page, "$12.00" in first_page) == (True, False)
        assert "More entries" in first_page
        assert ("$11.00" in rest, "$12.00" in rest, "More entries" in rest) == (False, True, False)


class TestDrawnAgain:
    def test_is_the_same_file_under_the_same_name_and_leaves_its_trace(
        self, bank: Bank, dana: Client
    ) -> None:
        bank.store()
        with travel(NOW, tick=False):
            made = dana.post("/desk/money/files/send/")
        file_id = SentEntry.objects.get().file_id
        again = f"/desk/money/files/sent/{file_id}/"
        page = words(dana.get(again).content.decode())

        answer = dana.post(f"{again}again/")

        assert "Download again" in page
        assert answer.content == made.content
        assert answer.headers["Cache-Control"] == "no-store"
        for header in ("Content-Type", "Content-Disposition"):
            assert answer.headers[header] == made.headers[header]
        acts = AuditEntry.objects.filter(subject=f"bank_file:{file_id}").order_by("pk")
        assert [each.act for each in acts] == ["bank_file.made", "bank_file.drawn_again"]

    def test_that_can_no_longer_be_the_same_is_the_banks_to_give(
        self, bank: Bank, dana: Client
    ) -> None:
        bank.draw(FIFTY)
        bank.hear(bank.say("C01", told="987654321"))

        answer = dana.post(f"{address()}again/", follow=True)

        assert answer.redirect_chain == [(address(), 303)]
        assert "Ask your bank for the file it got." in words(answer.content.decode())
        assert not AuditEntry.objects.filter(act="bank_file.drawn_again").exists()

    def test_is_a_form_of_staff_alone_and_of_a_file_that_is_there(
        self, bank: Bank, dana: Client
    ) -> None:
        bank.draw(FIFTY)
        maria = Client()
        maria.force_login(bank.cast.maria.user)

        assert dana.get(f"{address()}again/").status_code == 405
        assert maria.post(f"{address()}again/").status_code == 404
        assert dana.post("/desk/money/files/sent/999999/again/").status_code == 404


class TestTakingBack:
    def test_says_what_will_happen_then_asks_and_the_next_file_gives_it_back(
        self, bank: Bank, dana: Client
    ) -> None:
        bank.draw(FIFTY)
        entry = SentEntry.objects.latest("pk")

        with travel(SETTLED, tick=False):
            shown = words(dana.get(address(back=True, entry=entry.pk)).content.decode())
            before = EntryReversal.objects.exists()
            answer = dana.post(
                address(back=True, entry=entry.pk),
                {"reason": "duplicate", "shown": "1"},
                follow=True,
            )
            asked = words(answer.content.decode())
            dana.post("/desk/money/files/send/")
            after = words(dana.get(address()).content.decode())

        assert "$50.00 goes back to Maria Alvarez" in shown
        assert "the money is back on Dec 1, 2026" in shown
        assert not before
        assert "1 payment goes back with the next bank file. Make that file today." in asked
        assert "goes back with the next bank file" in asked
        assert "went back" in after
        assert owed(bank.cast.account_1001) == Money(100_00)

    def test_of_all_says_the_sum_and_what_stays(self, bank: Bank, dana: Client) -> None:
        method = bank.store()
        bank.send(NOW)
        for _ in range(2):
            bank.begin(method, 10_00)
        bank.store()  # its prenote goes with them
        bank.send(PROVED)

        with travel(PROVED, tick=False):
            shown = words(dana.get(address(back=True)).content.decode())
            dana.post(address(back=True), {"reason": "wrong_amount", "shown": "2"})

        assert "2 payments go back, $20.00 in all" in shown
        assert "One entry stays." in shown
        assert EntryReversal.objects.count() == 2

    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ({"reason": "", "shown": "1"}, "Choose what was wrong."),
            ({"reason": "no_money", "shown": "1"}, "Select a valid choice."),
            ({"reason": "duplicate", "shown": "2"}, "Look again and decide anew."),
        ],
    )
    def test_is_refused_in_words(
        self, bank: Bank, dana: Client, sent: dict[str, str], told: str
    ) -> None:
        bank.draw(FIFTY)
        entry = SentEntry.objects.latest("pk")

        with travel(SETTLED, tick=False):
            answer = dana.post(address(back=True, entry=entry.pk), sent)

        assert answer.status_code == 400
        assert told in words(answer.content.decode())
        assert not EntryReversal.objects.exists()

    def test_what_is_shown_anew_after_a_change_can_be_sent(self, bank: Bank, dana: Client) -> None:
        bank.draw(FIFTY)
        entry = SentEntry.objects.latest("pk")

        with travel(SETTLED, tick=False):
            answer = dana.post(
                address(back=True, entry=entry.pk), {"reason": "duplicate", "shown": "2"}
            )

        page = answer.content.decode()
        assert '<input type="hidden" name="shown" value="1"' in page
        assert page.count('name="shown"') == 1

    def test_a_second_clerk_is_told_that_the_first_asked(self, bank: Bank, dana: Client) -> None:
        bank.draw(FIFTY)
        entry, sent = SentEntry.objects.latest("pk"), {"reason": "duplicate", "shown": "1"}

        with travel(SETTLED, tick=False):
            dana.post(address(back=True, entry=entry.pk), sent)
            again = dana.post(address(back=True, entry=entry.pk), sent)

        assert again.status_code == 400
        assert "Somebody has asked for it back already." in words(again.content.decode())
        assert EntryReversal.objects.count() == 1

    @pytest.mark.parametrize("entry", ["x", "9" * 30, "-1", "0"])
    def test_an_address_that_names_no_entry_is_not_there(
        self, bank: Bank, dana: Client, entry: str
    ) -> None:
        bank.draw(FIFTY)

        assert dana.get(f"{address(back=True)}?entry={entry}").status_code == 404
