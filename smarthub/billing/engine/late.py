"""What a late payment would cost more, as a bill says it beforehand.

``arrears`` charges it later, above this storey; a test holds that both come to the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from smarthub.cooperative.catalogue import value_in
from smarthub.kernel.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class LateCharge:
    """The co-op's rule: percent of what is unpaid and a flat part, within bounds.

    ``maximum`` of nothing is no bound.
    """

    percent: Decimal = Decimal(0)
    flat: Money = ZERO
    minimum: Money = ZERO
    maximum: Money = ZERO
    excluded_accounts: frozenset[str] = frozenset()

    @classmethod
    def from_policies(cls, policies: Mapping[str, Any]) -> LateCharge:
        """Read it from the policies in force on the bill date."""
        return cls(
            percent=Decimal(value_in(policies, "late_fee.percent")),
            flat=Money(value_in(policies, "late_fee.flat_cents")),
            minimum=Money(value_in(policies, "late_fee.minimum_cents")),
            maximum=Money(value_in(policies, "late_fee.maximum_cents")),
            excluded_accounts=frozenset(value_in(policies, "late_fee.excluded_accounts")),
        )

    def of(self, *, unpaid: Money, account_number: str) -> Money:
        """Return the charge on an unpaid amount; none where nothing is unpaid.

        132.47 at 1.5 % is 1.99, rounded half away from zero.

        Source: domain rule 53.
        """
        if not self.percent and not self.flat:
            return ZERO
        reckoned = Money.rounded(unpaid.dollars * self.percent / 100) + self.flat
        if account_number in self.excluded_accounts or unpaid <= ZERO or reckoned <= ZERO:
            return ZERO
        return min(max(reckoned, self.minimum), unpaid, self.maximum or unpaid)


NO_LATE_CHARGE = LateCharge()
