"""What else made a line of a bill what it is, a sentence for each note."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from babel.dates import format_time
from django.utils.translation import gettext, gettext_lazy, ngettext

from smarthub.rating.types import ExplainedLine, UsePeriod, Window
from smarthub.ui.formats import (
    LOCALES,
    reading_language,
    say_day,
    say_money,
    say_number,
    say_rate,
)
from smarthub.ui.templatetags.formats import quantity_of

TIMES = "\N{MULTIPLICATION SIGN}"
SLOT_MINUTES = 15
DAY_SLOTS = 96
A_LEAP_YEAR = 2024
Values = Mapping[str, Any]

DAYS = {
    ("weekday",): gettext_lazy("weekdays"),
    ("weekend",): gettext_lazy("weekends"),
    ("holiday",): gettext_lazy("holidays"),
    ("weekend", "holiday"): gettext_lazy("weekends and holidays"),
    ("weekday", "weekend", "holiday"): gettext_lazy("every day"),
}


def say_notes(told: ExplainedLine) -> tuple[str, ...]:
    """Return the notes of a line as sentences, in their order, none twice."""
    said = (SAYINGS[note.code](note.values) for note in told.notes)
    return tuple(dict.fromkeys(sentence for sentence in said if sentence))


def _in_advance(_values: Values) -> str:
    return gettext("Billed ahead, for the month to come.")


def _part_month(values: Values) -> str:
    return gettext("Only %(days)s of %(of)s days, so only that part of the monthly price.") % {
        "days": values["days"],
        "of": values["of_days"],
    }


def _exempt_days(values: Values) -> str:
    return gettext(
        "The certificate was in force on %(days)s of %(of)s days, so only that part of the tax "
        "comes off."
    ) % {"days": values["days"], "of": values["of_days"]}


def _inside(values: Values) -> str:
    return gettext("Owed because the place of this service lies inside %(district)s.") % {
        "district": values["district"].in_language(reading_language())
    }


def _solar(values: Values) -> str:
    kwh = quantity_of(values["kwh"], "kWh")
    return ngettext(
        "You hold %(blocks)s block of the array; it made %(kwh)s.",
        "You hold %(blocks)s blocks of the array; each made %(kwh)s.",
        values["blocks"],
    ) % {"blocks": values["blocks"], "kwh": kwh}


def _part(values: Values) -> str:
    period = values["period"]
    return gettext(
        "The price changed during this bill. This line is for %(first)s to %(last)s: "
        "%(days)s of %(of)s days."
    ) % {
        "first": say_day(period.start, "short"),
        "last": say_day(period.last_day, "short"),
        "days": values["days"],
        "of": values["of_days"],
    }


def _block(values: Values) -> str:
    above, upto, unit = values["above"], values["upto"], values["unit"]
    said = {"above": quantity_of(_plain(above), unit)}
    if upto is None:
        return gettext("This price is for everything above %(above)s.") % said
    said["upto"] = quantity_of(_plain(upto), unit)
    if not above:
        return gettext("This price is for the first %(upto)s.") % said
    return gettext("This price is for what is above %(above)s, up to %(upto)s.") % said


def _block_number(values: Values) -> str:
    return gettext("Step %(number)s of %(of)s: the price changes with how much you use.") % values


def _hours(values: Values) -> str:
    period: UsePeriod = values["period"]
    name = period.name.in_language(reading_language())
    if not period.windows:
        return gettext("%(name)s: all hours that have no price of their own.") % {
            "name": _capital(name)
        }
    spans = "; ".join(_window(window, values["seasons"]) for window in period.windows)
    told = gettext("%(name)s: %(spans)s.") % {"name": _capital(name), "spans": spans}
    weekdays = any(window.days == ("weekday",) for window in period.windows)
    if values["holidays"] and weekdays:
        return told + " " + gettext("Holidays of the rate do not count as weekdays.")
    return told


def _window(window: Window, seasons: Mapping[str, tuple[Any, Any]]) -> str:
    days = str(DAYS.get(window.days, DAYS["weekday", "weekend", "holiday"]))
    hours = ", ".join(_span(*span) for span in _spans(window.slots))
    told = f"{days} {hours}".strip()
    named = [seasons[code] for code in window.seasons if code in seasons]
    if not named:
        return told
    dates = ", ".join(_season(start, end) for start, end in named)
    return f"{told} ({dates})"


def _season(start: tuple[int, int], end: tuple[int, int]) -> str:
    first, last = (say_day(dt.date(A_LEAP_YEAR, *day), "short") for day in (start, end))
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _spans(slots: Iterable[int]) -> list[tuple[int, int]]:
    """Return runs of quarter-hours; one that runs over midnight is one."""
    held = sorted(slots)
    runs: list[tuple[int, int]] = []
    for slot in held:
        if runs and runs[-1][1] == slot:
            runs[-1] = runs[-1][0], slot + 1
        else:
            runs.append((slot, slot + 1))
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == DAY_SLOTS:
        first = runs.pop(0)
        runs[-1] = runs[-1][0], first[1]
    return runs


def _span(start: int, end: int) -> str:
    if (start, end) == (0, DAY_SLOTS):
        return gettext("all day")
    return gettext("%(from)s to %(to)s") % {"from": _clock(start), "to": _clock(end)}


def _clock(slot: int) -> str:
    minutes = slot * SLOT_MINUTES % (24 * 60)
    at = dt.time(minutes // 60, minutes % 60)
    pattern = "h a" if at.minute == 0 else "h:mm a"
    return format_time(at, pattern, locale=LOCALES[reading_language()])


def _converted(values: Values) -> str:
    counted = quantity_of(_plain(values["from"]), values["from_unit"])
    billed = quantity_of(_plain(values["to"]), values["to_unit"])
    worked = f"{counted} {TIMES} {say_number(values['factor'])} = {billed}"
    return gettext("Your meter counted %(counted)s. %(worked)s, rounded as the rate says.") % {
        "counted": counted,
        "worked": worked,
    }


def _netting(values: Values) -> str:
    kwh = {name: quantity_of(_plain(value), "kWh") for name, value in values.items()}
    told = gettext("You took %(taken)s and gave back %(given)s; %(billed)s are billed.") % kwh
    if values["bank"] or values["left"]:
        told += " " + gettext("Your bank held %(bank)s before and holds %(left)s now.") % kwh
    return told


def _rider(values: Values) -> str:
    return gettext("The price is the one that held on the date of the bill.") if values else ""


def _rider_of_use(_values: Values) -> str:
    return gettext("The price is the one that held on the days of use.")


def _rider_share(values: Values) -> str:
    return gettext("Its price changed inside the period: this part of %(whole)s goes by days.") % {
        "whole": quantity_of(_plain(values["of"]), values["unit"])
    }


def _rider_credit(_values: Values) -> str:
    return gettext("Energy cost us less than the rate counts on, so this is a credit to you.")


def _lamp_use(values: Values) -> str:
    return gettext("Lamps without a meter count with %(kwh)s.") % {
        "kwh": quantity_of(_plain(values["kwh"]), "kWh")
    }


def _demand(values: Values) -> str:
    kw = quantity_of(_plain(values["kw"]), "kW")
    if values["of"] == "coincident":
        return gettext("At our supplier's peak you took %(kw)s.") % {"kw": kw}
    if values["name"] is not None:
        name = values["name"].in_language(reading_language())
        return gettext("The highest demand measured %(name)s was %(kw)s.") % {
            "name": name,
            "kw": kw,
        }
    return gettext("The highest demand measured was %(kw)s.") % {"kw": kw}


def _ratchet(values: Values) -> str:
    return gettext(
        "At least %(percent)s %% of the highest of the %(months)s months before is billed: "
        "%(percent)s %% of %(highest)s is %(kw)s."
    ) % {
        "percent": say_number(values["percent"]),
        "months": values["months"],
        "highest": quantity_of(_plain(values["highest"]), "kW"),
        "kw": quantity_of(_plain(values["kw"]), "kW"),
    }


def _least_kw(values: Values) -> str:
    return gettext("At least %(kw)s is billed.") % {"kw": quantity_of(_plain(values["kw"]), "kW")}


def _power_factor(values: Values) -> str:
    kw, billed = (quantity_of(_plain(values[name]), "kW") for name in ("kw", "billed"))
    return gettext("Your power factor of %(factor)s is below %(below)s: %(worked)s.") % {
        "factor": say_number(values["factor"]),
        "below": say_number(values["below"]),
        "worked": f"{kw} {TIMES} {say_number(_plain(values['times']))} = {billed}",
    }


def _kva(values: Values) -> str:
    return gettext("Your transformer has %(kva)s; %(above)s are included.") % {
        "kva": quantity_of(_plain(values["kva"]), "kVA"),
        "above": quantity_of(_plain(values["above"]), "kVA"),
    }


def _horsepower(values: Values) -> str:
    if not values["least"]:
        return ""
    return gettext("It comes to %(least)s at least.") % {"least": say_rate(values["least"])}


def _winter(_values: Values) -> str:
    return gettext("The average of your winter months counts all year.")


def _lamp(values: Values) -> str:
    return gettext("Each lamp uses %(kwh)s a month, which is in the price.") % {
        "kwh": quantity_of(_plain(values["kwh"]), "kWh")
    }


def _lesser(values: Values) -> str:
    quantity = quantity_of(_plain(values["quantity"]), values["unit"])
    by_use = f"{quantity} {TIMES} {say_rate(values['rate'])} = {say_money(values['by_use'])}"
    share = f"{say_number(values['percent'])} % {TIMES} {say_money(values['price'])}"
    return gettext("By use: %(by_use)s. By price: %(by_price)s. The lesser is charged.") % {
        "by_use": by_use,
        "by_price": f"{share} = {say_money(values['by_price'])}",
    }


def _taxed(values: Values) -> str:
    if values["on_tax"]:
        return gettext("It is on the charges above and on the taxes above it.")
    if not values["names"]:
        return gettext("It is on all charges above.")
    names = ", ".join(name.in_language(reading_language()) for name in values["names"])
    return gettext("It is on: %(names)s.") % {"names": names}


def _minimum(values: Values) -> str:
    if values["per"] == "year":
        return gettext("It is settled once a year, over the months of the year.")
    return ""


def _bank_paid(_values: Values) -> str:
    return gettext("Once a year we pay for the energy left in your bank, and it starts anew.")


def _credit_used(values: Values) -> str:
    return gettext("You had %(had)s of credit from months before.") % {
        "had": say_rate(_plain(values["had"]))
    }


def _credit_paid(_values: Values) -> str:
    return gettext("Once a year we pay what is left of your credit.")


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _plain(value: Decimal) -> Decimal:
    """Return a number without zeros at its end: 204.00 is 204."""
    return value.normalize() if value == value.to_integral() else value


SAYINGS: Mapping[str, Callable[[Values], str]] = {
    "in_advance": _in_advance,
    "part_month": _part_month,
    "exempt_days": _exempt_days,
    "inside": _inside,
    "part": _part,
    "solar": _solar,
    "block": _block,
    "block_number": _block_number,
    "hours": _hours,
    "converted": _converted,
    "netting": _netting,
    "rider_of_bill": _rider,
    "rider_of_use": _rider_of_use,
    "rider_share": _rider_share,
    "rider_credit": _rider_credit,
    "lamp_use": _lamp_use,
    "demand": _demand,
    "ratchet": _ratchet,
    "least_kw": _least_kw,
    "power_factor": _power_factor,
    "kva": _kva,
    "horsepower": _horsepower,
    "winter": _winter,
    "lamp": _lamp,
    "lesser": _lesser,
    "taxed": _taxed,
    "minimum": _minimum,
    "bank_paid": _bank_paid,
    "credit_used": _credit_used,
    "credit_paid": _credit_paid,
}
"""Every note a line may have; a code that is not here would fail the test of all of them."""
