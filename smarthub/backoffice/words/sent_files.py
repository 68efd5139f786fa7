"""What the desk says of files made for the bank: their entries, and why one cannot go back."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from smarthub.kernel.errors import ExpectedError
from smarthub.payments.types import EntryKind, EntryStands, WhyNot

KINDS: Mapping[EntryKind, Promise] = {
    EntryKind.PAYMENT: gettext_lazy("payment"),
    EntryKind.REFUND: gettext_lazy("refund"),
    EntryKind.QUESTION: gettext_lazy("question to the bank"),
    EntryKind.REVERSAL: gettext_lazy("given back: our mistake"),
}
STANDS: Mapping[EntryStands, tuple[Promise, str]] = {
    EntryStands.SENT: (gettext_lazy("sent"), "tag-cool"),
    EntryStands.BOOKED: (gettext_lazy("booked"), ""),
    EntryStands.RETURNED: (gettext_lazy("returned"), "tag-alarm"),
    EntryStands.TO_GO_BACK: (gettext_lazy("goes back with the next bank file"), "tag-sun"),
    EntryStands.WENT_BACK: (gettext_lazy("went back"), "tag-cool"),
    EntryStands.NOT_GONE_BACK: (gettext_lazy("could not go back"), "tag-alarm"),
}
"""In words, and the tone of the tag."""

WHY_NOT: Mapping[WhyNot, Promise] = {
    WhyNot.NO_PAYMENT: gettext_lazy(
        "This page takes back only what was drawn for a payment: no question to a bank, no refund, "
        "and nothing that went back itself."
    ),
    WhyNot.ASKED_BEFORE: gettext_lazy("Somebody has asked for it back already."),
    WhyNot.RETURNED: gettext_lazy("Its bank has returned it: the money is back already."),
    WhyNot.REFUNDED: gettext_lazy("It is refunded already, or a part of it."),
    WhyNot.ACCOUNT_CLOSED: gettext_lazy("Its bank takes nothing for this account. Write a check."),
    WhyNot.TOO_LATE: gettext_lazy(
        "Its five banking days are over. Refund what waits on the account, or write a check."
    ),
}


CHANGED = gettext_lazy("Meanwhile others can go back than were shown. Look again and decide anew.")
NONE_LEFT = gettext_lazy("No entry of this file can go back.")


def say_refusal(refused: ExpectedError) -> str:
    """Return why nothing was asked back."""
    because = refused.values.get("because")
    if isinstance(because, WhyNot):
        return str(WHY_NOT[because])
    return str(NONE_LEFT if because == "none_left" else CHANGED)
