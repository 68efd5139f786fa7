"""The words for what was refused and why, and what to do about it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext, gettext_noop

from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money
from smarthub.ui.formats import say_day, say_money

REFUSALS = {
    "nothing_to_pay": gettext_noop("Choose an account to pay."),
    "amount_not_positive": gettext_noop("Write an amount above $0.00."),
    "amount_too_large": gettext_noop("One payment can be at most %(maximum)s."),
    "more_than_due": gettext_noop(
        "Only %(due)s is due on account %(account_number)s. To pay more, tick the box below: "
        "the rest waits as a credit for your next bill."
    ),
    "fee_not_agreed": gettext_noop(
        "Paying this way costs a fee of %(fee)s. Please agree to it first, or choose another way."
    ),
    "method_gone": gettext_noop(
        "This card is no longer stored. Choose another, or enter a new one."
    ),
    "guaranteed_funds_needed": gettext_noop(
        "Payments of this account came back for want of money. Until %(until)s please pay it by "
        "card, or in cash at the office."
    ),
    "bank_account_being_checked": gettext_noop(
        "The bank is still asked about this account. Please pay another way, or on a later day: "
        "“Cards and bank accounts” says from when it can be used."
    ),
    "schedule_over": gettext_noop(
        "This scheduled payment was made, changed or cancelled meanwhile."
    ),
    "day_refused": gettext_noop("Choose a day from tomorrow to %(last)s."),
    "method_in_use": gettext_noop(
        "A scheduled payment or Auto Pay draws on it. Choose another one there first."
    ),
    "card_number_written": gettext_noop(
        "Leave numbers of cards and accounts out. A name such as “Everyday card” is enough."
    ),
    "guest_unknown": gettext_noop(
        "We find no account with this number and name. Please look at both on your bill."
    ),
    "may_not_pay": gettext_noop("You may look at this account, but not pay for it."),
    "contact_known": gettext_noop("You confirmed this one before: it is used already."),
    "contact_signs_in": gettext_noop(
        "You sign in with this address. Sign in with another one first, then remove it."
    ),
    "contact_needed": gettext_noop(
        "Without it nothing would reach you. Add another one, or a mailing address, first."
    ),
    "invitations_too_many": gettext_noop(
        "Many invitations were sent today. Please wait a day, or call the office."
    ),
    "picture_refused": gettext_noop(
        "We cannot read this picture. Send a PNG, JPEG, WebP or GIF of up to 8 MB, or none."
    ),
    "code_wrong": gettext_noop(
        "This is not the code. Please look at it again. Tries left: %(tries_left)s."
    ),
    "code_over": gettext_noop(
        "This code no longer works: it was used, is too old, or was tried too often. "
        "Please ask for a new one."
    ),
    "claims_too_many": gettext_noop(
        "There were many tries from here, or for this account number. Please wait an hour, or "
        "call the office."
    ),
    "claim_locked": gettext_noop(
        "Too many codes were wrong. Please wait %(minutes)s minutes, then begin again, or call "
        "the office."
    ),
    "claim_over": gettext_noop("This took more than an hour. Please begin again."),
    "not_proved": gettext_noop("A step is missing. Please begin again."),
    "no_letter_reaches": gettext_noop(
        "We have no full mailing address for letters to you. Write an e-mail address or a phone."
    ),
    "holder_must_share": gettext_noop(
        "Somebody else signs in to this account already. Ask them to share it with you, or call "
        "the office: nothing was changed."
    ),
    "codes_too_many": gettext_noop(
        "We sent several codes already. Please wait an hour, or call the office."
    ),
}
"""A whole sentence for each code something can be refused with: why, and what to do."""
OTHER_REFUSAL = gettext_noop("This payment could not be made. Nothing was charged.")


def say_refusal(refusal: Refused) -> str:
    """Return why a payment was not made, and what to do about it."""
    if refusal.code == "card_declined":
        return say_decline(refusal.values["reason"])
    values = {key: _said(value) for key, value in refusal.values.items()}
    return gettext(REFUSALS.get(refusal.code, OTHER_REFUSAL)) % values


def _said(value: object) -> object:
    match value:
        case Money():
            return say_money(value)
        case dt.date():
            return say_day(value)
        case _:
            return value


def say_decline(reason: str) -> str:
    """Return in words why a card was declined; nothing was charged in any case."""
    match reason:
        case "insufficient_funds":
            return gettext("The card does not have enough funds for this amount.")
        case "expired_card":
            return gettext("The card has expired. Please use another one.")
        case "authentication_required":
            return gettext(
                "The card's bank wants to ask you first, and it does that when a card is added: "
                "remove this card, add it again and pay, or use another one."
            )
        case _:
            return gettext("The bank that issued the card said no. It does not tell us why.")
