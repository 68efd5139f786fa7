"""What a clerk may send about arrears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.arrears.types import AgencyKind, AgencyView, HoldKind
from smarthub.backoffice.forms.money import AmountField
from smarthub.backoffice.words.arrears import HOLDS

BY_ITSELF = frozenset({HoldKind.ARRANGEMENT, HoldKind.PLEDGE})
"""Holds that come and go with something else."""


class HoldForm(forms.Form):
    """A hold; without a last day it stands until somebody ends it."""

    kind = forms.ChoiceField(label=_("Why the account is left alone"))
    ends_on = forms.DateField(
        label=_("Until"),
        help_text=_("The first day it no longer holds. Empty: until somebody ends it."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(
        label=_("What was said"),
        help_text=_("Who said so and when. Never what somebody is ill with."),
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 (what was declared above)
        kinds.choices = [(kind.value, HOLDS[kind]) for kind in HoldKind if kind not in BY_ITSELF]


def offer_agencies(form: forms.Form, agencies: Sequence[AgencyView]) -> None:
    """Let a form's field ``agency`` be one of those that help members to pay."""
    field = form.fields["agency"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (what was declared)
    helping = [each for each in agencies if each.kind is AgencyKind.ASSISTANCE]
    known = [(each.code, each.name) for each in helping if not each.is_ended]
    field.choices = [("", _("Choose one")), *known]


class PledgeForm(forms.Form):
    """What an agency promised; its id makes a double click one pledge."""

    pledge_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    agency = forms.ChoiceField(
        label=_("Which agency"), error_messages={"required": _("Choose the agency.")}
    )
    amount = AmountField(
        label=_("How much it promised"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Write an amount in dollars and cents, such as 25.00.")},
    )
    last_day = forms.DateField(
        label=_("Last day to wait for it"),
        help_text=_("Empty: as long as the policy allows."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reference = forms.CharField(
        label=_("The agency's number for it"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


AGENCY_KINDS = {
    AgencyKind.ASSISTANCE: _("It helps members to pay"),
    AgencyKind.COLLECTION: _("It collects debts that are written off"),
}


class AgencyForm(forms.Form):
    """An agency for the co-op's list."""

    kind = forms.ChoiceField(label=_("What it does"), choices=list(AGENCY_KINDS.items()))
    name = forms.CharField(
        label=_("Name"), help_text=_("As members read it in messages."), max_length=60
    )
    code = forms.CharField(
        label=_("Code in its files"),
        help_text=_("Letters, digits and hyphens, such as LIHEAP-JO."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WaiveForm(forms.Form):
    """A fee given up."""

    source_key = forms.CharField(widget=forms.HiddenInput, max_length=120)
    reason = forms.CharField(label=_("Why"), max_length=200)


class ArrangementForm(forms.Form):
    """A debt to be paid in instalments; its id makes a double click one arrangement."""

    arrangement_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    down = AmountField(
        label=_("Down payment, due today"),
        help_text=_("Empty for none."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    months = forms.IntegerField(
        label=_("Monthly instalments after it"),
        min_value=1,
        max_value=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    first_due = forms.DateField(
        label=_("First instalment due"),
        help_text=_("The others follow on the same day of each month. New bills must be paid too."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class OfferForm(forms.Form):
    """An arrangement that was offered and not taken."""

    what_was_said = forms.CharField(
        label=_("What the member answered"),
        help_text=_("Who said so and when. In winter nothing is disconnected without it."),
        max_length=200,
    )


class LowIncomeForm(forms.Form):
    """Proof of a low income that was seen, and how long it counts."""

    last_day = forms.DateField(
        label=_("Last day it counts"), widget=forms.DateInput(attrs={"type": "date"})
    )
    how = forms.CharField(
        label=_("What was seen"),
        help_text=_("Such as a letter of an agency and its day. Never how much somebody earns."),
        max_length=200,
    )


class WriteOffForm(forms.Form):
    """All a closed account owes, written off; its id makes a double click one write-off."""

    write_off_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reason = forms.CharField(label=_("Why"), max_length=200)
