"""What a clerk may send about money, checked before anything is asked of the house."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.kernel.errors import Refused
from smarthub.kernel.money import Money
from smarthub.payments.engine import parse_amount


class AmountField(forms.CharField):
    """An amount as people write it; what is wrong with one is said in a sentence."""

    default_error_messages = {
        "amount_missing": _("Write an amount in dollars and cents, such as 25.00."),
        "amount_not_understood": _("Write an amount in dollars and cents, such as 25.00."),
        "amount_too_precise": _("Write no more than two digits after the point."),
        "amount_not_positive": _("Write an amount above $0.00."),
        "amount_too_large": _("This amount is too large."),
    }

    def clean(self, value: object) -> Money | None:
        """Return the amount; None where it may be left out, and is."""
        text = super().clean(value)
        if not text and not self.required:
            return None
        try:
            return parse_amount(text)
        except Refused as refused:
            raise forms.ValidationError(self.error_messages[refused.code]) from None


class RefundForm(forms.Form):
    """A refund; its id makes a double click one refund."""

    refund_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    account = forms.CharField(label=_("From the credit of account"), max_length=20)
    amount = AmountField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(label=_("Why"), max_length=200)


class MoveForm(forms.Form):
    """A move of a payment; its id makes a double click one move."""

    move_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    from_account = forms.CharField(label=_("From account"), max_length=20)
    to_account = forms.CharField(label=_("To account"), max_length=20)
    reason = forms.CharField(label=_("Why"), max_length=200)


class NoteForm(forms.Form):
    """A note about a payment."""

    text = forms.CharField(label=_("Note"), max_length=500, widget=forms.Textarea({"rows": 3}))


class ParkForm(forms.Form):
    """Money that came in for nobody we know."""

    source_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    amount = AmountField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=_("How it came"),
        choices=[("mail", _("Mail")), ("office", _("Office")), ("phone", _("Phone"))],
    )
    told = forms.CharField(
        label=_("What came with it"),
        help_text=_("A number, a name, what stands on the check. Never a card number."),
        max_length=120,
    )
    received_on = forms.DateField(
        label=_("Day it reached us"), widget=forms.DateInput(attrs={"type": "date"})
    )
