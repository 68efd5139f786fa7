"""Make a line: the amount is computed exactly and rounded to cents once (domain rule 26)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Protocol

from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from smarthub.kernel.text import Text
from smarthub.rating.types import Charge, PricedLine


class Shared(Protocol):
    """Anything that knows which share of its whole period is priced."""

    @property
    def share(self) -> Fraction:
        """The share; one, where no price changed inside the period."""


RATE_STEP = Decimal("0.000001")
SHARE_STEP = Decimal("0.000000001")
SHARE_DECIMALS = 9


def line(
    *,
    code: str,
    name: Text,
    quantity: Decimal,
    unit: Unit,
    rate: Decimal,
    dollars: Decimal | None = None,
) -> PricedLine:
    """Return a line of ``quantity x rate``, or of ``dollars`` where a division made them.

    The quantity and rate shown are then cut to six decimals; the amount is not.

    Source: domain rule 26.
    """
    exact = quantity * rate if dollars is None else dollars
    return PricedLine(code, name, shown(quantity), unit, shown(rate), Money.rounded(exact), exact)


def shared_line(
    *, charge: Charge, quantity: Decimal, unit: Unit, rate: Decimal, counted: Shared
) -> PricedLine:
    """Return a line for a period whose prices changed inside it: its share of the rate, by days.

    Demand, transformers and motors are there all the time, whichever price holds; so each part
    charges them for its days. Where no price changed, the share is one.

    Source: domain rule 31.
    """
    share = counted.share
    return line(
        code=charge.code,
        name=charge.name,
        quantity=quantity,
        unit=unit,
        rate=rate * share.numerator / share.denominator,
        dollars=quantity * rate * share.numerator / share.denominator,
    )


def settled(value: Decimal) -> Decimal:
    """Return a share of a quantity, to nine decimals where it has more.

    A third of 500 kWh never ends; a billionth of a kWh costs nobody anything, and from here on
    every amount is exact, whoever computes it.

    Source: domain rule 26: what is multiplied is a number that can be written down.
    """
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -SHARE_DECIMALS:
        return value.quantize(SHARE_STEP, rounding=ROUND_HALF_UP)
    return value


def shown(value: Decimal) -> Decimal:
    """Return a quantity or rate as it is shown: to six decimals where it has more."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < RATE_STEP.as_tuple().exponent:  # type: ignore[operator]
        return value.quantize(RATE_STEP, rounding=ROUND_HALF_UP)
    return value
