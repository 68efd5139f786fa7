"""The desk's pages of money by other doors: the counter with its drawer, and the bank's files."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from pytest_django import Settings

from smarthub.accounts.models import Account
from smarthub.accounts.operations import add_alias
from smarthub.backoffice.forms.doors import LARGEST_FILE
from smarthub.kernel.money import Money
from smarthub.kernel.sealing import new_key
from smarthub.payments.models import MoneyFile, Payment, SuspenseItem
from smarthub.payments.operations import park_in_suspense
from smarthub.wiring.bank_files import bank_sealer
from smarthub.workflows.bank import bank_files
from tests.backoffice.moved_clock import moved_to
from tests.cast import NOW, TODAY, Cast
from tests.workflows.money.test_other_doors import STUB_1001
from tests.workflows.own_files import Bank
from tests.workflows.wallet import bill, owed

BOX = (
    "lockbox,4711,2026-11-20\n"
    f"check,1,1,132.47,2041,{STUB_1001}\n"
    "check,1,2,20.00,77,\n"
    "batch,1,2,152.47\n"
    "file,2,152.47\n"
)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def taken(**values: str) -> dict[str, str]:
    given = {
        "key": str(uuid.uuid4()),
        "account": "1001",
        "amount": "60.00",
        "tender": "check",
        "reference": "2041",
        "door": "office",
        "sure": "1",
    }
    return given | values


def give(dana: Client, text: str | bytes, *, act: str, kind: str = "lockbox") -> tuple[int, str]:
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("box.csv", content)
    answer = dana.post("/desk/money/files/", {"kind": kind, "file": file, "act": act})
    return answer.status_code, words(answer.content.decode())


def page_of_the_file(dana: Client) -> str:
    return words(dana.get(f"/desk/money/files/{MoneyFile.objects.get().pk}/").content.decode())


def _crash_after(wanted: str) -> Callable[[str], None]:
    def reach(point: str) -> None:
        if point == wanted:
            raise KeyboardInterrupt

    return reach


class TestCounter:
    def test_what_is_taken_is_on_the_account_and_in_the_drawer(
        self, cast: Cast, dana: Client
    ) -> None:
        bill(cast.account_1001, 100_00)

        answer = dana.post("/desk/money/counter/", taken())
        page = words(dana.get("/desk/money/counter/").content.decode())

        assert answer.status_code == 303
        assert owed(cast.account_1001) == Money(40_00)
        assert "$60.00 is booked. Receipt" in page
        assert re.search(r"Check . 1 \$60\.00", page)
        assert "All together $60.00" in page

    def test_the_list_of_payments_says_what_was_handed_over(self, cast: Cast, dana: Client) -> None:
        dana.post("/desk/money/counter/", taken())
        dana.post("/desk/money/counter/", taken(tender="cash", reference="", door="mail"))

        page = words(dana.get("/desk/payments/").content.decode())

        assert re.search(r"1001 Office Check 2041 \$60\.00 paid", page)
        assert re.search(r"1001 Mail Cash \$60\.00 paid", page)

    def test_sent_twice_it_is_one_payment(self, cast: Cast, dana: Client) -> None:
        form = taken()

        for _ in range(2):
            assert dana.post("/desk/money/counter/", form).status_code == 303

        assert Payment.objects.count() == 1

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"account": "9999"}, "There is no account 9999."),
            ({"account": ""}, "Write the account number."),
            ({"amount": "-5"}, "Write an amount above $0.00."),
            ({"amount": "0"}, "Write an amount above $0.00."),
            ({"amount": "10000000000"}, "This amount is too large."),
            ({"amount": "9223372036854775808"}, "This amount is too large."),
            ({"amount": "12.345"}, "Write no more than two digits after the point."),
            ({"amount": ""}, "Write an amount in dollars and cents"),
            ({"reference": ""}, "Write the number of the check."),
            ({"reference": "4111 1111 1111 1111"}, "This holds a card number"),
        ],
    )
    @pytest.mark.parametrize("sure", ["1", ""], ids=["booked", "looked at"])
    def test_what_is_wrong_is_said_and_nothing_is_booked(
        self, dana: Client, changed: dict[str, str], told: str, sure: str
    ) -> None:
        form = taken(**changed)
        if not sure:
            del form["sure"]

        answer = dana.post("/desk/money/counter/", form)

        assert answer.status_code == 400
        assert told in words(answer.content.decode())
        assert not Payment.objects.exists()

    def test_whose_account_it_is_is_seen_before_anything_is_booked(
        self, cast: Cast, dana: Client
    ) -> None:
        bill(cast.account_1001, 100_00)
        form = taken()
        del form["sure"]

        asked = dana.post("/desk/money/counter/", form).content.decode()

        assert "Book $60.00 on account 1001?" in words(asked)
        assert "Account holder Maria Alvarez Account 1001 Address 412 Elm St" in words(asked)
        assert "Due today $100.00 Amount $60.00 What was handed over Check 2041" in words(asked)
        assert not Payment.objects.exists()

        changed = dana.post("/desk/money/counter/", form | {"change": "1"}).content.decode()

        assert 'value="60.00"' in changed
        assert 'value="1001"' in changed
        assert not Payment.objects.exists()

        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked))
        del hidden["change"]
        answer = dana.post("/desk/money/counter/", hidden)

        assert (hidden["sure"], answer.status_code) == ("1", 303)
        assert owed(cast.account_1001) == Money(40_00)

    @pytest.mark.parametrize("typed", ["1001", " 10-01 ", "1 0 0 1", "77-1001-A", "771001a"])
    def test_a_number_is_found_however_it_is_typed_and_by_an_old_one(
        self, cast: Cast, dana: Client, typed: str
    ) -> None:
        dana.post("/desk/money/counter/", taken(account=typed))

        assert owed(cast.account_1001) == Money(-60_00)

    @pytest.mark.parametrize(
        ("typed", "booked"),
        [("1001", (-60_00, 0)), (" 10-01 ", (0, -60_00)), ("1 0 0 1", (0, 0))],
    )
    def test_a_number_written_as_it_is_goes_before_one_that_only_reads_alike(
        self, cast: Cast, dana: Client, typed: str, booked: tuple[int, int]
    ) -> None:
        Account.objects.filter(pk=cast.account_1002).update(number="10-01")

        dana.post("/desk/money/counter/", taken(account=typed))

        assert tuple(owed(each).cents for each in (cast.account_1001, cast.account_1002)) == booked

    def test_an_old_number_that_two_accounts_had_names_none(self, cast: Cast, dana: Client) -> None:
        add_alias(account_id=cast.account_1002, number="771001A", source_system="older")

        answer = dana.post("/desk/money/counter/", taken(account="77-1001-A"))

        assert "There is no account 77-1001-A." in words(answer.content.decode())
        assert not Payment.objects.exists()

    def test_money_in_suspense_is_matched_by_an_old_number_too(
        self, cast: Cast, dana: Client
    ) -> None:
        park_in_suspense(
            source_key="x", amount=Money(5_00), channel="mail", told="?", received_on=TODAY, now=NOW
        )

        dana.post(f"/desk/money/suspense/{SuspenseItem.objects.get().pk}/", {"account": "771001a"})

        assert owed(cast.account_1001) == Money(-5_00)

    @pytest.mark.parametrize("page", ["/desk/money/counter/", "/desk/money/suspense/1/"])
    def test_sent_after_the_session_ended_it_leads_to_the_sign_in_and_says_that_nothing_was_done(
        self, dana: Client, page: str
    ) -> None:
        dana.cookies.clear()
        came_from = "/desk/money/counter/" if "counter" in page else "/desk/money/suspense/"

        answer = dana.post(
            page, taken(), headers={"Referer": f"http://testserver{came_from}"}, follow=True
        )

        assert answer.redirect_chain == [(f"/accounts/login/?next={came_from}", 302)]
        assert "Nothing of what you sent was done" in words(answer.content.decode())
        assert not Payment.objects.exists()

    def test_nobody_is_led_to_another_site_after_signing_in(self, dana: Client) -> None:
        dana.cookies.clear()

        answer = dana.post(
            "/desk/money/counter/", taken(), headers={"Referer": "https://evil.example/desk/"}
        )

        assert answer.headers["Location"] == "/accounts/login/?next=/"

    def test_it_is_taken_back_from_its_own_page(self, cast: Cast, dana: Client) -> None:
        dana.post("/desk/money/counter/", taken())
        page = f"/desk/payments/{Payment.objects.get().pk}/"

        dana.post(page, {"act": "undo", "because": "bounced", "words": "Returned by First Bank"})
        again = dana.post(page, {"act": "undo", "because": "mistake", "words": "Twice"})

        assert owed(cast.account_1001) == Money(25_00)  # the fee
        assert "Somebody has taken this payment back already." in words(again.content.decode())
        story = words(dana.get(page).content.decode())
        assert "The check bounced" in story
        assert "Returned by First Bank" in story


class TestFiles:
    @pytest.fixture(autouse=True)
    def _today(self, dana: Client) -> Iterator[None]:
        """Let the files be of these days, whenever the tests run; Dana signs in before that."""
        with moved_to(NOW):
            yield

    @pytest.mark.parametrize(
        ("day", "why"),
        [("2027-11-20", "A day lies ahead of today."), ("2016-11-20", "A day is more than a year")],
    )
    def test_a_day_that_cannot_be_is_told_with_its_row_and_what_to_do(
        self, dana: Client, day: str, why: str
    ) -> None:
        status, shown = give(dana, BOX.replace("2026-11-20", day), act="take")

        assert status == 400
        assert why in shown
        assert f"Row 1, day of the deposit: “{day}”. Nothing of the file was used" in shown
        assert not MoneyFile.objects.exists()

    def test_a_file_is_looked_at_first_and_then_taken_in(self, cast: Cast, dana: Client) -> None:
        status, shown = give(dana, BOX, act="try")

        assert status == 200
        assert "What each row would come to" in shown
        assert "Nothing is booked yet." in shown
        assert not MoneyFile.objects.exists()

        _, shown = give(dana, BOX, act="take")

        assert "What each row came to" in shown
        assert "into suspense: nobody can be sure whose" in shown
        assert "One row waits for a person" in shown
        assert owed(cast.account_1001) == Money(-132_47)
        kept = page_of_the_file(dana)
        assert "booked" in kept
        assert "box.csv" in kept
        assert "What the file is of Lockbox checks Given by Dana Whitfield When" in kept
        assert "Total $152.47 Rows taken in 2 of 2 rows" in kept
        assert "cut off" not in kept
        assert "give it again" not in shown

    def test_one_cut_off_says_so_until_it_is_given_again(self, cast: Cast, dana: Client) -> None:
        crash = patch.object(bank_files, "reach", _crash_after("arrival.row_taken"))
        with crash, pytest.raises(KeyboardInterrupt):
            give(dana, BOX, act="take")
        cut, listed = page_of_the_file(dana), words(dana.get("/desk/money/files/").content.decode())

        give(dana, BOX, act="take")
        done = page_of_the_file(dana)

        assert "1 of 2 rows" in cut
        assert "The file was cut off" in cut
        assert "Give the same file again" in cut
        assert "1 of 2 rows give it again" in listed
        assert "2 of 2 rows" in done
        assert "cut off" not in done
        assert owed(cast.account_1001) == Money(-132_47)

    def test_given_again_everything_is_known(self, dana: Client, cast: Cast) -> None:
        give(dana, BOX, act="take")

        _, shown = give(dana, BOX, act="take")

        assert shown.count("known already") == 2
        assert "2 of 2 rows" in shown
        assert owed(cast.account_1001) == Money(-132_47)

    @pytest.mark.parametrize(
        ("text", "kind", "told"),
        [
            (
                BOX.replace("file,2,152.47", "file,2,152.48"),
                "lockbox",
                "Row 5, total of the rows: “152.48”.",
            ),
            (BOX[:-15], "lockbox", "The file ends too early."),
            (
                BOX.replace("20.00", "20.005"),
                "lockbox",
                "such as 1234.50, without signs or commas. Row 3, amount: “20.005”.",
            ),
            (BOX.replace("20.00", "0.00"), "lockbox", "An amount is zero. Row 3, amount: “0.00”."),
            (
                BOX.replace("20.00", "4242424242424242"),
                "lockbox",
                "without signs or commas. Row 3. Nothing",
            ),
            (BOX.replace("77", "\0"), "lockbox", "This is no text file. Nothing of the file"),
            (BOX, "returns", "A row has not the 94 columns of a bank file. Row 1."),
            ("", "lockbox", "The file is empty; ask for it again."),
        ],
    )
    def test_a_damaged_file_is_refused_with_its_row(
        self, dana: Client, text: str, kind: str, told: str
    ) -> None:
        status, shown = give(dana, text, act="take", kind=kind)

        assert status == 400
        assert told in shown
        assert not MoneyFile.objects.exists()

    @pytest.mark.parametrize("kind", ["lockbox", "cash", "agency", "collect"])
    def test_one_in_another_writing_is_told_as_that(self, dana: Client, kind: str) -> None:
        status, shown = give(dana, "agency,Nuñez\n".encode("latin-1"), act="take", kind=kind)

        assert status == 400
        assert "saves it as “CSV UTF-8”. Nothing of the file was used" in shown

    def test_one_that_is_far_too_large_is_refused_before_it_is_read(self, dana: Client) -> None:
        content = b"x" * (LARGEST_FILE + 1)

        with patch.object(TemporaryUploadedFile, "read", side_effect=AssertionError):
            status, shown = give(dana, content, act="take")

        assert status == 400
        assert "This file is larger than 5 MB" in shown

    def test_one_of_the_largest_size_is_read(self, dana: Client) -> None:
        status, shown = give(dana, b"x" * LARGEST_FILE, act="take")

        assert status == 400
        assert "A row has not the cells it should have." in shown

    def test_the_file_for_the_bank_is_made_where_the_co_op_hands_in_its_own(
        self, cast: Cast, dana: Client, settings: Settings
    ) -> None:
        settings.BANK_KEYS = [new_key()]
        assert "For the bank" not in words(dana.get("/desk/money/files/").content.decode())
        Bank(cast, bank_sealer()).store()

        page = words(dana.get("/desk/money/files/").content.decode())
        answer = dana.post("/desk/money/files/send/")
        again = dana.post("/desk/money/files/send/", follow=True)

        assert "For the bank" in page
        assert answer.content.startswith(b"101 091000019")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="bank-')
        assert "No payment and no new account waits for the bank." in words(again.content.decode())
