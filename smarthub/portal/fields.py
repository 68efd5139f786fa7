"""Fields people write into, here and wherever they sign in: kept as typed, or refused."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from smarthub.members.types import kind_of_contact, read_sign_in_name, spelled_phone
from smarthub.wiring.senders import carries_texts

PHONE_DIGITS, LONGEST_CONTACT = 10, 254
UNSEEN = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]")
"""Signs nobody types and nobody sees: controls, and those that turn the order of letters."""


class PlainField(forms.CharField):
    """Words as they are typed, in any script; only signs nobody can see are refused."""

    default_error_messages = {
        "unseen": _("There is a sign in it that cannot be shown. Please type it anew."),
        "null_characters_not_allowed": _(
            "There is a sign in it that cannot be shown. Please type it anew."
        ),
    }

    def clean(self, value: Any) -> str:
        """Return the words, without space around them."""
        text: str = super().clean(value)
        if UNSEEN.search(text):
            raise ValidationError(self.error_messages["unseen"])
        return text


class EmailField(PlainField):
    """An e-mail address, with letters of any script before and after its ``@``."""

    default_error_messages = {
        "unreadable": _("Write an e-mail address such as ana@example.com."),
    }

    def clean(self, value: Any) -> str:
        """Return the address, its host in the letters mail is sent with."""
        text = super().clean(value)
        if not text:
            return text
        try:
            validate_email(text)
            name, _at, host = text.rpartition("@")
            return f"{name}@{host.encode('idna').decode()}" if not host.isascii() else text
        except (ValidationError, UnicodeError):
            raise ValidationError(self.error_messages["unreadable"]) from None


class PhoneField(PlainField):
    """A phone of ten digits, however it is written; kept as ``815-555-0100``."""

    default_error_messages = {
        "unreadable": _("Write a phone number of ten digits, such as 815-555-0100."),
    }

    def clean(self, value: Any) -> str:
        """Return the number in its groups."""
        text = super().clean(value)
        digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
        digits = digits.removeprefix("1") if len(digits) == PHONE_DIGITS + 1 else digits
        if text and (len(digits) != PHONE_DIGITS or re.search(r"[^\d\s()+.-]", text)):
            raise ValidationError(self.error_messages["unreadable"])
        return spelled_phone(digits) if digits else ""


class EmailOrPhoneField(PlainField):
    """An e-mail address, or a phone, in one field; kept as the one or the other is."""

    default_error_messages = {
        "unreadable": _(
            "Write an e-mail address such as ana@example.com, "
            "or a phone number of ten digits, such as 815-555-0100."
        ),
    }

    def clean(self, value: Any) -> str:
        """Return the address or the number."""
        text = super().clean(value)
        kind = EmailField if kind_of_contact(text) == "email" else PhoneField
        try:
            return kind(required=False).clean(text)
        except ValidationError:
            raise ValidationError(self.error_messages["unreadable"]) from None


class SignsInWithField(EmailOrPhoneField):
    """What somebody signs in with: an e-mail address, a phone, or the name from our letter."""

    def clean(self, value: Any) -> str:
        """Return it as it is kept."""
        return read_sign_in_name(str(value or "")) or super().clean(value)


class ReachedField(EmailOrPhoneField):
    """Where the one who registers is reached."""

    default_error_messages = {
        "required": _("Write your e-mail address or your phone."),
        "max_length": _("This address is too long."),
        "no_texts": _("We send no texts yet. Write an e-mail address instead."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_CONTACT, label=_("E-mail or phone"), **options)

    def clean(self, value: Any) -> str:
        """Refuse a phone where nobody carries texts: no code would reach it."""
        contact = super().clean(value)
        if contact and kind_of_contact(contact) == "phone" and not carries_texts():
            raise ValidationError(self.error_messages["no_texts"], code="no_texts")
        return contact
