"""The bills of an account beside what is due on it now: what the bill pages show.

Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from smarthub.accounts.access import list_visible_accounts, open_account
from smarthub.accounts.types import Right, VisibleAccount
from smarthub.billing.online_code import online_code
from smarthub.billing.printing import render_bill
from smarthub.billing.queries import get_bill, list_bills
from smarthub.billing.types import BillSummary, BillView
from smarthub.cooperative.types import Cooperative
from smarthub.workflows.account_overview import AccountDue, list_accounts_due

RECENT_BILLS = 13


@dataclass(frozen=True, slots=True)
class AccountBills:
    """The bills of the account chosen, newest first; ``chosen`` is None where there is none."""

    accounts: tuple[VisibleAccount, ...]
    chosen: AccountDue | None
    bills: tuple[BillSummary, ...]

    @property
    def recent(self) -> tuple[BillSummary, ...]:
        """The bills of a year, and the one to compare the newest with."""
        return self.bills[:RECENT_BILLS]

    @property
    def older(self) -> tuple[BillSummary, ...]:
        """The bills before those."""
        return self.bills[RECENT_BILLS:]


@dataclass(frozen=True, slots=True)
class AccountBill:
    """One bill, and what is due on its account now."""

    due: AccountDue
    bill: BillView

    @property
    def account(self) -> VisibleAccount:
        """The account the bill is of."""
        return self.due.account

    @property
    def is_newest(self) -> bool:
        """Whether no bill came after this one, so that what is due now is what it asks."""
        return self.due.bill is not None and self.due.bill.number == self.bill.number


def list_account_bills(*, user_id: int, number: str | None, on: dt.date) -> AccountBills:
    """Return the bills of one of a person's accounts: the one with ``number``, else the first.

    Raises:
        NotVisible: ``number`` is not an account they may see.
    """
    accounts = list_visible_accounts(user_id=user_id, on=on)
    if number is not None:
        account = open_account(user_id=user_id, number=number, on=on)
    elif accounts:
        account = accounts[0]
    else:
        return AccountBills(accounts, None, ())
    (due,) = list_accounts_due(accounts=(account,), on=on)
    return AccountBills(accounts, due, tuple(list_bills(account_id=account.id)))


def get_account_bill(*, account: VisibleAccount, bill_number: str, on: dt.date) -> AccountBill:
    """Return one bill of an account.

    Raises:
        NotVisible: the account has no such bill.
    """
    (due,) = list_accounts_due(accounts=(account,), on=on)
    return AccountBill(due, get_bill(account_id=account.id, number=bill_number))


def print_account_bill(
    *,
    account: VisibleAccount,
    bill_number: str,
    language: str,
    cooperative: Cooperative,
    pay_address: str,
    large_print: bool = False,
) -> bytes:
    """Return one bill of an account as a tagged PDF in ``language``, in large print if wanted.

    ``pay_address`` is where its member pays online; it is printed, and as a QR code. The code for
    online access is printed for those who may manage the account, for it proves that they hold it.

    Raises:
        NotVisible: the account has no such bill.
    """
    bill = get_bill(account_id=account.id, number=bill_number)
    return render_bill(
        bill=bill,
        language=language,
        cooperative=cooperative,
        pay_address=pay_address,
        online_code=online_code(bill_number=bill.number) if Right.MANAGE in account.rights else "",
        large_print=large_print,
    )
