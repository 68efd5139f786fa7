"""What the desk says of arrears and deposits: steps, holds, fees, and why something is refused."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from smarthub.arrears.types import ArrangementEnding, HoldKind, PledgeEnding, Step
from smarthub.kernel.errors import ExpectedError
from smarthub.ui.formats import say_day

STEPS: Mapping[Step, tuple[Promise, str]] = {
    Step.REMINDER: (gettext_lazy("reminded"), "tag-cool"),
    Step.PAST_DUE: (gettext_lazy("told that it is past due"), "tag-sun"),
    Step.NOTICE: (gettext_lazy("notice of disconnection sent"), "tag-alarm"),
    Step.LAST_CALL: (gettext_lazy("last call sent"), "tag-alarm"),
    Step.STOPPED: (gettext_lazy("stopped"), ""),
    Step.CUT: (gettext_lazy("disconnected"), "tag-alarm"),
    Step.RESTORED: (gettext_lazy("service is back"), ""),
}
"""In words, and the tone of the tag."""

HOLDS: Mapping[HoldKind, Promise] = {
    HoldKind.MEDICAL: gettext_lazy("Medical certificate"),
    HoldKind.DISPUTED: gettext_lazy("Disputed"),
    HoldKind.EXTENSION: gettext_lazy("More time agreed"),
    HoldKind.PLEDGE: gettext_lazy("Pledge of an agency"),
    HoldKind.DECEASED: gettext_lazy("Holder deceased"),
    HoldKind.BANKRUPTCY: gettext_lazy("Bankruptcy"),
    HoldKind.ARRANGEMENT: gettext_lazy("Payment arrangement"),
}

FEES: Mapping[str, Promise] = {
    "late": gettext_lazy("Late fee"),
    "nsf": gettext_lazy("Fee for a returned payment"),
}

FORBIDDEN: Mapping[str, Promise] = {
    "no_notice": gettext_lazy("No notice was sent."),
    "too_early": gettext_lazy("The day on the notice has not come, or no last call was sent yet."),
    "held": gettext_lazy("The account is held."),
    "paid": gettext_lazy("The debt is paid down, or a payment is under way."),
    "day": gettext_lazy("Nothing is disconnected on a Friday, on a day off, or before one."),
    "hour": gettext_lazy("It is too late in the day."),
    "weather": gettext_lazy("The forecast is too cold or too hot."),
    "winter": gettext_lazy(
        "It is winter: offer an arrangement first and write down the answer, or wait until spring "
        "where the policy forbids it altogether."
    ),
    "ended": gettext_lazy("This was stopped. Do not disconnect."),
}

NOT_AGREED: Mapping[str, Promise] = {
    "nothing_owed": gettext_lazy("Nothing is late on this account."),
    "disputed": gettext_lazy("It is disputed. End that hold first."),
    "standing": gettext_lazy("An arrangement stands already. Cancel it first."),
    "amended": gettext_lazy("This arrangement was amended once already."),
    "too_few_paid": gettext_lazy("Too few of its instalments are paid in full to amend it."),
    "too_many": gettext_lazy("The account had as many arrangements within 12 months as allowed."),
    "down": gettext_lazy("The down payment is not what the policy allows."),
    "months": gettext_lazy("That is more or fewer instalments than the policy allows."),
    "first_due": gettext_lazy("Choose a day after today, within two months."),
    "november": gettext_lazy("In winter the last instalment is due in November at the latest."),
}

ARRANGEMENT_ENDS: Mapping[ArrangementEnding, tuple[Promise, str]] = {
    ArrangementEnding.KEPT: (gettext_lazy("kept"), ""),
    ArrangementEnding.BROKEN: (gettext_lazy("broken"), "tag-alarm"),
    ArrangementEnding.CANCELLED: (gettext_lazy("cancelled"), ""),
    ArrangementEnding.AMENDED: (gettext_lazy("amended"), ""),
}

PLEDGE_ENDS: Mapping[PledgeEnding, tuple[Promise, str]] = {
    PledgeEnding.FULFILLED: (gettext_lazy("all of it came"), ""),
    PledgeEnding.LAPSED: (gettext_lazy("its day passed"), "tag-alarm"),
    PledgeEnding.WITHDRAWN: (gettext_lazy("withdrawn"), ""),
}

NOT_PLEDGED: Mapping[str, Promise] = {
    "agency": gettext_lazy("Choose an agency of the list."),
    "amount": gettext_lazy("Write an amount above $0.00."),
    "last_day": gettext_lazy("The policy lets a pledge wait until %(latest)s at the latest."),
}

NOT_PLACED: Mapping[str, Promise] = {
    "agency": gettext_lazy("Choose debts of one agency."),
    "nothing": gettext_lazy("Choose a debt first."),
    "not_ready": gettext_lazy("One of them cannot be handed over now. Look at the page again."),
}

NOT_AN_AGENCY: Mapping[str, Promise] = {
    "code": gettext_lazy("A code is 2 to 20 letters, digits or hyphens."),
    "name": gettext_lazy("Write the agency's name."),
}

NOT_WRITTEN_OFF: Mapping[str, Promise] = {
    "nothing_owed": gettext_lazy("Nothing is owed on this account."),
    "served": gettext_lazy("The account still has service. Only a closed account is written off."),
    "under_way": gettext_lazy("A payment is on its way. Wait for it."),
    "too_early": gettext_lazy("The policy asks to wait longer after the last bill was due."),
}

REFUSALS: Mapping[str, Promise] = {
    "write_off_conflict": gettext_lazy("This form was sent before. Open the page again."),
    "debt_placed": gettext_lazy("A collection agency has this debt. Call it back first."),
    "debt_taken_up": gettext_lazy("This debt is owed again already."),
    "arrangement_ended": gettext_lazy("This arrangement has ended already."),
    "reason_missing": gettext_lazy("Write a few words why."),
    "hold_has_no_days": gettext_lazy("Choose a later last day."),
    "already_waived": gettext_lazy("Somebody gave this fee up already."),
    "deposit_ended": gettext_lazy("This deposit has ended already."),
    "deposit_not_paid": gettext_lazy("Nothing of it has been paid, so nothing can be given back."),
    "deposit_paid": gettext_lazy("Some of it was paid. Give it back instead."),
    "deposit_conflict": gettext_lazy("This form was sent before. Open the page again."),
    "deposit_notice_too_late": gettext_lazy(
        "A deposit may be asked for within %(days)s days of what it is for. "
        "Write a day in that time."
    ),
    "too_many_instalments": gettext_lazy("The policy allows fewer parts: %(most)s at most."),
    "pledge_ended": gettext_lazy("This pledge has ended already."),
    "agency_known": gettext_lazy("Another agency has this code."),
    "card_number_written": gettext_lazy("A card number must not be written here."),
    "amount_not_positive": gettext_lazy("Write an amount above $0.00."),
}


BECAUSE: Mapping[str, Mapping[str, Promise]] = {
    "not_to_be_cut": FORBIDDEN,
    "arrangement_not_allowed": NOT_AGREED,
    "write_off_not_allowed": NOT_WRITTEN_OFF,
    "placement_not_allowed": NOT_PLACED,
    "agency_refused": NOT_AN_AGENCY,
}
"""Refusals that say why by a word of their own."""


def say_refusal(refused: ExpectedError) -> str:
    """Return why something was not done, and what to do."""
    if refused.code == "pledge_not_allowed":
        latest = say_day(refused.values["latest"])
        return str(NOT_PLEDGED[refused.values["because"]]) % {"latest": latest}
    if refused.code in BECAUSE:
        return str(BECAUSE[refused.code][refused.values["because"]])
    sentence = REFUSALS.get(refused.code)
    return str(sentence) % refused.values if sentence else gettext("This was not done. Try again.")
