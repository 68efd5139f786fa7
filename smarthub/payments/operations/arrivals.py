"""Writes of money that files tell of: lockbox checks, cash at a store, an agency; by one way.

What a row comes to is judged first and done second, both in one transaction with the row. Who
cannot be named for certain is never guessed: the money waits in suspense.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from smarthub.accounts.claims import find_claimed
from smarthub.accounts.queries import list_numbers
from smarthub.billing.engine.cash_number import BILLER, read_cash_number
from smarthub.billing.engine.stub import read_scan_line
from smarthub.cooperative.queries import list_policies
from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.money import Money
from smarthub.payments import queries
from smarthub.payments.models import MoneyFileRow
from smarthub.payments.operations.corrections import park_in_suspense
from smarthub.payments.operations.exceptions import find_exception
from smarthub.payments.operations.money_files import (
    AGENCY,
    CASH,
    COLLECTION,
    LOCKBOX,
    note_again,
)
from smarthub.payments.operations.one_at_a_time import hold
from smarthub.payments.operations.paying import record_received_payments
from smarthub.payments.ports import CashItem, LockboxItem, ReadCash, ReadLockbox
from smarthub.payments.types import (
    FileRow,
    PaymentId,
    ReadAgency,
    ReceivedPayment,
    RowOutcome,
    TenderKind,
)

SHOWN_DIGITS = 4
READ = {LOCKBOX: "stub", CASH: "bar code", AGENCY: "account", COLLECTION: "placement"}
"""What is told of a row in suspense, by the kind of its file."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money that a file tells of.

    Args:
        key: What it is to whoever sent the file; the same key is the same money.
        line: Where it stands in the file.
        kind: The file's kind, such as ``lockbox``.
        channel: The door, as ``ReceivedPayment`` has it.
        tender: What was handed over.
        amount: How much.
        received_on: The day it reached the co-op or its agent.
        account_digits: What a sound scan line or bar code says; empty where there is none.
        code: The check's number, the store's receipt or the agency's voucher.
        about: What was read, for staff.
        account_of: Number and holder's name as somebody typed them; a typed number has no check
            digit, so it names an account only together with a holder's name.
        account_number: The account, where something of our own in the file named it.
    """

    key: str
    line: int
    kind: str
    channel: str
    tender: TenderKind
    amount: Money
    received_on: dt.date
    account_digits: str
    code: str
    about: str
    account_of: tuple[str, str] | None = None
    account_number: str = ""


def list_checks(*, box: ReadLockbox) -> list[Arrival]:
    """Return the checks of a lockbox file; the amount is the check's, never the stub's.

    Source: domain rules 52, 130 and 131.
    """
    return [_check(item, box) for item in box.items]


def list_cash(*, cash: ReadCash) -> list[Arrival]:
    """Return what stores took; a bar code of another biller names nobody here.

    Source: domain rules 52 and 130.
    """
    return [_cash(item, cash) for item in cash.items]


def list_agency_payments(*, paid: ReadAgency) -> list[Arrival]:
    """Return what an agency paid, account by account.

    Source: domain rules 52, 92 and 130; promise R28.
    """
    return [
        Arrival(
            key=f"{AGENCY}:{paid.agency}:{item.voucher}",
            line=item.line,
            kind=AGENCY,
            channel=AGENCY,
            tender=TenderKind.CHECK,
            amount=item.amount,
            received_on=paid.paid_on,
            account_digits="",
            code=item.voucher,
            about=_shown(f"{item.account} {item.name}".strip())[:60],
            account_of=(item.account, item.name),
        )
        for item in paid.items
    ]


def judge_arrival(*, arrival: Arrival) -> FileRow:
    """Return what it would come to; writes nothing. An amount is never guessed.

    It is known where the same key came with the same amount and the same words: a key that came
    for somebody else may be other money, which nobody would miss.
    """
    number = _number_of(arrival)
    known = MoneyFileRow.objects.filter(key=arrival.key)
    outcome = RowOutcome.PAID if number else RowOutcome.SUSPENSE
    if known.exists():
        same = known.filter(
            amount_cents=arrival.amount.cents, code=arrival.code, about=arrival.about
        ).exists()
        outcome = RowOutcome.KNOWN if same else RowOutcome.DIFFERS
    return FileRow(
        line=arrival.line,
        outcome=outcome,
        code=arrival.code,
        about=arrival.about,
        amount=arrival.amount,
        account_number=number,
    )


def take_arrival(
    *, file_id: int, arrival: Arrival, now: dt.datetime
) -> tuple[FileRow, PaymentId | None]:
    """Book it on its account, or in suspense; once. Return it, and its payment if it is new.

    Of two who give it at once, the later one is told that it is known.
    """
    with transaction.atomic():
        hold(arrival.key)
        row = judge_arrival(arrival=arrival)
        payment_id = None
        match row.outcome:
            case RowOutcome.KNOWN:
                note_again(file_id=file_id, row=row)
                return row, None
            case RowOutcome.DIFFERS:
                _put_before_staff(arrival, now)
                note_again(file_id=file_id, row=row)
                return row, None
            case RowOutcome.PAID:
                payment_id = _book(arrival, row.account_number, now)
            case _:
                _park(arrival, now)
        MoneyFileRow.objects.create(
            file_id=file_id,
            line=row.line,
            key=arrival.key,
            outcome=row.outcome,
            code=row.code,
            about=row.about,
            amount_cents=row.amount.cents,
            payment_id=payment_id,
        )
    return row, payment_id


def _check(item: LockboxItem, box: ReadLockbox) -> Arrival:
    stub = read_scan_line(item.scan_line)
    return Arrival(
        key=f"lockbox:{box.lockbox}:{box.deposited_on}:{item.batch}:{item.item}",
        line=item.line,
        kind="lockbox",
        channel="mail",
        tender=TenderKind.CHECK,
        amount=item.amount,
        received_on=box.deposited_on,
        account_digits=stub.account_digits if stub else "",
        code=item.check_number,
        about=_shown(item.scan_line),
    )


def _cash(item: CashItem, cash: ReadCash) -> Arrival:
    read = read_cash_number(item.number)
    ours = read and read.biller == cash.biller == list_policies(on=item.paid_on).get(BILLER)
    return Arrival(
        key=f"cash:{cash.biller}:{item.receipt}",
        line=item.line,
        kind="cash",
        channel="store",
        tender=TenderKind.CASH,
        amount=item.amount,
        received_on=item.paid_on,
        account_digits=read.account_digits if read and ours else "",
        code=item.receipt,
        about=_shown(item.number),
    )


def _book(arrival: Arrival, account_number: str, now: dt.datetime) -> PaymentId:
    received = ReceivedPayment(
        source_key=arrival.key,
        account_number=account_number,
        amount=arrival.amount,
        channel=arrival.channel,
        received_on=arrival.received_on,
        tender=arrival.tender,
        reference=arrival.code,
    )
    (payment_id,) = record_received_payments(payments=[received], now=now)
    return payment_id


def _park(arrival: Arrival, now: dt.datetime) -> None:
    read = READ[arrival.kind]
    park_in_suspense(
        source_key=arrival.key,
        amount=arrival.amount,
        channel=arrival.channel,
        told=f"{read} {arrival.about or 'missing'}; {arrival.tender} {_shown(arrival.code)}",
        received_on=arrival.received_on,
        now=now,
    )


def _put_before_staff(arrival: Arrival, now: dt.datetime) -> None:
    kind = f"{arrival.kind}_differs"
    find_exception(
        key=f"{kind}:{arrival.key}:{arrival.amount.cents}",
        kind=kind,
        now=now,
        cents=arrival.amount.cents,
        reason=arrival.key,
    )


def _shown(read: str) -> str:
    """Return what a machine read, or its end alone: by chance it may look like a card number."""
    return f"… {read[-SHOWN_DIGITS:]}" if holds_card_number(read) else read


def _number_of(arrival: Arrival) -> str:
    if arrival.account_number:
        return arrival.account_number
    if arrival.account_of is None:
        return _account_number(arrival.account_digits)
    typed, name = arrival.account_of
    account_id = find_claimed(number=typed, name=name)
    return "" if account_id is None else list_numbers(account_ids=[account_id])[account_id]


def _account_number(digits: str) -> str:
    """Return the one account that digits name, whatever zeros fill them; nothing if not certain."""
    zeros = len(digits) - len(digits.lstrip("0"))
    names = {digits[at:] for at in range(zeros + 1)} - {""}
    found = queries.list_account_ids(numbers=names)
    return next(iter(found)) if len(set(found.values())) == 1 else ""
