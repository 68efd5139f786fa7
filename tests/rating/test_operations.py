"""Publishing a rate book: once, dated, never edited."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from smarthub.rating.models import RiderValue, TariffVersion
from smarthub.rating.operations import (
    RiderDiffers,
    TariffDiffers,
    publish_rider,
    publish_tariff,
)
from smarthub.rating.queries import (
    RiderMissing,
    get_rate_book,
    get_rider_rate,
    get_rider_rates,
    get_tariff,
)
from smarthub.rating.types import SpanishMissing, TariffMissing
from tests.rating.rate_book import E_R1, G_R1

NOW = dt.datetime(2026, 2, 1, 18, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def publish(definition: dict[str, Any]) -> None:
    publish_tariff(definition=definition, author="board", published_at=NOW)


def publish_wpca(month: int, rate: str) -> None:
    publish_rider(
        code="WPCA",
        effective_from=dt.date(2026, month, 1),
        rate=Decimal(rate),
        author="board",
        published_at=NOW,
    )


class TestPublishTariff:
    def test_twice_is_once(self) -> None:
        publish(E_R1)
        publish(E_R1)

        assert TariffVersion.objects.count() == 1

    def test_with_other_charges_from_the_same_date_conflicts(self) -> None:
        publish(E_R1)

        with pytest.raises(TariffDiffers):
            publish({**E_R1, "charges": E_R1["charges"][:5]})

    def test_without_spanish_publishes_nothing(self) -> None:
        with pytest.raises(SpanishMissing):
            publish({**E_R1, "name": {"en": "Residential"}})

        assert not TariffVersion.objects.exists()

    def test_takes_a_date_as_yaml_reads_it(self) -> None:
        publish({**E_R1, "effective_from": dt.date(2026, 3, 1)})
        publish(E_R1)

        assert get_tariff(code="E-R1", on=dt.date(2026, 3, 1)).code == "E-R1"


class TestTheVersionThatHolds:
    def test_is_the_newest_that_began_by_the_day(self) -> None:
        older = {**E_R1, "effective_from": "2025-03-01", "charges": E_R1["charges"][:5]}
        publish(older)
        publish(E_R1)

        book = get_rate_book()

        for day, charges in [(dt.date(2026, 2, 28), 5), (dt.date(2026, 3, 1), 6)]:
            assert len(get_tariff(code="E-R1", on=day).charges) == charges
            assert len(book.find(code="E-R1", on=day).tariff.charges) == charges

    def test_before_the_first_version_is_missing(self) -> None:
        publish(G_R1)

        with pytest.raises(TariffMissing):
            get_tariff(code="G-R1", on=dt.date(2026, 2, 28))
        with pytest.raises(TariffMissing):
            get_rate_book().find(code="G-R1", on=dt.date(2026, 2, 28))


class TestRiders:
    def test_hold_from_their_date_on(self) -> None:
        publish_wpca(1, "-0.00180")
        publish_wpca(2, "-0.00040")

        assert get_rider_rate(code="WPCA", on=dt.date(2026, 1, 31)) == Decimal("-0.0018")
        assert get_rider_rates(on=dt.date(2026, 2, 1)) == {"WPCA": Decimal("-0.0004")}

    def test_published_twice_are_once_and_another_rate_conflicts(self) -> None:
        publish_wpca(1, "-0.00180")
        publish_wpca(1, "-0.0018")

        with pytest.raises(RiderDiffers):
            publish_wpca(1, "0.00180")
        assert RiderValue.objects.count() == 1

    def test_before_their_first_rate_are_missing(self) -> None:
        with pytest.raises(RiderMissing):
            get_rider_rate(code="WPCA", on=dt.date(2026, 1, 1))
