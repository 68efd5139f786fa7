"""What staff decide about a day of reads."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

ACCEPT, ESTIMATE, EDIT = "accept", "estimate", "edit"
LONGEST_NOTE = 300
LONGEST_VALUES = 6000


class DecisionForm(forms.Form):
    """Accept, estimate or write the day anew, and why."""

    action = forms.ChoiceField(
        label=gettext_lazy("What becomes of this day?"),
        choices=[
            (ACCEPT, gettext_lazy("It is right; keep it as it is")),
            (ESTIMATE, gettext_lazy("Estimate what is in doubt; a real read will displace it")),
            (EDIT, gettext_lazy("Write the values below; no file displaces them")),
        ],
        error_messages={"required": gettext_lazy("Choose what becomes of this day.")},
    )
    values = forms.CharField(
        label=gettext_lazy("Values, one a line"),
        help_text=gettext_lazy("Only for the last choice. A dash stands for a value nobody knows."),
        required=False,
        max_length=LONGEST_VALUES,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("For colleagues; the member does not see it."),
        required=False,
        max_length=LONGEST_NOTE,
    )

    def clean_values(self) -> list[Decimal | None]:
        """Return the values, or say which line is no number."""
        written = self.cleaned_data["values"].split("\n") if self.cleaned_data["values"] else []
        lines = [line.strip() for line in written]
        while lines and not lines[-1]:
            lines.pop()
        return [self._value(number, line) for number, line in enumerate(lines, start=1)]

    def _value(self, number: int, line: str) -> Decimal | None:
        if line in {"", "-"}:
            return None
        try:
            value = Decimal(line)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise forms.ValidationError(
                gettext("Line %(line)s is no number: write it like 1.250.") % {"line": number}
            )
        return value

    def clean(self) -> dict[str, Any]:
        """Ask for values where they are to be written."""
        given = super().clean() or {}
        if given.get("action") == EDIT and not given.get("values") and "values" not in self.errors:
            self.add_error("values", gettext("Write the day's values, one a line."))
        return given
