"""The pages of bills: every line explained, why a bill differs, two beside each other, files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from smarthub.accounts.types import AccountId
from smarthub.billing.models import Bill
from smarthub.billing.queries import get_whole_bills
from smarthub.billing.reproducing import explain
from smarthub.kernel.money import Money
from smarthub.workflows.bills.cancel_and_rebill import correct_bill
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.village import SECOND_BILL, read
from tests.cast import Cast
from tests.portal.conftest import SignIn
from tests.portal.test_pages import words_of

DECEMBER = dt.datetime(2024, 12, 3, 18, 0, tzinfo=dt.UTC)
FIRST, SECOND = "1001-241101", "1001-241201"
NEW = f"/bills/1001/{SECOND}/"


@pytest.fixture
def two_bills(billed: Cast) -> Cast:
    """Bill November as well: 1,046 kWh and 60 ccf of Maria's."""
    read("PR00000001", SECOND_BILL, "1958")
    read("PR00000002", SECOND_BILL, "128")
    read("PR00000003", SECOND_BILL, "7")
    close_billing_cycle(cycle_code="C1", bill_date=SECOND_BILL, now=DECEMBER, announce=False)
    return billed


@pytest.fixture(autouse=True)
def december() -> object:
    """Two days after the second bill."""
    with time_machine.travel(DECEMBER):
        yield


class TestABill:
    def test_opens_every_line_to_its_words_and_numbers(
        self, two_bills: Cast, sign_in: SignIn
    ) -> None:
        said = words_of(sign_in(two_bills.maria), NEW)

        # 1,046 x .077 = 80.542; x .00375 = 3.9225, x .0032 = 3.3472
        assert "1,046 kWh × $0.077 = $80.542, rounded to $80.54" in said  # noqa: RUF001
        assert "What you used, times the price of one unit." in said
        assert "These prices hold for use from January 1, 2024 on." in said
        assert "The lesser is charged." in said

    def test_says_what_the_paper_says(self, two_bills: Cast, sign_in: SignIn) -> None:
        said = words_of(sign_in(two_bills.maria), NEW)

        for part in (
            "Account number 1001",
            f"Bill number {SECOND}",
            "This bill is to be paid by hand",
        ):
            assert part in said
        assert "Averages This bill Last bill" in said
        assert "PO Box 200" in said

    def test_of_a_bill_older_than_its_inputs_is_explained_by_what_it_shows(
        self, two_bills: Cast
    ) -> None:
        account = AccountId(two_bills.account_1001)
        segment = get_whole_bills(account_id=account, numbers=(SECOND,))[SECOND].segments[0]
        older = replace(segment, inputs={})

        (told,) = explain(segments=[older])

        assert [Money.rounded(each.worked) for each in told] == [
            line.amount for line in segment.view.lines
        ]

    def test_takes_as_many_queries_however_many_lines_there_are(
        self, two_bills: Cast, sign_in: SignIn
    ) -> None:
        maria = sign_in(two_bills.maria)
        maria.get(NEW)
        counts = []

        for number in (FIRST, SECOND):
            with CaptureQueriesContext(connection) as asked:
                maria.get(f"/bills/1001/{number}/")
            counts.append(len(asked))

        assert counts[0] == counts[1] <= 12


class TestWhyItIsDifferent:
    def test_splits_the_change_into_parts_that_add_up(
        self, two_bills: Cast, sign_in: SignIn
    ) -> None:
        said = words_of(sign_in(two_bills.maria), f"{NEW}changed/")

        # electric 139.46, then 33 + 5 + 42.89 + 80.54 + 3.92 + 3.35 = 168.70
        assert "Against last month" in said
        assert "Bill of Nov 1, 2024 $139.46" in said
        assert "Bill of Dec 1, 2024 $168.70" in said
        assert "Days 30 days instead of 31" in said

    def test_of_a_first_bill_says_that_there_is_nothing_to_compare(
        self, two_bills: Cast, sign_in: SignIn
    ) -> None:
        said = words_of(sign_in(two_bills.maria), f"/bills/1001/{FIRST}/changed/")

        assert "There is nothing to compare with yet" in said

    def test_takes_few_queries(self, two_bills: Cast, sign_in: SignIn) -> None:
        maria = sign_in(two_bills.maria)
        maria.get(f"{NEW}changed/")

        with CaptureQueriesContext(connection) as asked:
            maria.get(f"{NEW}changed/")

        # session, user, person and co-op; account; bills, their segments, lines; days and weather
        assert len(asked) <= 14


class TestBeside:
    def test_shows_both_amounts_and_the_difference(self, two_bills: Cast, sign_in: SignIn) -> None:
        said = words_of(sign_in(two_bills.maria), "/bills/1001/beside/")

        # 168.70 - 139.46
        assert "Total $139.46 $168.70 +$29.24" in said

    def test_of_a_bill_of_nobody_is_not_there(self, two_bills: Cast, sign_in: SignIn) -> None:
        answer = sign_in(two_bills.maria).get("/bills/1001/beside/?second=1002-241201")

        assert answer.status_code == 404


class TestHistory:
    def test_is_paged_by_year_and_counts_all(self, two_bills: Cast, sign_in: SignIn) -> None:
        maria = sign_in(two_bills.maria)

        assert "December 1, 2024" in words_of(maria, "/bills/?year=2024")
        assert maria.get("/bills/?year=1999").status_code == 404

    def test_shows_a_bill_taken_back_beside_the_one_in_its_place(
        self, two_bills: Cast, sign_in: SignIn
    ) -> None:
        correct_bill(
            user_id=two_bills.dana.user.pk, bill_number=SECOND, reason="request", note="",
            on=DECEMBER.date(), now=DECEMBER,
        )  # fmt: skip

        said = words_of(sign_in(two_bills.maria), "/bills/")

        assert "Taken back; a corrected bill takes its place" in said
        assert "Corrected bill" in said


class TestFiles:
    def test_a_zip_has_every_printed_bill(self, two_bills: Cast, sign_in: SignIn) -> None:
        answer = sign_in(two_bills.maria).get("/bills/1001/bills.zip")

        packed = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
        assert packed.namelist() == [f"bill-{FIRST}.pdf", f"bill-{SECOND}.pdf"]
        assert all(packed.read(name).startswith(b"%PDF-") for name in packed.namelist())

    def test_a_spreadsheet_has_every_line_and_adds_up(
        self, two_bills: Cast, sign_in: SignIn
    ) -> None:
        answer = sign_in(two_bills.maria).get("/bills/1001/bills.csv")

        rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
        charged = sum(
            Bill.objects.filter(account=two_bills.account_1001).values_list(
                "charges_cents", flat=True
            )
        )
        assert sum(Decimal(row["Amount"]) for row in rows) * 100 == charged
        assert {row["Bill number"] for row in rows} == {FIRST, SECOND}

    def test_of_a_year_without_bills_are_not_there(self, two_bills: Cast, sign_in: SignIn) -> None:
        maria = sign_in(two_bills.maria)

        assert maria.get("/bills/1001/bills.zip?year=1999").status_code == 404
        assert maria.get("/bills/1001/bills.csv?year=1999").status_code == 404

    def test_may_be_taken_by_whoever_may_see_them(self, two_bills: Cast, sign_in: SignIn) -> None:
        assert sign_in(two_bills.ben).get("/bills/1001/bills.csv").status_code == 200
