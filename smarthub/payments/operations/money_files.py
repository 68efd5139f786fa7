"""Writes of files about money: each file once by its bytes, each row once with its effect.

What a row comes to is judged first and done second, both in one transaction with the row; so a
file that was cut off by a crash is simply given again, and a preview is the same judgement.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction

from smarthub.kernel.money import Money
from smarthub.kernel.sealing import Sealer
from smarthub.members.types import PersonId
from smarthub.payments.engine import RETURN_CODES, is_routing_number, return_rule
from smarthub.payments.models import (
    BankAccount,
    ChargeFact,
    MoneyFile,
    MoneyFileRow,
    RefundEvent,
    SentEntry,
)
from smarthub.payments.models import StoredMethod as StoredMethodRow
from smarthub.payments.operations.aftermath import record_charge_state
from smarthub.payments.operations.bank_accounts import NUMBER, SHOWN_DIGITS
from smarthub.payments.operations.bank_files import get_originator
from smarthub.payments.operations.exceptions import find_exception
from smarthub.payments.operations.methods import refuse_method
from smarthub.payments.operations.one_at_a_time import hold
from smarthub.payments.operations.paying import PaymentConflict
from smarthub.payments.operations.refunds import give_up_refund
from smarthub.payments.operations.reversals import hold_bank_files
from smarthub.payments.ports import BankAccountKind, ChargeState, ReturnedEntry
from smarthub.payments.types import (
    AttemptState,
    FactKind,
    FileRow,
    RefundId,
    RefundState,
    RowOutcome,
)

RETURNS, LOCKBOX, CASH, AGENCY, COLLECTION = "returns", "lockbox", "cash", "agency", "collect"
TRANSACTIONS = {
    "22": BankAccountKind.CHECKING,
    "27": BankAccountKind.CHECKING,
    "32": BankAccountKind.SAVINGS,
    "37": BankAccountKind.SAVINGS,
}
"""By the transaction code a bank wants from now on."""


class FileUnderOtherName(PaymentConflict):
    """The same bytes were given before as a file of another kind."""

    code = "file_under_other_name"


def keep_money_file(
    *,
    content: bytes,
    kind: str,
    name: str,
    rows: int,
    total: Money,
    by: PersonId,
    now: dt.datetime,
) -> tuple[int, bool]:
    """Keep that a file was given, once by its bytes; return its id, and whether it was new.

    Raises:
        FileUnderOtherName: the same bytes came as another kind of file.
    """
    row, created = MoneyFile.objects.get_or_create(
        digest=hashlib.sha256(content).hexdigest(),
        defaults={
            "kind": kind,
            "name": name,
            "rows_expected": rows,
            "total_cents": total.cents,
            "given_by_id": by,
            "given_at": now,
        },
    )
    if row.kind != kind:
        raise FileUnderOtherName(kind=row.kind)
    return row.pk, created


def note_again(*, file_id: int, row: FileRow) -> None:
    """Keep that a file holds a row that was taken in before, so that the file counts as done.

    Nothing is written where it was this very row.
    """
    if not MoneyFileRow.objects.filter(file_id=file_id, line=row.line).exists():
        MoneyFileRow.objects.create(
            file_id=file_id,
            line=row.line,
            key=f"again:{file_id}:{row.line}",
            outcome=row.outcome,
            code=row.code,
            about=row.about,
            amount_cents=row.amount.cents,
        )


def hold_entry(*, trace: str) -> None:
    """Let nobody else take in what a bank says of an entry until this transaction is over."""
    hold(f"bank:{trace}")


def judge_returned(*, word: ReturnedEntry) -> FileRow:
    """Return what an entry that came back, or a notice of change, would come to; writes nothing.

    Source: payments reference, section 2.2.
    """
    sent = _sent(word)
    known = MoneyFileRow.objects.filter(key=_key_of(word, sent)).exists()
    return FileRow(
        line=word.line,
        outcome=RowOutcome.KNOWN if known else _judge(word, sent),
        code=word.code,
        about=str(sent.account.method) if sent else word.original_trace,
        amount=word.amount,
    )


def take_returned(
    *, file_id: int, word: ReturnedEntry, sealer: Sealer, now: dt.datetime
) -> tuple[FileRow, str]:
    """Do what an entry that came back asks for, once; return it, and the attempt it is about.

    The payment is reversed, with fee, method and staff as its code has it; a notice of change is
    written into the account it is about. What fits nothing is parked and changes nothing.
    Of two who give it at once, the later one is told that it is known.
    """
    with transaction.atomic():
        hold_bank_files()  # so that no file takes the payment back at the same moment
        hold_entry(trace=word.original_trace)
        row = judge_returned(word=word)
        if row.outcome is RowOutcome.KNOWN:
            note_again(file_id=file_id, row=row)
            return row, ""
        sent = _sent(word)
        attempt = sent.attempt if sent else None
        if sent is not None:
            row = _act(row, word, sent, sealer, now)
        if row.outcome.is_parked:
            _park(row, word, sent, now)
        MoneyFileRow.objects.create(
            file_id=file_id,
            line=row.line,
            key=_key_of(word, sent),
            outcome=row.outcome,
            code=row.code,
            about=row.about,
            amount_cents=row.amount.cents,
            attempt=attempt,
        )
    return row, attempt.key if attempt and row.outcome is RowOutcome.RETURNED else ""


def _judge(word: ReturnedEntry, sent: SentEntry | None) -> RowOutcome:
    is_change = word.code.startswith("C")
    if word.code not in RETURN_CODES and not is_change:
        return RowOutcome.UNKNOWN_CODE
    if sent is None:
        return RowOutcome.UNKNOWN_ENTRY
    if is_change:
        return RowOutcome.CHANGED if _corrections(word) else RowOutcome.FOR_STAFF
    return RowOutcome.DIFFERS if word.amount.cents != sent.amount_cents else _judge_return(sent)


def _judge_return(sent: SentEntry) -> RowOutcome:
    if _why_for_staff(sent):
        return RowOutcome.FOR_STAFF
    moves_money = sent.attempt is not None or sent.refund is not None
    return RowOutcome.RETURNED if moves_money else RowOutcome.PRENOTE_RETURNED


def _act(
    row: FileRow, word: ReturnedEntry, sent: SentEntry, sealer: Sealer, now: dt.datetime
) -> FileRow:
    match row.outcome:
        case RowOutcome.RETURNED if sent.attempt is not None:
            state = ChargeState(
                reference=sent.trace,
                key=sent.attempt.key,
                state=AttemptState.SUCCESS,
                reason="",
                amount=word.amount,
                returned=word.code,
                disputes=(),
            )
            record_charge_state(attempt_key=sent.attempt.key, state=state, now=now)
        case RowOutcome.RETURNED if sent.refund is not None:
            give_up_refund(refund_id=RefundId(sent.refund.pk), reason=word.code, now=now)
            if return_rule(word.code).disables_method:
                refuse_method(method_id=sent.account.method_id, because=word.code, now=now)
        case RowOutcome.PRENOTE_RETURNED:
            refuse_method(method_id=sent.account.method_id, because=word.code, now=now)
        case RowOutcome.CHANGED:
            _correct(sent.account, _corrections(word), sealer)
        case _:
            pass
    return row


def _why_for_staff(sent: SentEntry) -> str:
    """Return what a person must look at: it went back before, or what was to go back did not."""
    if sent.undoes is not None:
        return "reversal_returned"
    if SentEntry.objects.filter(undoes__entry=sent).exists():
        return "returned_after_reversal"
    facts = ChargeFact.objects.filter(attempt=sent.attempt, kind=FactKind.RETURNED)
    refunds = RefundEvent.objects.filter(refund=sent.refund)
    if (sent.attempt is not None and facts.exists()) or (
        sent.refund is not None and refunds.filter(state=RefundState.FAILED).exists()
    ):
        return "returned_twice"
    is_booked = sent.refund is not None and refunds.filter(state=RefundState.SUCCESS).exists()
    return "refund_returned_late" if is_booked else ""


def _park(row: FileRow, word: ReturnedEntry, sent: SentEntry | None, now: dt.datetime) -> None:
    kind = f"bank_{row.outcome}"
    if sent is not None and row.outcome is RowOutcome.FOR_STAFF and word.code in RETURN_CODES:
        kind = _why_for_staff(sent)
    find_exception(
        key=f"bank_{row.outcome}:{word.original_trace}:{word.code}",
        kind=kind,
        now=now,
        reason=word.code,
        charge=word.original_trace,
        cents=word.amount.cents,
        payment=_payment_of(sent),
    )


def _payment_of(sent: SentEntry | None) -> str:
    """Return the payment an entry drew, gave back or took back; empty where there is none."""
    if sent is None:
        return ""
    drawn = sent.undoes.entry.attempt if sent.undoes else sent.attempt
    attempt = sent.refund.attempt if sent.refund else drawn
    return str(attempt.payment_id) if attempt else ""


def _corrections(word: ReturnedEntry) -> dict[str, str]:
    """Return what is to be written otherwise from now on, or nothing where that is for staff.

    Source: Nacha operating rules, change codes and the layout of corrected data.
    """
    told, words = word.told, word.told.split()
    found: dict[str, str] = {}
    match word.code, words:
        case "C01", [number]:
            found = {"number": number}
        case "C02", [routing]:
            found = {"routing": routing}
        case "C03", [routing, number]:
            found = {"routing": routing, "number": number}
        case "C04", [*_]:
            found = {"name": told}
        case "C05", [transaction]:
            found = {"kind": TRANSACTIONS.get(transaction, "")}
        case "C06", [number, transaction]:
            found = {"number": number, "kind": TRANSACTIONS.get(transaction, "")}
        case "C07", [*_]:
            found = {
                "routing": told[:9],
                "number": told[9:26].strip(),
                "kind": TRANSACTIONS.get(told[26:28], ""),
            }
        case _:
            pass
    return found if found and all(_is_sound(name, value) for name, value in found.items()) else {}


def _is_sound(name: str, value: str) -> bool:
    match name:
        case "routing":
            return is_routing_number(value)
        case "number":
            return NUMBER.fullmatch(value) is not None
        case _:
            return bool(value)


def _correct(account: BankAccount, found: dict[str, str], sealer: Sealer) -> None:
    if "number" in found:
        account.sealed_number = sealer.seal(found["number"])
        StoredMethodRow.objects.filter(pk=account.method_id).update(
            last4=found["number"][-SHOWN_DIGITS:]
        )
    account.routing = found.get("routing", account.routing)
    account.kind = found.get("kind", account.kind)
    account.name = found.get("name", account.name)
    account.save()


def _sent(word: ReturnedEntry) -> SentEntry | None:
    """Return the entry of ours a bank wrote about, if it is ours.

    A trace begins with the bank's number and goes on with one that each company counts for itself.
    """
    rows = SentEntry.objects.select_related(
        "file", "account__method", "attempt", "refund", "undoes"
    )
    sent = rows.filter(trace=word.original_trace).first()
    if sent is None:
        return None
    ours = get_originator(on=sent.file.made_on).company_id.strip().upper()
    return sent if word.company_id == ours else None


def _key_of(word: ReturnedEntry, sent: SentEntry | None) -> str:
    """Return what a bank says once: what fits no entry of ours does not stand for what does."""
    key = f"bank:{word.original_trace}:{word.code}"
    if sent is None:
        return f"{key}:{word.company_id}"
    is_other_amount = word.code in RETURN_CODES and word.amount.cents != sent.amount_cents
    return f"{key}:{word.amount.cents}" if is_other_amount else key
