"""Writes of the co-op's own bank files: what is handed in, and what of it counts as paid.

A file and its entries are written in one transaction, an attempt in one file alone; so a crash
leaves a whole file or none. The bytes are never kept: they are drawn anew, and must come to the
fingerprint kept when the file was made.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from smarthub.accounts.types import AccountId
from smarthub.cooperative.queries import get_policy, get_zone
from smarthub.kernel.errors import Conflict, NotVisible, Refused
from smarthub.kernel.fault_points import reach
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.kernel.sealing import Sealer
from smarthub.ledger.operations import lock_accounts
from smarthub.payments.models import (
    Attempt,
    AttemptEvent,
    BankAccount,
    EntryReversal,
    Refund,
    SentBankFile,
    SentEntry,
)
from smarthub.payments.operations.paying import record_answer
from smarthub.payments.operations.refunds import note_refund_sent
from smarthub.payments.operations.reversals import (
    hold_bank_files,
    list_accounts_of,
    list_reversals_due,
    list_touched,
    note_gone_back,
    payments_asked_back,
)
from smarthub.payments.ports import (
    BankAccountKind,
    BankBatch,
    BankEntry,
    BankFile,
    BankFileFormat,
    EntryClass,
    EntryUse,
    Originator,
)
from smarthub.payments.queries import (
    ACCOUNT_REFUSED,
    list_presented_again,
    list_refunds_due,
    next_file_day,
    usable_from,
)
from smarthub.payments.types import BANK_FILE, AttemptState, PaymentId

ORIGINATOR = "own_origination.originator"
DESCRIPTION = "ELECBILL"
"""On the member's statement (domain rule 132)."""
PRESENTED_AGAIN = "RETRY PYMT"
"""What the clearing house wants above entries that came back for want of money (rule 56)."""
GIVEN_BACK = "REFUND"
"""Above credits: what a member has from the co-op, not what they owe it."""
TAKEN_BACK = "REVERSAL"
"""What the clearing house wants above entries that undo a mistake."""
RECURRING = "auto_pay"
"""The channel whose payments the holder agreed to once for all; the clearing house asks."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SEQUENCES = 10**7
TriedBefore = Callable[[Collection[PaymentId]], Collection[PaymentId]]


class NothingToSend(Refused):
    """No payment and no new account waits for a bank file."""

    code = "nothing_to_send"


class TooManyBankFiles(Refused):
    """A day has letters for 36 files; the rest goes tomorrow."""

    code = "too_many_bank_files"


class BankFileChanged(Conflict):
    """An account of the file was corrected since it was made: it cannot be drawn as it was."""

    code = "bank_file_changed"


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to go out: an attempt's money, a refund's, what goes back, or a question."""

    account: BankAccount
    attempt: Attempt | None = None
    refund: Refund | None = None
    undoes: EntryReversal | None = None

    @property
    def payment_id(self) -> UUID | None:
        """What is drawn or goes back; none for a refund or a question."""
        attempt = self.undoes.entry.attempt if self.undoes else self.attempt
        return attempt.payment_id if attempt else None

    @property
    def use(self) -> EntryUse:
        if self.undoes:
            return EntryUse(self.undoes.entry.use).opposite
        if self.refund:
            return EntryUse.CREDIT
        return EntryUse.DEBIT if self.attempt else EntryUse.DEBIT_PRENOTE

    @property
    def cents(self) -> int:
        if self.undoes:
            return self.undoes.entry.amount_cents
        if self.refund:
            return self.refund.amount_cents
        return self.attempt.payment.charged_cents if self.attempt else 0


