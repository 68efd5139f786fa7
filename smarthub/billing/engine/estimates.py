"""What the next real read says of an estimate: it settles it, or proves it wrong (rule 17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from smarthub.kernel.errors import Unavailable
from smarthub.kernel.quantity import Unit

LEAST = {Unit.KWH: Decimal(200), Unit.CCF: Decimal(20), Unit.GALLON: Decimal(2000)}
PERCENT = 100


class EstimateProvenWrong(Unavailable):
    """The next real read says that an estimate was far off; its bill is to be corrected first."""

    code = "estimate_proven_wrong"


@dataclass(frozen=True, slots=True)
class WrongEstimate:
    """From when on an estimate is wrong: off by more than a percentage, and by more than so much.

    ``least`` is in the unit of the meter; a unit that is not named has none.
    """

    percent: Decimal = Decimal(25)
    least: Mapping[Unit, Decimal] = field(default_factory=lambda: LEAST)

    @classmethod
    def from_policy(cls, value: Mapping[str, object]) -> WrongEstimate:
        """Read the policy ``bill.wrong_estimate``."""
        least = {unit: Decimal(str(value[unit])) for unit in LEAST if unit in value}
        return cls(Decimal(str(value["percent"])), least)

    def is_wrong(self, *, estimated: Decimal, proven: Decimal, unit: Unit) -> bool:
        """Say whether an estimate is off by more than both limits.

        1,212 kWh that prove to be 711.475: off by 500.525, more than 200 and more than a quarter.

        Source: domain rule 17.
        """
        off = abs(estimated - proven)
        share = max(proven, Decimal(0)) * self.percent / PERCENT
        return off > self.least.get(unit, Decimal(0)) and off > share


def proven_use(
    *, estimated: Decimal, estimated_days: int, used: Decimal, used_days: int
) -> Decimal:
    """Return what the estimated days took, by the real reads on both sides and by days.

    1,212 kWh estimated for 31 days and 188 read for the 30 after them are 1,400 in 61 days, so
    711.475 in the first 31.

    Source: domain rule 17.
    """
    whole = (estimated + used) * estimated_days / (estimated_days + used_days)
    return round(whole, 3)
