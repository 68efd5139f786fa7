"""Say how a line of a bill came about, in the reader's language: in words, then in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext, gettext_lazy

from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from smarthub.portal.words.line_notes import say_notes
from smarthub.rating.types import Counts, ExplainedLine, PricedLine, Sign, Term
from smarthub.ui.formats import reading_language, say_money, say_number, say_rate
from smarthub.ui.templatetags.formats import quantity_of

SHOWN = Decimal("0.000001")
MINUS = "\N{MINUS SIGN}"

IN_WORDS = {
    "FixedMonthly": gettext_lazy("The same every month, whatever you use."),
    "FixedDaily": gettext_lazy("The same every day, whatever you use: days times the daily price."),
    "FixedYearly": gettext_lazy("A yearly price, a twelfth of it each month."),
    "Subscription": gettext_lazy("A monthly price for the months this bill covers."),
    "PerUnit": gettext_lazy("What you used, times the price of one unit."),
    "Blocks": gettext_lazy("The price changes with how much you use; this is one step of it."),
    "TimeOfUse": gettext_lazy("What you used in these hours, times the price in these hours."),
    "Rider": gettext_lazy("An adjustment that moves up or down with what we pay for energy."),
    "Demand": gettext_lazy("Your highest demand in the period, times the price of one kilowatt."),
    "PerKva": gettext_lazy("The size of your transformer above what is included, times the price."),
    "PerHorsepower": gettext_lazy("The horsepower of your motors, times the price for the season."),
    "UnmeteredLight": gettext_lazy("A price for each lamp, with its energy."),
    "WinterAverage": gettext_lazy("Your average use in winter, times the price of one unit."),
    "ExportCredit": gettext_lazy("What you gave back to us, times what we pay for it: a credit."),
    "SharedSolar": gettext_lazy(
        "What your part of the shared solar array made in the month, times the price we pay: a "
        "credit."
    ),
    "Minimum": gettext_lazy("The least a bill comes to, less what it came to already."),
    "LesserOfTax": gettext_lazy("A tax: by use or by price, whichever is less."),
    "PercentTax": gettext_lazy("A tax: a percentage of other lines of this bill."),
    "TieredTax": gettext_lazy("A tax on use; its price changes with how much you use."),
    "exempt": gettext_lazy("A certificate on file with us takes this tax off."),
    "bank": gettext_lazy("What was left of the energy or credit you gathered."),
}
"""Each kind of charge in one sentence."""


@dataclass(frozen=True, slots=True)
class LineWords:
    """One line of a bill: its name and amount, the sentence, the numbers, and what else to know."""

    name: str
    how: str
    amount: str
    in_words: str
    formula: str
    notes: tuple[str, ...]


def say_line(told: ExplainedLine, shown: PricedLine) -> LineWords:
    """Return a line in words; ``shown`` is the line as the bill stores it."""
    return LineWords(
        name=shown.name.in_language(reading_language()),
        how=f"{quantity_of(shown.quantity, shown.unit)} {Sign.TIMES} {say_price(shown)}",
        amount=say_money(shown.amount),
        in_words=str(IN_WORDS.get(told.kind, "")),
        formula=say_formula(told),
        notes=say_notes(told),
    )


def say_price(line: PricedLine) -> str:
    """Return the rate of a line: dollars a unit, or a percentage of dollars."""
    if line.unit is Unit.DOLLAR:
        return _percent(line.rate)
    return signed_rate(line.rate)


def say_formula(told: ExplainedLine) -> str:
    """Return the numbers worked: 742.5 kWh times $0.125 = $92.8125, rounded to $92.81.

    Source: domain rule 26: rounded once, a half away from zero.
    """
    amount, worked = told.line.amount, told.worked
    if len(told.terms) < 2:  # noqa: PLR2004 (one number is no formula)
        return say_money(amount)
    shown = worked.quantize(SHOWN, rounding=ROUND_HALF_UP)
    numbers = " ".join(f"{term.sign} {_say_term(term)}".strip() for term in told.terms)
    if shown == amount.dollars:
        return f"{numbers} = {say_money(amount)}"
    values = {"numbers": numbers, "exact": _exact_money(shown), "amount": say_money(amount)}
    return gettext("%(numbers)s = %(exact)s, rounded to %(amount)s") % values


def signed_rate(rate: Decimal) -> str:
    """Return a price; a credit has its minus sign before the dollar."""
    return f"{MINUS}{say_rate(-rate)}" if rate < 0 else say_rate(rate)


def _say_term(term: Term) -> str:
    match term.counts:
        case Counts.NUMBER:
            return say_number(term.value)
        case Counts.PRICE:
            return signed_rate(term.value)
        case Counts.PERCENT:
            return _percent(term.value)
        case Unit.DOLLAR:
            return say_money(Money.rounded(term.value))
        case _:
            return quantity_of(term.value, term.counts)


def _percent(share: Decimal) -> str:
    return f"{say_number(share * 100)} %"


def _exact_money(dollars: Decimal) -> str:
    """Return dollars with their fractions of a cent, up to a millionth of a dollar."""
    return signed_rate(dollars.normalize())
