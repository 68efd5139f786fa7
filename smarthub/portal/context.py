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
    *("mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate", "account_reauthenticate"),
    *("mfa_reauthenticate_webauthn", "mfa_activate_totp", "mfa_deactivate_totp"),
    *("mfa_generate_recovery_codes", "mfa_view_recovery_codes", "account_change_password"),
    *("account_set_password", "account_logout"),
)
"""The pages about how they sign in."""
WAYS_TO_PAY = (
    *("methods", "method", "methods_bank", "methods_remove", "cash_at_store"),
    "methods_bank_own",
    *("round_up", "round_up_choose"),
    *("auto_pay", "auto_pay_account", "auto_pay_set_up", "auto_pay_agree", "auto_pay_change"),
    *("auto_pay_approve", "auto_pay_refuse", "auto_pay_guide"),
)
"""The pages about what they pay with."""
PAGES_OF = {
    "home": ("home",),
    "bills": (
        *("bills", "bill", "bill_changed", "bills_beside"),
        *("pay", "pay_review", "pay_receipt", "pay_card_return", "payments", "bill_message"),
        *("scheduled_change", "scheduled_cancel"),
    ),
    "usage": (
        *("usage", "usage_at", "usage_when", "usage_dollars", "usage_range", "usage_pin"),
        *("usage_unpin", "usage_changed", "usage_pattern", "usage_together"),
        *("usage_together_when", "download_usage", "rate_comparison"),
    ),
    "contact": ("contact",),
    "more": ("more", "other_ways_to_pay", "install", *WAYS_TO_PAY, *SETTINGS, *SIGN_IN),
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
