"""What the desk says of money: how a payment stands, what happened to it, what does not fit."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from smarthub.kernel.errors import ExpectedError
from smarthub.kernel.money import Money
from smarthub.payments.types import WITHDRAWN, PaymentStatus, ReversalReason
from smarthub.ui.formats import say_money

STATUSES: Mapping[PaymentStatus, tuple[Promise, str]] = {
    PaymentStatus.PENDING: (gettext_lazy("under way"), "tag-cool"),
    PaymentStatus.UNKNOWN: (gettext_lazy("answer awaited"), "tag-sun"),
    PaymentStatus.PAID: (gettext_lazy("paid"), ""),
    PaymentStatus.FAILED: (gettext_lazy("failed"), "tag-alarm"),
    PaymentStatus.RETURNED: (gettext_lazy("returned"), "tag-alarm"),
    PaymentStatus.DISPUTED: (gettext_lazy("disputed"), "tag-alarm"),
    PaymentStatus.REFUNDED: (gettext_lazy("refunded"), "tag-cool"),
    PaymentStatus.PART_REFUNDED: (gettext_lazy("partly refunded"), "tag-cool"),
    PaymentStatus.UNDONE: (gettext_lazy("taken back"), "tag-cool"),
}
"""In words, and the tone of the tag."""

CHANNELS: Mapping[str, Promise] = {
    "web": gettext_lazy("Portal"),
    "office": gettext_lazy("Office"),
    "mail": gettext_lazy("Mail"),
    "phone": gettext_lazy("Phone"),
    "auto_pay": gettext_lazy("Auto Pay"),
    "guest": gettext_lazy("Guest"),
    "suspense": gettext_lazy("Suspense"),
    "store": gettext_lazy("Cash at a store"),
    "agency": gettext_lazy("Agency"),
    "ivr": gettext_lazy("Phone (IVR)"),
}

HAPPENED: Mapping[str, Promise] = {
    "pending": gettext_lazy("The bank has it under way"),
    "success": gettext_lazy("The gateway took the money"),
    "failed": gettext_lazy("The gateway refused"),
    "unknown": gettext_lazy("No answer came in time"),
    "returned": gettext_lazy("The bank returned it"),
    "disputed": gettext_lazy("Its holder disputes it"),
    "dispute_won": gettext_lazy("The dispute was won"),
    "dispute_lost": gettext_lazy("The dispute was lost"),
    "asked_back": gettext_lazy("Asked back from its bank file"),
    "taken_back": gettext_lazy("Went back with a bank file: our mistake"),
    "bounced": gettext_lazy("The check bounced"),
    "mistake": gettext_lazy("Taken back: it was written by mistake"),
    "moved": gettext_lazy("Moved to another account"),
    "note": gettext_lazy("Note"),
}

DECLINES: Mapping[str, Promise] = {
    "card_declined": gettext_lazy("The card's bank said no and does not say why"),
    "insufficient_funds": gettext_lazy("The card does not have enough funds"),
    "expired_card": gettext_lazy("The card has expired"),
    "authentication_required": gettext_lazy("The card's bank wants to ask its holder first"),
    WITHDRAWN: gettext_lazy("Auto Pay was paused or turned off before it was sent"),
}
"""Why a gateway refused, by its code."""

WRONG: Mapping[str, Promise] = {
    ReversalReason.DUPLICATE: gettext_lazy("It was drawn twice"),
    ReversalReason.WRONG_AMOUNT: gettext_lazy("The amount was wrong"),
    ReversalReason.WRONG_ACCOUNT: gettext_lazy("It was the wrong bank account"),
    ReversalReason.TOO_EARLY: gettext_lazy("It was drawn before its day"),
}
"""What was wrong with an entry that goes back."""

MONEY_STANDS: Mapping[str, Promise] = {
    "refund_payable": gettext_lazy("Refunds on their way to members"),
    "suspense": gettext_lazy("Suspense: nobody knows yet whose it is"),
    "card": gettext_lazy("Cards, at the gateway"),
    "ach": gettext_lazy("Bank payments, at the gateway"),
    "office": gettext_lazy("Tills of the office"),
    "mail": gettext_lazy("Checks by mail"),
    "phone": gettext_lazy("Taken by phone"),
    "store": gettext_lazy("Cash at stores"),
    "agency": gettext_lazy("Agencies"),
    "ivr": gettext_lazy("Cards taken by the phone system"),
}
"""What is taken in and not yet in the bank, by the last part of its ledger account."""

REFUND_STANDS: Mapping[str, Promise] = {
    "waiting": gettext_lazy("waits for a second person"),
    "refused": gettext_lazy("refused by a second person"),
    "bank_file": gettext_lazy("goes with the next bank file"),
    "sent": gettext_lazy("sent"),
    "unknown": gettext_lazy("sent, answer awaited"),
    "success": gettext_lazy("given back"),
    "failed": gettext_lazy("refused or sent back; the credit waits on the account again"),
}

DOES_NOT_FIT: Mapping[str, tuple[Promise, Promise]] = {
    "disputed": (
        gettext_lazy("A member disputes a charge"),
        gettext_lazy("Send the gateway what proves it before its deadline, and call the member."),
    ),
    "dispute_unknown": (
        gettext_lazy("Somebody disputes a payment we never made"),
        gettext_lazy(
            "It may be another till's, or somebody else is using our gateway account: ask the "
            "gateway today."
        ),
    ),
    "dispute_of_returned": (
        gettext_lazy("A payment was disputed after it was returned"),
        gettext_lazy("The money went back twice: tell the gateway."),
    ),
    "returned": (
        gettext_lazy("A bank returned a payment for an unusual reason"),
        gettext_lazy("Look the code up with the bank, and call the member."),
    ),
    "returned_unauthorised": (
        gettext_lazy("A member says they never agreed to a bank payment"),
        gettext_lazy(
            "The method is off. Call the member; keep the consent on file ready for the bank."
        ),
    ),
    "returned_duplicate": (
        gettext_lazy("A bank says we sent a payment twice"),
        gettext_lazy("Compare the bank's files today: this would be a fault of ours."),
    ),
    "bank_unknown_entry": (
        gettext_lazy("A bank returned a payment we never made"),
        gettext_lazy("Nothing was booked. Ask the bank whose payment it is."),
    ),
    "bank_unknown_code": (
        gettext_lazy("A bank returned a payment with a code we do not know"),
        gettext_lazy("Nothing was booked. Ask the bank what it means, then correct the payment."),
    ),
    "bank_differs": (
        gettext_lazy("A bank returned another amount than we drew"),
        gettext_lazy("Nothing was booked. Ask the bank which amount went back."),
    ),
    "bank_for_staff": (
        gettext_lazy("A bank asks for a change we cannot make by ourselves"),
        gettext_lazy("Look the code up with the bank, and ask the member for the account again."),
    ),
    "reversal_missed": (
        gettext_lazy("A payment that was our mistake did not go back in time"),
        gettext_lazy("No bank file can take it back any more. Refund it, or write a check today."),
    ),
    "reversal_returned": (
        gettext_lazy("Money we gave back did not arrive"),
        gettext_lazy(
            "Nothing was booked: the account owes it again, and the money is with us. Write the "
            "member a check, or take it at the counter if they want it to count."
        ),
    ),
    "returned_after_reversal": (
        gettext_lazy("A bank returned a payment that we had given back already"),
        gettext_lazy(
            "Nothing was booked a second time. The money went back twice: ask your bank to claim "
            "one of them."
        ),
    ),
    "returned_twice": (
        gettext_lazy("A bank returned a payment or a refund a second time"),
        gettext_lazy(
            "The second return was not booked. Ask your bank whether the money moved twice, and "
            "which code holds."
        ),
    ),
    "refund_returned_late": (
        gettext_lazy("A refund by bank file came back after its days were over"),
        gettext_lazy("Nothing was booked: the money is with us again. Write the member a check."),
    ),
    "refund_returned": (
        gettext_lazy("A refund by bank file did not arrive"),
        gettext_lazy("The credit waits on the account again. Write the member a check."),
    ),
    "refund_of_returned": (
        gettext_lazy("A refund was not sent: the payment came back itself"),
        gettext_lazy(
            "Its bank returned the payment before the refund went out. Give nothing back: what "
            "was set aside counts against what is owed again."
        ),
    ),
    "lockbox_differs": (
        gettext_lazy("A lockbox check came again with another amount, number or stub"),
        gettext_lazy(
            "The first one is booked, this one is not. Ask the bank for a picture of the check."
        ),
    ),
    "cash_differs": (
        gettext_lazy("Cash at a store came again with another amount or bar code"),
        gettext_lazy(
            "The first one is booked, this one is not. Ask the network of stores about the receipt."
        ),
    ),
    "agency_differs": (
        gettext_lazy("A payment of an agency came again with another amount or account"),
        gettext_lazy("The first one is booked, this one is not. Ask the agency about its voucher."),
    ),
    "collect_differs": (
        gettext_lazy("A row of a collection agency's file came again with another amount or debt"),
        gettext_lazy("The first one is booked, this one is not. Ask the agency about it."),
    ),
    "commission_differs": (
        gettext_lazy("A collection agency kept another share than agreed"),
        gettext_lazy("What its debtor paid is booked in full. Ask the agency for the rest."),
    ),
    "paid_in_time": (
        gettext_lazy("A late fee was charged to somebody who had paid in time"),
        gettext_lazy(
            "The money was here before the days to pay were over, and was booked after them. Look "
            "whether the fee is given up, on the account's page."
        ),
    ),
    "phone_codes": (
        gettext_lazy("Too many wrong codes of payments by phone"),
        gettext_lazy(
            "For a quarter of an hour no code was taken. Ask the phone company who called, and "
            "take cards in another way meanwhile."
        ),
    ),
    "failed_then_paid": (
        gettext_lazy("A payment we had as failed did go through"),
        gettext_lazy("It is booked. See whether the member has paid another time meanwhile."),
    ),
    "more_went_back": (
        gettext_lazy("More went back than the payment brought"),
        gettext_lazy("Compare refunds, returns and disputes with the gateway's own page."),
    ),
    "line_unknown": (
        gettext_lazy("The gateway paid out a charge we do not know"),
        gettext_lazy("The money is in suspense. Find out whose it is at the gateway."),
    ),
    "line_differs": (
        gettext_lazy("The gateway paid out another amount than was charged"),
        gettext_lazy("Compare both amounts with the gateway's own page."),
    ),
    "settled_twice": (
        gettext_lazy("The gateway paid out a charge twice"),
        gettext_lazy("Expect it to be taken back, and ask the gateway."),
    ),
    "not_settled": (
        gettext_lazy("A charge was not paid out in time"),
        gettext_lazy("It closes by itself when the pay-out comes; ask the gateway if it does not."),
    ),
    "unanswered": (
        gettext_lazy("The gateway has not answered for a day"),
        gettext_lazy("Look the payment up at the gateway. It is never sent again by itself."),
    ),
}
"""What it is, and what to do."""

REFUSALS: Mapping[str, Promise] = {
    "amount_not_positive": gettext_lazy("Write an amount above $0.00."),
    "refund_too_large_charge": gettext_lazy("Only %(most)s of this payment is left to go back."),
    "refund_too_large_credit": gettext_lazy(
        "Only %(most)s waits on the account as a credit. What has paid a bill is not refunded: "
        "correct the bill first."
    ),
    "not_refundable": gettext_lazy("This payment did not come by the gateway. Write a check."),
    "second_person_needed": gettext_lazy("You asked for this refund. A colleague must allow it."),
    "already_decided": gettext_lazy("Somebody has decided this refund already."),
    "nothing_to_move": gettext_lazy("Nothing of this payment is on that account."),
    "moved_onto_itself": gettext_lazy("The payment is on that account already."),
    "already_matched": gettext_lazy("Somebody has said already whose money this was."),
    "day_of_money_odd": gettext_lazy(
        "Money cannot have reached us on a day ahead of today, or more than a year back. Check "
        "the day."
    ),
    "account_unknown": gettext_lazy("There is no account %(account_number)s. Check the number."),
    "card_number_written": gettext_lazy(
        "This holds a card number and was not kept. Leave the number out."
    ),
    "already_undone": gettext_lazy("Somebody has taken this payment back already."),
    "cannot_bounce": gettext_lazy(
        "It was paid in cash or by card, so no check bounced. Choose the other reason."
    ),
    "not_undoable": gettext_lazy("This payment came by the gateway: refund it instead."),
    "payment_conflict": gettext_lazy("This form was used before. Open the page again."),
    "nothing_written": gettext_lazy("Write a few words."),
    "no_explanation": gettext_lazy("Write what you found out."),
}


def say_refusal(refused: ExpectedError) -> str:
    """Return why something about money was not done, and what to do."""
    code = refused.code
    if code == "refund_too_large":
        code = f"{code}_{refused.values['because']}"
    values = {
        key: say_money(value) if isinstance(value, Money) else value
        for key, value in refused.values.items()
    }
    sentence = REFUSALS.get(code)
    return str(sentence) % values if sentence else gettext("This was not done. Try again.")


def say_where(gl: str) -> str:
    """Return where money of a ledger account stands; the account itself if it has no words."""
    return str(MONEY_STANDS.get(gl.rsplit(":", 1)[-1], gl))


def say_decline(words: str) -> str:
    """Return what is noted beside an event, a gateway's code in words with the code behind."""
    if words in WRONG:
        return str(WRONG[words])
    return f"{DECLINES[words]} ({words})" if words in DECLINES else words


def say_happened(what: str) -> str:
    """Return what happened to a payment."""
    return str(HAPPENED.get(what, what))
