"""How much a bill is rounded up by. Pure."""

from __future__ import annotations

from smarthub.kernel.money import ZERO, Money

CENTS_OF_A_DOLLAR = 100


def gift_on(*, asked: Money, given: Money, most: Money) -> Money:
    """Return what rounds an amount due up to the next whole dollar: less than a dollar.

    Args:
        asked: What is due without it.
        given: What the account gave in this calendar year already.
        most: What it may give in a year, by policy.

    Returns:
        Nothing where nothing is due, where it is whole dollars already, and where it would pass
        what may be given in a year: a bill is rounded to a whole dollar or not at all.

    Source: domain rule 61.
    """
    gift = Money(-asked.cents % CENTS_OF_A_DOLLAR)
    return ZERO if asked <= ZERO or given + gift > most else gift
