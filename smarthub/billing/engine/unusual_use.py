"""How far the use of a period may be from what is usual before somebody looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from smarthub.billing.engine.estimates import LEAST
from smarthub.kernel.quantity import Unit


@dataclass(frozen=True, slots=True)
class UseLimits:
    """From when on use is looked at: so many times what is usual or below that part of it.

    And away from it by more than ``least`` in the unit of the meter; a unit that is not named has
    no least. With ``times`` zero nothing is looked at.
    """

    times: Decimal = Decimal(3)
    least: Mapping[Unit, Decimal] = field(default_factory=lambda: LEAST)

    @classmethod
    def from_policy(cls, value: Mapping[str, object]) -> UseLimits:
        """Read the policy ``bill.unusual_use``."""
        least = {unit: Decimal(str(value[unit])) for unit in LEAST if unit in value}
        return cls(Decimal(str(value["times"])), least)

    def are_passed(self, *, used: Decimal, usual: Decimal, unit: Unit) -> bool:
        """Say whether a period's use is too far from what is usual for as many days.

        2,400 kWh where 700 are usual: more than three times, and 1,700 more.

        Source: domain rules 13 and 18.
        """
        if not self.times or usual <= 0:
            return False
        far = abs(used - usual) > self.least.get(unit, Decimal(0))
        return far and (used > usual * self.times or used * self.times < usual)
