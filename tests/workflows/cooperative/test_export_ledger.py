"""The whole ledger, judged by programs of others against bills and payments."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from smarthub.billing.models import Bill
from smarthub.config.cli import main
from smarthub.kernel.money import Money
from smarthub.ledger.operations import post_entry
from smarthub.ledger.types import Asked, ExpectedBalance, LedgerAccount, Posting
from smarthub.workflows.cooperative.export_ledger import expect_balances, gather_export
from tests.cast import NOW, Cast
from tests.integrations.plain_accounts.judges import LAYOUTS, judge, written
from tests.workflows.receiving import record_received_payment
from tests.workflows.wallet import bill

OCTOBER, NOVEMBER = dt.date(2026, 10, 3), dt.date(2026, 11, 3)


def bill_and_book(cast: Cast, number: str, day: dt.date, cents: int) -> None:
    """Write a bill and its entry, as a bill run does, without the reads it takes."""
    account = cast.account_1001 if number == "1001" else cast.account_1002
    bill(account, cents, f"bill:{number}-{day:%y%m%d}", on=day)
    Bill.objects.create(
        number=f"{number}-{day:%y%m%d}",
        account_id=account,
        bill_date=day,
        due_date=day + dt.timedelta(days=21),
        previous_cents=0,
        payments_cents=0,
        adjustments_cents=0,
        charges_cents=cents,
        asked_cents=cents,
        template_version="1",
        created_at=NOW,
    )


def pay(number: str, day: dt.date, cents: int) -> None:
    record_received_payment(
        source_key=f"lockbox:{number}:{day}",
        account_number=number,
        amount=Money(cents),
        channel="mail",
        received_on=day,
        now=NOW,
    )


def live_through_two_months(cast: Cast) -> None:
    """Maria pays all but 10.00, then too much by 5.00; Rosa pays nothing."""
    bill_and_book(cast, "1001", OCTOBER, 100_00)
    pay("1001", dt.date(2026, 10, 20), 90_00)
    bill_and_book(cast, "1002", OCTOBER, 77_07)
    bill_and_book(cast, "1001", NOVEMBER, 60_00)
    pay("1001", dt.date(2026, 11, 10), 75_00)


@pytest.mark.parametrize("layout", LAYOUTS)
class TestOthersJudge:
    def test_an_honest_ledger_is_accepted(self, cast: Cast, layout: str, tmp_path: Path) -> None:
        live_through_two_months(cast)

        text = written(gather_export(), layout)

        assert judge(text, layout, tmp_path) == ""
        assert text.count("A1001") > 4

    def test_a_cent_changed_in_the_file_is_seen(
        self, cast: Cast, layout: str, tmp_path: Path
    ) -> None:
        live_through_two_months(cast)
        text = written(gather_export(), layout)

        tampered = re.sub(r"-77\.07 USD", "-77.08 USD", text)

        assert tampered != text
        assert "77.08" in judge(tampered, layout, tmp_path)

    def test_a_balanced_cent_no_bill_asks_for_is_seen(
        self, cast: Cast, layout: str, tmp_path: Path
    ) -> None:
        live_through_two_months(cast)
        cent = Money(1)
        post_entry(
            source_key="planted",
            kind="bill",
            effective_date=NOVEMBER,
            postings=[
                Posting("ar:electric", cent, cast.account_1002),
                Posting("revenue:electric", -cent),
            ],
            asked=[Asked(cast.account_1002, cent)],
            posted_at=NOW,
        )

        objection = judge(written(gather_export(), layout), layout, tmp_path)

        assert "A1002" in objection
        assert "0.01" in objection


class TestExpectedBalances:
    def test_are_added_up_after_each_bill_and_at_the_end(self) -> None:
        bills = [("1001", OCTOBER, Money(100_00)), ("1001", NOVEMBER, Money(60_00))]
        paid = [
            ("1001", dt.date(2026, 10, 20), Money(-90_00)),
            ("1001", dt.date(2026, 11, 10), Money(-75_00)),
        ]

        expected = list(
            expect_balances(numbers={"1002"}, bills=bills, others=paid, until=dt.date(2026, 12, 1))
        )

        maria, rosa = LedgerAccount("", "1001"), LedgerAccount("", "1002")
        assert expected == [
            ExpectedBalance(dt.date(2026, 12, 2), rosa, Money(0)),
            ExpectedBalance(dt.date(2026, 10, 4), maria, Money(100_00)),
            ExpectedBalance(dt.date(2026, 11, 4), maria, Money(70_00)),  # 100 - 90 + 60
            ExpectedBalance(dt.date(2026, 12, 2), maria, Money(-5_00)),  # 70 - 75
        ]


def test_the_command_writes_the_ledger_of_one_moment(committing_cast: Cast) -> None:
    live_through_two_months(committing_cast)

    done = CliRunner().invoke(main, ["export-ledger", "--format", "hledger"])

    assert done.exit_code == 0, done.output
    assert "account Assets:Members:A1001:Ar-Electric" in done.output
    assert done.output.count(" * bill | ") == 3
