"""How hours and minutes of a day are said: ``4-5 p.m.``, ``3:10 p.m.``, and the hour come twice."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.translation import gettext

from smarthub.ui.formats import LOCALES, reading_language

HALVES = {"en": ("a.m.", "p.m."), "es": ("a. m.", "p. m.")}
NOON = 12


def say_hour_range(starts_at: dt.datetime, zone: ZoneInfo) -> str:
    """Return the hour that begins at an instant, by the clock on the wall.

    The hour before the clock goes forward ends where its own count does: ``1-2 a.m.``.
    """
    local = starts_at.astimezone(zone)
    half, next_half = _half(local.hour), _half(local.hour + 1)
    begin = "" if half == next_half else f" {half}"
    said = f"{_on_dial(local.hour)}{begin}-{_on_dial(local.hour + 1)} {next_half}"
    if local.fold:
        return gettext("%(hours)s, again after the clock went back") % {"hours": said}
    return said


def say_step_range(starts_at: dt.datetime, step_seconds: int, zone: ZoneInfo) -> str:
    """Return an interval shorter than an hour: ``4:15-4:30 p.m.``."""
    local = starts_at.astimezone(zone)
    end = (starts_at + dt.timedelta(seconds=step_seconds)).astimezone(zone)
    half, last_half = _half(local.hour), _half(end.hour)
    begin = "" if half == last_half else f" {half}"
    said = (
        f"{_on_dial(local.hour)}:{local.minute:02}{begin}-"
        f"{_on_dial(end.hour)}:{end.minute:02} {last_half}"
    )
    if local.fold:
        return gettext("%(hours)s, again after the clock went back") % {"hours": said}
    return said


def say_hour(starts_at: dt.datetime, zone: ZoneInfo) -> str:
    """Return the beginning of an hour: ``6 a.m.``."""
    local = starts_at.astimezone(zone)
    return f"{_on_dial(local.hour)} {_half(local.hour)}"


def say_clock(moment: dt.datetime, zone: dt.tzinfo) -> str:
    """Return the time of day of an instant: ``3:10 p.m.``."""
    local = moment.astimezone(zone)
    return f"{_on_dial(local.hour)}:{local.minute:02} {_half(local.hour)}"


def say_weekday(day: dt.date) -> str:
    """Return a day of the week, short: ``Sun``."""
    return format_date(day, "EEE", locale=LOCALES[reading_language()])


def _half(hour: int) -> str:
    return HALVES[reading_language()][hour % 24 >= NOON]


def _on_dial(hour: int) -> int:
    return hour % NOON or NOON
