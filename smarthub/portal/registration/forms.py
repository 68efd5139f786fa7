"""The forms of registering. What they refuse, they refuse for everybody alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smarthub.kernel.codes import read_code
from smarthub.portal.fields import ReachedField
from smarthub.portal.forms.which_account import AddAccountForm
from smarthub.portal.sign_in.forms import NewPasswordField

LONGEST_CODE = 60


class RegisterForm(AddAccountForm):
    """Which account, whose, and where the one who registers is reached."""

    email = ReachedField(
        required=False,
        help_text=_(
            "You will sign in with it. Leave it empty if you have neither: "
            "then you get a name to sign in with, and letters."
        ),
    )


class CodeForm(forms.Form):
    """A code as it was typed, or pasted with spaces."""

    code = forms.CharField(
        max_length=LONGEST_CODE,
        label=_("Code"),
        error_messages={
            "required": _("Write the code."),
            "max_length": _("A code has eight letters and digits, such as 7KQM-R4TX."),
        },
    )

    def clean_code(self) -> str:
        """Refuse what cannot be a code before it costs a try."""
        code = read_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _("A code has eight letters and digits, such as 7KQM-R4TX."), code="invalid"
            )
        return code


class OtherContactForm(forms.Form):
    """Another address or phone than the one typed first."""

    email = ReachedField()


class SetUpForm(forms.Form):
    """Who of the holders it is, the language of our letters, and a password or a passkey."""

    person = forms.TypedChoiceField(
        coerce=int, widget=forms.RadioSelect, label=_("Which of these is you?")
    )
    language = forms.ChoiceField(
        choices=[("en", "English"), ("es", "Español")],
        widget=forms.RadioSelect,
        label=_("In which language do we write to you?"),
    )
    password = NewPasswordField()

    def __init__(self, people: Sequence[tuple[int, str]], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        self.several = len(people) > 1
        if not self.several:
            self.fields["person"].required = False
            self.fields["person"].widget = forms.HiddenInput()
            self.initial["person"] = people[0][0]
