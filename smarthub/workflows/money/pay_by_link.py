"""Pay without signing in: by account number and name, or by a link of staff or of a bill.

All three are one thing: a signed link, good for one account until it expires. It shows what is
due and nothing else, and pays once. Nobody is told who holds the account, and nothing is stored
of whoever pays but the payment: their card is forgotten once it is settled.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from itertools import count
from uuid import UUID, uuid5

from django.db import transaction

from smarthub.accounts.access import open_as_guest, open_by_link, open_for_staff, write_link
from smarthub.accounts.queries import list_holders
from smarthub.accounts.types import AccountId, LinkedAccount
from smarthub.cooperative.queries import get_zone
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.money import ZERO, Money
from smarthub.kernel.period import local_day
from smarthub.members.operations import record_act
from smarthub.payments import operations, queries
from smarthub.payments.operations import PAYMENT_NAMESPACE
from smarthub.payments.ports import PaymentGateway
from smarthub.payments.types import (
    AttemptState,
    MethodKind,
    Part,
    Payment,
    PaymentId,
    PaymentOutcome,
    StoredMethod,
)
from smarthub.workflows.accounts.account_overview import AccountDue, list_accounts_due
from smarthub.workflows.messages.tell_person import tell_person
from smarthub.workflows.money.charge_payment import send_payment
from smarthub.workflows.money.pay_balance import outcome_of
from smarthub.workflows.money.store_method import finish_setup_of, start_setup_of

GUEST_LASTS = dt.timedelta(minutes=30)
STAFF_LASTS = dt.timedelta(days=7)
KEY_BYTES = 9


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What a link shows: what is due, and how its one payment went if it was made."""

    due: AccountDue
    outcome: PaymentOutcome | None
    expires_at: dt.datetime


def begin_as_guest(*, number: str, name: str, now: dt.datetime) -> str:
    """Return a link of half an hour for the account that a number and a name both point to.

    Raises:
        GuestUnknown: there is none; told alike for an unknown number and for another name.

    Source: feature map, section 3 (gift payment); reference, section 6.5, point 6.
    """
    account = open_as_guest(number=number, name=name)
    return write_link(
        account=account, key=secrets.token_urlsafe(KEY_BYTES), expires_at=now + GUEST_LASTS
    )


def make_staff_link(
    *, user_id: int, number: str, address: str, send: bool, now: dt.datetime
) -> str:
    """Make a link by which anybody may pay an account once within a week, and return its address.

    Args:
        user_id: The clerk's login; that they made it is in the audit trail.
        number: The account.
        address: The page of a link, ``{link}`` standing for it.
        send: Whether the account's holders are sent it by the ways that reach them.
        now: When.

    Raises:
        NotVisible: the login is not staff's, or there is no such account.
    """
    account = open_for_staff(user_id=user_id, number=number, now=now)
    key, expires_at = secrets.token_urlsafe(KEY_BYTES), now + STAFF_LASTS
    link = address.format(link=write_link(account=account, key=key, expires_at=expires_at))
    with transaction.atomic():
        record_act(
            user_id=user_id,
            act="pay_link.made",
            subject=f"account:{account.number}",
            now=now,
            after={"sent": send, "expires_at": expires_at.isoformat()},
        )
        if send:
            _send(account.id, account.number, link, expires_at, now)
    return link


def see_link(*, link: str, now: dt.datetime) -> LinkPage:
    """Return what a link shows.

    Raises:
        NotVisible: it is forged, or the account is gone.
        LinkOver: it is too old.
    """
    opened = open_by_link(link=link, now=now)
    on = local_day(now, get_zone())
    (due,) = list_accounts_due(accounts=(opened.account,), on=on)
    return LinkPage(due, _newest(opened)[1], opened.expires_at)


def card_fee(*, amount: Money, now: dt.datetime) -> Money:
    """Return what paying an amount by a link costs besides; zero where the co-op charges none."""
    rule = queries.get_fee_rule(on=local_day(now, get_zone()))
    return rule.fee(kind=MethodKind.CARD, amount=amount)


