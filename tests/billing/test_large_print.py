"""The bill in large print: the same words and figures, no letter below 18 points, tagged."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from django.test import Client

from smarthub.billing.printed.handed import Handed
from smarthub.billing.printing import render_bill
from smarthub.members.models import Person
from tests.billing.sample_bill import COOPERATIVE, PAY_ADDRESS, bill
from tests.cast import Cast
from tests.portal.conftest import SignIn
from tests.portal.conftest import billed as billed  # noqa: PLC0414 (a fixture)
from tests.portal.conftest import november as november  # noqa: PLC0414 (a fixture)
from tests.portal.conftest import sign_in as sign_in  # noqa: PLC0414 (a fixture)

SCAN_LINE_POINTS = 12
"""The line a machine reads keeps its size: it is for no eye."""


def draw(language: str, *, large_print: bool) -> pikepdf.Pdf:
    drawn = render_bill(
        bill=bill(),
        language=language,
        cooperative=COOPERATIVE,
        handed=Handed(pay_address=PAY_ADDRESS),
        large_print=large_print,
    )
    return pikepdf.open(io.BytesIO(drawn))


def sizes(pdf: pikepdf.Pdf) -> set[int]:
    """Return the sizes text is set in, in whole points."""
    found: set[int] = set()
    for page in pdf.pages:
        for step in pikepdf.parse_content_stream(page):
            if str(step.operator) == "Tf":
                found.add(round(float(step.operands[1])))
    return found


@pytest.mark.parametrize("language", ["en", "es"])
def test_has_no_letter_below_18_points_and_is_tagged(language: str) -> None:
    with draw(language, large_print=True) as large, draw(language, large_print=False) as small:
        assert min(sizes(large) - {SCAN_LINE_POINTS}) == 18
        assert min(sizes(small)) < 10  # the check can see small print
        assert large.Root.MarkInfo.Marked
        assert large.Root.Lang == small.Root.Lang
        assert large.docinfo["/Title"] == small.docinfo["/Title"]


def test_is_handed_out_to_whoever_chose_it(billed: Cast, sign_in: SignIn) -> None:
    Person.objects.filter(pk=billed.maria.person_id).update(bill_format="large_print")
    address = "/bills/1001/1001-241101/pdf/"
    maria, ben = sign_in(billed.maria), sign_in(billed.ben)

    def pages(client: Client) -> int:
        with pikepdf.open(io.BytesIO(client.get(address).content)) as pdf:
            return len(pdf.pages)

    assert pages(maria) > pages(ben)
    assert re.search(r"bill-1001-241101", maria.get(address).headers["Content-Disposition"])
