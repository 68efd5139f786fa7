"""How much one network address may ask for while registering on this installation."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from smarthub.workflows.membership import claim_account

FREE = 1_000_000


def registration_limits() -> claim_account.Limits:
    """Return the limits; a demonstration is one machine, on which everybody has one address."""
    limits = claim_account.LIMITS
    return replace(limits, asked_by_address=FREE) if settings.DEMO else limits
