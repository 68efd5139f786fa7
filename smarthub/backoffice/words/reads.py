"""Words of the desk for checks of reads, the quality of intervals, and what is to be done."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext, gettext_lazy

from smarthub.metering.types import FailedDay, Quality
from smarthub.ui.formats import say_day, say_number

CHECKS = {
    "missing": gettext_lazy("Intervals are missing"),
    "sum": gettext_lazy("Intervals and register disagree"),
    "spike": gettext_lazy("A spike"),
    "high": gettext_lazy("Far more than usual"),
    "low": gettext_lazy("Far less than usual"),
    "zero": gettext_lazy("No use all day"),
    "inactive": gettext_lazy("Use where nobody takes service"),
    "stuck": gettext_lazy("The same value for hours"),
}
REMEDIES = {
    "missing": gettext_lazy(
        "Read the meter again, or write the values; an estimate needs a week before it."
    ),
    "sum": gettext_lazy("Look at the multiplier and at exchanges of the meter first."),
    "spike": gettext_lazy("Ask what ran then. Accept it, or estimate that interval."),
    "high": gettext_lazy("Look at the days around it; accept it if the place changed."),
    "low": gettext_lazy("Somebody may be away. Accept it, or have the meter looked at."),
    "zero": gettext_lazy("Look for an outage or a shut-off; have the meter looked at."),
    "inactive": gettext_lazy("Look for a move-in nobody told of, or for use without leave."),
    "stuck": gettext_lazy("A lamp or pump may do so. Otherwise have the meter looked at."),
}
QUALITIES = {
    Quality.GOOD: gettext_lazy("good"),
    Quality.ESTIMATED: gettext_lazy("estimated"),
    Quality.INTERPOLATED: gettext_lazy("estimated"),
    Quality.MIXED: gettext_lazy("partly estimated"),
    Quality.MISSING: gettext_lazy("missing"),
    Quality.EDITED: gettext_lazy("edited"),
    Quality.QUESTIONABLE: gettext_lazy("in doubt"),
}


def tell_failure(failed: FailedDay) -> str:
    """Say in a sentence what was found on the day."""
    values = {"unit": failed.unit, **{name: _said(failed, name) for name in failed.values}}
    match failed.code:
        case "missing":
            count = int(failed.values.get("missing", 0))
            if not count:
                return gettext("Nothing came for this day.")
            return gettext("%(count)s intervals did not come.") % {"count": count}
        case "sum":
            until = dt.date.fromisoformat(str(failed.values["until"]))
            return gettext(
                "Intervals come to %(total)s %(unit)s, the register counted %(counted)s %(unit)s, "
                "until %(until)s."
            ) % {**values, "until": say_day(until)}
        case "spike":
            return (
                gettext(
                    "One interval has %(peak)s %(unit)s; the highest of three weeks was "
                    "%(usual_peak)s %(unit)s."
                )
                % values
            )
        case "high" | "low":
            return (
                gettext("The day has %(total)s %(unit)s; usual are %(usual_total)s %(unit)s.")
                % values
            )
        case _:
            return gettext("The day has %(total)s %(unit)s.") % values


def _said(failed: FailedDay, name: str) -> str:
    value = failed.values[name]
    if isinstance(value, int):
        return say_number(Decimal(value).scaleb(failed.exponent), 1)
    return str(value)
