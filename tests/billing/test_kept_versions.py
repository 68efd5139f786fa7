"""A bill of an earlier template version is drawn as it was sent: words and layout are settled."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smarthub.billing.print_data import print_data
from smarthub.billing.printed import data as second
from smarthub.billing.printed.compiling import TEMPLATES
from smarthub.billing.printed.handed import Handed
from smarthub.billing.printing import render_bill
from smarthub.kernel.money import Money
from tests.billing.reading import text_of
from tests.billing.sample_bill import COOPERATIVE, PAY_ADDRESS, bill
from tests.billing.sample_set import RATES_MESSAGE, samples

KEPT = Path(__file__).parent / "kept"
SENT = {
    "bill_1.typ": "02f7c0a9d30eb2aaa3249738e106035761d5fb42dc3a930acd6d609a669d55b7",
    "bill_large_1.typ": "49b33583fc0775477d2058176b86fa0d772a73e06ccfb8a0407f51fafd36ad9f",
    "bill_2.typ": "a9de30b8fe2fa2defc26fbd70a2c2a9d79c699f6f55f324c00b68bcb12286522",
    "bill_large_2.typ": "6e731eb610658113a1f6dd0ba2b2e469ee29478f946de9e7169dec3d8b36e8b9",
}
"""Templates bills were sent by. They are never edited: another look is another version."""


@pytest.mark.parametrize("name", SENT)
def test_a_template_that_was_sent_is_never_edited(name: str) -> None:
    digest = hashlib.sha256((TEMPLATES / name).read_bytes()).hexdigest()

    assert digest == SENT[name]


def assert_said(told: dict[str, Any], name: str) -> None:
    """A bill says all it said and no more; labels that its template never names may be added."""
    kept = json.loads((KEPT / name).read_text(encoding="utf-8"))
    labels = {key: told["label"][key] for key in kept["label"]}
    assert {**told, "label": labels} == kept


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_bill_of_version_1_says_every_word_it_said(language: str) -> None:
    told = print_data(
        bill=bill(template_version="1"),
        language=language,
        cooperative=COOPERATIVE,
        pay_address=PAY_ADDRESS,
        online_code="7KQM-R4TX",
    )

    assert_said(told, f"bill_1_{language}.json")


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_bill_of_version_2_says_every_word_it_said(language: str) -> None:
    sample = samples()[0]

    told = second.print_data(
        bill=replace(sample.bill, template_version="2"),
        language=language,
        cooperative=COOPERATIVE,
        handed=sample.handed,
    )

    assert_said(told, f"bill_2_{language}.json")


@pytest.mark.parametrize("large_print", [False, True])
def test_a_bill_of_version_2_takes_on_nothing_of_version_3(large_print: bool) -> None:  # noqa: FBT001
    """What it is filed under and how to pay at a store were not on it when it was sent."""
    sample = samples()[0]
    known = replace(sample.bill, template_version="2", budget=Money(12000))
    plain = replace(known, member_number="", cycle_code="", board_district="", budget=None)

    drawn = [
        render_bill(
            bill=each,
            language="en",
            cooperative=COOPERATIVE,
            handed=sample.handed,
            large_print=large_print,
        )
        for each in (known, plain)
    ]

    assert drawn[0] == drawn[1]
    assert "cash" not in text_of(drawn[0])


@pytest.mark.parametrize("large_print", [False, True])
def test_a_bill_of_version_1_takes_on_nothing_of_version_2(large_print: bool) -> None:  # noqa: FBT001
    """What bills learned to say later is not put on one that was sent without it."""
    old = bill(
        template_version="1",
        old_number="204-7781-03",
        late_charge=Money(530),
        messages=(RATES_MESSAGE,),
    )
    plain = bill(template_version="1")

    drawn = [
        render_bill(
            bill=each,
            language="en",
            cooperative=COOPERATIVE,
            handed=Handed(pay_address=PAY_ADDRESS, mailing=("Somebody else",)),
            large_print=large_print,
        )
        for each in (old, plain)
    ]

    assert drawn[0] == drawn[1]
    assert "Please pay by Monday, December 28, 2026" in text_of(drawn[0])
