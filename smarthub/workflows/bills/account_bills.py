"""The bills of an account beside what is due on it now: what the bill pages show.

Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TypedDict
from zoneinfo import ZoneInfo

from smarthub.accounts.access import list_visible_accounts, open_account, write_link
from smarthub.accounts.queries import list_holders
from smarthub.accounts.types import AccountId, Right, VisibleAccount
from smarthub.arrears.types import BackBillingOffer
from smarthub.auto_pay.queries import get_on_bill
from smarthub.billing.online_code import online_code
from smarthub.billing.printed.handed import AutoPayNote, Handed
from smarthub.billing.printing import render_bill
from smarthub.billing.queries import list_bill_history
from smarthub.billing.types import BillSummary, BillView
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import day_bounds
from smarthub.members.queries import find_mailing_address
from smarthub.workflows.accounts.account_overview import AccountDue, list_accounts_due
from smarthub.workflows.bills.explained_bill import ExplainedBill, explain_bill
from smarthub.workflows.debts.back_billing import see_offer

RECENT_BILLS = 13
LINK_LASTS = dt.timedelta(days=60)
"""After its due date a bill's link to pay; later the bill is history."""


class AutoPayHanded(TypedDict):
    """The fields of ``Handed`` that Auto Pay fills."""

    auto_pay: AutoPayNote | None
    auto_pay_credit: Money


@dataclass(frozen=True, slots=True)
class Year:
    """A calendar year with bills in it, and how many."""

    year: int
    bills: int


@dataclass(frozen=True, slots=True)
class AccountBills:
    """The bills of the account chosen, newest first; ``chosen`` is None where there is none.

    ``bills`` are those of the ``year`` asked for, or the newest where none was; ``total`` counts
    all of them. Bills that were taken back are among them, and say so.
    """

    accounts: tuple[VisibleAccount, ...]
    chosen: AccountDue | None
    bills: tuple[BillSummary, ...] = ()
    years: tuple[Year, ...] = ()
    year: int | None = None
    total: int = 0

    @property
    def is_paged(self) -> bool:
        """Whether there are more bills than one page shows."""
        return self.total > RECENT_BILLS


@dataclass(frozen=True, slots=True)
class AccountBill:
    """One bill with every line explained, and what is due on its account now.

    ``auto_pay_credit`` is the part of its adjustments that turning Auto Pay on earned. ``offer`` is
    what a correction asks more, to be paid over months by whoever may pay (rule 45).
    """

    due: AccountDue
    explained: ExplainedBill
    auto_pay_credit: Money = ZERO
    offer: BackBillingOffer | None = None

    @property
    def credit_line(self) -> Money:
        """The credit as a line of the sum, where it takes away."""
        return -self.auto_pay_credit

    @property
    def other_adjustments(self) -> Money:
        """The adjustments that have no name of their own."""
        return self.bill.adjustments + self.auto_pay_credit

    @property
    def bill(self) -> BillView:
        """The bill itself."""
        return self.explained.bill

    @property
    def account(self) -> VisibleAccount:
        """The account the bill is of."""
        return self.due.account

    @property
    def is_newest(self) -> bool:
        """Whether no bill came after this one, so that what is due now is what it asks."""
        return self.due.bill is not None and self.due.bill.number == self.bill.number

    @property
    def after_due(self) -> Money | None:
        """What is to be paid after the due date; None where being late costs nothing."""
        if not self.bill.late_charge or self.bill.asked <= ZERO:
            return None
        return self.bill.asked + self.bill.late_charge

    @property
    def change(self) -> Money | None:
        """What the charges are more than those of the bill before; None of a first bill."""
        last = self.bill.last_charges
        return None if last is None else self.bill.charges - last

    @property
    def change_size(self) -> Money:
        """The size of the change, for sentences that say more or less."""
        return Money(abs(self.change.cents)) if self.change else ZERO


def list_account_bills(
    *, user_id: int, number: str | None, on: dt.date, year: int | None = None
) -> AccountBills:
    """Return the bills of one of a person's accounts: the one with ``number``, else the first.

    Args:
        user_id: Whose accounts.
        number: The account chosen.
        on: The co-op's local day.
        year: The calendar year of the bill dates; none gives the newest bills.

    Raises:
        NotVisible: ``number`` is not an account they may see, or has no bill of that year.
    """
    accounts = list_visible_accounts(user_id=user_id, on=on)
    if number is not None:
        account = open_account(user_id=user_id, number=number, on=on)
    elif accounts:
        account = accounts[0]
    else:
        return AccountBills(accounts, None)
    (due,) = list_accounts_due(accounts=(account,), on=on)
    bills = list_bill_history(account_id=account.id)
    shown = [bill for bill in bills if year in (None, bill.bill_date.year)]
    if year is not None and not shown:
        raise NotVisible(year=year)
    counted = Counter(bill.bill_date.year for bill in bills)
    return AccountBills(
        accounts,
        due,
        tuple(shown if year else shown[:RECENT_BILLS]),
        years=tuple(Year(each, counted[each]) for each in sorted(counted, reverse=True)),
        year=year,
        total=len(bills),
    )


