"""Take off a tax what a member with a certificate does not owe, as a line of its own (rule 35)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from smarthub.kernel.quantity import Unit
from smarthub.rating.engine.counting import Counted
from smarthub.rating.engine.making import line
from smarthub.rating.types import PricedLine, Tax, exempt_code, exempt_name, total_of


def exempt_lines(
    *, charge: Tax, counted: Counted, owed: Sequence[PricedLine]
) -> Iterator[PricedLine]:
    """Yield what comes off a tax again: all of it, or its share of the days a certificate held.

    An excise of 2.60 with a certificate for 12 of 30 days: 2.60 x 12/30 = 1.04 less. No tax, no
    line.

    Source: domain rule 35: the tax is off only on days a certificate is in force.
    """
    held = next((each for each in counted.use.exempt if each.code == charge.code), None)
    total = total_of(owed).dollars
    if held is None or not held.days or not total:
        return
    share = -Decimal(held.days) / held.of_days
    dollars = -total * held.days / held.of_days
    yield line(
        code=exempt_code(charge.code),
        name=exempt_name(charge.name),
        quantity=total,
        unit=Unit.DOLLAR,
        rate=share,
        dollars=dollars,
    )
