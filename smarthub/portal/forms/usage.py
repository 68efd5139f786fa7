"""The small forms of the usage page: any days, and a note pinned to some."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.portal.usage_address import write_days
from smarthub.usage.operations import LONGEST_NOTE
from smarthub.workflows.usage.usage_spans import range_of


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class DaysForm(forms.Form):
    """Any days, the first and the last included, as people count."""

    first = _day(_("First day"))
    last = _day(_("Last day"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: dt.date) -> None:
        super().__init__(data, auto_id="days-%s")
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order, and days that have not begun."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and first >= self.today:
            self.add_error("first", _("Nothing is known of these days yet. Choose earlier ones."))
        elif first and last and last < first:
            self.add_error("last", _("The last day is before the first. Choose a later one."))
        return cleaned

    def address(self) -> str:
        """Return how an address names the days chosen; only of a form without errors."""
        last = min(self.cleaned_data["last"], self.today - dt.timedelta(days=1))
        return write_days(range_of(self.cleaned_data["first"], last))


class NoteForm(forms.Form):
    """Words for some days; the key makes sending it twice one note."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What happened"),
        max_length=LONGEST_NOTE,
        help_text=_("For example: new freezer, away, guests."),
    )
    first_day = _day(_("First day"))
    last_day = _day(_("Last day"))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        fresh = {"key": uuid.uuid4(), **(initial or {})}
        super().__init__(data, initial=fresh, auto_id="note-%s")

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first. Choose a later one."))
        return cleaned
