"""Template filter that says a time of day in the reader's language."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone

from smarthub.ui.hours import say_clock

register = template.Library()


@register.filter
def clock(moment: dt.datetime) -> str:
    """``{{ as_of|clock }}`` gives ``3:10 p.m.`` in the zone now active, which is the co-op's."""
    return say_clock(moment, timezone.get_current_timezone())
