"""Template tags for what a co-op's brand gives: its icons, its colours and its logo."""

from __future__ import annotations

import hashlib

from django import template
from django.urls import reverse

from smarthub.cooperative.queries import LOGO
from smarthub.cooperative.types import Brand, Cooperative
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


@register.simple_tag
def logo_address(cooperative: Cooperative) -> str:
    """``{% logo_address cooperative as logo %}`` gives such an address, or "" without a logo."""
    logo = cooperative.policies.get(LOGO)
    return f"{reverse('logo')}?v={version_of_logo(logo['svg'])}" if logo else ""


def version_of_logo(svg: str) -> str:
    """Return a short name of the drawing: it changes when the drawing does."""
    return hashlib.sha256(svg.encode()).hexdigest()[:12]
