"""Template tag for the co-op's icons."""

from __future__ import annotations

from django import template
from django.urls import reverse

from smarthub.cooperative.types import Brand
from smarthub.ui.app_icon import version_of_icons

register = template.Library()


@register.simple_tag
def icon_address(brand: Brand, name: str) -> str:
    """``{% icon_address cooperative.brand '48.png' %}`` gives an address a browser may keep."""
    return f"{reverse('icon', kwargs={'name': name})}?v={version_of_icons(brand)}"
