"""The forms of the desk's rates: a draft's text, and the day it is to hold from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_FILE = 200_000


class DraftForm(forms.Form):
    """A tariff as YAML, typed or as a file; a file goes before what is typed."""

    text = forms.CharField(
        label=gettext_lazy("The tariff, as YAML"),
        required=False,
        max_length=LONGEST_FILE,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 24, "class": "input desk-yaml", "spellcheck": "false", "wrap": "off"}
        ),
    )
    file = forms.FileField(label=gettext_lazy("Or a file"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Return the text, whichever way it came."""
        given = super().clean() or {}
        file = given.get("file")
        if file is not None:
            given["text"] = self._read(file)
        if not given.get("text", "").strip() and not self.errors:
            self.add_error("text", _("Write a tariff, or choose a file."))
        return given

    def show(self, text: str) -> None:
        """Show a text that came as a file where it can be corrected."""
        self.data = {**dict(self.data.items()), "text": text}

    def _read(self, file: Any) -> str:
        if file.size > LONGEST_FILE:
            self.add_error("file", _("This file is larger than 200 kB, so it is no tariff."))
            return ""
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError:
            self.add_error("file", _("This file is no text in UTF-8. Save it so, and try again."))
            return ""


class PublishForm(forms.Form):
    """From which day a draft is to hold, and that somebody looked at what it does."""

    effective_from = forms.DateField(
        label=gettext_lazy("Holds from"),
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}),
    )
    looked = forms.BooleanField(
        label=gettext_lazy("I looked at the preview, and these are the prices the board decided.")
    )

    def __init__(self, *args: Any, first_day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["effective_from"].widget.attrs["min"] = first_day.isoformat()
