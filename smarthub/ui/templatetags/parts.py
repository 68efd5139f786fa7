"""Template tags for parts that need more than their template: fields of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BoundField, Field
from django.utils.html import format_html, format_html_join

register = template.Library()


@register.filter
def summed_up(bound: BoundField, error: str) -> str:
    """Return an error as the summary says it: the stock one of an empty field names its field.

    Beside the field "This field is required." is enough; five of them in a list tell nobody
    which five.
    """
    stock = Field.default_error_messages["required"]
    return f"{bound.label}: {error}" if error == stock else error


@register.simple_tag
def row_cells(row: Sequence[str]) -> str:
    """``{% row_cells row %}`` gives the cells of a row of text; the first one names the row.

    Written here and not by a loop of the template: the table behind a chart has a hundred cells.
    """
    name, *cells = row
    first = format_html('<th scope="row">{}</th>', name)
    return first + format_html_join("", '<td class="number">{}</td>', ((cell,) for cell in cells))


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField, label: str = "", hint: str | None = None, **attributes: str
) -> dict[str, Any]:
    """Show one field with label, hint and error, tied together for those who hear the page.

    ``{% field form.login autocomplete="username" %}``; an underscore becomes a hyphen.
    ``label`` says it in other words than the form does, ``hint=""`` leaves out the form's hint.
    """
    attrs: dict[str, str | bool] = {
        key.replace("_", "-"): value for key, value in attributes.items()
    }
    hint = str(bound.help_text) if hint is None else hint
    described = [f"{bound.auto_id}-hint"] if hint else []
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    attrs["class"] = f"input {attrs.get('class', '')}".strip()
    return {
        "bound": bound,
        "label": label or bound.label,
        "hint": hint,
        "widget": bound.as_widget(attrs=attrs),
        "money": "input-money" in str(attrs["class"]),
        "password": getattr(bound.field.widget, "input_type", "") == "password",
    }
