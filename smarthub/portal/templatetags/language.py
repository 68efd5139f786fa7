"""Template tag that keeps what was typed, for forms whose views are the sign-in library's."""

from __future__ import annotations

from django import forms, template
from django.template import RequestContext

from smarthub.portal.language import fill_again

register = template.Library()


@register.simple_tag(takes_context=True)
def keep_typed(context: RequestContext, form: forms.Form) -> str:
    """``{% keep_typed form %}``, before its fields, fills in what was typed in another language."""
    fill_again(form, context["request"])
    return ""