def make_bank_file(
    *,
    layout: BankFileFormat,
    sealer: Sealer,
    now: dt.datetime,
    tried_before: TriedBefore = lambda _: (),
) -> tuple[int, bytes]:
    """Put everything that waits into one file for the bank, once; return its id and its bytes.

    Accounts never drawn on are asked first, by a prenote. Debits, the credits of refunds that may
    go, and what takes an earlier entry back carry the next banking day.

    Args:
        layout: How the file is written.
        sealer: Opens the accounts' numbers.
        now: When.
        tried_before: Tells of payments which of them draw again what came back for want of money.

    Raises:
        NothingToSend: nothing waits.
        TooManyBankFiles: the day has no letter left.
        BankFileRefused: an account cannot stand in a file.
        SealBroken: a number cannot be opened.

    Source: payments reference, sections 2.1 and 2.3.
    """
    with transaction.atomic():
        hold_bank_files()
        locked = _lock_accounts_waiting()
        made_on = local_day(now, get_zone())
        due = _list_of_accounts(locked, _list_due(made_on))
        if not due:
            raise NothingToSend
        file = SentBankFile(
            made_on=made_on,
            letter=_next_letter(made_on),
            effective_on=next_file_day(on=made_on),
            made_at=now,
        )
        entries = _number(due, file, get_originator(on=made_on))
        content = _draw(file, entries, layout, sealer, tried_before)
        file.digest = hashlib.sha256(content).hexdigest()
        file.save()
        SentEntry.objects.bulk_create(entries)
        for entry in entries:
            _note_sent(entry, now)
        reach("bank_file.entries_written")
    return file.pk, content


def draw_bank_file(
    *,
    file_id: int,
    layout: BankFileFormat,
    sealer: Sealer,
    tried_before: TriedBefore = lambda _: (),
) -> bytes:
    """Return the bytes of a file made before, the same to the last.

    Raises:
        NotVisible: there is none.
        BankFileChanged: an account of it was corrected since; ask the bank for what it got.
    """
    file = SentBankFile.objects.filter(pk=file_id).first()
    if file is None:
        raise NotVisible
    rows = file.entries.select_related(
        "account__method", "attempt__payment", "undoes__entry__attempt__payment"
    )
    content = _draw(file, list(rows.order_by("pk")), layout, sealer, tried_before)
    if hashlib.sha256(content).hexdigest() != file.digest:
        raise BankFileChanged(file_id=file_id)
    return content


def get_originator(*, on: dt.date) -> Originator:
    """Return who the co-op is to its bank on a day.

    Raises:
        PolicyMissing: nobody has said so yet.
    """
    return Originator(**get_policy(key=ORIGINATOR, on=on))


def _note_sent(entry: SentEntry, now: dt.datetime) -> None:
    if entry.attempt is not None:
        record_answer(
            key=entry.attempt.key, state=AttemptState.PENDING, reference=entry.trace, now=now
        )
    if entry.refund is not None:
        note_refund_sent(refund=entry.refund, reference=entry.trace, now=now)
    if entry.undoes is not None:
        note_gone_back(sent=entry, now=now)


def _lock_accounts_waiting() -> set[AccountId]:
    """Lock at once, in one order, the accounts of everything that may go; return them.

    Locked one after the other, as its entries are written, the file could hold one that somebody
    wants who holds the next one.
    """
    account_ids = list_accounts_of(payments=_list_attempts_waiting().values("payment"))
    account_ids |= list_accounts_of(payments=payments_asked_back())
    account_ids |= {AccountId(refund.account_id) for refund in list_refunds_due()}
    lock_accounts(account_ids=account_ids)
    return account_ids


def _list_of_accounts(locked: set[AccountId], due: Sequence[_Due]) -> list[_Due]:
    """Return what touches locked accounts alone; what came while they were locked goes next time.

    To lock its accounts now would be out of their order, and may wait for whoever waits for ours.
    """
    touched: dict[UUID | None, set[AccountId]] = defaultdict(set)
    for payment_id, account_id in list_touched(payments={each.payment_id for each in due}):
        touched[payment_id].add(account_id)
    return [
        each
        for each in due
        if ({each.refund.account_id} if each.refund else touched[each.payment_id]) <= locked
    ]


def _list_attempts_waiting() -> QuerySet[Attempt]:
    """Return the attempts that wait for a file of ours, in the order they go.

    An account may be refused while the file waits for its turn, after what had waited on it till
    then was given up: so it is looked at here again.
    """
    settled = AttemptEvent.objects.filter(
        attempt=OuterRef("pk"), state__in=[s for s in AttemptState if s.is_final]
    )
    rows = Attempt.objects.filter(~Exists(settled), gateway=BANK_FILE, sent_entry=None)
    return rows.exclude(ACCOUNT_REFUSED).order_by("made_at", "pk")


