"""Gas whose factor has dates of its own (greenbutton-rating-usage B2), through a real run."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import yaml

from smarthub.billing.models import BillException, BillSegment
from smarthub.billing.operations import add_cycle
from smarthub.billing.queries import get_bill
from smarthub.billing.reproducing import reprice
from smarthub.jobs.demo.rate_book import RATE_BOOK
from smarthub.kernel.money import Money
from smarthub.kernel.text import Text
from smarthub.rating.operations import publish_rider, publish_tariff
from smarthub.workflows.bills.close_billing_cycle import close_billing_cycle
from tests.billing.reference_place import place
from tests.billing.village import read
from tests.cast import NOW

NOVEMBER, DECEMBER = dt.date(2026, 11, 1), dt.date(2026, 12, 1)


@pytest.fixture
def published(cooperative_founded: None) -> None:
    """Publish gas whose factor is 1.025 until 14 November and 1.03 from then on."""
    definition = yaml.safe_load((RATE_BOOK / "G-R1-2024-01.yaml").read_text())
    conversion = {"from": "ccf", "to": "therm", "factor_of": "HEAT", "decimals": 1}
    publish_tariff(
        definition={**definition, "effective_from": "2026-01-01", "conversion": conversion},
        author="board",
        published_at=NOW,
    )
    for code, day, rate in (
        ("PGA", dt.date(2026, 1, 1), "0.6000"),
        ("HEAT", dt.date(2026, 1, 1), "1.025"),
        ("HEAT", dt.date(2026, 11, 14), "1.03"),
    ):
        publish_rider(
            code=code, effective_from=day, rate=Decimal(rate), author="board", published_at=NOW
        )
    add_cycle(code="C1", name=Text("First", "Primero"), bill_day=1, due_day=20)


@pytest.mark.usefixtures("published")
def test_is_billed_by_the_factor_of_the_last_day_shows_it_and_can_be_priced_again() -> None:
    account_id = place("G", tariff="G-R1", service="gas", unit="ccf", starts_on=NOVEMBER)
    read("XG", DECEMBER, "118")

    close_billing_cycle(
        cycle_code="C1",
        bill_date=DECEMBER,
        now=dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC),
        announce=False,
    )

    assert not BillException.objects.exists()
    bill = get_bill(account_id=account_id, number="G-261201")
    # 118 x 1.03 = 121.54, so 121.5 therms: 18 + 5 + 49.82 (.41) + 72.90 (.60)
    assert bill.charges == Money(14572)
    assert bill.segments[0].conversion_factor == Decimal("1.03")
    (segment,) = BillSegment.objects.select_related("tariff_version")
    assert sum(line.amount.cents for line in reprice(segment=segment)) == 14572


@pytest.mark.usefixtures("published")
def test_many_are_billed_as_one_is() -> None:
    numbers = [f"G{n}" for n in range(10)]
    for number in numbers:
        place(number, tariff="G-R1", service="gas", unit="ccf", starts_on=NOVEMBER)
        read(f"X{number}", DECEMBER, "118")

    close_billing_cycle(
        cycle_code="C1",
        bill_date=DECEMBER,
        now=dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC),
        announce=False,
    )

    totals = set(BillSegment.objects.values_list("total_cents", flat=True))
    assert totals == {14572}
    assert BillSegment.objects.count() == len(numbers)
