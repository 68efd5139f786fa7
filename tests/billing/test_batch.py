"""Many bills in one file, as a mailing house gets them: tagged, each in its language and pages."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from smarthub.billing.printed.handed import ToPrint
from smarthub.billing.printing import LARGEST_BATCH, render_batch
from tests.billing.reading import complaints, elements, headings, pages_of, text_of
from tests.billing.sample_bill import COOPERATIVE, bill
from tests.billing.sample_set import samples

THREE = [
    ToPrint(sample.bill, language, sample.handed)
    for sample, language in zip(samples(), ("en", "es", "en"), strict=False)
]
TITLE = "Bills of December 5, 2026, 1 to 3"


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return render_batch(bills=THREE, cooperative=COOPERATIVE, title=TITLE)


def test_is_sound_and_has_a_title_and_one_first_heading_for_each_bill(
    drawn: bytes, tmp_path: Path
) -> None:
    with pikepdf.open(io.BytesIO(drawn)) as opened:
        assert str(opened.docinfo["/Title"]) == TITLE
        assert bool(opened.Root.MarkInfo.Marked)
    assert complaints(drawn, tmp_path) == ""
    assert headings(drawn).count(1) == 3


def test_counts_the_pages_of_each_bill_by_itself(drawn: bytes) -> None:
    assert pages_of(drawn) == 6
    feet = [
        f"{word} {page} {of} 2"
        for word, of in (("Page", "of"), ("Página", "de"), ("Page", "of"))
        for page in (1, 2)
    ]
    for page, foot in enumerate(feet, start=1):
        assert foot in text_of(drawn, page)


def test_says_which_bill_is_in_another_language_than_the_file(drawn: bytes) -> None:
    with pikepdf.open(io.BytesIO(drawn)) as opened:
        file_language = str(opened.Root.Lang)
        named = {str(each.Lang) for _role, each in elements(opened) if "/Lang" in each}

    assert file_language.startswith("en")
    assert any(each.startswith("es") for each in named)


@pytest.mark.parametrize(
    "bills",
    [[], THREE * 67, [THREE[0], ToPrint(bill(template_version="1"), "en", THREE[0].handed)]],
    ids=["none", "201", "two versions"],
)
def test_refuses_what_is_no_batch(bills: list[ToPrint]) -> None:
    assert LARGEST_BATCH == 200

    with pytest.raises(ValueError, match="one version"):
        render_batch(bills=bills, cooperative=COOPERATIVE, title=TITLE)
