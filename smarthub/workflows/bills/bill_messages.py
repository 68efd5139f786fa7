"""Messages on bills: staff write, prove and replace them; members read what each means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from smarthub.accounts.access import list_visible_accounts, open_for_staff
from smarthub.accounts.queries import find_account_id
from smarthub.billing.operations.messages import MessageHasNoReaders, write_message
from smarthub.billing.printed.handed import Handed
from smarthub.billing.printing import render_bill
from smarthub.billing.queries import get_bill
from smarthub.billing.queries.messages import (
    find_newest_bill_for,
    get_desk_message,
    get_message_on_bills,
    list_desk_messages,
)
from smarthub.billing.types import TEMPLATE_VERSION, BillMessage, MessageDesk, NewMessage
from smarthub.cooperative.types import Cooperative
from smarthub.kernel.errors import Refused, Unavailable
from smarthub.members.operations import record_act
from smarthub.members.queries import get_person_of_user
from smarthub.rating.queries import get_rate_book

SERVICES = ("electric", "gas", "water", "fiber")


class MessageReadersUnknown(Refused):
    """Some rates, services or accounts a message is for are not there; ``values`` names them."""

    code = "message_readers_unknown"


class NothingToProveOn(Unavailable):
    """No bill was written yet that such a message could be shown on."""

    code = "nothing_to_prove_on"


def read_bill_message(*, user_id: int, number: int, on: dt.date) -> BillMessage:
    """Return a message that stands on a bill of an account this person may see.

    Raises:
        NotVisible: no bill they may see carries it.
    """
    accounts = list_visible_accounts(user_id=user_id, on=on)
    return get_message_on_bills(account_ids=[each.id for each in accounts], number=number)


def list_messages() -> list[MessageDesk]:
    """Return the messages that stand, newest first, for staff."""
    return list_desk_messages()


def open_message(*, number: int) -> MessageDesk:
    """Return one message that stands, for staff.

    Raises:
        NotVisible: there is none of that number, or another took its place.
    """
    return get_desk_message(number=number)


def publish_message(
    *, user_id: int, message: NewMessage, replaces: int | None, now: dt.datetime
) -> int:
    """Write a message for the bills of its days, or in the place of another; return its number.

    Raises:
        MessageReadersUnknown: it is for somebody who is not there.
        MessageHasNoDays, MessageHasNoReaders, MessageReplaced, NotVisible: see ``write_message``.

    Source: feature R23.
    """
    refuse_unknown_readers(message)
    with transaction.atomic():
        author = get_person_of_user(user_id=user_id).name
        number = write_message(message=message, author=author, now=now, supersedes=replaces)
        record_act(
            user_id=user_id,
            act="bill_message_written" if replaces is None else "bill_message_replaced",
            subject=f"bill_message:{number}",
            now=now,
            before={} if replaces is None else {"message": str(replaces)},
            after={"title": message.title.en, "audience": message.audience},
        )
    return number


def stop_message(*, user_id: int, number: int, on: dt.date, now: dt.datetime) -> None:
    """Put a message on no bill any more; bills that carry it keep it.

    Raises:
        NotVisible: there is none of that number, or another took its place.
        MessageReplaced: somebody else was quicker.
    """
    told = get_desk_message(number=number)
    nowhere = NewMessage(
        title=told.message.title,
        text=told.message.text,
        more=told.message.more,
        audience=told.audience,
        values=told.values,
        starts_on=on,
        ends_on=on,
    )
    with transaction.atomic():
        author = get_person_of_user(user_id=user_id).name
        write_message(message=nowhere, author=author, now=now, supersedes=number)
        record_act(
            user_id=user_id, act="bill_message_stopped", subject=f"bill_message:{number}", now=now
        )


def prove_message(
    *,
    user_id: int,
    message: NewMessage,
    language: str,
    cooperative: Cooperative,
    message_address: str,
    now: dt.datetime,
) -> bytes:
    """Return the newest bill of one of its readers as PDF, as if it carried the message.

    Raises:
        MessageReadersUnknown, MessageHasNoReaders: it is for nobody who is there.
        NothingToProveOn: none of them has a bill yet.
    """
    if message.audience != "all" and not message.values:
        raise MessageHasNoReaders(audience=message.audience)
    refuse_unknown_readers(message)
    found = find_newest_bill_for(audience=message.audience, values=message.values)
    if found is None:
        raise NothingToProveOn
    account_number, bill_number = found
    account = open_for_staff(user_id=user_id, number=account_number, now=now)
    bill = get_bill(account_id=account.id, number=bill_number)
    told = BillMessage(0, message.title, message.text, message.more)
    return render_bill(
        bill=replace(bill, messages=(told,), template_version=TEMPLATE_VERSION),
        language=language,
        cooperative=cooperative,
        handed=Handed(message_address=message_address),
    )


def refuse_unknown_readers(message: NewMessage) -> None:
    """Refuse a message for a rate, a service or an account that is not there.

    Raises:
        MessageReadersUnknown: see above.
    """
    if unknown := _unknown(message.audience, message.values):
        raise MessageReadersUnknown(values=", ".join(unknown))


def _unknown(audience: str, values: Sequence[str]) -> list[str]:
    match audience:
        case "rate":
            known = get_rate_book().codes
            return [each for each in values if each not in known]
        case "service":
            return [each for each in values if each not in SERVICES]
        case "list":
            return [each for each in values if find_account_id(number=each) is None]
        case _:
            return []
