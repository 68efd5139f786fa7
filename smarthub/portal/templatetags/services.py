"""Names of what the co-op delivers, and how it is measured, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext_lazy

register = template.Library()

SERVICES = {
    "electric": gettext_lazy("Electric"),
    "gas": gettext_lazy("Gas"),
    "water": gettext_lazy("Water"),
    "fiber": gettext_lazy("Fiber internet"),
    "light": gettext_lazy("Yard light"),
}
CORRECTIONS = {
    "reads": gettext_lazy("A meter reading was wrong, or came after the bill was made."),
    "rate": gettext_lazy("A rate on the bill was wrong."),
    "agreement": gettext_lazy("We had something about your service wrong."),
    "estimate": gettext_lazy(
        "It rested on an estimate. A reading of your meter showed that the estimate was far off."
    ),
    "tax": gettext_lazy("A tax on the bill was wrong."),
    "request": gettext_lazy("You told us about it, and you were right."),
}
READINGS = {
    "actual": gettext_lazy("read at the meter"),
    "ami": gettext_lazy("sent by the meter"),
    "member": gettext_lazy("read by you"),
    "estimated": gettext_lazy("estimated"),
    "final": gettext_lazy("final reading"),
    "change_out": gettext_lazy("meter exchanged"),
}


@register.filter
def correction_reason(reason: str) -> str:
    """``{{ bill.corrects.reason|correction_reason }}`` says why a bill was corrected."""
    return str(CORRECTIONS.get(reason, CORRECTIONS["request"]))


@register.filter
def service_name(service: str) -> str:
    """``{{ point.service|service_name }}`` gives ``Electric``."""
    return str(SERVICES.get(service, service))


@register.filter
def service_names(services: Sequence[str]) -> str:
    """``{{ account.services|service_names }}`` gives ``Electric, gas``."""
    names = [service_name(service) for service in services]
    return ", ".join([*names[:1], *(name[:1].lower() + name[1:] for name in names[1:])])


@register.filter
def reading_name(kind: str) -> str:
    """``{{ read.kind|reading_name }}`` gives ``sent by the meter``."""
    return str(READINGS.get(kind, kind))
