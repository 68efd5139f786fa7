"""The forms of paying without a sign-in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.kernel.money import Money
from smarthub.portal.forms.payments import MoneyField
from smarthub.portal.forms.which_account import AddAccountForm
from smarthub.ui.formats import say_money, say_number


class GuestForm(AddAccountForm):
    """Which account, and whose: the same two answers registering asks for."""


class LinkAmountForm(forms.Form):
    """How much to pay by a link: what is due, or less."""

    def __init__(self, due: Money, data: Any = None) -> None:
        super().__init__(data)
        self.due = due
        self.fields["amount"] = MoneyField(
            label=_("How much to pay"),
            max_length=20,
            initial=say_number(due.dollars, 2),
            error_messages={"required": _("Write how much to pay.")},
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def clean_amount(self) -> Money:
        """Refuse more than is due."""
        amount: Money = self.cleaned_data["amount"]
        if amount > self.due:
            said = {"due": say_money(self.due)}
            raise forms.ValidationError(_("Only %(due)s is due.") % said)
        return amount
