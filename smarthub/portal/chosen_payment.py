"""What somebody chose to pay, kept in their session until it is paid or ordered.

So a visit to the gateway's own form loses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from smarthub.kernel.money import Money

KEY: Final = "payment_chosen"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Amounts by account number, on which day, and the order this takes the place of."""

    amounts: Mapping[str, Money]
    pay_on: dt.date | None = None
    replaces: UUID | None = None


def keep_chosen(request: HttpRequest, chosen: Chosen) -> None:
    """Remember what was chosen, in place of whatever was before."""
    request.session[KEY] = {
        "amounts": {number: amount.cents for number, amount in chosen.amounts.items()},
        "pay_on": chosen.pay_on.isoformat() if chosen.pay_on else None,
        "replaces": str(chosen.replaces) if chosen.replaces else None,
    }


def chosen_of(request: HttpRequest) -> Chosen | None:
    """Return what was chosen, or None."""
    kept = request.session.get(KEY)
    if kept is None:
        return None
    return Chosen(
        amounts={number: Money(cents) for number, cents in kept["amounts"].items()},
        pay_on=dt.date.fromisoformat(kept["pay_on"]) if kept["pay_on"] else None,
        replaces=UUID(kept["replaces"]) if kept["replaces"] else None,
    )


def forget_chosen(request: HttpRequest) -> None:
    """Forget it: it is paid, or ordered."""
    request.session.pop(KEY, None)
