"""Template tags for what a co-op's brand gives: its icons and its colours."""

from __future__ import annotations

from django import template
from django.urls import reverse

from smarthub.cooperative.types import Brand
from smarthub.ui.app_icon import version_of_icons
from smarthub.ui.brand_sheet import version_of_sheet

register = template.Library()


@register.simple_tag
def icon_address(brand: Brand, name: str) -> str:
    """``{% icon_address cooperative.brand '48.png' %}`` gives an address a browser may keep."""
    return f"{reverse('icon', kwargs={'name': name})}?v={version_of_icons(brand)}"


@register.simple_tag
def brand_sheet_address(brand: Brand) -> str:
    """``{% brand_sheet_address cooperative.brand %}`` gives an address a browser may keep."""
    return f"{reverse('brand_sheet')}?v={version_of_sheet(brand)}"
