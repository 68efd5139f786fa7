"""What a clerk may send about entries of a file made for the bank."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.backoffice.words.money import WRONG


class EntriesBackForm(forms.Form):
    """What was wrong with entries that are to go back; ``shown`` is how many were told of."""

    reason = forms.ChoiceField(
        label=_("What was wrong"),
        help_text=_("Nothing else lets money go back this way."),
        choices=[("", _("Choose")), *WRONG.items()],
        error_messages={"required": _("Choose what was wrong.")},
    )
    shown = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
