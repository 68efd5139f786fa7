"""What the desk calls the entries of the ledger, by their kind."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy

NAMES = {
    "bill": gettext_lazy("Bill"),
    "bill_reversal": gettext_lazy("Bill taken back"),
    "payment": gettext_lazy("Payment"),
    "payment_reversal": gettext_lazy("Payment taken back"),
    "fee": gettext_lazy("Fee"),
    "fee_reversal": gettext_lazy("Fee given up"),
    "credit_freed": gettext_lazy("Credit of a fee given up"),
    "deposit": gettext_lazy("Deposit asked for"),
    "deposit_reversal": gettext_lazy("Deposit no longer asked for"),
    "deposit_interest": gettext_lazy("Interest on a deposit"),
    "deposit_refunded": gettext_lazy("Deposit given back"),
    "deposit_waived": gettext_lazy("Deposit no longer asked for: paid back"),
    "credit_used": gettext_lazy("Credit used for a deposit"),
    "deposit_applied": gettext_lazy("Deposit set against what was owed"),
    "auto_pay_credit": gettext_lazy("Credit for turning Auto Pay on"),
    "write_off": gettext_lazy("Written off"),
    "write_off_reversal": gettext_lazy("Owed again after a write-off"),
    "refund": gettext_lazy("Refund"),
    "refund_reversal": gettext_lazy("Refund undone"),
    "dispute": gettext_lazy("Payment disputed"),
    "dispute_won": gettext_lazy("Dispute won"),
    "adjustment": gettext_lazy("Adjustment"),
    "adjustment_reversal": gettext_lazy("Adjustment taken back"),
}


def name_of_entry(kind: str) -> str:
    """Return what an entry is called in the reader's language."""
    return str(NAMES[kind]) if kind in NAMES else gettext("Other entry")
