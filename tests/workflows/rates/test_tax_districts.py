"""A city's tax is taken only inside its boundary (rule 34): dated, on the bill, on the desk."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from smarthub.accounts.models import PremiseDistrict, ServicePoint
from smarthub.billing.models import BillSegment
from smarthub.billing.queries.desk import list_open_differences
from smarthub.billing.reproducing import reprice
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.members.models import AuditEntry
from smarthub.rating.operations import publish_tariff
from smarthub.workflows.bills.cancel_and_rebill import look_for_differences
from smarthub.workflows.rates.tax_districts import open_districts, record_district
from tests.billing.village import FIRST_BILL, MADE, SECOND_BILL, read
from tests.cast import OPENED, Cast
from tests.rating.rate_book import CITY_TAX, E_R1
from tests.workflows.closing import close, maria_bill

NOON = dt.datetime(2024, 11, 18, 18, tzinfo=dt.UTC)
CITY = "willow-bend"


@pytest.fixture
def taxed(village: Cast) -> Cast:
    """Maria's village under a rate that has the city's tax."""
    definition = {
        **E_R1, "charges": [*E_R1["charges"], CITY_TAX], "effective_from": OPENED.isoformat(),
    }  # fmt: skip
    publish_tariff(definition=definition, author="board", published_at=MADE)
    return village


def place_of(account: str) -> str:
    return ServicePoint.objects.filter(
        agreements__account__number=account, service="electric"
    ).values_list("premise__number", flat=True)[0]


def record(
    cast: Cast,
    *,
    inside: bool = True,
    effective_from: dt.date = OPENED,
    now: dt.datetime = NOON,
) -> None:
    record_district(
        user_id=cast.dana.user.pk, account_number="1001", premise_number=place_of("1001"),
        district=CITY, inside=inside, effective_from=effective_from, now=now,
    )  # fmt: skip


def city_tax(cast: Cast, bill_date: dt.date = FIRST_BILL) -> list[int]:
    electric = maria_bill(cast, bill_date).segments[0]
    return [line.amount.cents for line in electric.lines if line.code == "city_tax"]


class TestOnABill:
    def test_inside_it_is_taken_and_the_line_says_so(self, taxed: Cast) -> None:
        record(taxed)

        close()

        assert city_tax(taxed) == [495]  # 812 kWh x 0.0061 = 4.9532
        bill = maria_bill(taxed)
        assert bill.charges == Money(28467 + 495)
        (line,) = [each for each in bill.segments[0].lines if each.code == "city_tax"]
        assert line.name.en == "Municipal tax, inside the city of Willow Bend"
        assert line.name.es == "Impuesto municipal, dentro de la ciudad de Willow Bend"

    def test_outside_it_is_not(self, taxed: Cast) -> None:
        close()

        assert city_tax(taxed) == []
        assert maria_bill(taxed).charges == Money(28467)

    def test_a_place_taken_in_inside_a_period_pays_from_the_next(self, taxed: Cast) -> None:
        record(taxed, effective_from=OPENED + dt.timedelta(days=1))
        close()
        read("PR00000001", SECOND_BILL, "1700")
        read("PR00000002", SECOND_BILL, "168")

        close(SECOND_BILL)

        assert city_tax(taxed) == []
        assert city_tax(taxed, SECOND_BILL) == [481]  # 788 x 0.0061 = 4.8068

    def test_a_place_let_out_inside_a_period_pays_no_more(self, taxed: Cast) -> None:
        record(taxed)
        record(taxed, inside=False, effective_from=FIRST_BILL - dt.timedelta(days=1))

        close()

        assert city_tax(taxed) == []

    def test_the_later_of_two_facts_of_one_day_holds(self, taxed: Cast) -> None:
        record(taxed)
        record(taxed, inside=False, now=NOON + dt.timedelta(minutes=1))

        close()

        assert city_tax(taxed) == []

    def test_it_can_be_reproduced_from_what_it_kept(self, taxed: Cast) -> None:
        record(taxed)
        close()
        record(taxed, inside=False, now=NOON + dt.timedelta(minutes=1))

        segment = BillSegment.objects.get(
            bill__account=taxed.account_1001, tariff_version__code="E-R1"
        )

        assert segment.inputs["inside"] == [CITY]
        stored = list(segment.lines.order_by("position").values_list("code", "amount_cents"))
        assert [(line.code, line.amount.cents) for line in reprice(segment=segment)] == stored

    def test_recorded_late_it_lists_the_bill(self, taxed: Cast) -> None:
        close()
        record(taxed)
        since = NOON - dt.timedelta(hours=1)

        assert look_for_differences(since=since, now=NOON) == 1

        (row,) = list_open_differences()
        assert (row.code, row.difference) == ("tax_district", Money(495))


class TestRecording:
    def test_is_in_the_audit_trail_once_and_seen_on_the_page(self, taxed: Cast) -> None:
        record(taxed)
        record(taxed, now=NOON + dt.timedelta(minutes=1))

        page = open_districts(
            user_id=taxed.dana.user.pk, account_number="1001", on=NOON.date(), now=NOON
        )
        assert [place.inside_on(day=NOON.date()) for place in page.places] == [(CITY,)]
        assert page.districts[0][0] == CITY
        assert PremiseDistrict.objects.count() == 1
        act = AuditEntry.objects.get(act="tax_district_recorded")
        assert act.after is not None
        assert act.after["inside"] is True

    def test_of_a_place_that_is_not_the_accounts_is_refused(self, taxed: Cast) -> None:
        with pytest.raises(NotVisible):
            record_district(
                user_id=taxed.dana.user.pk, account_number="1002",
                premise_number=place_of("1001"), district=CITY, inside=True,
                effective_from=OPENED, now=NOON,
            )  # fmt: skip

    def test_is_for_staff(self, taxed: Cast) -> None:
        with pytest.raises(NotVisible):
            record_district(
                user_id=taxed.rosa.user.pk, account_number="1001",
                premise_number=place_of("1001"), district=CITY, inside=True,
                effective_from=OPENED, now=NOON,
            )  # fmt: skip

    def test_cannot_be_changed_in_the_database(self, taxed: Cast) -> None:
        record(taxed)
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE accounts_premisedistrict SET inside = false")
