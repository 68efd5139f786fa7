"""Files to and from the bank: what is handed in, what came back, and the checks it opened.

A preview is the same judgement as the taking in, without the acts. A file is kept first, then
each row with its effect in one transaction; so a file cut off by a crash is given again, and what
was done is known. Every file is left in the audit trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from smarthub.arrears.ports import CollectionFormat, Statement, StatementItem
from smarthub.arrears.types import AgencyKind
from smarthub.auto_pay.queries import list_tried_before
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import Money
from smarthub.kernel.sealing import Sealer
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user, is_staff
from smarthub.payments import operations, queries
from smarthub.payments.engine import UNAUTHORISED_CODES
from smarthub.payments.operations import AGENCY, CASH, COLLECTION, LOCKBOX, RETURNS, Arrival
from smarthub.payments.ports import (
    AgencyFormat,
    BankFileFormat,
    BankFileRefused,
    CashFormat,
    LockboxFormat,
    ReadCash,
    ReadLockbox,
    ReturnedEntry,
)
from smarthub.payments.types import AttemptState, FileRow, MoneyFileView, ReadAgency, RowOutcome
from smarthub.workflows.auto_pay.end_mandate import (
    end_mandate_if_unauthorised,
    end_mandates_on,
)
from smarthub.workflows.bank.entries_back import follow_entries_back
from smarthub.workflows.bank.file_days import refuse_odd_days, refuse_odd_settlements
from smarthub.workflows.bank.own_bank_account import (
    give_up_stopped_payments,
    hear_of_account,
    hear_of_correction,
)
from smarthub.workflows.debts import place_debts
from smarthub.workflows.debts.follow_arrears import stop_if_paid
from smarthub.workflows.debts.pledges import agency_of_key, list_agencies, take_pledged
from smarthub.workflows.messages.payment_messages import tell_of_charge

NEWEST_FILES = 50
NOTHING_COLLECTED: Mapping[str, StatementItem] = {}


@dataclass(frozen=True, slots=True)
class _Given:
    """A file as a clerk gave it."""

    user_id: int
    kind: str
    name: str
    content: bytes


def send_bank_file(
    *, user_id: int, layout: BankFileFormat, sealer: Sealer, now: dt.datetime
) -> tuple[int, bytes]:
    """Make the file for the bank of everything that waits; return its id and its bytes.

    What waits on an account that its bank refused meanwhile fails first, and its payer is told; so
    is the payer of what goes back with it. Must not be called inside a transaction.

    Raises:
        NotVisible: the login is not staff's.
        NothingToSend, TooManyBankFiles, BankFileRefused, SealBroken: see ``payments.operations``.
    """
    _refuse_others(user_id)
    give_up_stopped_payments(now=now)
    with transaction.atomic():
        file_id, content = operations.make_bank_file(
            layout=layout, sealer=sealer, now=now, tried_before=list_tried_before
        )
        follow_entries_back(file_id=file_id, now=now)
        record_act(user_id=user_id, act="bank_file.made", subject=f"bank_file:{file_id}", now=now)
    reach("bank_file.made")
    return file_id, content


def draw_bank_file_again(
    *, user_id: int, file_id: int, layout: BankFileFormat, sealer: Sealer, now: dt.datetime
) -> bytes:
    """Return the bytes of a file made before: whoever made it may never have received them.

    Raises:
        NotVisible: the login is not staff's, or there is no such file.
        BankFileChanged, SealBroken: see ``payments.operations``.
    """
    _refuse_others(user_id)
    with transaction.atomic():
        content = operations.draw_bank_file(
            file_id=file_id, layout=layout, sealer=sealer, tried_before=list_tried_before
        )
        subject = f"bank_file:{file_id}"
        record_act(user_id=user_id, act="bank_file.drawn_again", subject=subject, now=now)
    return content


def settle_bank_entries(*, on: dt.date, now: dt.datetime) -> int:
    """Book what the banks moved by a day and did not send back before; return how many.

    Whoever paid gets the receipt in the same transaction. A refund is booked once its bank can
    send it back no more. What was to go back and missed its day is put before staff. Safe to run
    at any time and twice.

    Source: payments reference, section 3.2 (an entry is accepted on its effective day).
    """
    settled = 0
    for key, trace in queries.list_entries_to_settle(on=on):
        with transaction.atomic():
            if operations.record_answer(
                key=key, state=AttemptState.SUCCESS, reference=trace, now=now
            ):
                tell_of_charge(attempt_key=key, now=now)
                stop_if_paid(payment_id=queries.get_payment_id(attempt_key=key), now=now)
                settled += 1
    for refund_id, trace in queries.list_refunds_to_settle(on=on):
        settled += operations.record_refund_answer(
            refund_id=refund_id, state=AttemptState.SUCCESS, reference=trace, reason="", now=now
        )
    operations.put_missed_before_staff(now=now)
    return settled


def preview_returns(
    *, user_id: int, content: bytes, layout: BankFileFormat, now: dt.datetime
) -> list[FileRow]:
    """Return what each row of a bank's file would come to; nothing is written.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: the file does not hold together, or a day of it cannot be.
    """
    _refuse_others(user_id)
    words = _read_returns(content, layout, now)
    return [operations.judge_returned(word=word) for word in words]


def take_returns(
    *,
    user_id: int,
    name: str,
    content: bytes,
    layout: BankFileFormat,
    sealer: Sealer,
    now: dt.datetime,
) -> list[FileRow]:
    """Take in returns and notices of change, each once; return what each row came to.

    The same file again changes nothing, and finishes what a crash left undone. Whoever paid is
    told of a return in the transaction that reverses the payment; Auto Pay that drew on an account
    whose holder allowed nothing ends in it too. The holder hears what the bank said of the account.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: the file does not hold together; nothing of it is used.
    """
    _refuse_others(user_id)
    words = _read_returns(content, layout, now)
    total = Money.sum(word.amount for word in words)
    given = _Given(user_id, RETURNS, name, content)
    file_id = _keep(given, rows=len(words), total=total, now=now)
    rows = []
    for word in words:
        with transaction.atomic():
            operations.hold_entry(trace=word.original_trace)  # before anything of it is read
            before = queries.find_entry_owner(trace=word.original_trace)
            row, attempt_key = operations.take_returned(
                file_id=file_id, word=word, sealer=sealer, now=now
            )
            if attempt_key:
                tell_of_charge(attempt_key=attempt_key, now=now)
                end_mandate_if_unauthorised(attempt_key=attempt_key, now=now)
            is_question = row.outcome is RowOutcome.PRENOTE_RETURNED
            if is_question and before is not None and word.code in UNAUTHORISED_CODES:
                end_mandates_on(method_id=before.method.id, now=now)
            hear_of_account(trace=word.original_trace, before=before, now=now)
            if row.outcome is RowOutcome.CHANGED:
                hear_of_correction(trace=word.original_trace, code=word.code, now=now)
            reach("bank_file.row_written")
        reach("bank_file.row_taken")
        rows.append(row)
    return rows


def preview_lockbox(
    *, user_id: int, content: bytes, layout: LockboxFormat, now: dt.datetime
) -> list[FileRow]:
    """Return what each check of a lockbox file would come to; nothing is written.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: the file does not hold together, or a total differs.
    """
    _refuse_others(user_id)
    arrivals = operations.list_checks(box=_read_lockbox(content, layout, now))
    return [operations.judge_arrival(arrival=each) for each in arrivals]


def take_lockbox(
    *, user_id: int, name: str, content: bytes, layout: LockboxFormat, now: dt.datetime
) -> list[FileRow]:
    """Book the checks of a lockbox file, each once; return what each came to.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: the file does not hold together, or a total differs; nothing is booked.

    Source: domain rules 52, 130 and 131.
    """
    _refuse_others(user_id)
    box = _read_lockbox(content, layout, now)
    given = _Given(user_id, LOCKBOX, name, content)
    return _take_in(given, operations.list_checks(box=box), box.total, now)


def preview_cash(
    *, user_id: int, content: bytes, layout: CashFormat, now: dt.datetime
) -> list[FileRow]:
    """Return what each payment of a file of cash at stores would come to; nothing is written.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: the file does not hold together, or its total differs.
    """
    _refuse_others(user_id)
    arrivals = operations.list_cash(cash=_read_cash(content, layout, now))
    return [operations.judge_arrival(arrival=each) for each in arrivals]


def take_cash(
    *, user_id: int, name: str, content: bytes, layout: CashFormat, now: dt.datetime
) -> list[FileRow]:
    """Book the cash that stores took, each payment once; return what each came to.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: the file does not hold together, or its total differs; nothing is booked.

    Source: domain rules 52 and 130; promise R28.
    """
    _refuse_others(user_id)
    cash = _read_cash(content, layout, now)
    given = _Given(user_id, CASH, name, content)
    return _take_in(given, operations.list_cash(cash=cash), cash.total, now)


def preview_agency(
    *, user_id: int, content: bytes, layout: AgencyFormat, now: dt.datetime
) -> list[FileRow]:
    """Return what each payment of an agency's file would come to; nothing is written.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: the file does not hold together, its total differs, or nobody knows the
            agency.
    """
    _refuse_others(user_id)
    paid = _read_agency(user_id, content, layout, now)
    arrivals = operations.list_agency_payments(paid=paid)
    return [operations.judge_arrival(arrival=each) for each in arrivals]


def take_agency(
    *, user_id: int, name: str, content: bytes, layout: AgencyFormat, now: dt.datetime
) -> list[FileRow]:
    """Book what an agency paid for many accounts, each once; it counts against its pledges.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: the file does not hold together, its total differs, or nobody knows the
            agency; nothing is booked.

    Source: domain rules 52, 92 and 130; promise R28.
    """
    _refuse_others(user_id)
    paid = _read_agency(user_id, content, layout, now)
    given = _Given(user_id, AGENCY, name, content)
    return _take_in(given, operations.list_agency_payments(paid=paid), paid.total, now)


def preview_collected(
    *, user_id: int, content: bytes, layout: CollectionFormat, now: dt.datetime
) -> list[FileRow]:
    """Return what each row of a collection agency's statement would come to; writes nothing.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: it does not hold together, a total differs, or nobody knows the agency.
    """
    _refuse_others(user_id)
    statement = _read_statement(user_id, content, layout, now)
    arrivals = place_debts.list_collected(statement=statement)
    return [operations.judge_arrival(arrival=each) for each in arrivals]


def take_collected(
    *, user_id: int, name: str, content: bytes, layout: CollectionFormat, now: dt.datetime
) -> list[FileRow]:
    """Book what a collection agency collected, each row once, with what it kept as a cost.

    Raises:
        NotVisible: the login is not staff's.
        BankFileRefused: it does not hold together, a total differs, or nobody knows the agency;
            nothing is booked.

    Source: domain rules 52, 60 and 130.
    """
    _refuse_others(user_id)
    statement = _read_statement(user_id, content, layout, now)
    given = _Given(user_id, COLLECTION, name, content)
    arrivals = place_debts.list_collected(statement=statement)
    items = {each.key: item for each, item in zip(arrivals, statement.items, strict=True)}
    return _take_in(given, arrivals, statement.total, now, items)


def _read_returns(
    content: bytes, layout: BankFileFormat, now: dt.datetime
) -> Sequence[ReturnedEntry]:
    words = layout.read(content=content).returned
    refuse_odd_settlements(words=words, now=now)
    return words


def _read_lockbox(content: bytes, layout: LockboxFormat, now: dt.datetime) -> ReadLockbox:
    box = layout.read(content=content)
    refuse_odd_days(days=[(1, "deposited_on", box.deposited_on)], now=now)
    return box


def _read_cash(content: bytes, layout: CashFormat, now: dt.datetime) -> ReadCash:
    cash = layout.read(content=content)
    refuse_odd_days(days=[(each.line, "paid_on", each.paid_on) for each in cash.items], now=now)
    return cash


def _read_agency(
    user_id: int, content: bytes, layout: AgencyFormat, now: dt.datetime
) -> ReadAgency:
    paid = layout.read(content=content)
    _refuse_unknown(user_id, paid.agency, AgencyKind.ASSISTANCE)
    refuse_odd_days(days=[(1, "paid_on", paid.paid_on)], now=now)
    return paid


def _read_statement(
    user_id: int, content: bytes, layout: CollectionFormat, now: dt.datetime
) -> Statement:
    read = layout.read(content=content)
    _refuse_unknown(user_id, read.agency, AgencyKind.COLLECTION)
    refuse_odd_days(days=[(each.line, "paid_on", each.paid_on) for each in read.items], now=now)
    return read


def _refuse_unknown(user_id: int, code: str, kind: AgencyKind) -> None:
    known = {each.code for each in list_agencies(user_id=user_id) if each.kind is kind}
    if code not in known:
        raise BankFileRefused(line=1, field="agency", reason="unknown_agency", found=code)


def _take_in(
    given: _Given,
    arrivals: Sequence[Arrival],
    total: Money,
    now: dt.datetime,
    collected: Mapping[str, StatementItem] = NOTHING_COLLECTED,
) -> list[FileRow]:
    """Keep the file, then book each row with its effect; a payment stops a disconnection."""
    file_id = _keep(given, rows=len(arrivals), total=total, now=now)
    rows = []
    for arrival in arrivals:
        with transaction.atomic():
            row, payment_id = operations.take_arrival(file_id=file_id, arrival=arrival, now=now)
            if payment_id is not None:
                stop_if_paid(payment_id=payment_id, now=now)
                if given.kind == AGENCY:
                    code = agency_of_key(arrival.key)
                    take_pledged(payment_id=payment_id, agency_code=code, now=now)
            if arrival.key in collected and row.outcome in {RowOutcome.PAID, RowOutcome.SUSPENSE}:
                item = collected[arrival.key]
                place_debts.take_collected(
                    item=item, key=arrival.key, payment_id=payment_id, now=now
                )
            reach("arrival.row_written")
        reach("arrival.row_taken")
        rows.append(row)
    return rows


def list_money_files(*, user_id: int) -> list[MoneyFileView]:
    """Return the newest files given, with how far each is.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    return queries.list_money_files(limit=NEWEST_FILES)


def open_money_file(*, user_id: int, file_id: int) -> tuple[MoneyFileView, list[FileRow]]:
    """Return a file with who gave it and how far it is, and what each of its rows came to.

    Raises:
        NotVisible: the login is not staff's, or there is no such file.
    """
    _refuse_others(user_id)
    view = queries.get_money_file(file_id=file_id)
    return view, queries.list_file_rows(file_id=file_id)


def _keep(given: _Given, *, rows: int, total: Money, now: dt.datetime) -> int:
    with transaction.atomic():
        file_id, is_new = operations.keep_money_file(
            content=given.content,
            kind=given.kind,
            name=given.name,
            rows=rows,
            total=total,
            by=get_person_of_user(user_id=given.user_id).id,
            now=now,
        )
        if is_new:
            record_act(
                user_id=given.user_id,
                act=f"money_file.{given.kind}",
                subject=f"money_file:{file_id}",
                now=now,
            )
    reach("money_file.kept")
    return file_id


def _refuse_others(user_id: int) -> None:
    if not is_staff(user_id=user_id):
        raise NotVisible