def get_account_bill(*, account: VisibleAccount, bill_number: str, on: dt.date) -> AccountBill:
    """Return one bill of an account, every line explained.

    Raises:
        NotVisible: the account has no such bill.
    """
    explained = explain_bill(account_id=account.id, bill_number=bill_number)
    (due,) = list_accounts_due(accounts=(account,), on=on)
    auto_pay = get_on_bill(
        account_id=account.id, bill_number=bill_number, bill_date=explained.bill.bill_date
    )
    offer = _offer(account, explained.bill, on)
    return AccountBill(due, explained, auto_pay.credit, offer)


def _offer(account: VisibleAccount, bill: BillView, on: dt.date) -> BackBillingOffer | None:
    """Return the offer a corrected bill is part of; a bill as first made asks for no query."""
    if bill.corrects is None or bill.taken_back is not None:
        return None
    offer = see_offer(account=account, on=on)
    return offer if offer is not None and bill.number in offer.bills else None


def draw_account_bill(
    *,
    account: VisibleAccount,
    bill: BillView,
    language: str,
    cooperative: Cooperative,
    pay_address: str,
    message_address: str = "",
    link_address: str = "",
    large_print: bool = False,
) -> bytes:
    """Return a bill as a tagged PDF in ``language``, in large print if wanted.

    ``pay_address`` is where its member pays online; it is printed, and as a QR code; at
    ``message_address`` messages are explained, ``{number}`` standing for theirs; the QR code opens
    ``link_address``, ``{link}`` standing for the bill's link, for those who may pay. Those who may
    manage the account also get the code for online access, which proves that they hold it, and the
    address to which its holder had mail sent that day.
    """
    may_manage = Right.MANAGE in account.rights
    return render_bill(
        bill=bill,
        language=language,
        cooperative=cooperative,
        handed=Handed(
            pay_address=pay_address,
            pay_link=_pay_link(account, bill, link_address, cooperative.zone),
            online_code=online_code(bill_number=bill.number) if may_manage else "",
            mailing=_mailing(account, bill, cooperative) if may_manage else (),
            message_address=message_address,
            **auto_pay_handed(account_id=account.id, bill=bill),
        ),
        large_print=large_print,
    )


def auto_pay_handed(*, account_id: AccountId, bill: BillView) -> AutoPayHanded:
    """Return what a printed bill is handed of Auto Pay: the day it is taken, or paid by hand.

    By what was announced with the bill, so that a bill drawn again years later is the same bill;
    no note where the account was not on Auto Pay then.
    """
    found = get_on_bill(account_id=account_id, bill_number=bill.number, bill_date=bill.bill_date)
    note = AutoPayNote(found.draft_on) if found.is_announced else None
    return {"auto_pay": note, "auto_pay_credit": found.credit}


def _mailing(account: VisibleAccount, bill: BillView, cooperative: Cooperative) -> tuple[str, ...]:
    """Where the bill's first holder got mail at the end of its day; nothing where none was set.

    The address of that day, so that a bill drawn again years later is the same bill.
    """
    holders = list_holders(account_ids=[account.id], on=bill.bill_date).get(account.id, [])
    _, end = day_bounds(bill.bill_date, ZoneInfo(cooperative.identity.zone))
    found = find_mailing_address(person_id=holders[0], at=end) if holders else None
    return (bill.holder, *found.as_lines().split("\n")) if found else ()


def _pay_link(account: VisibleAccount, bill: BillView, address: str, zone: ZoneInfo) -> str:
    """Return a link that pays this account once, until the bill is history; the same each time.

    None where there is no page for it, or the reader may not pay.
    """
    if not address or not account.may_pay:
        return ""
    day = bill.due_date + LINK_LASTS
    expires_at = dt.datetime.combine(day, dt.time(), zone)
    return address.format(
        link=write_link(account=account, key=f"bill-{bill.number}", expires_at=expires_at)
    )
