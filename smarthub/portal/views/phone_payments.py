"""Where the phone company's system looks up a code and tells its charge: no member speaks here.

The signature is the same as that of the gateway's events. A refusal says why in one stable word.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from smarthub.kernel.errors import Conflict, Refused
from smarthub.payments.operations import (
    PhoneCodeExpired,
    PhoneCodesRefused,
    PhoneCodeUnknown,
    PhoneCodeUsed,
)
from smarthub.payments.ports import EventRefused
from smarthub.wiring.clock import now
from smarthub.wiring.phone import HEADER, check_phone_signature, require_phone_vendor
from smarthub.workflows.money.pay_by_phone import answer_look_up, answer_result

LARGEST = 4_096
STATUSES = {
    PhoneCodeUnknown: HTTPStatus.NOT_FOUND,
    PhoneCodeExpired: HTTPStatus.GONE,
    PhoneCodeUsed: HTTPStatus.CONFLICT,
    PhoneCodesRefused: HTTPStatus.TOO_MANY_REQUESTS,
}


@csrf_exempt  # a signature over the body stands for the token a browser would bring
@require_POST
def look_up(request: HttpRequest) -> HttpResponse:
    """Tell amount, last digits and language of a code."""
    return _answer(request, answer_look_up)


@csrf_exempt  # a signature over the body stands for the token a browser would bring
@require_POST
def result(request: HttpRequest) -> HttpResponse:
    """Take what was charged, once by its reference."""
    return _answer(request, answer_result)


def _answer(request: HttpRequest, act: Callable[..., dict[str, object]]) -> HttpResponse:
    require_phone_vendor()
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        check_phone_signature(body=request.body, header=request.headers.get(HEADER, ""), now=now())
    except EventRefused:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        return JsonResponse(act(body=request.body, now=now()))
    except Refused as refused:
        status = STATUSES.get(type(refused), HTTPStatus.BAD_REQUEST)
        return JsonResponse({"error": refused.code}, status=status)
    except Conflict as conflict:
        return JsonResponse({"error": conflict.code}, status=HTTPStatus.CONFLICT)
