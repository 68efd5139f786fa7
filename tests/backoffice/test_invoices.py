"""A one-time invoice (rule 47): from the desk to the member's list, page, paper and ledger."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client

from smarthub.billing.models import Bill
from smarthub.billing.printed.handed import Handed
from smarthub.billing.printing import render_bill
from smarthub.billing.queries import get_bill
from smarthub.billing.types import BillView
from smarthub.kernel.money import Money
from smarthub.ledger.queries import get_balances, list_open_charges
from smarthub.members.models import AuditEntry
from smarthub.notifications.models import Message
from tests.billing.reading import complaints, text_of
from tests.billing.sample_bill import COOPERATIVE
from tests.billing.village import FIRST_BILL, SECOND_BILL, read
from tests.cast import Cast
from tests.workflows.closing import close, maria_bill

DAY = dt.date(2024, 11, 18)
PAGE = "/desk/bills/accounts/1001/invoice/"
NUMBER = "1001-241118-i1"
KEY = UUID("5d0c1a52-0d4e-4a0c-9a63-6a4f6e3a0b11")
FILLED = {
    "en_1": "Damaged meter",
    "es_1": "Medidor dañado",
    "amount_1": "180.00",
    "en_2": "Trip",
    "es_2": "Visita",
    "amount_2": "45.00",
}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """Let the desk believe that it is nine in the morning of 18 November 2024."""
    with time_machine.travel(dt.datetime(2024, 11, 18, 15, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def billed(village: Cast) -> Cast:
    """Return the cast with a bill each for October: 1001 owes $284.67."""
    close()
    return village


@pytest.fixture
def drawn(billed: Cast, dana: Client) -> BillView:
    """Return the invoice as it is drawn."""
    write(dana)
    return get_bill(account_id=billed.account_1001, number=NUMBER)


def write(dana: Client, key: UUID = KEY, **changed: str) -> str:
    answer = dana.post(PAGE, {**FILLED, **changed, "key": str(key), "sure": "1"})
    assert answer.status_code == 303, answer.content
    return str(answer.headers["Location"])


def words(client: Client, address: str, **extra: str) -> str:
    answer = client.get(address, **extra)  # type: ignore[arg-type]  # headers as Django takes them
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>|\s+", " ", answer.content.decode()).replace("  ", " ")


class TestOnTheDesk:
    def test_it_is_looked_at_before_it_is_written(self, billed: Cast, dana: Client) -> None:
        answer = dana.post(PAGE, {**FILLED, "key": str(KEY)})

        page = answer.content.decode()
        assert "Invoice account 1001 for $225.00?" in re.sub(r"\s+", " ", page)
        assert "$509.67" in page  # 284.67 that stood open, and 225.00
        assert not Bill.objects.filter(number=NUMBER).exists()

    def test_written_it_is_a_bill_that_is_asked_for_and_told_of(
        self, billed: Cast, dana: Client
    ) -> None:
        assert write(dana) == f"/desk/bills/{NUMBER}/"

        bill = get_bill(account_id=billed.account_1001, number=NUMBER)
        assert (bill.previous, bill.charges, bill.asked) == (
            Money(284_67), Money(225_00), Money(509_67),
        )  # fmt: skip
        assert bill.late_charge == Money(0)
        assert get_balances(account_ids=[billed.account_1001])[billed.account_1001].asked == (
            Money(509_67)
        )
        (charge,) = [
            each
            for each in list_open_charges(account_id=billed.account_1001)
            if each.gl == "ar:fees"
        ]
        assert charge.amount == Money(225_00)
        assert Message.objects.filter(dedupe_key__startswith=f"bill_ready:{NUMBER}").exists()
        act = AuditEntry.objects.get(act="account_invoiced")
        assert act.after == {"charges": "$225.00", "for": ["Damaged meter", "Trip"]}

    def test_a_form_sent_twice_makes_one_invoice(self, billed: Cast, dana: Client) -> None:
        assert write(dana) == write(dana)

        assert Bill.objects.filter(account=billed.account_1001).count() == 2
        balance = get_balances(account_ids=[billed.account_1001])[billed.account_1001]
        assert balance.owed == Money(509_67)

    def test_the_same_form_with_other_lines_is_refused(self, billed: Cast, dana: Client) -> None:
        write(dana)

        answer = dana.post(PAGE, {**FILLED, "amount_1": "1.00", "key": str(KEY), "sure": "1"})

        assert answer.status_code == 409
        assert Bill.objects.filter(account=billed.account_1001).count() == 2

    @pytest.mark.parametrize(
        ("missing", "said"),
        [
            ("es_1", "Say in Spanish what it is for."),
            ("amount_2", "Write an amount in dollars and cents, such as 25.00."),
            ("en_2", "Say in English what it is for."),
        ],
    )
    def test_asks_for_what_is_missing(
        self, billed: Cast, dana: Client, missing: str, said: str
    ) -> None:
        answer = dana.post(PAGE, {**FILLED, missing: "", "key": str(KEY), "sure": "1"})

        assert answer.status_code == 400
        assert said in answer.content.decode()
        assert not Bill.objects.filter(number=NUMBER).exists()

    def test_is_taken_back_by_its_reversal_and_stays_to_be_seen(
        self, billed: Cast, dana: Client
    ) -> None:
        write(dana)
        correct = f"/desk/bills/{NUMBER}/correct/"
        assert "A new bill for the same days" not in words(dana, correct)

        given = {"reason": "request", "what": "take_back", "note": "", "sure": "1"}
        assert dana.post(correct, given).status_code == 303

        balance = get_balances(account_ids=[billed.account_1001])[billed.account_1001]
        assert (balance.owed, balance.asked) == (Money(284_67), Money(284_67))
        bill = get_bill(account_id=billed.account_1001, number=NUMBER)
        assert bill.taken_back is not None
        assert write(dana, uuid4()).endswith("-i2/")


class TestForTheMember:
    def test_it_stands_on_her_list_and_its_page_says_what_it_is_for(
        self, billed: Cast, dana: Client
    ) -> None:
        write(dana)
        maria = Client()
        maria.force_login(billed.maria.user)

        assert "One-time invoice" in words(maria, "/bills/?account=1001")
        page = words(maria, f"/bills/1001/{NUMBER}/")
        for said in ("Your bill is $509.67", "Damaged meter", "$180.00", "Trip", "charged once"):
            assert said in page

    def test_it_reads_in_spanish(self, billed: Cast, dana: Client) -> None:
        write(dana)
        maria = Client()
        maria.force_login(billed.maria.user)
        maria.cookies["django_language"] = "es"

        page = words(maria, f"/bills/1001/{NUMBER}/")

        for said in ("Factura de un cargo único", "Medidor dañado", "Se cobra una sola vez"):
            assert said in page

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", ("One-time invoice", "Damaged meter", "$180.00", "charged once", "$509.67")),
            ("es", ("Factura de un cargo único", "Medidor dañado", "$180.00", "una sola vez")),
        ],
    )
    def test_its_paper_says_the_same_and_is_sound(
        self, drawn: BillView, language: str, said: tuple[str, ...], tmp_path: Path
    ) -> None:
        for large_print in (False, True):
            pdf = render_bill(
                bill=drawn,
                language=language,
                cooperative=COOPERATIVE,
                handed=Handed(pay_address="https://pay.example"),
                large_print=large_print,
            )

            text = " ".join(text_of(pdf).split())
            assert [each for each in said if each not in text] == []
            assert complaints(pdf, tmp_path) == ""

    def test_rosa_cannot_see_it(self, billed: Cast, dana: Client) -> None:
        write(dana)
        rosa = Client()
        rosa.force_login(billed.rosa.user)

        assert rosa.get(f"/bills/1001/{NUMBER}/").status_code == 404


class TestTheNextBill:
    def test_carries_it_over_and_is_compared_with_the_bill_before_it(
        self, billed: Cast, dana: Client
    ) -> None:
        before = maria_bill(billed)
        write(dana)
        read("PR00000001", SECOND_BILL, "1700")
        read("PR00000002", SECOND_BILL, "168")

        close(SECOND_BILL)

        bill = maria_bill(billed, SECOND_BILL)
        assert bill.previous == Money(509_67)
        assert bill.last_charges == before.charges == Money(284_67)

    def test_a_run_of_the_same_day_has_a_number_of_its_own(
        self, village: Cast, dana: Client
    ) -> None:
        with time_machine.travel(dt.datetime(2024, 11, 1, 9, tzinfo=dt.UTC)):
            write(dana)

        assert close().exceptions == ()
        assert maria_bill(village).number == f"1001-{FIRST_BILL:%y%m%d}"
