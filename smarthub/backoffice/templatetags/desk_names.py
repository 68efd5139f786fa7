"""Names of what the co-op delivers, as the desk says them."""

from __future__ import annotations

from django import template

from smarthub.backoffice.words.bills import SERVICES

register = template.Library()


@register.filter
def desk_service(service: str) -> str:
    """``{{ segment.service|desk_service }}`` gives ``Electric``."""
    return str(SERVICES.get(service, service))
