"""Two bills of an account side by side. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from smarthub.accounts.types import VisibleAccount
from smarthub.billing.queries import get_whole_bills, list_bill_history
from smarthub.billing.types import BillSummary, BillView
from smarthub.kernel.money import Money
from smarthub.workflows.bills.bill_changes import neighbours


@dataclass(frozen=True, slots=True)
class BillsBeside:
    """All bills to choose from, and the two chosen; none where there are not two."""

    account: VisibleAccount
    bills: tuple[BillSummary, ...]
    first: BillView | None = None
    second: BillView | None = None

    @property
    def difference(self) -> Money | None:
        """What the second charges more than the first."""
        if self.first is None or self.second is None:
            return None
        return self.second.charges - self.first.charges


def put_beside(
    *, account: VisibleAccount, first: str | None = None, second: str | None = None
) -> BillsBeside:
    """Return two bills side by side: those asked for, else the newest and that of a year before.

    Raises:
        NotVisible: the account has no such bill.
    """
    bills = list_bill_history(account_id=account.id)
    valid = [bill for bill in bills if not bill.is_taken_back]
    if second is None and valid:
        second = valid[0].number
    if first is None and second is not None:
        last, year = neighbours(bills=bills, number=second)
        before = year or last
        first = before.number if before else None
    if first is None or second is None:
        return BillsBeside(account, tuple(bills))
    whole = get_whole_bills(account_id=account.id, numbers={first, second})
    return BillsBeside(account, tuple(bills), whole[first].view, whole[second].view)
