"""What a member sees first: each account, what is due and by when, the newest bill, recent use.

One read per concern, whatever the number of accounts. Writes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from smarthub.accounts.access import list_visible_accounts
from smarthub.accounts.types import Point, VisibleAccount
from smarthub.arrears.queries import list_open_processes
from smarthub.auto_pay.queries import BesideDues, list_beside_dues
from smarthub.billing.queries import list_latest_bills, list_latest_service_bills
from smarthub.billing.types import BillSummary
from smarthub.cooperative.queries import list_closed_days
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import Period
from smarthub.payments.types import Due
from smarthub.usage.queries import list_daily_use
from smarthub.workflows.accounts.auto_pay_ahead import Ahead, list_ahead
from smarthub.workflows.accounts.home_ahead import first_metered
from smarthub.workflows.usage.account_usage import DayOfUse, mark_days

RECENT_DAYS = 31
LONGEST_CLOSING_DAYS = 5
"""No run of weekend and holidays is longer; past it, the calendar need not be asked."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class AccountDue:
    """One account: what is asked for now, and the bill that asks for it."""

    account: VisibleAccount
    asked: Money
    in_flight: Money
    bill: BillSummary | None
    is_past_due: bool
    auto_pay: Ahead | None = None
    """What Auto Pay does about it; None where it is off, or nothing is due."""
    bill_before: BillSummary | None = None
    """The bill before a newest one-time invoice, while neither is late."""

    @property
    def to_pay(self) -> Money:
        """What is not taken care of yet; never negative."""
        return max(self.asked - self.in_flight, ZERO)

    @property
    def past_due(self) -> Money:
        """How much of it should have been paid already; money pays the oldest debt first.

        Of a newest bill that is not late only what earlier bills left is, and nothing that was
        charged since. Nor is a bill before a newest invoice, while it is not late itself.

        Source: domain rules 41 and 50.
        """
        if self.bill is None or self.is_past_due:
            return self.to_pay if self.is_past_due else ZERO
        in_time = [each for each in (self.bill, self.bill_before) if each is not None]
        new = Money.sum(each.charges + each.gift for each in in_time)
        oldest = in_time[-1]
        left_by_earlier = max(oldest.asked - oldest.charges - oldest.gift, ZERO)
        return min(left_by_earlier, max(self.to_pay - new, ZERO))

    @property
    def by_hand(self) -> Money:
        """How much its member is asked to pay: what Auto Pay does not take in time, and is late.

        Nor what is ordered for a day in time, late or not: who pays it chose that day. What is
        late is else asked for even where the draft of the newest bill will take it with the rest.

        Source: domain rules 64 to 66; promise R07.
        """
        if self.auto_pay is None:
            return self.to_pay
        newest = self.bill.number if self.bill else ""
        asked = self.to_pay - self.auto_pay.in_time
        late = self.past_due - self.auto_pay.in_time_but_for(newest)
        return max(max(asked, late) - self.auto_pay.ordered_in_time, ZERO)

    @property
    def left_to_auto_pay(self) -> Money:
        """How much its member need not think of: Auto Pay takes it in time, unless they act."""
        in_time = self.auto_pay.in_time if self.auto_pay else ZERO
        return min(self.to_pay - self.by_hand, in_time)

    @property
    def ordered(self) -> Money:
        """How much is ordered for a day in time, so that it is not asked for by hand beside.

        Nothing where Auto Pay is off: there it stays asked for until its day.
        """
        return self.to_pay - self.by_hand - self.left_to_auto_pay

    @property
    def drafted(self) -> Money:
        """How much Auto Pay takes by itself, late or not, unless somebody acts."""
        return min(self.auto_pay.amount, self.to_pay) if self.auto_pay else ZERO

    @property
    def draft_on(self) -> dt.date | None:
        """The local day of the first draft; None where nothing is taken."""
        return self.auto_pay.on if self.auto_pay else None

    @property
    def is_late_to_wait(self) -> bool:
        """Whether some of what is asked for by hand would be taken, but too late."""
        return self.drafted > self.left_to_auto_pay

    @property
    def is_cared_for(self) -> bool:
        """Whether something is due and its member need not do anything."""
        return self.is_due and self.by_hand == ZERO

    @property
    def is_left_to_auto_pay(self) -> bool:
        """Whether something is due and Auto Pay takes all of it in time."""
        return self.is_cared_for and self.ordered == ZERO

    @property
    def is_due(self) -> bool:
        """Whether there is anything left to pay."""
        return self.to_pay > ZERO

    @property
    def is_credit(self) -> bool:
        """Whether the co-op holds money of the member's."""
        return self.asked < ZERO

    @property
    def due_date(self) -> dt.date | None:
        """The day it is to be paid by: the newest bill's, or one's before that is still open."""
        if not self.is_due or self.bill is None:
            return None
        is_more_open = self.to_pay > self.bill.charges + self.bill.gift
        if self.bill_before is not None and is_more_open:
            return min(self.bill.due_date, self.bill_before.due_date)
        return self.bill.due_date


