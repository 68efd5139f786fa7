"""What a clerk sees of an account: who and where, what is owed, bills, entries, messages.

Opening it is left in the audit trail (rule 125); nothing else is written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.queries import find_accounts, list_agreements, list_holders
from smarthub.accounts.types import AccountId, Agreement, FoundAccount, VisibleAccount
from smarthub.billing.queries import list_bills
from smarthub.billing.types import BillSummary
from smarthub.kernel.period import Period, local_day
from smarthub.ledger.queries import get_balances, list_entries
from smarthub.ledger.types import Balance, EntryLine
from smarthub.members.queries import get_person, list_email_addresses
from smarthub.notifications.queries import find_by_code, list_of_account
from smarthub.notifications.types import MessageView

FOUND_AT_MOST = 50
LONGEST_TERM = 100
NEWEST_BILLS = 13
NEWEST_ENTRIES = 20
NEWEST_MESSAGES = 20
FIRST_DAY = dt.date(1900, 1, 1)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """What one search of the desk came to; ``message`` is one whose code was typed."""

    term: str
    accounts: tuple[FoundAccount, ...]
    message: MessageView | None

    @property
    def is_cut_short(self) -> bool:
        """Whether there may be more accounts than are shown."""
        return len(self.accounts) == FOUND_AT_MOST


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody the account belongs to, and the addresses they confirmed."""

    name: str
    language: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """Everything the desk's account page shows; each list newest first."""

    account: VisibleAccount
    holders: tuple[Holder, ...]
    agreements: tuple[Agreement, ...]
    balance: Balance
    bills: tuple[BillSummary, ...]
    entries: tuple[EntryLine, ...]
    messages: tuple[MessageView, ...]


def search_desk(*, term: str) -> Found:
    """Find accounts by number, old number, name or address, and a message by its code.

    Whatever is typed is safe to search for; at most ``FOUND_AT_MOST`` accounts are returned.
    """
    cleaned = term.replace("\x00", "").strip()[:LONGEST_TERM]
    if not cleaned:
        return Found(term="", accounts=(), message=None)
    return Found(
        term=cleaned,
        accounts=tuple(find_accounts(term=cleaned, limit=FOUND_AT_MOST)),
        message=find_by_code(code=cleaned),
    )


def open_account_desk(
    *, user_id: int, number: str, zone: ZoneInfo, now: dt.datetime
) -> AccountDesk:
    """Open an account for a clerk and return what its page shows.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    today = local_day(now, zone)
    ever = Period(FIRST_DAY, today + ONE_DAY)
    agreements = list_agreements(account_ids=[account.id], period=ever)
    return AccountDesk(
        account=account,
        holders=_holders(account.id, today),
        agreements=tuple(sorted(agreements, key=lambda each: each.starts_on, reverse=True)),
        balance=get_balances(account_ids=[account.id])[account.id],
        bills=tuple(list_bills(account_id=account.id)[:NEWEST_BILLS]),
        entries=tuple(list_entries(account_id=account.id, limit=NEWEST_ENTRIES)),
        messages=tuple(list_of_account(account_number=account.number, limit=NEWEST_MESSAGES)),
    )


def _holders(account_id: AccountId, today: dt.date) -> tuple[Holder, ...]:
    person_ids = list_holders(account_ids=[account_id], on=today).get(account_id, [])
    addresses = list_email_addresses(person_ids=person_ids)
    people = [get_person(person_id=person_id) for person_id in person_ids]
    return tuple(
        Holder(person.name, person.language, tuple(addresses.get(person.id, ())))
        for person in people
    )
