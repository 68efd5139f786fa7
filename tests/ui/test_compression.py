"""A page is compressed only where nobody could have put words of their own beside its secrets."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from smarthub.ui.middleware import CompressedUnlessEchoing

PAGE = "<p>Account 1001 owes $123.45.</p>" * 40


def answer_to(
    method: str, address: str, *, status: int = 200, kind: str = "text/html"
) -> HttpResponse:
    """Return the answer to a request as it leaves the server."""
    middleware = CompressedUnlessEchoing(
        lambda _request: HttpResponse(PAGE, status=status, content_type=kind)
    )
    request = getattr(RequestFactory(), method)(address, headers={"accept-encoding": "gzip, br"})
    answer = middleware(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_page_asked_for_by_its_bare_address_is_compressed() -> None:
    assert answer_to("get", "/usage/")["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("method", "address", "status", "kind"),
    [
        ("get", "/usage/?note=Account+1001", 200, "text/html"),
        ("post", "/pay/", 200, "text/html"),
        ("get", "/Account-1001/", 404, "text/html"),
        ("get", "/bills/1001/1001-261107/pdf/", 200, "application/pdf"),
    ],
    ids=["query", "form", "address told back", "already compressed"],
)
def test_what_may_echo_the_one_who_asks_is_sent_as_it_is(
    method: str, address: str, status: int, kind: str
) -> None:
    answer = answer_to(method, address, status=status, kind=kind)

    assert "Content-Encoding" not in answer
    assert answer.content == PAGE.encode()


def test_two_answers_to_the_same_request_differ_in_length() -> None:
    lengths = {len(answer_to("get", "/usage/").content) for _turn in range(40)}

    # Django adds up to 100 random bytes: 40 answers of one length would be a miracle.
    assert len(lengths) > 1
