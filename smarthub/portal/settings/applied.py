"""What a change of the profile came to: one sentence that says what is so now, and where it holds.

A member reads it on the next page, so that nobody has to look whether a change did what was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from smarthub.accounts.queries import list_held_roles
from smarthub.members.types import ContactView, PostalAddress, Profile
from smarthub.portal.requests import MemberRequest, local_today

OWN: Final = frozenset({"holder", "joint"})
NAMED_AT_MOST: Final = 5
"""With more accounts than this their number says enough."""


def list_own_numbers(request: MemberRequest) -> list[str]:
    """Return the numbers of the accounts that are the member's own, not shared with them."""
    roles = list_held_roles(user_id=request.user.pk, on=local_today(request))
    return [role.number for role in roles if role.role in OWN]


def say_accounts(numbers: Sequence[str]) -> str:
    """Name accounts by their numbers, or by how many they are, inside a sentence."""
    if not numbers or len(numbers) > NAMED_AT_MOST:
        return gettext("all your accounts")
    return ngettext("account %(numbers)s", "accounts %(numbers)s", len(numbers)) % {
        "numbers": ", ".join(numbers)
    }


def say_nothing_changed(request: HttpRequest) -> None:
    """Say that what was sent is what was there before."""
    messages.info(request, gettext("Nothing was changed: it was so already."))


def say_called(request: HttpRequest, *, called: str, name: str) -> None:
    """Say by what name somebody is greeted, and which name stays."""
    sentence = (
        gettext(
            "Saved. We call you %(called)s from now on, on these pages and in messages. "
            "Your bills keep the name %(name)s."
        )
        if called
        else gettext("Saved. We call you by your first name again, here and in messages.")
    )
    messages.success(request, sentence % {"called": called, "name": name})


def say_bill_format(request: MemberRequest, *, bill_format: str) -> None:
    """Say which bills are printed otherwise from now on."""
    sentence = (
        gettext("Saved. Bills of %(accounts)s are in large print from now on, as PDF and on paper.")
        if bill_format == "large_print"
        else gettext(
            "Saved. Bills of %(accounts)s are in ordinary print from now on, as PDF and on paper."
        )
    )
    messages.success(request, sentence % {"accounts": say_accounts(list_own_numbers(request))})


def say_address(request: MemberRequest, *, address: PostalAddress) -> None:
    """Say where letters and paper bills go now, and of which accounts."""
    sentence = gettext(
        "Saved. Letters and paper bills of %(accounts)s go to %(address)s from now on. "
        "Where you are served stays as it was."
    )
    told = {
        "accounts": say_accounts(list_own_numbers(request)),
        "address": address.as_lines().replace("\n", ", "),
    }
    messages.success(request, sentence % told)


def say_confirmed(request: MemberRequest, contact: ContactView) -> None:
    """Say what goes to a contact that was confirmed a moment ago."""
    sentence = (
        gettext(
            "Confirmed. E-mails about %(accounts)s, bills and notices alike, go to %(value)s too."
        )
        if contact.kind == "email"
        else gettext("Confirmed. Texts about %(accounts)s may go to %(value)s from now on.")
    )
    told = {"accounts": say_accounts(list_own_numbers(request)), "value": contact.value}
    messages.success(request, sentence % told)


def say_ended(request: HttpRequest, contact: ContactView, *, profile: Profile) -> None:
    """Say what no longer goes to a contact, and by what way messages still come."""
    confirmed = [each for each in profile.contacts if each.is_confirmed]
    emails = [each.value for each in confirmed if each.kind == "email"]
    phones = [each.value for each in confirmed if each.kind == "phone"]
    if emails:
        sentence = gettext("Removed. Nothing goes to %(value)s any more. Messages go to %(left)s.")
    elif phones:
        sentence = gettext(
            "Removed. Nothing goes to %(value)s any more. Short notices go to %(left)s as texts, "
            "all else by letter."
        )
    else:
        sentence = gettext("Removed. Nothing goes to %(value)s any more. We write you letters.")
    left = ", ".join(emails or phones)
    messages.success(request, sentence % {"value": contact.value, "left": left})


def say_signs_in(request: HttpRequest, *, old: str, new: str) -> None:
    """Say with what somebody signs in from now on, and with what no longer."""
    sentence = gettext(
        "From now on you sign in with %(new)s, no longer with %(old)s. Your password stays."
    )
    messages.success(request, sentence % {"new": new, "old": old})


def say_nickname(request: HttpRequest, *, number: str, nickname: str) -> None:
    """Say what an account is called now, and for whom."""
    sentence = (
        gettext("Saved. Account %(number)s is called %(nickname)s on your pages, and on no bill.")
        if nickname
        else gettext("Saved. Account %(number)s is called by its address on your pages again.")
    )
    messages.success(request, sentence % {"number": number, "nickname": nickname})
