"""Template tags for the examples on ``/_components/`` alone."""

from __future__ import annotations

from django import template

from smarthub.kernel.text import Text
from smarthub.ui.formats import reading_language

register = template.Library()


@register.simple_tag
def either(en: str, es: str) -> str:
    """``{% either "Home" "Casa" %}`` says an example in the reader's language.

    Examples are no part of the product, so their words stand here and not in its catalogue.
    """
    return Text(en, es).in_language(reading_language())