def start_card(
    *, link: str, return_to: str, language: str, now: dt.datetime, gateway: PaymentGateway
) -> str:
    """Begin a visit to the gateway's form, which ends at ``return_to``, and return its address.

    Raises:
        NotVisible, LinkOver: see ``see_link``.
        GatewayUnavailable: no answer; may be tried again.
    """
    opened = open_by_link(link=link, now=now)
    return start_setup_of(
        person_id=None,
        member_ref=f"guest:{opened.key}",
        kind=MethodKind.CARD,
        return_to=return_to,
        language=language,
        now=now,
        gateway=gateway,
    )


def finish_card(
    *, link: str, reference: str, return_to: str, now: dt.datetime, gateway: PaymentGateway
) -> StoredMethod:
    """Return the card a visit gave, for this one payment; again changes nothing.

    Raises:
        NotVisible: the visit began elsewhere, or never was; or see ``see_link``.
        CardNotGiven: the form was left without giving a card.
        GatewayUnavailable: no answer; may be tried again.
    """
    open_by_link(link=link, now=now)
    began_at, _ = queries.get_setup(reference=reference, person_id=None)
    if began_at != return_to:
        raise NotVisible
    return finish_setup_of(person_id=None, reference=reference, now=now, gateway=gateway)


def pay_by_link(
    *,
    link: str,
    amount: Money,
    reference: str,
    return_to: str,
    now: dt.datetime,
    gateway: PaymentGateway,
    fee: Money = ZERO,
) -> PaymentOutcome:
    """Pay an account by its link, once: a link that has paid only says how it went.

    Must not be called inside a transaction.

    Args:
        link: The link.
        amount: How much; no more than is due.
        reference: The visit to the gateway's form that gave the card.
        return_to: Where that visit had to end.
        now: The moment of paying.
        gateway: Who moves the money.
        fee: What whoever pays agreed that paying costs besides.

    Raises:
        NotVisible, LinkOver: see ``see_link``.
        AmountNotPositive, AmountTooLarge, MoreThanDue, MethodGone, FeeNotAgreed: nothing was
            charged.
        PaymentConflict: somebody pays by it with another card at this moment; nothing was charged.
        CardDeclined: the gateway refused; the link may be used again, with another card.

    Source: domain rules 50 to 52.
    """
    opened = open_by_link(link=link, now=now)
    payment_id, known = _newest(opened)
    if known is not None:
        return known
    method = finish_card(
        link=link, reference=reference, return_to=return_to, now=now, gateway=gateway
    )
    payment = Payment(
        id=payment_id,
        channel="guest",
        parts=(Part(opened.account.id, opened.account.number, amount),),
        received_at=now,
        clearing=f"clearing:{gateway.name}:card",
        method_id=method.id,
        fee=fee,
    )
    on = local_day(now, get_zone())
    if operations.begin_payment(
        payment=payment,
        gateway=gateway.name,
        maximum=queries.get_maximum(on=on),
        allow_credit=False,
        now=now,
        fees=queries.get_fee_rule(on=on),
    ):
        send_payment(payment_id=payment.id, now=now, gateway=gateway)
    return outcome_of(payment.id)


def _newest(opened: LinkedAccount) -> tuple[PaymentId, PaymentOutcome | None]:
    """Return the payment a link has made, or the id of the next one where none went through."""
    for tries in count():
        payment_id = PaymentId(_id(opened.key, tries))
        try:
            outcome = queries.get_outcome(payment_id=payment_id)
        except NotVisible:
            return payment_id, None
        if outcome.state is not AttemptState.FAILED:
            return payment_id, outcome
    raise AssertionError("counting does not end")


def _id(key: str, tries: int) -> UUID:
    return uuid5(PAYMENT_NAMESPACE, f"link:{key}:{tries}")


def _send(
    account_id: AccountId, number: str, link: str, expires_at: dt.datetime, now: dt.datetime
) -> None:
    zone = get_zone()
    holders = list_holders(account_ids=[account_id], on=local_day(now, zone))
    for person_id in holders.get(account_id, []):
        tell_person(
            person_id=person_id,
            template="pay_link",
            context={"link": link, "until": local_day(expires_at, zone)},
            about=link[-20:],
            account_number=number,
            now=now,
        )
