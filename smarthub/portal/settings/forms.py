"""What a member may write into their settings: kept as typed, or refused with a reason."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from smarthub.accounts.types import SharedRole
from smarthub.members.types import PostalAddress, read_postal_lines
from smarthub.notifications.types import Channel
from smarthub.portal.fields import EmailField, PhoneField, PlainField, ReachedField
from smarthub.portal.sign_in.forms import NewPasswordField

ONE_DAY = dt.timedelta(days=1)
STATE = re.compile(r"[A-Z]{2}")
POSTAL_CODE = re.compile(r"\d{5}(-\d{4})?")


class CalledForm(forms.Form):
    """The name a member is greeted by."""

    called = PlainField(label=_("Call me"), max_length=120, required=False)


class BillFormatForm(forms.Form):
    """How bills are printed for a member."""

    bill_format = forms.ChoiceField(
        label=_("My printed bills"),
        choices=[("standard", _("Ordinary print")), ("large_print", _("Large print"))],
    )


class AddressForm(forms.Form):
    """Where letters go."""

    street = PlainField(label=_("Street and number, or PO box"), max_length=120)
    unit = PlainField(label=_("Apartment, unit (if any)"), max_length=60, required=False)
    city = PlainField(label=_("City"), max_length=60)
    state = PlainField(label=_("State, two letters"), max_length=2)
    postal_code = PlainField(label=_("ZIP code"), max_length=10)

    def clean_state(self) -> str:
        """Return the state in capitals."""
        state = str(self.cleaned_data["state"]).upper()
        if not STATE.fullmatch(state):
            raise ValidationError(_("Write the state as two letters, such as IL."))
        return state

    def clean_postal_code(self) -> str:
        """Return the ZIP code."""
        code = str(self.cleaned_data["postal_code"])
        if not POSTAL_CODE.fullmatch(code):
            raise ValidationError(_("Write a ZIP code of five digits, such as 61000."))
        return code

    def address(self) -> PostalAddress:
        """Return the address; only of a form without errors."""
        return PostalAddress(**self.cleaned_data)


class NewEmailForm(forms.Form):
    """An e-mail address to add."""

    value = EmailField(
        label=_("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class NewPhoneForm(forms.Form):
    """A phone to add, with the consent a text needs."""

    value = PhoneField(
        label=_("New mobile phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    agreed = forms.BooleanField(
        label=_("Yes, send texts about my accounts to this phone"),
        error_messages={"required": _("Tick the box: without your consent we send no texts.")},
    )


class CodeForm(forms.Form):
    """A code as it was read or pasted."""

    code = forms.CharField(label=_("The code, such as 7KQM-R4TX"), max_length=40)


class InvitedContactForm(forms.Form):
    """With what somebody invited by letter will sign in: an e-mail address, a phone, or neither."""

    contact = ReachedField(
        required=False,
        help_text=_(
            "You will sign in with it. Leave it empty if you have neither: "
            "then you get a name to sign in with, and letters."
        ),
    )


class InvitedForm(forms.Form):
    """The name of somebody who was invited, and a password or none; a code for a new address."""

    given_name = PlainField(
        label=_("First name"),
        max_length=120,
        error_messages={"required": _("Write your first name.")},
    )
    family_name = PlainField(
        label=_("Last name"),
        max_length=120,
        error_messages={"required": _("Write your last name.")},
    )
    password = NewPasswordField()

    def __init__(self, data: Any = None, *, asks_code: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if asks_code:
            code = forms.CharField(label=_("The code, such as 7KQM-R4TX"), max_length=40)
            self.fields = {"code": code, **self.fields}


class NicknameForm(forms.Form):
    """What a member calls an account."""

    nickname = PlainField(label=_("My name for this account"), max_length=60, required=False)


class InviteForm(forms.Form):
    """Whom to let into an account, as what, until when, and by what way they are asked."""

    name = PlainField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(
        label=_("They may"),
        choices=[
            (SharedRole.VIEWER, _("See bills, payments and use")),
            (SharedRole.PAYER, _("See, and pay")),
            (SharedRole.ALERTS, _("Get alerts only, and see nothing")),
            (SharedRole.FULL, _("Do all but let others in: see, pay, change settings")),
        ],
    )
    last_day = forms.DateField(
        label=_("Last day (if it is to end by itself)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    channel = forms.ChoiceField(
        label=_("Send the invitation"),
        choices=[(Channel.EMAIL, _("By e-mail")), (Channel.LETTER, _("By letter"))],
    )
    email = EmailField(label=_("E-mail address"), max_length=254, required=False)
    lines = PlainField(
        label=_("Mailing address, as on an envelope"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=[("en", "English"), ("es", "Español")]
    )

    def __init__(self, data: Any = None, *, today: dt.date, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = today

    def clean_last_day(self) -> dt.date | None:
        """Refuse a day that is over."""
        day: dt.date | None = self.cleaned_data["last_day"]
        if day is not None and day < self.today:
            raise ValidationError(_("This day is over. Choose today or a later one."))
        return day

    def clean(self) -> dict[str, Any]:
        """Require the address of the way chosen."""
        cleaned = super().clean() or {}
        field = "lines" if cleaned.get("channel") == Channel.LETTER else "email"
        if not cleaned.get(field) and field not in self.errors:
            self.add_error(field, _("Write where the invitation goes."))
        elif (
            field == "lines" and field not in self.errors and not read_postal_lines(self.address())
        ):
            self.add_error(
                field,
                _("Write two lines or more, the last with town, state and ZIP: Town, IL 61000."),
            )
        return cleaned

    def role_ends_on(self) -> dt.date | None:
        """Return the first day without the role; only of a form without errors."""
        day: dt.date | None = self.cleaned_data["last_day"]
        return None if day is None else day + ONE_DAY

    def address(self) -> str:
        """Return where the invitation goes; only of a form without errors."""
        if self.cleaned_data["channel"] == Channel.LETTER:
            lines = str(self.cleaned_data["lines"]).splitlines()
            return "\n".join(line.strip() for line in lines if line.strip())
        return str(self.cleaned_data["email"])
