"""What an agency pays for many accounts at once: booked once, by number and name together."""

from __future__ import annotations

import pytest

from smarthub.integrations.csv_files.agency import AgencyRows
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.payments.models import MoneyFile, Payment, SuspenseItem
from smarthub.payments.ports import BankFileRefused
from smarthub.payments.types import RowOutcome
from smarthub.workflows.bank.bank_files import preview_agency, take_agency
from smarthub.workflows.money.correct_payment import match_money
from tests.arrears.bills import at
from tests.arrears.test_operations import noticed
from tests.arrears.test_pledges import PLEDGED, add, pledges_of, promise
from tests.cast import Cast
from tests.workflows.both_books import exceptions, on
from tests.workflows.wallet import owed

FILE = (
    "agency,LIHEAP,2026-12-05,40112\n"
    "paid,V-1,1001,Alvarez,60.00\n"
    "paid,V-2,1001,Nobody,5.00\n"  # the number is Maria's, the name is not
    "paid,V-3,9999,Alvarez,7.00\n"  # nobody has the number
    "paid,V-4,1001,,8.00\n"  # no name
    "file,4,80.00\n"
)


def give(cast: Cast, text: str = FILE) -> list[RowOutcome]:
    rows = take_agency(
        user_id=cast.dana.user.pk,
        name="agency.csv",
        content=text.encode(),
        layout=AgencyRows(),
        now=at(PLEDGED, 20),
    )
    return [row.outcome for row in rows]


class TestAgencyFile:
    def test_books_whom_number_and_name_point_to_and_parks_the_rest(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)

        outcomes = give(cast)

        assert outcomes == [RowOutcome.PAID, *[RowOutcome.SUSPENSE] * 3]
        assert owed(cast.account_1001) == Money(72_47)
        assert pledges_of(cast) == [(100_00, 60_00, None)]
        paid = Payment.objects.get()
        assert (paid.channel, f"{paid.received_at:%Y-%m-%d}") == ("agency", "2026-12-05")
        assert sorted(SuspenseItem.objects.values_list("amount_cents", flat=True)) == [
            5_00,
            7_00,
            8_00,
        ]
        # what the agency handed over is all there: 60 on the account, 20 that nobody knows
        assert (on("clearing:agency"), on("suspense")) == (80_00, -20_00)

    def test_twice_is_harmless(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        promise(cast)
        give(cast)

        assert give(cast) == [RowOutcome.KNOWN] * 4

        assert MoneyFile.objects.count() == 1
        assert owed(cast.account_1001) == Money(72_47)
        assert pledges_of(cast) == [(100_00, 60_00, None)]

    def test_a_voucher_with_another_amount_is_put_before_staff(self, cast: Cast) -> None:
        add(cast)
        give(cast)

        again = FILE.replace("60.00", "61.00").replace("80.00", "81.00")

        assert give(cast, again)[0] is RowOutcome.DIFFERS
        assert exceptions() == ["agency_differs"]
        assert owed(cast.account_1001) == Money(-60_00)

    def test_a_voucher_for_another_account_is_put_before_staff(self, cast: Cast) -> None:
        """The same amount for another household would be lost without a word."""
        add(cast)
        give(cast)

        again = FILE.replace("V-1,1001,Alvarez", "V-1,1002,Delgado")

        assert give(cast, again)[0] is RowOutcome.DIFFERS
        assert exceptions() == ["agency_differs"]
        assert owed(cast.account_1002) == Money(0)

    def test_out_of_suspense_it_counts_against_that_agencys_pledge(self, cast: Cast) -> None:
        noticed(cast)
        add(cast)
        add(cast, "CHURCH", "St. Mary")
        promise(cast)
        promise(cast, 30_00, agency="CHURCH", hour=18)
        give(cast)
        item = SuspenseItem.objects.get(amount_cents=5_00)

        match_money(item_id=item.pk, user_id=cast.dana.user.pk, number="1001", now=at(PLEDGED, 21))

        assert pledges_of(cast) == [(100_00, 65_00, None), (30_00, 0, None)]

    def test_of_an_agency_nobody_knows_books_nothing(self, cast: Cast) -> None:
        with pytest.raises(BankFileRefused) as refused:
            give(cast)

        assert refused.value.values["reason"] == "unknown_agency"
        assert not MoneyFile.objects.exists()

    def test_a_preview_writes_nothing_and_is_for_staff(self, cast: Cast) -> None:
        add(cast)
        rows = preview_agency(
            user_id=cast.dana.user.pk,
            content=FILE.encode(),
            layout=AgencyRows(),
            now=at(PLEDGED, 20),
        )

        assert [row.account_number for row in rows] == ["1001", "", "", ""]
        assert not Payment.objects.exists()
        with pytest.raises(NotVisible):
            preview_agency(
                user_id=cast.maria.user.pk,
                content=FILE.encode(),
                layout=AgencyRows(),
                now=at(PLEDGED, 20),
            )
