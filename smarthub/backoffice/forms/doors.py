"""What a clerk may send about money that comes another way, and about the bank's files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smarthub.backoffice.forms.money import AmountField
from smarthub.payments.types import TenderKind, UndoneBecause

TENDERS: Mapping[str, Promise] = {
    TenderKind.CASH: _("Cash"),
    TenderKind.CHECK: _("Check"),
    TenderKind.MONEY_ORDER: _("Money order"),
    TenderKind.CARD: _("Card, on the terminal"),
    TenderKind.BANK: _("Bank transfer"),
}
DOORS = {
    "office": _("At the counter"),
    "mail": _("By mail"),
    "phone": _("By phone"),
    "store": _("Cash at a store"),
    "agency": _("From an agency"),
}
BECAUSE = {
    UndoneBecause.BOUNCED: _("The check bounced: it is owed again, with the fee"),
    UndoneBecause.MISTAKE: _("It was written by mistake"),
}
LARGEST_FILE = 5_000_000
"""In bytes: some fifty thousand payments, more than a co-op has in a month."""
FILES = {
    "returns": _("Returns and notices of change"),
    "lockbox": _("Lockbox checks"),
    "cash": _("Cash at stores"),
    "agency": _("Payments of an agency"),
    "collect": _("What a collection agency collected"),
}


class TakeForm(forms.Form):
    """Money as it is taken; its key makes a double click one payment."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    account = forms.CharField(
        label=_("Account number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the account number.")},
    )
    amount = AmountField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Write an amount in dollars and cents, such as 25.00.")},
    )
    tender = forms.ChoiceField(label=_("What was handed over"), choices=list(TENDERS.items()))
    reference = forms.CharField(
        label=_("Number of the check or receipt"),
        help_text=_("Never a card number."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    door = forms.ChoiceField(label=_("How it came"), choices=list(DOORS.items()))
    agency = forms.ChoiceField(
        label=_("Which agency"),
        help_text=_("Only for money from an agency: it counts against what it promised."),
        required=False,
    )

    def clean(self) -> dict[str, object]:
        """Ask for the check's number: without it a bounced one cannot be found."""
        given = super().clean() or {}
        if given.get("tender") == TenderKind.CHECK and not given.get("reference"):
            self.add_error("reference", _("Write the number of the check."))
        if given.get("agency") and given.get("door") != "agency":
            self.add_error("door", _("It is from an agency: choose that here too."))
        return given


class UndoForm(forms.Form):
    """Why money that came another way did not stay."""

    because = forms.ChoiceField(label=_("What happened"), choices=list(BECAUSE.items()))
    words = forms.CharField(label=_("In your words"), max_length=200)


class MoneyFileForm(forms.Form):
    """A file from the bank, and what it is of."""

    kind = forms.ChoiceField(label=_("What the file is of"), choices=list(FILES.items()))
    file = forms.FileField(
        label=_("File"),
        help_text=_("Up to 5 MB."),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("The file is empty; ask for it again."),
        },
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse what is far too large before anybody reads it."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(
                gettext(
                    "This file is larger than 5 MB, so it is no file about money. Choose another."
                )
            )
        return file
