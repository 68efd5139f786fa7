"""What staff fill in about bills: why one is held, and why one is corrected."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from smarthub.backoffice.forms.money import AmountField
from smarthub.backoffice.words.bills import REASONS
from smarthub.billing.types import InvoiceLine
from smarthub.kernel.text import Text

REBILL, TAKE_BACK = "rebill", "take_back"
LONGEST_REASON, LONGEST_NOTE, LONGEST_LINE = 200, 300, 80
INVOICE_LINES = (1, 2, 3)


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


class TakeBackForm(CorrectForm):
    """Why an invoice is taken back; nothing can take its place but another invoice."""

    what = forms.ChoiceField(choices=[(TAKE_BACK, "")], initial=TAKE_BACK, widget=forms.HiddenInput)


class InvoiceForm(forms.Form):
    """What a one-time invoice is for; its key makes a double click one invoice."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Add the fields of each line; the first line is asked for."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as the form takes them
        for place in INVOICE_LINES:
            needed = place == INVOICE_LINES[0]
            for language, label in LANGUAGES.items():
                self.fields[f"{language}_{place}"] = forms.CharField(
                    label=label,
                    max_length=LONGEST_LINE,
                    required=needed,
                    error_messages={"required": NEEDED[language]},
                )
            self.fields[f"amount_{place}"] = AmountField(
                label=gettext_lazy("Amount"),
                max_length=20,
                required=needed,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                error_messages={"required": NEEDED["amount"]},
            )

    def rows(self) -> Iterator[tuple[int, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Yield the number and the fields of each line, for the page."""
        for place in INVOICE_LINES:
            yield place, self[f"en_{place}"], self[f"es_{place}"], self[f"amount_{place}"]

    def clean(self) -> dict[str, object]:
        """Ask for the rest of a line of which something is there."""
        given = super().clean() or {}
        for place in INVOICE_LINES[1:]:
            names = [f"{each}_{place}" for each in NEEDED]
            if any(given.get(name) for name in names):
                for name in names:
                    if not given.get(name) and name not in self.errors:
                        self.add_error(name, NEEDED[name.split("_")[0]])
        return given

    def lines(self) -> tuple[InvoiceLine, ...]:
        """Return the lines that were filled in; call it on a form that is valid."""
        given = self.cleaned_data
        return tuple(
            InvoiceLine(Text(given[f"en_{place}"], given[f"es_{place}"]), given[f"amount_{place}"])
            for place in INVOICE_LINES
            if given.get(f"en_{place}")
        )


LANGUAGES = {
    "en": gettext_lazy("What it is for, in English"),
    "es": gettext_lazy("What it is for, in Spanish"),
}
NEEDED = {
    "en": gettext_lazy("Say in English what it is for."),
    "es": gettext_lazy("Say in Spanish what it is for."),
    "amount": gettext_lazy("Write an amount in dollars and cents, such as 25.00."),
}
