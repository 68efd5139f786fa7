"""Template tag for what the desk offers only where there is somebody to do it."""

from __future__ import annotations

from django import template

from smarthub.wiring.phone import has_phone_vendor

register = template.Library()


@register.simple_tag
def phone_is_offered() -> bool:
    """Return whether a card can be handed to the phone company's system."""
    return has_phone_vendor()
