"""What staff fill in about bills: why one is held, and why one is corrected."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from smarthub.backoffice.bill_words import REASONS

REBILL, TAKE_BACK = "rebill", "take_back"
LONGEST_REASON, LONGEST_NOTE = 200, 300


class HoldForm(forms.Form):
    """Why a bill is held."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it held?"),
        help_text=gettext_lazy("For colleagues; the member does not see it."),
        max_length=LONGEST_REASON,
        error_messages={"required": gettext_lazy("Say in a few words why it is held.")},
    )


class CorrectForm(forms.Form):
    """Why a bill is taken back, and whether a new one takes its place."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it corrected?"),
        choices=list(REASONS.items()),
        error_messages={"required": gettext_lazy("Choose why the bill is corrected.")},
    )
    note = forms.CharField(
        label=gettext_lazy("A note for colleagues"),
        required=False,
        max_length=LONGEST_NOTE,
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What takes its place?"),
        choices=[
            (REBILL, gettext_lazy("A new bill for the same days")),
            (TAKE_BACK, gettext_lazy("Nothing now; its days come with the next bill")),
        ],
    )
