"""The two answers that name an account: its number, and whose it is."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.accounts.types import bare

LONGEST_NUMBER, LONGEST_NAME = 40, 120


class AddAccountForm(forms.Form):
    """Which account, and whose: for somebody who is signed in."""

    number = forms.CharField(
        max_length=LONGEST_NUMBER,
        label=_("Account number"),
        help_text=_("With or without hyphens. The number you had before works, too."),
        error_messages={
            "required": _("Write the account number as it stands on your bill."),
            "max_length": _("An account number is shorter. Copy it from your bill."),
        },
    )
    name = forms.CharField(
        max_length=LONGEST_NAME,
        label=_("Last name, or name of the business"),
        help_text=_("As it stands on the bill."),
        error_messages={
            "required": _("Write the name that stands on the bill."),
            "max_length": _("A name can have at most 120 letters here."),
        },
    )

    def clean_number(self) -> str:
        """Refuse what has no letter and no digit in it: that is no number of any account."""
        number: str = self.cleaned_data["number"]
        if not bare(number):
            raise forms.ValidationError(
                _("Write the account number as it stands on your bill."), code="required"
            )
        return number
