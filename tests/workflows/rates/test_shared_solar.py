"""Blocks of a shared array are credited on the member's own bill (rule 39): blocks and kWh."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from smarthub.billing.models import BillSegment
from smarthub.billing.reproducing import reprice
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry
from smarthub.rating.operations import RiderDiffers, publish_tariff
from smarthub.workflows.rates.shared_solar import (
    NoSharedSolar,
    hold_blocks,
    open_shared_solar,
    record_month,
)
from tests.billing.village import FIRST_BILL, MADE, SECOND_BILL, read
from tests.cast import OPENED, Cast
from tests.rating.rate_book import E_R1, SHARED_SOLAR
from tests.workflows.closing import close, maria_bill

OCTOBER, NOVEMBER = dt.date(2024, 10, 1), dt.date(2024, 11, 1)


@pytest.fixture
def sunny(village: Cast) -> Cast:
    """Maria's village under a rate whose members may hold blocks of an array."""
    definition = {
        **E_R1, "charges": [*E_R1["charges"], SHARED_SOLAR], "effective_from": OPENED.isoformat(),
    }  # fmt: skip
    publish_tariff(definition=definition, author="board", published_at=MADE)
    return village


def hold(cast: Cast, blocks: int = 2, since: dt.date = OPENED) -> None:
    hold_blocks(
        user_id=cast.dana.user.pk, account_number="1001", blocks=blocks, effective_from=since,
        now=MADE,
    )  # fmt: skip


def made(cast: Cast, month: dt.date = OCTOBER, kwh: str = "437.5") -> None:
    record_month(
        user_id=cast.dana.user.pk, array="SUN-1", month=month, kwh_per_block=Decimal(kwh), now=MADE
    )


def credited(cast: Cast, bill_date: dt.date = FIRST_BILL) -> list[tuple[str, Decimal, int]]:
    electric = maria_bill(cast, bill_date).segments[0]
    return [
        (line.name.en, line.quantity, line.amount.cents)
        for line in electric.lines
        if line.code.startswith("solar")
    ]


class TestOnABill:
    def test_the_line_says_blocks_and_kwh(self, sunny: Cast) -> None:
        hold(sunny)
        made(sunny)

        close()

        # 2 x 437.5 kWh x 0.0335 = 29.3125
        assert credited(sunny) == [("Shared solar, 2 blocks", Decimal(875), -2931)]
        bill = maria_bill(sunny)
        assert bill.charges == Money(28467 - 2931)
        (line,) = [each for each in bill.segments[0].lines if each.code == "solar.2"]
        assert line.name.es == "Energía solar compartida, 2 bloques"

    def test_it_can_be_reproduced_from_what_it_kept(self, sunny: Cast) -> None:
        hold(sunny)
        made(sunny)
        close()
        hold(sunny, blocks=0)

        segment = BillSegment.objects.get(
            bill__account=sunny.account_1001, tariff_version__code="E-R1"
        )

        stored = list(segment.lines.order_by("position").values_list("code", "amount_cents"))
        assert [(line.code, line.amount.cents) for line in reprice(segment=segment)] == stored

    def test_a_month_nobody_recorded_keeps_the_account_from_its_bill(self, sunny: Cast) -> None:
        hold(sunny)
        made(sunny)
        close()
        read("PR00000001", SECOND_BILL, "1700")
        read("PR00000002", SECOND_BILL, "168")

        report = close(SECOND_BILL)

        told = {each.account_number: each.code for each in report.exceptions}
        assert told["1001"] == "rate_missing"

    def test_whoever_gives_them_back_has_no_credit_from_the_next_bill(self, sunny: Cast) -> None:
        hold(sunny)
        hold(sunny, blocks=0, since=NOVEMBER)
        made(sunny)
        made(sunny, month=NOVEMBER)
        close()
        read("PR00000001", SECOND_BILL, "1700")
        read("PR00000002", SECOND_BILL, "168")

        close(SECOND_BILL)

        assert len(credited(sunny)) == 1
        assert credited(sunny, SECOND_BILL) == []

    def test_of_nobody_is_no_line(self, sunny: Cast) -> None:
        close()

        assert credited(sunny) == []


class TestAtTheDesk:
    def test_months_and_holders_are_in_the_audit_trail(self, sunny: Cast) -> None:
        hold(sunny)
        made(sunny)

        page = open_shared_solar(user_id=sunny.dana.user.pk, on=FIRST_BILL)

        assert page.arrays == ("SUN-1",)
        assert [(each.month, each.kwh_per_block) for each in page.months] == [
            (OCTOBER, Decimal("437.5"))
        ]
        assert AuditEntry.objects.filter(act="shared_solar.month").count() == 1
        assert AuditEntry.objects.filter(act="shared_solar.blocks").count() == 1

    def test_a_month_is_recorded_once(self, sunny: Cast) -> None:
        made(sunny)
        made(sunny)

        with pytest.raises(RiderDiffers):
            made(sunny, kwh="400")

    def test_is_for_staff_and_for_rates_that_have_it(self, village: Cast) -> None:
        with pytest.raises(NoSharedSolar):
            hold(village)
        with pytest.raises(NotVisible):
            hold_blocks(
                user_id=village.rosa.user.pk, account_number="1001", blocks=1,
                effective_from=OPENED, now=MADE,
            )  # fmt: skip
        with pytest.raises(NotVisible):
            open_shared_solar(user_id=village.rosa.user.pk, on=FIRST_BILL)
