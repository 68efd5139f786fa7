"""Template filters that say figures, days and texts in the reader's language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import template
from django.utils.translation import gettext, ngettext

from smarthub.kernel.money import Money
from smarthub.kernel.text import Text
from smarthub.ui.formats import (
    reading_language,
    say_day,
    say_moment,
    say_money,
    say_number,
    say_rate,
    say_unit,
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
def unit_name(unit: str) -> str:
    """``{{ view.unit|unit_name }}`` gives ``kWh`` or ``therms``."""
    return say_unit(unit)


@register.filter
def words(text: Text) -> str:
    """``{{ line.name|words }}`` gives the words of a stored text in the reader's language."""
    return text.in_language(reading_language())


@register.filter
def quantity_of(value: Decimal, unit: str) -> str:
    """``{{ line.quantity|quantity_of:line.unit }}`` gives ``812 kWh`` or ``2 months``."""
    said = say_number(value)
    match unit:
        case "month":
            return ngettext("%(number)s month", "%(number)s months", int(value)) % {"number": said}
        case "day":
            return ngettext("%(number)s day", "%(number)s days", int(value)) % {"number": said}
        case "dollar":
            return gettext("$%(number)s") % {"number": said}
        case "each":
            return said
        case _:
            return f"{said} {say_unit(unit)}"
