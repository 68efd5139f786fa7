"""The words of a bank account the co-op draws on itself: what its holder agrees to."""

from __future__ import annotations

from django.utils.translation import gettext

VERSION = "2026-12"
"""Changes whenever the words below do: the record of a consent names the words it was given to."""


def consent_paragraphs(*, cooperative: str, phone: str) -> list[str]:
    """Return what is agreed to, in the language being read, a paragraph each.

    Source: payments reference, section 2.3 (authorisation of WEB entries: which account, which
    amounts, when, and how it is taken back), and 2.2 (R29: a business has two banking days).
    """
    values = {"cooperative": cooperative, "phone": phone}
    return [
        gettext(
            "I allow %(cooperative)s to take from the bank account I write here what I order: each "
            "payment I make on these pages, on the day and of the amount shown to me, and what "
            "Auto Pay takes where I turn it on. What was taken by mistake may be given back to the "
            "same account."
        )
        % values,
        gettext(
            "Before the first payment my bank is asked whether the account can be used. That "
            "moves no money, and takes about a week."
        ),
        gettext(
            "If my bank sends a payment back, I still owe it, and a fee may be added as my "
            "cooperative's rules say."
        ),
        gettext(
            "Where the account is a business's, I may agree for it, and the rules of banks for "
            "businesses hold: its bank must hear of a payment it did not allow within two banking "
            "days."
        ),
        gettext(
            "The account is mine, or I may sign for it. This holds until I end it: I remove the "
            "account on these pages or call %(phone)s. To stop a payment, I do so three business "
            "days before its day; what my bank has already been told cannot be called back."
        )
        % values,
    ]
