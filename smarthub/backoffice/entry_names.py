"""What the desk calls the entries of the ledger, by their kind."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

NAMES = {
    "bill": gettext_lazy("Bill"),
    "bill_reversal": gettext_lazy("Bill taken back"),
    "payment": gettext_lazy("Payment"),
    "payment_reversal": gettext_lazy("Payment taken back"),
    "adjustment": gettext_lazy("Adjustment"),
    "adjustment_reversal": gettext_lazy("Adjustment taken back"),
}


def name_of_entry(kind: str) -> str:
    """Return what an entry is called in the reader's language."""
    return str(NAMES[kind]) if kind in NAMES else gettext("Other entry")
