"""What every page shows around its own part: the co-op, and the menu of somebody signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from smarthub.kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry: its long name on the computer, its short one on the phone."""

    name: str
    short_name: str
    address: str
    icon: str
    current: bool


SETTINGS = (
    *("profile", "called", "mailing_address", "bill_format", "contacts", "add_email", "add_phone"),
    *("confirm_contact", "end_contact", "sign_in_with", "registered_accounts", "name_account"),
    *("leave_account", "additional_users", "people", "invite", "let_out", "withdraw_invitation"),
    *("contact_log", "my_data", "close_login", "check", "report"),
)
"""The pages about the member themselves."""
SIGN_IN = (
    "devices",
    "step_up",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "register_add",
)
"""The pages about how they sign in."""
PAGES_OF = {
    "home": ("home",),
    "bills": (
        *("bills", "bill", "bill_changed", "bills_beside"),
        *("pay", "pay_review", "pay_receipt", "pay_card_return"),
    ),
    "usage": (
        *("usage", "usage_at", "usage_when", "usage_dollars", "usage_range", "usage_pin"),
        *("usage_unpin", "usage_changed", "usage_pattern", "usage_together"),
        *("usage_together_when", "download_usage"),
    ),
    "contact": ("contact",),
    "more": ("more", "other_ways_to_pay", *SETTINGS, *SIGN_IN),
}
"""Which pages stand under which entry of the menu."""


def around_the_page(request: HttpRequest) -> dict[str, Any]:
    """Return the co-op, and the menu when somebody is signed in.

    A page that says what is wrong is shown even where the co-op is not set up.
    """
    user = getattr(request, "user", None)
    return {
        "cooperative": _cooperative(request),
        "menu": _menu(request) if user is not None and user.is_authenticated else (),
    }


def _cooperative(request: HttpRequest) -> Any:
    cooperative = getattr(request, "cooperative", None)
    try:
        return cooperative if cooperative and cooperative.identity else None
    except Unavailable:
        return None


def _menu(request: HttpRequest) -> tuple[MenuItem, ...]:
    match = request.resolver_match
    here = match.url_name if match else None
    names = {
        "home": (gettext("Home"), gettext("Home")),
        "bills": (gettext("Billing & Payments"), gettext("Bill & Pay")),
        "usage": (gettext("Usage"), gettext("Usage")),
        "contact": (gettext("Contact Us"), pgettext("menu", "Contact")),
        "more": (gettext("Settings"), gettext("More")),
    }
    icons = {"bills": "bill"}
    return tuple(
        MenuItem(
            name=long,
            short_name=short,
            address=reverse(page),
            icon=f"ui/icons/{icons.get(page, page)}.html",
            current=here in PAGES_OF[page],
        )
        for page, (long, short) in names.items()
    )
