"""What cuts a bill into parts or keeps it back: a new rate, an exchange, odd periods, bad facts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from smarthub.accounts.models import ServiceAgreement
from smarthub.billing.models import BillSegment
from smarthub.billing.operations import ContractFactUnknown, record_contract_fact
from smarthub.billing.queries import get_bill
from smarthub.billing.reproducing import reprice
from smarthub.kernel.money import Money
from smarthub.kernel.period import Period
from smarthub.metering.models import MeterInstall
from smarthub.metering.operations import add_register, install_meter, remove_meter
from smarthub.rating.operations import publish_rider, publish_tariff
from tests.billing.village import FIRST_BILL, SECOND_BILL, read
from tests.cast import NOW, OPENED, Cast
from tests.rating.rate_book import E_R1
from tests.workflows.closing import close, maria_bill


class TestANewRateInsideAPeriod:
    def test_prices_each_part_by_its_days_under_its_own_version(self, village: Cast) -> None:
        changed = dt.date(2024, 10, 13)
        charges = [dict(each) for each in E_R1["charges"]]
        charges[0]["amount"] = "36.00"
        publish_tariff(
            definition={**E_R1, "effective_from": changed.isoformat(), "charges": charges},
            author="board",
            published_at=NOW,
        )

        close()

        old, new = (s for s in maria_bill(village).segments if s.service == "electric")
        # 812 kWh over 31 days: 12 days 812 x 12/31 = 314.323, the rest 497.677 (rule 31)
        assert (old.period, new.period) == (Period(OPENED, changed), Period(changed, FIRST_BILL))
        assert old.use is not None
        assert new.use is not None
        assert (old.use.value, new.use.value) == (Decimal("314.323"), Decimal("497.677"))
        # 33.00 x 12/31 = 12.77; 36.00 x 19/31 = 22.06
        assert (old.lines[0].amount, new.lines[0].amount) == (Money(1277), Money(2206))
        # The use of the whole month stands once, with the last part
        assert (old.history, [each.quantity for each in new.history]) == ((), [Decimal(812)])
        assert (len(old.reads), len(new.reads)) == (0, 1)

    def test_is_one_month_in_the_history_of_the_next_bill(self, village: Cast) -> None:
        publish_tariff(
            definition={**E_R1, "effective_from": "2024-10-13"}, author="board", published_at=NOW
        )
        close()
        for serial, value in (("PR00000001", "1000"), ("PR00000002", "68"), ("PR00000003", "7")):
            read(serial, SECOND_BILL, value)

        close(SECOND_BILL)

        electric = maria_bill(village, SECOND_BILL).segments[0]
        assert [each.quantity for each in electric.history] == [Decimal(812), Decimal(88)]
        assert electric.last_bill is not None
        assert electric.last_bill.period == Period(OPENED, FIRST_BILL)

    def test_is_taxed_once_for_the_use_of_the_whole_period_and_can_be_priced_again(
        self, village: Cast
    ) -> None:
        tiers = {
            "kind": "tiered_tax", "code": "city", "name": {"en": "City tax", "es": "Impuesto"},
            "unit": "kWh", "tiers": [{"upto": "500", "rate": "0.006"}, {"rate": "0.003"}],
        }  # fmt: skip
        charges = [dict(each) for each in E_R1["charges"]] + [tiers]
        for day in ("2024-09-30", "2024-10-13"):
            publish_tariff(
                definition={**E_R1, "effective_from": day, "charges": charges},
                author="board",
                published_at=NOW,
            )

        close()

        old, new = (s for s in maria_bill(village).segments if s.service == "electric")
        # 500 x .006 + 312 x .003 = 3.936; in two parts of 314.323 and 497.677 it would be 4.87
        city = [line.amount for line in new.lines if line.code == "city"]
        assert Money.sum(city) == Money(394)
        # the State's: 812 x .0032 = 2.60, once
        assert [line.amount.cents for line in new.lines if line.code == "state_tax"] == [260]
        assert not {line.code for line in old.lines} & {"city", "state_tax"}
        for row in BillSegment.objects.select_related("tariff_version"):
            again = [(line.code, line.amount.cents) for line in reprice(segment=row)]
            stored = row.lines.order_by("position").values_list("code", "amount_cents")
            assert again == list(stored)


class TestAMeterExchange:
    def test_is_one_line_with_both_meters_each_with_its_own_multiplier(self, village: Cast) -> None:
        day = dt.date(2024, 11, 10)
        close()
        remove_meter(serial="PR00000001", service_point_id=village.electric_1001, removed_on=day)
        install_meter(serial="PR00000009", service_point_id=village.electric_1001, installed_on=day)
        add_register(serial="PR00000009", unit="kWh", multiplier=Decimal(40))
        read("PR00000001", day, "1000", "change_out")
        read("PR00000009", day, "0", "change_out")
        read("PR00000009", SECOND_BILL, "5")
        read("PR00000002", SECOND_BILL, "68")
        read("PR00000003", SECOND_BILL, "7")

        close(SECOND_BILL)

        electric = maria_bill(village, SECOND_BILL).segments[0]
        # 912 to 1000 is 88; 0 to 5 times 40 is 200 (rule 14)
        assert [each.quantity for each in electric.reads] == [Decimal(88), Decimal(200)]
        assert [line.quantity for line in electric.lines if line.code == "distribution"] == [288]
        assert MeterInstall.objects.filter(service_point=village.electric_1001).count() == 2


class TestAFinalBill:
    def test_of_19_days_asks_for_19_days(self, village: Cast) -> None:
        close()
        gone = dt.date(2024, 11, 20)
        ServiceAgreement.objects.filter(account=village.account_1002).update(ends_on=gone)
        read("PR00000003", gone, "7")

        close(SECOND_BILL)

        bill = get_bill(account_id=village.account_1002, number="1002-241201")
        # 33.00 x 19/30 = 20.90, 5.00 x 19/30 = 3.17 (rule 32)
        assert [line.amount.cents for line in bill.segments[0].lines] == [2090, 317]


class TestWhatCannotBeRight:
    def test_a_rider_larger_than_the_bill_gives_no_bill(self, village: Cast) -> None:
        publish_rider(
            code="WPCA",
            effective_from=FIRST_BILL,
            rate=Decimal("-1.00"),
            author="board",
            published_at=NOW,
        )

        report = close()

        (refused,) = report.exceptions
        assert (refused.account_number, refused.code) == ("1001", "price_below_zero")

    def test_a_fact_no_tariff_asks_for_is_refused(self, village: Cast) -> None:
        agreement = ServiceAgreement.objects.get(number="A1001-electric")

        with pytest.raises(ContractFactUnknown):
            record_contract_fact(
                agreement_id=agreement.pk,  # type: ignore[arg-type]
                name="colour",
                value=Decimal(1),
                effective_from=OPENED,
                author="Dana",
                now=NOW,
            )

    def test_a_light_whose_number_nobody_knows_is_listed(self, village: Cast) -> None:
        light = {
            **E_R1,
            "code": "E-AL",
            "service": "light",
            "charges": [
                {
                    "kind": "unmetered_light",
                    "code": "led",
                    "name": {"en": "Light", "es": "Luz"},
                    "amount": "9.25",
                    "kwh": "16",
                }
            ],
        }
        publish_tariff(
            definition={**light, "effective_from": "2024-01-01"}, author="board", published_at=NOW
        )
        ServiceAgreement.objects.filter(number="A1002-electric").update(tariff_code="E-AL")

        report = close()

        (unknown,) = report.exceptions
        assert (unknown.account_number, unknown.code) == ("1002", "fact_missing")
        assert unknown.values == {"fact": "lamps", "tariff": "E-AL"}

    def test_use_of_a_thousand_million_is_priced_exactly(self, village: Cast) -> None:
        install_meter(
            serial="PR00000008", service_point_id=village.electric_1002, installed_on=FIRST_BILL
        )
        close()
        remove_meter(
            serial="PR00000003", service_point_id=village.electric_1002, removed_on=SECOND_BILL
        )
        add_register(serial="PR00000008", unit="kWh", dials=9, multiplier=Decimal(10))
        for serial, on, value in (
            ("PR00000003", SECOND_BILL, "7"),
            ("PR00000008", FIRST_BILL, "0"),
            ("PR00000008", SECOND_BILL, "100000000"),
            ("PR00000001", SECOND_BILL, "912"),
            ("PR00000002", SECOND_BILL, "68"),
        ):
            read(serial, on, value)

        close(SECOND_BILL)

        segment = BillSegment.objects.get(bill__number="1002-241201")
        # 10^9 x (.041 + .077 + .00375) = 121,750,000.00; tax .0032 x 10^9 = 3,200,000.00; + 38.00
        assert segment.quantity == Decimal(10**9)
        assert segment.total_cents == 12_175_000_000 + 320_000_000 + 3800
