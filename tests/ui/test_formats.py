"""Amounts, days and numbers as they are said in both languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import format_currency, format_decimal
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.money import Money
from smarthub.kernel.text import Text
from smarthub.ui.formats import LOCALES, say_day, say_moment, say_money, say_number, say_rate
from smarthub.ui.templatetags.formats import words

DECEMBER = dt.date(2026, 12, 5)


class TestSaying:
    @pytest.mark.parametrize("language", ["en", "es"])
    @pytest.mark.parametrize(
        ("cents", "said"),
        [(0, "$0.00"), (-1234, "-$12.34"), (123_456_789, "$1,234,567.89")],
    )
    def test_an_amount_is_the_same_in_both_languages(
        self, cents: int, said: str, language: str
    ) -> None:
        with translation.override(language):
            assert say_money(Money(cents)) == said

    @pytest.mark.parametrize(
        ("style", "english", "spanish"),
        [
            ("weekday", "Saturday, December 5", "sábado 5 de diciembre"),
            ("long", "December 5, 2026", "5 de diciembre de 2026"),
            ("medium", "Dec 5, 2026", "5 dic 2026"),
            ("short", "Dec 5", "5 dic"),
            ("month", "December 2026", "diciembre de 2026"),
            ("month_short", "Dec", "dic"),
        ],
    )
    def test_a_day_follows_each_languages_habit(
        self, style: str, english: str, spanish: str
    ) -> None:
        with translation.override("en"):
            assert say_day(DECEMBER, style) == english
        with translation.override("es"):
            assert say_day(DECEMBER, style) == spanish

    def test_an_instant_is_said_in_the_active_zone(self) -> None:
        # 1:30 in the night of 6 December in UTC is 7:30 pm of the 5th in Chicago
        instant = dt.datetime(2026, 12, 6, 1, 30, tzinfo=dt.UTC)

        with timezone.override(ZoneInfo("America/Chicago")), translation.override("en"):
            assert say_moment(instant) == "December 5, 2026, 7:30 PM"

    @pytest.mark.parametrize(
        ("number", "places", "said"),
        [("1046", None, "1,046"), ("121.0", None, "121"), ("0.5", 1, "0.5"), ("99.95", 0, "100")],
    )
    def test_a_number_keeps_the_decimals_it_needs(
        self, number: str, places: int | None, said: str
    ) -> None:
        with translation.override("en"):
            assert say_number(Decimal(number), places) == said

    @pytest.mark.parametrize(
        ("rate", "said"), [("33", "$33.00"), ("0.00375", "$0.00375"), ("0.0410", "$0.041")]
    )
    def test_a_price_has_cents_at_least(self, rate: str, said: str) -> None:
        with translation.override("en"):
            assert say_rate(Decimal(rate)) == said

    def test_a_stored_text_speaks_the_readers_language(self) -> None:
        with translation.override("es-mx"):
            assert words(Text("Member charge", "Cargo de miembro")) == "Cargo de miembro"


NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=9)


class TestFiguresAsTheLocalesWriteThem:
    """Python writes the figures; here the locales' own rules say whether it does so rightly."""

    @given(number=NUMBERS, places=st.sampled_from([None, 0, 1, 2, 4]))
    def test_a_number(self, number: Decimal, places: int | None) -> None:
        pattern = "#,##0.######" if places is None else f"#,##0{'.' * bool(places)}{'0' * places}"

        for locale in LOCALES.values():
            assert say_number(number, places) == format_decimal(
                number, format=pattern, locale=locale
            )

    @given(dollars=NUMBERS)
    def test_a_price(self, dollars: Decimal) -> None:
        for locale in LOCALES.values():
            assert say_rate(dollars) == "$" + format_decimal(
                dollars, format="#,##0.00####", locale=locale
            )

    @given(cents=st.integers(-(10**14), 10**14))
    def test_an_amount(self, cents: int) -> None:
        for locale in LOCALES.values():
            assert say_money(Money(cents)) == format_currency(
                Money(cents).dollars, "USD", locale=locale
            )
