"""Values of Operation Round-Up, and how it is told apart in the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

MOST_IN_A_YEAR = "round_up.most_in_a_year_cents"
"""The policy: how much an account may give in a calendar year; nothing: it is not offered."""
RECEIVABLE = "ar:round_up"
"""What members have promised to give and not paid yet."""
FUND = "round_up"
"""What members gave, held for the fund it goes to."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen last for an account: whether it rounds up, since which local day, by whom."""

    rounds_up: bool
    chosen_on: dt.date
    chosen_by: str
