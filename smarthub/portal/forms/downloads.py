"""The form to take use away: which service, which days, and which file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.kernel.period import Period
from smarthub.wiring.usage_formats import CSV, GREEN_BUTTON

FIRST_DAY = dt.date(1900, 1, 1)
ONE_DAY = dt.timedelta(days=1)


class DownloadForm(forms.Form):
    """Both days are included, as people count; an empty one means the first, or today.

    ``services`` are the metered points of the account: number and name.
    """

    point = forms.ChoiceField(label=_("Service"), required=False)
    first = forms.DateField(label=_("First day"), required=False)
    last = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave the days empty for all there is."),
    )
    file = forms.ChoiceField(
        label=_("File"),
        choices=[(CSV, _("For a spreadsheet (CSV)")), (GREEN_BUTTON, _("Green Button file (XML)"))],
    )

    def __init__(
        self,
        services: Sequence[tuple[str, str]],
        data: Mapping[str, Any] | None = None,
        *,
        today: dt.date,
        **options: Any,
    ) -> None:
        super().__init__(data, auto_id="download-%s", **options)
        self.today = today
        chosen = self.fields["point"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 (declared above)
        chosen.choices = [*services, ("", _("All services of this account"))]
        for name in ("first", "last"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order; nothing is known of days to come."""
        cleaned = super().clean() or {}
        cleaned["first"] = max(cleaned.get("first") or FIRST_DAY, FIRST_DAY)
        cleaned["last"] = min(cleaned.get("last") or self.today, self.today)
        if cleaned["last"] < cleaned["first"]:
            self.add_error("first", _("The first day is after the last. Write an earlier one."))
        return cleaned

    def period(self) -> Period:
        """Return the days chosen; only of a form without errors."""
        return Period(self.cleaned_data["first"], self.cleaned_data["last"] + ONE_DAY)

    def days_in_name(self) -> str:
        """Return the days as the name of a file says them: ``2026-10-01-2026-10-31``."""
        days = self.period()
        return f"to-{days.last_day}" if days.start == FIRST_DAY else f"{days.start}-{days.last_day}"
