"""Template filters that say figures, days and texts in the reader's language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import template

from smarthub.kernel.money import Money
from smarthub.kernel.text import Text
from smarthub.ui.formats import (
    reading_language,
    say_day,
    say_moment,
    say_money,
    say_number,
    say_rate,
)

register = template.Library()


@register.filter
def money(amount: Money) -> str:
    """``{{ bill.asked|money }}`` gives ``$139.46``."""
    return say_money(amount)


@register.filter
def day(value: dt.date, style: str = "long") -> str:
    """``{{ bill.due_date|day:"weekday" }}`` gives ``Friday, December 5``."""
    return say_day(value, style)


@register.filter
def moment(value: dt.datetime) -> str:
    """``{{ receipt.received_at|moment }}`` gives day and time in the co-op's zone."""
    return say_moment(value)


@register.filter
def number(value: Decimal, places: int | None = None) -> str:
    """``{{ line.quantity|number }}`` gives ``1,046``."""
    return say_number(value, places)


@register.filter
def rate(dollars: Decimal) -> str:
    """``{{ line.rate|rate }}`` gives ``$0.0410``."""
    return say_rate(dollars)


@register.filter
def words(text: Text) -> str:
    """``{{ line.name|words }}`` gives the words of a stored text in the reader's language."""
    return text.in_language(reading_language())
