"""Invoice an account once, for something no rate knows: look at the bill first, then write it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from smarthub.accounts.access import open_for_staff
from smarthub.accounts.types import VisibleAccount
from smarthub.billing.engine.facts import Terms
from smarthub.billing.operations.invoicing import view_of_invoice, write_invoice
from smarthub.billing.operations.runs import terms_of_day
from smarthub.billing.queries import get_cycle_of_account
from smarthub.billing.types import BillView, InvoiceLine, IssuedBill
from smarthub.members.operations import record_act
from smarthub.workflows.bills.tell_of_bills import tell_of_bills


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """An account, and the invoice it would get; none before its lines are known."""

    account: VisibleAccount
    would_be: BillView | None = None


def preview_invoice(
    *,
    user_id: int,
    account_number: str,
    lines: tuple[InvoiceLine, ...],
    on: dt.date,
    now: dt.datetime,
) -> InvoicePage:
    """Return the invoice an account would get on a local day; nothing is written but the look.

    Raises:
        NotVisible: there is no such account, or it is in no cycle.
        InvoiceEmpty: a line lacks an amount or a language.
    """
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    terms = _terms(account, on)
    if not lines:
        return InvoicePage(account)
    return InvoicePage(account, view_of_invoice(account_id=account.id, lines=lines, terms=terms))


def invoice_account(
    *,
    user_id: int,
    account_number: str,
    key: uuid.UUID,
    lines: tuple[InvoiceLine, ...],
    on: dt.date,
    now: dt.datetime,
) -> IssuedBill:
    """Invoice an account on a local day, tell its holders, and let Auto Pay pay it; once a key.

    Raises:
        NotVisible: there is no such account, or it is in no cycle.
        InvoiceEmpty, InvoiceKeyUsed: see ``write_invoice``; then nothing is written.

    Source: domain rules 47 and 125.
    """
    with transaction.atomic():
        account = open_for_staff(user_id=user_id, number=account_number, now=now)
        issued = write_invoice(
            account_id=account.id, key=key, lines=lines, terms=_terms(account, on), now=now
        )
        record_act(
            user_id=user_id,
            act="account_invoiced",
            subject=f"bill:{issued.number}",
            now=now,
            after={"charges": str(issued.charges), "for": [line.text.en for line in lines]},
        )
        tell_of_bills(bills=[issued], bill_date=on, now=now)
    return issued


def _terms(account: VisibleAccount, on: dt.date) -> Terms:
    cycle = get_cycle_of_account(account_number=account.number)
    return terms_of_day(cycle=cycle, bill_date=on)
