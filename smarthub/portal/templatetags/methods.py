"""Template tag for the page on which a bank account is stored: the gateway's form, or our own."""

from __future__ import annotations

from django import template
from django.template import Context
from django.urls import reverse

from smarthub.payments.queries import is_own_origination_offered
from smarthub.portal.requests import local_today

register = template.Library()


@register.simple_tag(takes_context=True)
def bank_account_page(context: Context) -> str:
    """Return the address: our own page where the co-op hands in bank files of its own."""
    return reverse("methods_bank_own" if keeps_bank_numbers(context) else "methods_bank")


@register.simple_tag(takes_context=True)
def keeps_bank_numbers(context: Context) -> bool:
    """Return whether numbers of bank accounts are kept here, and not by the gateway."""
    return is_own_origination_offered(on=local_today(context["request"]))
