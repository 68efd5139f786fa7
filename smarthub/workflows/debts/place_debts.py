"""Debts handed to collection agencies by file, called back, and what the agencies collected.

Each file is drawn from its rows whenever it is asked for, with the address known then; what is
in it never changes. Every act is in the audit trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from smarthub.accounts.queries import get_postal_address, list_holders
from smarthub.accounts.types import AccountId
from smarthub.arrears.operations import placements
from smarthub.arrears.ports import CollectionFormat, DebtRow, Statement, StatementItem
from smarthub.arrears.queries.placements import (
    find_open_placement,
    find_placement,
    get_agency_file,
    list_agency_files,
    list_debts_to_place,
    list_placements,
)
from smarthub.arrears.queries.pledges import list_agencies
from smarthub.arrears.types import (
    AgencyFileView,
    AgencyKind,
    AgencyView,
    PlacementView,
    WriteOffId,
    WriteOffView,
)
from smarthub.cooperative.catalogue import value_in
from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import Money
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.members.queries import (
    find_mailing_address,
    get_person,
    get_person_of_user,
    is_staff,
)
from smarthub.payments.operations import COLLECTION, Arrival, find_exception
from smarthub.payments.queries import get_payment
from smarthub.payments.types import PaymentId, TenderKind

CHANNEL = "agency"
CENT = Money(1)


@dataclass(frozen=True, slots=True)
class DebtsOutside:
    """What the desk shows: debts ready to be handed over, those that are, and the files."""

    agencies: tuple[AgencyView, ...]
    ready: tuple[WriteOffView, ...]
    too_new: tuple[WriteOffView, ...]
    placed: tuple[PlacementView, ...]
    files: tuple[AgencyFileView, ...]


def see_debts_outside(*, user_id: int, now: dt.datetime) -> DebtsOutside:
    """Return the debts that may go to an agency, those that are with one, and every file.

    Raises:
        NotVisible: the login is not staff's.
    """
    _refuse_others(user_id)
    on = local_day(now, get_zone())
    free, after = list_debts_to_place(), _after_days(on)
    known = list_agencies(kind=AgencyKind.COLLECTION)
    return DebtsOutside(
        agencies=tuple(each for each in known if not each.is_ended),
        ready=tuple(each for each in free if (on - each.on).days >= after),
        too_new=tuple(each for each in free if (on - each.on).days < after),
        placed=tuple(list_placements()),
        files=tuple(list_agency_files()),
    )


def place_debts(
    *, user_id: int, file_id: UUID, agency: str, write_offs: Collection[UUID], now: dt.datetime
) -> int:
    """Hand debts to an agency in one file; return how many.

    Raises:
        NotVisible: the login is not staff's, or there is no such debt.
        PlacementNotAllowed: see ``arrears.operations.placements``.

    Source: domain rule 60.
    """
    _refuse_others(user_id)
    on = local_day(now, get_zone())
    with transaction.atomic():
        count = placements.place_debts(
            file_id=file_id,
            agency_code=agency,
            write_off_ids=[WriteOffId(each) for each in write_offs],
            after_days=_after_days(on),
            by=get_person_of_user(user_id=user_id).id,
            on=on,
            now=now,
        )
        _leave(user_id, "debts.placed", file_id, now)
    return count


def recall_debts(*, user_id: int, file_id: UUID, placed: Collection[int], now: dt.datetime) -> int:
    """Call debts back from an agency in one file; return how many.

    Raises:
        NotVisible: the login is not staff's, or one of them is in no agency's hands.
        PlacementNotAllowed: see ``arrears.operations.placements``.

    Source: domain rule 60.
    """
    _refuse_others(user_id)
    with transaction.atomic():
        count = placements.recall_debts(
            file_id=file_id,
            placement_ids=placed,
            by=get_person_of_user(user_id=user_id).id,
            on=local_day(now, get_zone()),
            now=now,
        )
        _leave(user_id, "debts.recalled", file_id, now)
    return count


def write_agency_file(
    *, user_id: int, file_id: UUID, layout: CollectionFormat, now: dt.datetime
) -> tuple[str, bytes]:
    """Return a file's name and its bytes, and leave in the audit trail that it was taken.

    Raises:
        NotVisible: the login is not staff's, or there is no such file.
    """
    _refuse_others(user_id)
    file = get_agency_file(file_id=file_id)
    rows = [_row(each, file) for each in file.placements]
    content = layout.write(agency=file.agency_code, on=file.on, rows=rows, is_recall=file.is_recall)
    _leave(user_id, "debts.file_taken", file_id, now)
    kind = "recall" if file.is_recall else "place"
    return f"{kind}-{file.agency_code}-{file.on}.csv", content


def list_collected(*, statement: Statement) -> list[Arrival]:
    """Return what an agency collected, placement by placement; the whole sum its debtor paid.

    Source: domain rules 52 and 60.
    """
    return [_arrival(item, statement.agency) for item in statement.items]


def take_collected(
    *, item: StatementItem, key: str, payment_id: PaymentId | None, now: dt.datetime
) -> None:
    """Post what the agency kept, and let its payment take from the debt that was written off.

    To be called in the transaction that books the row, or parks it: what the agency kept is gone
    either way. A commission that is not what the policy says is put before staff.

    Args:
        item: The row of its statement.
        key: The row's own, as ``list_collected`` made it.
        payment_id: Its payment; None where it waits in suspense.
        now: When.

    Source: domain rule 60.
    """
    on = local_day(now, get_zone())
    placements.post_commission(key=key, amount=item.commission, on=on, now=now)
    percent = Decimal(value_in(list_policies(on=item.paid_on), "placement.commission_percent"))
    agreed = Money.rounded(item.gross.dollars * percent / 100)
    if percent and abs(item.commission.cents - agreed.cents) > CENT.cents:
        find_exception(
            key=f"commission_differs:{key}",
            kind="commission_differs",
            now=now,
            cents=item.commission.cents,
            reason=key,
        )
    _kind, agency_code, _reference = key.split(":", 2)
    placement = find_placement(code=item.placement, agency_code=agency_code)
    if placement is not None and payment_id is not None:
        placements.record_recovery(
            placement=placement, payment_id=payment_id, amount=item.gross, on=on, now=now
        )


def take_found(
    *,
    payment_id: PaymentId,
    source_key: str,
    now: dt.datetime,
    moved_to: AccountId | None = None,
) -> None:
    """Let money out of suspense take from the one debt of its account that its agency has.

    Its account is the one it was ``moved_to``, if it was. What had taken from another debt before
    takes from none.
    """
    _kind, agency_code, _reference = source_key.split(":", 2)
    payment = get_payment(payment_id=payment_id)
    on = local_day(now, get_zone())
    for part in payment.parts:
        placement = find_open_placement(
            account_id=moved_to or part.account_id, agency_code=agency_code
        )
        if placement is not None:
            placements.record_recovery(
                placement=placement, payment_id=payment_id, amount=part.amount, on=on, now=now
            )


def _arrival(item: StatementItem, agency_code: str) -> Arrival:
    placement = find_placement(code=item.placement, agency_code=agency_code)
    return Arrival(
        key=f"{COLLECTION}:{agency_code}:{item.reference}",
        line=item.line,
        kind=COLLECTION,
        channel=CHANNEL,
        tender=TenderKind.BANK,
        amount=item.gross,
        received_on=item.paid_on,
        account_digits="",
        code=item.reference,
        about=item.placement,
        account_number=placement.account_number if placement else "",
    )


def _row(view: PlacementView, file: AgencyFileView) -> DebtRow:
    holder, address = _who_owes(view.account_id, file.on)
    return DebtRow(
        code=view.code,
        account_number=view.account_number,
        holder=holder,
        address=address,
        amount=view.left if file.is_recall else view.placed,
        written_off_on=view.written_off_on,
    )


def _who_owes(account_id: AccountId, on: dt.date) -> tuple[str, str]:
    """Return the first holder's name, and where letters reach them, on one line."""
    holders = list_holders(account_ids=[account_id], on=on).get(account_id, [])
    if not holders:
        return "", get_postal_address(account_id=account_id)
    own = find_mailing_address(person_id=holders[0])
    lines = own.as_lines() if own else get_postal_address(account_id=account_id)
    return get_person(person_id=holders[0]).name, ", ".join(lines.splitlines())


def _after_days(on: dt.date) -> int:
    return int(value_in(list_policies(on=on), "placement.after_days"))


def _refuse_others(user_id: int) -> None:
    if not is_staff(user_id=user_id):
        raise NotVisible


def _leave(user_id: int, act: str, file_id: UUID, now: dt.datetime) -> None:
    record_act(user_id=user_id, act=act, subject=f"agency_file:{file_id}", now=now)
