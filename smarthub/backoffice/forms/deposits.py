"""What a clerk may send about deposits."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.backoffice.forms.money import AmountField
from smarthub.backoffice.words.deposits import GROUNDS


class DepositForm(forms.Form):
    """A deposit asked for; its id makes a double click one deposit."""

    deposit_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    expected_year = AmountField(
        label=_("Expected charges of a year"),
        help_text=_("The deposit is reckoned from it by the policy."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    ground = forms.ChoiceField(
        label=_("What it is asked for"),
        help_text=_("The notice to the member says so."),
        choices=list(GROUNDS.items()),
    )
    event_on = forms.DateField(
        label=_("Since when"),
        help_text=_(
            "The day service was applied for, or of what happened. A policy says how long "
            "after it a deposit may be asked for."
        ),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    instalments = forms.IntegerField(
        label=_("Parts, a month apart"),
        min_value=1,
        max_value=12,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why, for your colleagues"),
        help_text=_("Not told to the member."),
        max_length=200,
    )
