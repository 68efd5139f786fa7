"""The words of Auto Pay: what a member agrees to, and how a draft stands."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from smarthub.auto_pay.types import DraftState, DraftTerms, LeftOut
from smarthub.kernel.money import Money
from smarthub.payments.types import StoredMethod
from smarthub.ui.formats import say_money

VERSION = "2026-11-27"
"""Changes whenever the words below do: the record of a consent names the words it was given to."""

STATES: dict[DraftState, Promise] = {
    DraftState.PLANNED: gettext_lazy("planned"),
    DraftState.ASKED: gettext_lazy("waits for your word"),
    DraftState.ON_ITS_WAY: gettext_lazy("on its way"),
    DraftState.PAID: gettext_lazy("paid"),
    DraftState.TO_BE_TRIED_AGAIN: gettext_lazy("will be tried again"),
    DraftState.FAILED: gettext_lazy("did not go through"),
    DraftState.LEFT_OUT: gettext_lazy("not taken"),
}
REASONS: dict[LeftOut, Promise] = {
    LeftOut.NOTHING_DUE: gettext_lazy("Nothing was left to pay."),
    LeftOut.BY_HAND: gettext_lazy(
        "What is open of it was billed before Auto Pay was turned on. Please pay it by hand."
    ),
    LeftOut.ABOVE_CAP: gettext_lazy("It came to more than your limit."),
    LeftOut.ABOVE_MAXIMUM: gettext_lazy(
        "It came to more than one payment may be here. Please pay it by hand in parts, or call us."
    ),
    LeftOut.PAUSED: gettext_lazy("Auto Pay was paused."),
    LeftOut.SUSPENDED: gettext_lazy("Auto Pay was suspended."),
    LeftOut.STOPPED: gettext_lazy("Auto Pay was turned off."),
    LeftOut.BILL_CANCELLED: gettext_lazy("The bill was taken back."),
    LeftOut.METHOD_GONE: gettext_lazy("The card or bank account was removed."),
    LeftOut.GUARANTEED_FUNDS: gettext_lazy(
        "Payments came back, so we take no bank account for now. A card is fine."
    ),
    LeftOut.TAKEN_BACK: gettext_lazy(
        "We took it by a mistake of ours and gave it back. Please pay it by hand."
    ),
}


def consent_paragraphs(
    *,
    cooperative: str,
    phone: str,
    numbers: Sequence[str],
    method: StoredMethod,
    cap: Money | None,
    terms: DraftTerms,
) -> list[str]:
    """Return what is agreed to, in the language being read, a paragraph each.

    Source: domain rule 67; payments reference, section 2.3 (authorisation record).
    """
    values = {
        "cooperative": cooperative,
        "numbers": ", ".join(numbers),
        "brand": method.brand,
        "last4": method.last4,
        "phone": phone,
    }
    return [
        _when_taken(terms) % values,
        gettext(
            "I am told the amount and the day as soon as the bill is made. What I pay by hand "
            "before takes the withdrawal down. Bills made before today are mine to pay by hand."
        ),
        _up_to(cap, terms),
        gettext(
            "This holds until I end it. I can pause or stop it on these pages or by calling "
            "%(phone)s; a withdrawal that is not sent yet is not made then."
        )
        % values,
    ]


def _when_taken(terms: DraftTerms) -> str:
    """Return the sentence that says what is taken from where, and on which day."""
    if terms.days_before:
        return gettext(
            "I allow %(cooperative)s to take what each bill of account %(numbers)s asks for from "
            "%(brand)s ending in %(last4)s, before its due date, on the day I am told."
        )
    if terms.moves_back:
        return gettext(
            "I allow %(cooperative)s to take what each bill of account %(numbers)s asks for from "
            "%(brand)s ending in %(last4)s, on its due date or, where banks are closed, on the "
            "last day before it on which they are open."
        )
    return gettext(
        "I allow %(cooperative)s to take what each bill of account %(numbers)s asks for from "
        "%(brand)s ending in %(last4)s, on its due date or, where banks are closed, on the "
        "next day they are open."
    )


def _up_to(cap: Money | None, terms: DraftTerms) -> str:
    if cap is None:
        return gettext("The amount may differ from month to month, with what the bill asks for.")
    limit = {"cap": say_money(cap)}
    if terms.takes_up_to_cap:
        return (
            gettext("If a bill comes to more than %(cap)s, that much is taken; I pay the rest.")
            % limit
        )
    return (
        gettext(
            "If a bill comes to more than %(cap)s, nothing is taken unless I say so beforehand."
        )
        % limit
    )
