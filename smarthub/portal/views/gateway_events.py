"""Where the payment gateway tells us what happened: a machine speaks here, no member.

Who knows the gateway's secret is heard, nobody else; what they said is kept before it is answered.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from smarthub.payments.ports import EventRefused
from smarthub.wiring.clock import now
from smarthub.wiring.gateway import payment_gateway
from smarthub.workflows.bank.gateway_events import receive_event

LARGEST_EVENT = 262_144


@csrf_exempt  # a signature over the body stands for the token a browser would bring
@require_POST
def gateway_events(request: HttpRequest) -> HttpResponse:
    """Keep an event and say so; a forged, cut or stale one is refused without a reason."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST_EVENT:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        receive_event(
            body=request.body, headers=request.headers, now=now(), gateway=payment_gateway()
        )
    except EventRefused:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    return HttpResponse(status=HTTPStatus.OK)
