"""Every part of the design system with its examples; on a demonstration only."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.kernel.errors import NotVisible
from smarthub.ui.examples import example_question, example_values, list_examples


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Show all examples on one page.

    Raises:
        NotVisible: this is no demonstration.
    """
    if not settings.DEMO:
        raise NotVisible
    return render(request, "ui/components.html", {"examples": list_examples(), **example_values()})


@require_GET
def components_confirm(request: HttpRequest) -> HttpResponse:
    """Ask on a page of its own what the example's dialog asks.

    Raises:
        NotVisible: this is no demonstration.
    """
    if not settings.DEMO:
        raise NotVisible
    return render(request, "ui/confirm_page.html", {"question": example_question()})