def _list_due(on: dt.date) -> list[_Due]:
    due: list[_Due] = []
    for attempt in _list_attempts_waiting().select_related("payment__method__bank_account"):
        method = attempt.payment.method
        if method is not None and _is_proved(method.bank_account, on):
            due.append(_Due(method.bank_account, attempt))
    due += [
        _Due(refund.attempt.payment.method.bank_account, refund=refund)  # type: ignore[union-attr]
        for refund in list_refunds_due().select_related("attempt__payment__method__bank_account")
    ]
    due += [_Due(each.entry.account, undoes=each) for each in list_reversals_due(on=on)]
    never_asked = BankAccount.objects.filter(entries=None, method__removed_at=None)
    due += [_Due(account) for account in never_asked.select_related("method").order_by("pk")]
    return due


def _is_proved(account: BankAccount, on: dt.date) -> bool:
    """Whether a prenote went out three banking days before."""
    day = usable_from(account)
    return day is not None and on >= day


def _next_letter(made_on: dt.date) -> str:
    used = SentBankFile.objects.filter(made_on=made_on).count()
    if used == len(LETTERS):
        raise TooManyBankFiles
    return LETTERS[used]


def _number(due: Sequence[_Due], file: SentBankFile, originator: Originator) -> list[SentEntry]:
    last = SentEntry.objects.order_by("-pk").values_list("trace", flat=True).first()
    sequence = int(last[8:]) if last else 0
    entries = []
    for number, each in enumerate(due, start=1):
        trace = f"{originator.odfi[:8]}{(sequence + number - 1) % (SEQUENCES - 1) + 1:07}"
        entries.append(
            SentEntry(
                file=file,
                account=each.account,
                attempt=each.attempt,
                refund=each.refund,
                undoes=each.undoes,
                use=each.use,
                amount_cents=each.cents,
                trace=trace,
            )
        )
    return entries


def _draw(
    file: SentBankFile,
    entries: Sequence[SentEntry],
    layout: BankFileFormat,
    sealer: Sealer,
    tried_before: TriedBefore,
) -> bytes:
    drawn = [PaymentId(entry.attempt.payment_id) for entry in entries if entry.attempt]
    again = {*list_presented_again(payment_ids=drawn), *tried_before(drawn)}
    by_kind: dict[tuple[str, str], list[BankEntry]] = defaultdict(list)
    for entry in entries:
        by_kind[_class(entry), _description(entry, again)].append(_entry(entry, sealer))
    batches = tuple(
        BankBatch(EntryClass(name), description, file.effective_on, tuple(given))
        for (name, description), given in sorted(by_kind.items())
    )
    made = BankFile(file.made_at.astimezone(get_zone()), file.letter, batches)
    return layout.write(file=made, originator=get_originator(on=file.made_on))


def _class(entry: SentEntry) -> str:
    """Return an entry's class: a credit of class WEB is from one person to another, never ours.

    But what takes an entry back has the class of that entry.
    """
    known = entry.account.entry_class
    return EntryClass.PPD if entry.refund and known == EntryClass.WEB else known


def _description(entry: SentEntry, again: Collection[PaymentId]) -> str:
    if entry.undoes:
        return TAKEN_BACK
    if entry.refund:
        return GIVEN_BACK
    is_again = entry.attempt is not None and entry.attempt.payment_id in again
    return PRESENTED_AGAIN if is_again else DESCRIPTION


def _entry(entry: SentEntry, sealer: Sealer) -> BankEntry:
    account: Any = entry.account
    drawn = entry.undoes.entry.attempt if entry.undoes else entry.attempt
    return BankEntry(
        use=EntryUse(entry.use),
        routing=account.routing,
        account=sealer.open(account.sealed_number),
        account_kind=BankAccountKind(account.kind),
        amount=Money(entry.amount_cents),
        name=account.name,
        id_number=str(account.pk),
        sequence=int(entry.trace[8:]),
        is_recurring=drawn is not None and drawn.payment.channel == RECURRING,
    )