@dataclass(frozen=True, slots=True)
class RecentUse:
    """The use of the last days at one service point, oldest first."""

    account: VisibleAccount
    point: Point
    days: tuple[DayOfUse, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the first page shows; ``use`` is left out where only what is due was asked."""

    accounts: tuple[AccountDue, ...]
    use: RecentUse | None = None
    cut_on: dt.date | None = None
    """The first day a notice of disconnection names, while one stands."""
    auto_pay_again: tuple[VisibleAccount, ...] = ()
    """Accounts whose Auto Pay was on in the old system, and that were not asked anew yet."""

    @property
    def payable(self) -> tuple[AccountDue, ...]:
        """The accounts with something to pay by hand that this person may pay."""
        return tuple(row for row in self.accounts if row.by_hand and row.account.may_pay)

    @property
    def to_pay(self) -> Money:
        """What this person is asked to pay now, over all accounts; not what Auto Pay takes."""
        return Money.sum(row.by_hand for row in self.payable)

    @property
    def drafts(self) -> tuple[AccountDue, ...]:
        """The accounts this person may pay that are left to Auto Pay, or a part; earliest first."""
        rows = [row for row in self.accounts if row.left_to_auto_pay and row.account.may_pay]
        return tuple(sorted(rows, key=lambda row: row.draft_on or dt.date.max))

    @property
    def drafted(self) -> Money:
        """What is left to Auto Pay, over all accounts this person may pay."""
        return Money.sum(row.left_to_auto_pay for row in self.drafts)

    @property
    def ordered(self) -> Money:
        """What is ordered for a day in time, over all accounts this person may pay."""
        return Money.sum(row.ordered for row in self.accounts if row.account.may_pay)

    @property
    def figure(self) -> Money:
        """The one amount the page shows large: what is asked for, else what is taken by itself."""
        return self.to_pay or self.drafted or self.ordered

    @property
    def in_flight(self) -> Money:
        """What is on its way already, to accounts this person may pay."""
        return Money.sum(row.in_flight for row in self.accounts if row.account.may_pay)

    @property
    def pay_by(self) -> dt.date | None:
        """The first day any of it is due."""
        return min((row.due_date for row in self.payable if row.due_date), default=None)

    @property
    def past_due(self) -> Money:
        """What should have been paid already."""
        return Money.sum(row.past_due for row in self.payable)

    @property
    def newest(self) -> AccountDue | None:
        """The account with the newest bill of all."""
        billed = [row for row in self.accounts if row.bill is not None]
        return max(
            billed, key=lambda row: row.bill.bill_date if row.bill else dt.date.min, default=None
        )


def get_overview(*, user_id: int, on: dt.date) -> Overview:
    """Return what a person's first page shows on a local day.

    Four queries; one more while a due date of the last few days has passed, for the calendar, one
    or two while something is past due, for its notice, and those of ``list_ahead`` for who is on
    Auto Pay.

    Source: features R06 and R29; domain rules 11, 41 and 82.
    """
    accounts = list_visible_accounts(user_id=user_id, on=on)
    beside = list_beside_dues(account_ids=[account.id for account in accounts])
    rows = _accounts_due(accounts, beside, on)
    return Overview(
        accounts=rows,
        use=_recent_use(accounts, on),
        cut_on=_first_cut(rows),
        auto_pay_again=tuple(
            each for each in accounts if each.may_pay and each.id in beside.proposed
        ),
    )


def get_dues(*, user_id: int, on: dt.date) -> Overview:
    """Return what is due alone, for the part of the first page that asks again.

    Three queries, and those of ``list_ahead`` for who is on Auto Pay.

    Source: features R31 and R32.
    """
    accounts = list_visible_accounts(user_id=user_id, on=on)
    return Overview(accounts=list_accounts_due(accounts=accounts, on=on))


def list_accounts_due(
    *, accounts: tuple[VisibleAccount, ...], on: dt.date
) -> tuple[AccountDue, ...]:
    """Return what is due on each account, in the order given.

    Two queries, and those of ``list_ahead`` for who is on Auto Pay.
    """
    beside = list_beside_dues(account_ids=[each.id for each in accounts])
    return _accounts_due(accounts, beside, on)


def _accounts_due(
    accounts: tuple[VisibleAccount, ...], beside: BesideDues, on: dt.date
) -> tuple[AccountDue, ...]:
    bills = list_latest_bills(account_ids=[account.id for account in accounts])
    ahead = (
        list_ahead(account_ids=beside.planned, dues=beside.dues, on=on) if beside.planned else {}
    )
    rows = tuple(
        AccountDue(
            account=account,
            asked=(due := beside.dues[account.id]).asked,
            in_flight=due.in_flight,
            bill=(bill := bills.get(account.id)),
            is_past_due=due.asked > due.in_flight
            and bill is not None
            and not _is_taken_in_time(ahead.get(account.id), due)
            and is_past_due(due_date=bill.due_date, on=on),
            auto_pay=ahead.get(account.id),
        )
        for account in accounts
    )
    return _with_bills_before(rows, on)


def _with_bills_before(rows: tuple[AccountDue, ...], on: dt.date) -> tuple[AccountDue, ...]:
    """Name the bill before a newest invoice where it is not late; else no query."""
    invoiced = [
        row.account.id
        for row in rows
        if row.bill is not None and row.bill.is_invoice and row.is_due and not row.is_past_due
    ]
    if not invoiced:
        return rows
    before = list_latest_service_bills(account_ids=invoiced)
    in_time = {
        account_id: bill
        for account_id, bill in before.items()
        if not is_past_due(due_date=bill.due_date, on=on)
    }
    return tuple(replace(row, bill_before=in_time.get(row.account.id)) for row in rows)


def _is_taken_in_time(ahead: Ahead | None, due: Due) -> bool:
    """Whether all of it is taken on the days announced, which its bank may put off, or ordered.

    A due date on which banks are closed and the co-op is not would else make its member late.

    Source: domain rules 65 and 139.
    """
    return ahead is not None and ahead.cared_for_in_time >= due.asked - due.in_flight


def is_past_due(*, due_date: dt.date, on: dt.date) -> bool:
    """Return whether a bill due on ``due_date`` is late on the local day ``on``.

    A due date on a weekend or holiday is late only after the next day the co-op works.

    Source: domain rule 41.
    """
    if on <= due_date:
        return False
    if (on - due_date).days > LONGEST_CLOSING_DAYS:
        return True
    closed = list_closed_days(start=due_date, end=on)
    return any(day.weekday() < SATURDAY and day not in closed for day in Period(due_date, on))


def _first_cut(dues: tuple[AccountDue, ...]) -> dt.date | None:
    late = [row.account.id for row in dues if row.is_past_due and row.account.may_pay]
    notices = list_open_processes(account_ids=late).values() if late else ()
    return min((each.cut_on for each in notices if each.threatens and each.cut_on), default=None)


def _recent_use(accounts: tuple[VisibleAccount, ...], on: dt.date) -> RecentUse | None:
    """Return the use at the first metered point, electricity before all else."""
    found = first_metered(accounts)
    if found is None:
        return None
    account, point = found
    period = Period(on - dt.timedelta(days=RECENT_DAYS), on)
    days = list_daily_use(service_point_ids=[point.id], period=period)[point.id]
    return RecentUse(account, point, mark_days([d for d in days if d.day >= point.since], {}))
