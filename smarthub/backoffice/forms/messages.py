"""What staff fill in about a message on bills: its words in both languages, for whom, and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smarthub.billing.types import MessageDesk, NewMessage
from smarthub.kernel.text import Text

LONGEST_TITLE, LONGEST_TEXT, LONGEST_MORE = 80, 3_000, 6_000
ONE_DAY = dt.timedelta(days=1)
AUDIENCES = {
    "all": gettext_lazy("Everybody who gets a bill"),
    "rate": gettext_lazy("Members on certain rates"),
    "service": gettext_lazy("Members with certain services"),
    "list": gettext_lazy("A list of accounts"),
}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class MessageForm(forms.Form):
    """A message; English and Spanish are both needed, so that nobody gets half of it."""

    title_en = forms.CharField(label=gettext_lazy("Heading, English"), max_length=LONGEST_TITLE)
    title_es = forms.CharField(label=gettext_lazy("Heading, Spanish"), max_length=LONGEST_TITLE)
    text_en = forms.CharField(
        label=gettext_lazy("Text on the bill, English"), max_length=LONGEST_TEXT, widget=_area(4)
    )
    text_es = forms.CharField(
        label=gettext_lazy("Text on the bill, Spanish"), max_length=LONGEST_TEXT, widget=_area(4)
    )
    more_en = forms.CharField(
        label=gettext_lazy("What the page says besides, English"),
        help_text=gettext_lazy("The bill names the address of the page. Leave it empty for none."),
        max_length=LONGEST_MORE,
        required=False,
        widget=_area(5),
    )
    more_es = forms.CharField(
        label=gettext_lazy("What the page says besides, Spanish"),
        max_length=LONGEST_MORE,
        required=False,
        widget=_area(5),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("Who gets it"), choices=list(AUDIENCES.items()), initial="all"
    )
    values = forms.CharField(
        label=gettext_lazy("Which rates, services or accounts"),
        help_text=gettext_lazy(
            "Codes or account numbers, apart by commas or lines; services are electric, gas, "
            "water and fiber. Not needed for everybody."
        ),
        required=False,
        widget=_area(3),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First bill date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last bill date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse days that run backwards, a page in one language only, and nobody to read it."""
        given = super().clean() or {}
        start, last = given.get("starts_on"), given.get("last_day")
        if start and last and last < start:
            self.add_error("last_day", _("This is before the first bill date. Choose a later day."))
        if bool(given.get("more_en")) != bool(given.get("more_es")):
            lacking = "more_es" if given.get("more_en") else "more_en"
            self.add_error(lacking, _("Write it in both languages, or in neither."))
        if given.get("audience") not in {None, "all"} and not self.readers():
            self.add_error("values", _("Say which ones, or choose everybody."))
        return given

    def readers(self) -> tuple[str, ...]:
        """Return the rates, services or accounts that were named."""
        named = str(self.cleaned_data.get("values", "")).replace(",", " ").split()
        return tuple(dict.fromkeys(named))

    def message(self) -> NewMessage:
        """Return what was filled in; call it on a valid form."""
        given = self.cleaned_data
        more = Text(given["more_en"], given["more_es"]) if given["more_en"] else None
        everybody = given["audience"] == "all"
        return NewMessage(
            title=Text(given["title_en"], given["title_es"]),
            text=Text(given["text_en"], given["text_es"]),
            more=more,
            audience=given["audience"],
            values=() if everybody else self.readers(),
            starts_on=given["starts_on"],
            ends_on=given["last_day"] + ONE_DAY,
        )


def filled(told: MessageDesk) -> dict[str, Any]:
    """Return a message as the form shows it, to be changed into another."""
    message = told.message
    return {
        "title_en": message.title.en,
        "title_es": message.title.es,
        "text_en": message.text.en,
        "text_es": message.text.es,
        "more_en": message.more.en if message.more else "",
        "more_es": message.more.es if message.more else "",
        "audience": told.audience,
        "values": ", ".join(told.values),
        "starts_on": told.starts_on,
        "last_day": told.ends_on - ONE_DAY,
    }
