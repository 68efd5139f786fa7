"""How a payment stands, in a member's words, and the tone of the tag that says so."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from smarthub.payments.types import (
    LESS_DUE,
    PaymentLine,
    PaymentStatus,
    ScheduleState,
    ScheduleView,
    TenderKind,
)

STATUSES: Mapping[PaymentStatus, tuple[str, str]] = {
    PaymentStatus.PENDING: (gettext_noop("on its way"), "tag-sun"),
    PaymentStatus.UNKNOWN: (gettext_noop("on its way"), "tag-sun"),
    PaymentStatus.PAID: (gettext_noop("paid"), ""),
    PaymentStatus.FAILED: (gettext_noop("did not go through"), "tag-alarm"),
    PaymentStatus.RETURNED: (gettext_noop("returned by the bank"), "tag-alarm"),
    PaymentStatus.DISPUTED: (gettext_noop("disputed"), "tag-alarm"),
    PaymentStatus.REFUNDED: (gettext_noop("refunded"), ""),
    PaymentStatus.PART_REFUNDED: (gettext_noop("partly refunded"), ""),
    PaymentStatus.UNDONE: (gettext_noop("taken back"), ""),
}
DOORS: Mapping[str, str] = {
    "office": gettext_noop("at the office"),
    "mail": gettext_noop("by mail"),
    "phone": gettext_noop("by phone"),
    "store": gettext_noop("cash at a store"),
    "agency": gettext_noop("from an agency"),
    "ivr": gettext_noop("by card over the phone"),
    "guest": gettext_noop("by card, without signing in"),
}
"""How money came that the member paid on no page of hers."""
TELLING_DOORS = {"store", "ivr"}
"""Whose words say already what was handed over."""
HANDED: Mapping[str, tuple[str, str]] = {
    TenderKind.CASH: (gettext_noop("in cash"), gettext_noop("in cash, receipt %(number)s")),
    TenderKind.CHECK: (gettext_noop("check"), gettext_noop("check %(number)s")),
    TenderKind.MONEY_ORDER: (gettext_noop("money order"), gettext_noop("money order %(number)s")),
    TenderKind.CARD: (gettext_noop("card"), gettext_noop("card, receipt %(number)s")),
    TenderKind.BANK: (gettext_noop("bank transfer"), gettext_noop("bank transfer %(number)s")),
}
"""What was handed over, without its number and with it."""
ENDED: Mapping[ScheduleState, str] = {
    ScheduleState.CANCELLED: gettext_noop("cancelled"),
    ScheduleState.NOTHING_DUE: gettext_noop("not taken: nothing was due"),
    ScheduleState.REFUSED: gettext_noop("could not be made"),
}


def say_status(status: PaymentStatus) -> tuple[str, str]:
    """Return how a payment stands, and the class of its tag."""
    words, tone = STATUSES[status]
    return gettext(words), tone


def say_door(channel: str) -> str:
    """Return how money came that no page of ours took."""
    return gettext(DOORS[channel]) if channel in DOORS else ""


def say_handed(line: PaymentLine) -> str:
    """Return what was handed over, with its number; nothing where the way it came says it."""
    kind, number = line.tender, line.reference
    if line.channel in TELLING_DOORS:
        said = gettext("receipt of whoever took it: %(number)s")
        return said % {"number": number} if number else ""
    if kind not in HANDED:
        return ""
    bare, numbered = HANDED[kind]
    return gettext(numbered) % {"number": number} if number else gettext(bare)


def say_ended(view: ScheduleView) -> str:
    """Return how a scheduled payment ended that was never made."""
    if view.reason == LESS_DUE:
        return gettext("not taken again: less was due")
    return gettext(ENDED[view.state])
