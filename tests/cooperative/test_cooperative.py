"""A co-op is dated rows: identity, brand, policies, closed days."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from smarthub.cooperative.engine import CARD, DARK_CARD, PAPER, brand_from, nearest_brand_colour
from smarthub.cooperative.models import Policy
from smarthub.cooperative.operations import BrandTooPale, close_day, set_brand, set_policy
from smarthub.cooperative.queries import (
    PolicyMissing,
    get_cooperative,
    get_identity,
    get_policy,
    get_zone,
    list_closed_days,
)
from smarthub.kernel.banking_days import bank_holidays
from smarthub.kernel.colour import TEXT_CONTRAST, Colour, contrast
from smarthub.kernel.text import Text
from tests.cast import COLOUR, IDENTITY, NOW, TODAY


@pytest.mark.usefixtures("cooperative_founded")
class TestCooperative:
    def test_is_read_whole_in_one_query(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            cooperative = get_cooperative(on=TODAY)

        assert cooperative.identity == IDENTITY
        assert cooperative.brand.brand == COLOUR
        assert cooperative.zone.key == "America/Chicago"
        assert get_zone().key == "America/Chicago"

    def test_keeps_an_old_policy_for_old_days(self) -> None:
        tomorrow = TODAY + dt.timedelta(days=1)
        for value, day in ((21, dt.date(2021, 1, 1)), (25, tomorrow)):
            set_policy(key="bill.days", value=value, effective_from=day, author="board", now=NOW)

        assert get_policy(key="bill.days", on=TODAY) == 21
        assert get_policy(key="bill.days", on=tomorrow) == 25

    def test_lets_a_later_word_on_the_same_day_win(self) -> None:
        for value in (1, 2, 2):
            set_policy(key="k", value=value, effective_from=TODAY, author="board", now=NOW)

        assert get_policy(key="k", on=TODAY) == 2
        assert Policy.objects.filter(key="k").count() == 2

    def test_says_which_policy_is_missing(self) -> None:
        with pytest.raises(PolicyMissing) as error:
            get_policy(key="nobody.set.this", on=TODAY)

        assert error.value.values["key"] == "nobody.set.this"

    def test_refuses_to_change_a_policy_even_by_sql(self) -> None:
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE cooperative_policy SET author = 'nobody'")


@pytest.mark.django_db
class TestBeforeFounding:
    def test_has_no_identity(self) -> None:
        with pytest.raises(PolicyMissing):
            get_identity(on=TODAY)


class TestCalendar:
    def test_knows_the_bank_holidays_of_2026(self) -> None:
        # Federal Reserve 2026; July 4 is a Saturday, so the banks are open on Friday, July 3
        assert sorted(bank_holidays(2026)) == [
            dt.date(2026, 1, 1),
            dt.date(2026, 1, 19),
            dt.date(2026, 2, 16),
            dt.date(2026, 5, 25),
            dt.date(2026, 6, 19),
            dt.date(2026, 7, 4),
            dt.date(2026, 9, 7),
            dt.date(2026, 10, 12),
            dt.date(2026, 11, 11),
            dt.date(2026, 11, 26),
            dt.date(2026, 12, 25),
        ]

    def test_moves_a_sunday_holiday_to_monday(self) -> None:
        assert dt.date(2027, 7, 5) in bank_holidays(2027)
        assert dt.date(2027, 7, 4) not in bank_holidays(2027)

    @pytest.mark.usefixtures("cooperative_founded")
    def test_takes_a_day_the_office_is_closed(self) -> None:
        day = dt.date(2026, 11, 27)

        close_day(day=day, name=Text("Office closed", "Oficina cerrada"), author="office", now=NOW)

        assert list_closed_days(start=dt.date(2026, 11, 25), end=dt.date(2026, 11, 28)) == {
            dt.date(2026, 11, 26),
            day,
        }


class TestBrand:
    @pytest.mark.usefixtures("cooperative_founded")
    def test_that_cannot_be_read_is_refused_with_the_nearest_that_can(self) -> None:
        with pytest.raises(BrandTooPale) as refusal:
            set_brand(colour="#f2b13c", effective_from=TODAY, author="board", now=NOW)

        nearest = Colour.from_hex(refusal.value.values["nearest"])
        assert contrast(nearest, PAPER) >= TEXT_CONTRAST
        assert get_cooperative(on=TODAY).brand.brand == COLOUR

    @example(Colour.from_hex("#008a84"))  # passed before its soft tone was rounded, not after
    @given(st.integers(0, 0xFFFFFF).map(lambda n: Colour.from_hex(f"#{n:06x}")))
    def test_always_gives_tones_that_can_be_read(self, colour: Colour) -> None:
        brand = brand_from(nearest_brand_colour(colour))

        for text, ground in (
            (brand.brand, PAPER.hex),
            (brand.brand, CARD.hex),
            (brand.brand, brand.brand_soft),
            (brand.on_brand, brand.brand),
            (brand.on_brand, brand.brand_strong),
            (brand.brand_dark, DARK_CARD.hex),
            (brand.brand_dark, brand.brand_soft_dark),
            (brand.on_brand_dark, brand.brand_dark),
            (brand.on_brand_dark, brand.brand_strong_dark),
        ):
            ratio = contrast(Colour.from_hex(text), Colour.from_hex(ground))
            assert ratio >= TEXT_CONTRAST, (text, ground)
