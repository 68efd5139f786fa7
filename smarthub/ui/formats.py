"""How figures and days are said in the reader's language: amounts, quantities, dates, times.

Two languages, written out: a date pattern is a decision about words, so each stands here and
not in a message catalogue. Figures are written alike in both, as Spanish of the United States does:
a comma between thousands, a point before the decimals. So Python writes them, and what a page says
hundreds of times is not looked up in a locale each time; a test holds them against Babel's.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime
from django.utils import timezone
from django.utils.translation import get_language

from smarthub.kernel.money import Money

LOCALES = {"en": Locale("en", "US"), "es": Locale("es", "US")}
"""Parsed once: a page says dozens of days, and Babel would parse the name for each."""
DAY_PATTERNS: dict[str, dict[str, str]] = {
    "weekday": {"en": "EEEE, MMMM d", "es": "EEEE d 'de' MMMM"},
    "weekday_name": {"en": "EEEE", "es": "EEEE"},
    "weekday_name_short": {"en": "EEE", "es": "EEE"},
    "weekday_short": {"en": "EEE, MMM d", "es": "EEE d MMM"},
    "weekday_year": {"en": "EEEE, MMM d, y", "es": "EEEE d 'de' MMMM 'de' y"},
    "long": {"en": "MMMM d, y", "es": "d 'de' MMMM 'de' y"},
    "medium": {"en": "MMM d, y", "es": "d MMM y"},
    "short": {"en": "MMM d", "es": "d MMM"},
    "month": {"en": "MMMM y", "es": "MMMM 'de' y"},
    "month_name": {"en": "MMMM", "es": "MMMM"},
    "month_short": {"en": "MMM", "es": "MMM"},
    "month_year": {"en": "MMM y", "es": "MMM y"},
}
UNIT_NAMES: dict[str, dict[str, str]] = {
    "hp": {"en": "HP", "es": "HP"},
    "therm": {"en": "therms", "es": "termias"},
    "gal": {"en": "gallons", "es": "galones"},
    "kgal": {"en": "thousand gallons", "es": "mil galones"},
}
"""As on the printed bill; a unit that is not here is written alike in both languages: kWh, ccf."""
MOST_PLACES, RATE_PLACES = 6, 2
"""Decimals of a number at most, and of a price at least."""
DAYS_REMEMBERED = 8192
"""A year and more of days in both languages and every style a page uses."""
MOMENT_PATTERNS = {"en": "MMMM d, y, h:mm a", "es": "d 'de' MMMM 'de' y, h:mm a"}


def reading_language() -> str:
    """Return the language being read: ``es`` or, for anything else, ``en``."""
    return "es" if (get_language() or "en").startswith("es") else "en"


def say_money(amount: Money) -> str:
    """Return an amount with its cents: ``$1,234.56`` in both languages, ``-$12.34``."""
    return str(amount)


def say_unit(unit: str) -> str:
    """Return the name of a unit, as it stands after a number."""
    named = UNIT_NAMES.get(unit)
    return unit if named is None else named[reading_language()]


def say_day(day: dt.date, style: str = "long") -> str:
    """Return a day in words; ``style`` is one of ``DAY_PATTERNS``.

    Raises:
        KeyError: there is no such style.
    """
    return _say_day(day, style, reading_language())


@lru_cache(maxsize=DAYS_REMEMBERED)
def _say_day(day: dt.date, style: str, language: str) -> str:
    """Say a day once: every page of the month names the same ones."""
    return format_date(day, DAY_PATTERNS[style][language], locale=LOCALES[language])


def say_moment(moment: dt.datetime) -> str:
    """Return day and time of an instant in the zone now active, which is the co-op's."""
    language = reading_language()
    local = moment.astimezone(timezone.get_current_timezone())
    return format_datetime(local, MOMENT_PATTERNS[language], locale=LOCALES[language])


def say_number(number: Decimal, places: int | None = None) -> str:
    """Return a number with its thousands apart: exactly ``places``, or its decimals up to six."""
    if places is not None:
        return f"{number:,.{places}f}"
    whole, decimals = _in_parts(number)
    return f"{whole}.{decimals}" if decimals else whole


def say_rate(dollars: Decimal) -> str:
    """Return a price with its decimals, two at least and six at most: ``$33.00``, ``$0.00375``."""
    whole, decimals = _in_parts(dollars)
    return f"${whole}.{decimals.ljust(RATE_PLACES, '0')}"


def _in_parts(number: Decimal) -> tuple[str, str]:
    """Return a number's whole part with its thousands apart, and its decimals without zeros."""
    whole, _point, decimals = f"{number:,.{MOST_PLACES}f}".partition(".")
    return whole, decimals.rstrip("0")
