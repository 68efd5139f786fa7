"""Our page around Stripe's own form: the numbers go from the browser to Stripe and never here.

This page alone may load Stripe's script and frames; it loads no other script but the one that
starts them, so nothing else can read what is typed (PCI DSS 4.0.1, SAQ A).
"""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from smarthub.kernel.errors import NotVisible
from smarthub.portal.requests import MemberRequest
from smarthub.ui.formats import reading_language
from smarthub.wiring.gateway import card_form
from smarthub.workflows.money.store_method import open_setup

SCRIPT = "https://js.stripe.com"
FRAMES = [SCRIPT, "https://hooks.stripe.com"]
API = "https://api.stripe.com"


@require_GET
@csp_update({"script-src": [SCRIPT], "frame-src": FRAMES, "connect-src": [API]})  # type: ignore[arg-type]
def stripe_form(request: MemberRequest, reference: str) -> HttpResponse:
    """Show the form of a visit the reader began, signed in or as a guest.

    Raises:
        NotVisible: the visit is somebody else's, or never was.
    """
    user_id = request.user.pk if request.user.is_authenticated else None
    try:
        open_setup(user_id=user_id, reference=reference)
    except NotVisible:
        if user_id is None:
            return redirect_to_login(request.get_full_path())
        raise
    client_secret, return_to = card_form(reference=reference)
    context = {
        "form_data": {
            "publicKey": settings.GATEWAY_PUBLIC_KEY,
            "clientSecret": client_secret,
            "returnTo": f"{return_to}?setup={reference}",
            "language": reading_language(),
        },
        "return_to": f"{return_to}?setup={reference}",
        "script": f"{SCRIPT}/v3/",
    }
    return render(request, "portal/stripe_form.html", context)
