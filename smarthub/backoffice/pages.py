"""How every page of the desk is shown: with the desk's menu, and kept in no browser's cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from smarthub.backoffice.gate import StaffRequest

BILL_PAGES = {
    "desk_runs",
    "desk_run",
    "desk_run_write",
    "desk_run_drop",
    "desk_print",
    "desk_draft_hold",
    "desk_draft",
    "desk_bill",
    "desk_bill_correct",
    "desk_bill_single",
    "desk_invoice",
    "desk_differences",
    "desk_tax_certificates",
    "desk_tax_districts",
    "desk_tax_certificate_end",
    "desk_certificates_running_out",
    "desk_bill_messages",
    "desk_bill_message_new",
    "desk_bill_message",
}
READ_PAGES = {"desk_failed_reads", "desk_failed_read", "desk_imports", "desk_import"}
MONEY_PAGES = {
    "desk_counter",
    "desk_money_files",
    "desk_money_file",
    "desk_sent_file",
    "desk_take_back",
    "desk_payments",
    "desk_payment",
    "desk_exceptions",
    "desk_suspense",
    "desk_refunds",
    "desk_reconciliation",
    "desk_arrears",
    "desk_arrears_account",
    "desk_auto_pay_credits",
    "desk_money_policies",
    "desk_money_policy",
}
TARIFF_PAGES = {
    *("desk_tariffs", "desk_tariff_new", "desk_tariff_draft", "desk_tariff_bills"),
    "desk_shared_solar",
}


@dataclass(frozen=True, slots=True)
class DeskMenuItem:
    """One entry of the desk's menu."""

    name: str
    short_name: str
    address: str
    icon: str
    current: bool


class SeeOther(HttpResponseRedirect):
    """Go and get another page, whatever was sent."""

    status_code = 303


def show(
    request: StaffRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a page of the desk."""
    whole = {**context, "desk_menu": _menu(request)}
    response = render(request, template, whole, status=status)
    response.headers["Cache-Control"] = "no-store"  # a member's data stays in no browser cache
    return response


def _menu(request: StaffRequest) -> tuple[DeskMenuItem, ...]:
    here = request.resolver_match.url_name if request.resolver_match else None
    items: tuple[tuple[str, str, str, set[str]], ...] = (
        ("desk", gettext("Search"), "search", {"desk", "desk_account", "desk_note", "desk_online"}),
        ("desk_work", gettext("Work lists"), "work", {"desk_work", "desk_sweeps", *READ_PAGES}),
        ("desk_runs", pgettext("menu of the desk", "Billing"), "bills", BILL_PAGES),
        ("desk_payments", gettext("Money"), "money", MONEY_PAGES),
        ("desk_tariffs", gettext("Rates"), "rates", TARIFF_PAGES),
        ("account_logout", gettext("Sign out"), "leave", set()),
    )
    return tuple(
        DeskMenuItem(
            name=name,
            short_name=name,
            address=reverse(page),
            icon=f"backoffice/icons/{icon}.html",
            current=here in pages,
        )
        for page, name, icon, pages in items
    )
