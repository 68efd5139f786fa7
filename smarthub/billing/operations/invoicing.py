"""A one-time invoice: a bill for something no rate knows, such as a damaged meter (rule 47).

It is a bill like any other: in the ledger, on the account's list, paid and taken back as one.
"""

from __future__ import annotations

import datetime as dt
import uuid

from smarthub.accounts.types import AccountId
from smarthub.billing.engine.facts import AccountFacts, Terms
from smarthub.billing.models import Bill
from smarthub.billing.operations.writing import bill_id_for, entry_key
from smarthub.billing.queries import list_account_facts
from smarthub.billing.queries.bills import INVOICE, invoice_from
from smarthub.billing.types import (
    TEMPLATE_VERSION,
    BillView,
    Invoice,
    InvoiceLine,
    IssuedBill,
)
from smarthub.kernel.errors import Conflict, Refused
from smarthub.kernel.money import ZERO, Money
from smarthub.ledger.operations import lock_accounts, post_entry
from smarthub.ledger.types import RECEIVABLE, Asked, Posting

SERVICE = "fees"
"""Under which it is owed: never late, never a reason for a cut, paid after services (50, 53)."""


class InvoiceEmpty(Refused):
    """An invoice has a line, and every line an amount above nothing and words in both languages."""

    code = "invoice_empty"


class InvoiceKeyUsed(Conflict):
    """The form was sent before with other lines; the invoice it made stays as it is."""

    code = "invoice_key_used"


def view_of_invoice(
    *, account_id: AccountId, lines: tuple[InvoiceLine, ...], terms: Terms
) -> BillView:
    """Return the bill an invoice would be; writes nothing.

    Raises:
        InvoiceEmpty: see there.
    """
    _refuse_empty(lines)
    return _view(_facts_of(account_id, terms), lines, terms)


def write_invoice(
    *,
    account_id: AccountId,
    key: uuid.UUID,
    lines: tuple[InvoiceLine, ...],
    terms: Terms,
    now: dt.datetime,
) -> IssuedBill:
    """Write an invoice and post it, in the caller's transaction; once for each key.

    Args:
        account_id: Whose it is.
        key: Made when the form was shown; the same key with the same lines is the same invoice.
        lines: What it is for.
        terms: Of the day it is made; it is due as a bill of that day.
        now: When it is made.

    Raises:
        InvoiceEmpty, InvoiceKeyUsed: see there; then nothing is written.

    Source: domain rules 36, 47, 48 and 49.
    """
    _refuse_empty(lines)
    lock_accounts(account_ids=[account_id])
    account = _facts_of(account_id, terms)
    made = Bill.objects.filter(account=account_id, source_id=_source(key)).first()
    if made is None:
        view = _view(account, lines, terms)
        _write(account, view, key, now)
        return _issued(account, view)
    if invoice_from(made.facts) != Invoice(lines, _address(account)):
        raise InvoiceKeyUsed(bill=made.number)
    return IssuedBill(
        id=bill_id_for(made.number),
        number=made.number,
        account_id=account.id,
        account_number=account.number,
        due_date=made.due_date,
        charges=Money(made.charges_cents),
        asked=Money(made.asked_cents),
        readers=account.readers,
    )


def _refuse_empty(lines: tuple[InvoiceLine, ...]) -> None:
    bad = [each for each in lines if each.amount <= ZERO or not (each.text.en and each.text.es)]
    if bad or not lines:
        raise InvoiceEmpty


def _facts_of(account_id: AccountId, terms: Terms) -> AccountFacts:
    (account,) = list_account_facts(account_ids=[account_id], bill_date=terms.bill_date)
    return account


def _view(account: AccountFacts, lines: tuple[InvoiceLine, ...], terms: Terms) -> BillView:
    invoice = Invoice(lines, _address(account))
    standing = account.standing
    return BillView(
        number=_number(account, terms),
        account_number=account.number,
        holder=account.holder,
        bill_date=terms.bill_date,
        due_date=terms.due_date,
        previous=standing.previous,
        payments=standing.payments,
        adjustments=standing.adjustments,
        charges=invoice.total,
        asked=standing.asked + invoice.total,
        segments=(),
        last_charges=None,
        template_version=TEMPLATE_VERSION,
        old_number=account.old_number,
        invoice=invoice,
    )


def _number(account: AccountFacts, terms: Terms) -> str:
    """Return a number no bill of a run can have: the account's, the day, and which invoice."""
    made = Bill.objects.filter(
        account=account.id, bill_date=terms.bill_date, facts__has_key=INVOICE
    ).count()
    return f"{account.number}-{terms.bill_date:%y%m%d}-i{made + 1}"


def _address(account: AccountFacts) -> str:
    return next((each.agreement.premise_address for each in account.agreements), "")


def _write(account: AccountFacts, view: BillView, key: uuid.UUID, now: dt.datetime) -> None:
    assert view.invoice is not None  # noqa: S101 (made so above)
    lines = [each.as_json() for each in view.invoice.lines]
    Bill.objects.create(
        id=bill_id_for(view.number),
        number=view.number,
        account_id=account.id,
        bill_date=view.bill_date,
        due_date=view.due_date,
        previous_cents=view.previous.cents,
        payments_cents=view.payments.cents,
        adjustments_cents=view.adjustments.cents,
        charges_cents=view.charges.cents,
        asked_cents=view.asked.cents,
        template_version=view.template_version,
        facts={
            "holder": view.holder,
            "last_charges_cents": None,
            "old_number": view.old_number,
            INVOICE: {"lines": lines, "address": view.address},
            "segments": [],
        },
        created_at=now,
        source_id=_source(key),
    )
    post_entry(
        source_key=entry_key(view.number),
        kind="bill",
        effective_date=view.bill_date,
        postings=[
            Posting(f"{RECEIVABLE}{SERVICE}", view.charges, account.id),
            Posting(f"revenue:{SERVICE}", -view.charges),
        ],
        asked=[Asked(account.id, view.charges)],
        posted_at=now,
    )


def _source(key: uuid.UUID) -> str:
    return f"invoice:{key}"


def _issued(account: AccountFacts, view: BillView) -> IssuedBill:
    return IssuedBill(
        id=bill_id_for(view.number),
        number=view.number,
        account_id=account.id,
        account_number=account.number,
        due_date=view.due_date,
        charges=view.charges,
        asked=view.asked,
        readers=account.readers,
    )
