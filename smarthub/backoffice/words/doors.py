"""What the desk says of the bank's files: what a row comes to, and why a file was refused."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from smarthub.kernel.card_numbers import holds_card_number
from smarthub.kernel.errors import ExpectedError
from smarthub.payments.types import RowOutcome

OUTCOMES: Mapping[RowOutcome, tuple[Promise, str]] = {
    RowOutcome.RETURNED: (gettext_lazy("the payment is reversed"), "tag-alarm"),
    RowOutcome.PRENOTE_RETURNED: (gettext_lazy("the account cannot be used"), "tag-alarm"),
    RowOutcome.CHANGED: (gettext_lazy("the account is corrected"), ""),
    RowOutcome.PAID: (gettext_lazy("booked"), ""),
    RowOutcome.SUSPENSE: (gettext_lazy("into suspense: nobody can be sure whose"), "tag-sun"),
    RowOutcome.UNKNOWN_ENTRY: (gettext_lazy("parked: we never made this payment"), "tag-sun"),
    RowOutcome.UNKNOWN_CODE: (gettext_lazy("parked: the code is unknown"), "tag-sun"),
    RowOutcome.DIFFERS: (gettext_lazy("parked: it differs from what we have"), "tag-sun"),
    RowOutcome.FOR_STAFF: (gettext_lazy("parked: for you to decide"), "tag-sun"),
    RowOutcome.KNOWN: (gettext_lazy("known already"), "tag-cool"),
}
"""In words, and the tone of the tag."""

REASONS: Mapping[str, Promise] = {
    "cut_short": gettext_lazy("The file ends too early."),
    "differs": gettext_lazy("A count, a total or a hash is not what the rows come to."),
    "not_94_columns": gettext_lazy("A row has not the 94 columns of a bank file."),
    "wrong_cells": gettext_lazy("A row has not the cells it should have."),
    "twice": gettext_lazy("The same check or receipt stands in the file twice."),
    "unknown_agency": gettext_lazy("No agency on the list has this code."),
    "not_text": gettext_lazy("This is no text file."),
    "not_utf8": gettext_lazy(
        "The file is not written in UTF-8: whoever makes it saves it as “CSV UTF-8”."
    ),
    "not_an_amount": gettext_lazy(
        "An amount is not written in dollars and cents, such as 1234.50, without signs or commas."
    ),
    "amount_zero": gettext_lazy("An amount is zero."),
    "amount_too_large": gettext_lazy("An amount is larger than it can be."),
    "not_a_day": gettext_lazy("A day is not written as 2026-11-20."),
    "day_ahead": gettext_lazy("A day lies ahead of today."),
    "day_long_gone": gettext_lazy("A day is more than a year back."),
}

FIELDS: Mapping[str, Promise] = {
    "deposited_on": gettext_lazy("day of the deposit"),
    "paid_on": gettext_lazy("day of the payment"),
    "settles_on": gettext_lazy("day of settlement"),
    "amount": gettext_lazy("amount"),
    "total": gettext_lazy("total of the rows"),
    "commission": gettext_lazy("commission"),
}
"""What a field is called, where a clerk can look it up."""

REFUSALS: Mapping[str, Promise] = {
    "nothing_to_send": gettext_lazy("No payment and no new account waits for the bank."),
    "too_many_bank_files": gettext_lazy("Today has had 36 files. Send the rest tomorrow."),
    "seal_broken": gettext_lazy(
        "The key for bank accounts is missing on this machine. Nothing was sent."
    ),
    "policy_missing": gettext_lazy("Nobody has said yet who the co-op is to its bank."),
    "bank_file_changed": gettext_lazy(
        "What stands in this file was corrected since it was made, so it cannot be made again as "
        "it was. Ask your bank for the file it got."
    ),
    "file_under_other_name": gettext_lazy("This file was given before, as another kind."),
}


def say_file_refused(refused: ExpectedError) -> str:
    """Return why a file, or its making, was refused, with the row and what stands there."""
    if refused.code in REFUSALS:
        return str(REFUSALS[refused.code])
    reason = str(refused.values.get("reason", ""))
    why = REASONS.get(reason, gettext_lazy("A row holds what cannot stand there."))
    field, found = str(refused.values.get("field", "")), str(refused.values.get("found", ""))
    words = {"why": why, "line": refused.values.get("line", 0), "found": found}
    if field in FIELDS and found and not holds_card_number(found):
        told = gettext(
            "%(why)s Row %(line)s, %(field)s: “%(found)s”. Nothing of the file was used: ask "
            "whoever sent it for it again."
        )
        return told % {**words, "field": FIELDS[field]}
    if not words["line"]:
        told = gettext("%(why)s Nothing of the file was used: ask whoever sent it for it again.")
        return told % words
    return (
        gettext(
            "%(why)s Row %(line)s. Nothing of the file was used: ask whoever sent it for it again."
        )
        % words
    )
