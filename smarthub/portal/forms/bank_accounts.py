"""The form of a bank account the co-op draws on itself; what was typed is never shown again."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.kernel.errors import Refused
from smarthub.payments.engine import is_routing_number
from smarthub.payments.operations import NewBankAccount, refuse_bank_account
from smarthub.payments.ports import BankAccountKind, EntryClass
from smarthub.portal.fields import PlainField

NINE_DIGITS = re.compile(r"\d{9}")
NUMBER_SIGNS = re.compile(r"[A-Za-z0-9-]*")
HOLDERS = {"person": EntryClass.WEB, "business": EntryClass.CCD}
"""Whose an account is decides the rules its bank goes by: a business has two days to object."""
REFUSED = {
    "routing": (
        "routing",
        _("A digit of this routing number is wrong. Please compare it with your check."),
    ),
    "number": (
        "number",
        _("Write the account number as your bank does: 4 to 17 digits or letters."),
    ),
    "card": (
        "number",
        _("This looks like the number of a card. Write the number of the bank account instead."),
    ),
    "name": ("name", _("Write the name on the account, in plain letters and without numbers.")),
    "bank": ("bank", _("Write your bank's name, without numbers.")),
}
"""Which field a refusal is about, and what to do; no sentence repeats what was typed."""


class UnshownInput(forms.TextInput):
    """A field whose words are never put on a page again, neither after a fault nor otherwise."""

    def format_value(self, value: Any) -> None:
        """Return nothing to be shown."""


class NumberField(PlainField):
    """An account's number, in whatever groups it is typed."""

    widget = UnshownInput

    def clean(self, value: Any) -> str:
        """Return the number without the spaces between its groups."""
        number = re.sub(r"\s", "", super().clean(value))
        if not NUMBER_SIGNS.fullmatch(number):
            raise forms.ValidationError(REFUSED["number"][1])
        return number


class RoutingField(PlainField):
    """A bank's routing number: nine digits, whose last one follows from the others."""

    default_error_messages = {
        "nine_digits": _("A routing number has nine digits, at the bottom left of a check."),
    }

    def clean(self, value: Any) -> str:
        """Return the nine digits."""
        digits = re.sub(r"[\s-]", "", super().clean(value))
        if not NINE_DIGITS.fullmatch(digits):
            raise forms.ValidationError(self.error_messages["nine_digits"])
        if not is_routing_number(digits):
            raise forms.ValidationError(REFUSED["routing"][1])
        return digits


class BankAccountForm(forms.Form):
    """A checking or savings account, and the yes to drawing on it. ``form_id`` stores it once."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    bank = PlainField(
        label=_("Your bank"),
        help_text=_("As you know it by. We show it to you beside the last four digits."),
        max_length=30,
    )
    holder = forms.ChoiceField(
        label=_("Whose account it is"),
        choices=[("person", _("A person's")), ("business", _("A business's"))],
        widget=forms.RadioSelect,
        initial="person",
    )
    name = PlainField(
        label=_("Name on the account"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind of account"),
        choices=[
            (BankAccountKind.CHECKING, _("Checking account")),
            (BankAccountKind.SAVINGS, _("Savings account")),
        ],
        widget=forms.RadioSelect,
        initial=BankAccountKind.CHECKING,
    )
    routing = RoutingField(
        label=_("Routing number"),
        help_text=_("The nine digits at the bottom left of a check."),
        max_length=11,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    number = NumberField(
        label=_("Account number"),
        help_text=_("The digits after the routing number, without the number of the check."),
        max_length=40,
        widget=UnshownInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    number_again = NumberField(
        label=_("Account number once more"),
        max_length=40,
        widget=UnshownInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    agreed = forms.BooleanField(
        label=_("Yes, I agree to what stands above."),
        error_messages={"required": _("Tick the box: without your consent we store no account.")},
    )

    def clean(self) -> dict[str, Any]:
        """Require the same number twice, and one that can be an account's."""
        cleaned = super().clean() or {}
        if self.errors.keys() & {"number", "number_again"}:
            return cleaned
        if cleaned["number"] != cleaned["number_again"]:
            self.add_error(
                "number_again", _("The two account numbers differ. Please write both again.")
            )
        elif not self.errors.keys() & {"routing", "name", "bank", "kind", "holder"}:
            self._require_account()
        return cleaned

    def account(self) -> NewBankAccount:
        """Return what was given; only of a form without errors."""
        data = self.cleaned_data
        return NewBankAccount(
            routing=data["routing"],
            number=data["number"],
            kind=BankAccountKind(data["kind"]),
            name=data["name"],
            entry_class=HOLDERS[data["holder"]],
            bank=data["bank"],
        )

    def _require_account(self) -> None:
        try:
            refuse_bank_account(self.account())
        except Refused as refusal:
            field, sentence = REFUSED[str(refusal.values["field"])]
            self.add_error(field, sentence)
