"""The forms of the portal: what a member may send, checked before anything is asked of the house.

Whether an amount is allowed is decided by the payment itself; here it only has to be one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.kernel.money import ZERO, Money
from smarthub.ui.formats import say_number
from smarthub.workflows.payment_plan import PayableAccount

LARGEST = Decimal(10_000_000)


class MoneyField(forms.CharField):
    """An amount as people write it: ``139.46``, ``$1,139.46``; no more than two decimals."""

    default_error_messages = {
        "unreadable": _("Write an amount in dollars and cents, such as 25.00."),
        "not_positive": _("Write an amount above $0.00."),
        "too_large": _("This amount is too large to pay here."),
    }

    def clean(self, value: Any) -> Money | None:
        """Return the amount, or ``None`` for an empty field that may be empty."""
        text = super().clean(value)
        if not text:
            return None
        amount = self._read(text)
        if amount <= 0:
            raise forms.ValidationError(self.error_messages["not_positive"])
        if amount > LARGEST:
            raise forms.ValidationError(self.error_messages["too_large"])
        if amount != round(amount, 2):
            raise forms.ValidationError(self.error_messages["unreadable"])
        return Money.rounded(amount)

    def _read(self, text: str) -> Decimal:
        try:
            amount = Decimal(text.replace("$", "").replace(",", "").strip())
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise forms.ValidationError(self.error_messages["unreadable"])
        return amount


class ChooseAmountsForm(forms.Form):
    """Which accounts to pay, and how much on each."""

    def __init__(self, payable: Sequence[PayableAccount], data: Any = None) -> None:
        super().__init__(data)
        self.payable = payable
        for each in payable:
            number, label = each.account.number, each.account.label
            self.fields[f"pay_{number}"] = forms.BooleanField(
                label=label, required=False, initial=each.to_pay > ZERO
            )
            self.fields[f"amount_{number}"] = MoneyField(
                label=_("Amount for %(account)s") % {"account": label},
                required=False,
                max_length=20,
                initial=say_number(each.to_pay.dollars, 2) if each.to_pay else "",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return each account with its two fields, for the page."""
        return [
            {
                "payable": each,
                "pay": self[f"pay_{each.account.number}"],
                "amount": self[f"amount_{each.account.number}"],
            }
            for each in self.payable
        ]

    def clean(self) -> dict[str, Any]:
        """Require an amount for each account chosen, and one account at least."""
        cleaned = super().clean() or {}
        chosen = [p.account.number for p in self.payable if cleaned.get(f"pay_{p.account.number}")]
        if not chosen:
            self.add_error(None, _("Choose an account to pay."))
        for number in chosen:
            field = f"amount_{number}"
            if cleaned.get(field) is None and field not in self.errors:
                self.add_error(field, _("Write how much to pay."))
        return cleaned

    def amounts(self) -> dict[str, Money]:
        """Return what was chosen, by account number; only of a form without errors."""
        return {
            each.account.number: self.cleaned_data[f"amount_{each.account.number}"]
            for each in self.payable
            if self.cleaned_data[f"pay_{each.account.number}"]
        }


class ReviewForm(forms.Form):
    """The payment as it was shown: its id makes it once, its amounts are what was agreed to."""

    payment_id = forms.UUIDField(widget=forms.HiddenInput)
    method = forms.UUIDField(required=False)
    allow_credit = forms.BooleanField(required=False)

    def id_and_method(self) -> tuple[UUID, UUID | None]:
        """Return the payment's id and the method chosen; only of a form without errors."""
        return self.cleaned_data["payment_id"], self.cleaned_data["method"]


def amounts_from(data: Mapping[str, str]) -> dict[str, Money]:
    """Return the amounts a review page carries as ``part_<account number>``, in cents.

    Raises:
        ValueError: one is not a whole number.
    """
    return {
        name.removeprefix("part_"): Money(int(value))
        for name, value in data.items()
        if name.startswith("part_")
    }
