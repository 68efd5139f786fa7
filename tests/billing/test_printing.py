"""The printed bill: its structure for screen readers, and what a reader finds on it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test import override_settings

from smarthub.billing.printed.data import print_data
from smarthub.billing.printed.handed import Handed
from smarthub.billing.printing import render_bill
from smarthub.billing.types import BillView
from smarthub.kernel.money import Money
from smarthub.kernel.quantity import Unit
from tests.billing.sample_bill import (
    COOPERATIVE,
    ELECTRIC,
    ELECTRIC_READ,
    FIBER,
    GAS,
    PAY_ADDRESS,
    bill,
    meter_read,
    segment,
)
from tests.rating.rate_book import E_R1


def draw(view: BillView, language: str = "en", pay_address: str = PAY_ADDRESS) -> bytes:
    return render_bill(
        bill=view,
        language=language,
        cooperative=COOPERATIVE,
        handed=Handed(pay_address=pay_address),
    )


def told(view: BillView, language: str = "en") -> dict[str, Any]:
    return print_data(
        bill=view,
        language=language,
        cooperative=COOPERATIVE,
        handed=Handed(pay_address=PAY_ADDRESS),
    )


def tags(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """Walk the structure tree; yield each element with the name of its role."""
    waiting = [pdf.Root.StructTreeRoot]
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Array):
            waiting.extend(element)
        elif isinstance(element, pikepdf.Dictionary):
            if "/S" in element:
                yield str(element.S), element
            if "/K" in element:
                waiting.append(element.K)


@pytest.fixture(scope="module", params=["en", "es"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def drawn(language: str) -> bytes:
    return draw(bill(), language)


class TestTheStructure:
    def test_says_its_language_and_title_and_that_it_is_tagged(
        self, drawn: bytes, language: str
    ) -> None:
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            assert str(pdf.Root.Lang).startswith(language)
            assert bool(pdf.Root.MarkInfo.Marked)
            assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
            assert "0010004821" in str(pdf.docinfo["/Title"])

    def test_says_it_is_universally_accessible(self, drawn: bytes) -> None:
        with pikepdf.open(io.BytesIO(drawn)) as pdf, pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"

    def test_gives_every_figure_its_words_and_every_table_its_headers(self, drawn: bytes) -> None:
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            found = list(tags(pdf))
            figures = [element for role, element in found if role == "/Figure"]
            roles = [role for role, _element in found]

        # two charts with their temperatures, the QR code, and the bar code for stores
        assert len(figures) == 4
        assert all("/Alt" in figure for figure in figures)
        assert roles.count("/TH") >= roles.count("/Table") * 2

    def test_has_headings_that_begin_at_one(self, drawn: bytes) -> None:
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            roles = {role for role, _element in tags(pdf)}

        assert {"/H1", "/H2", "/H3"} <= roles

    def test_is_sound(self, drawn: bytes) -> None:
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            assert pdf.check_pdf_syntax() == []

    def test_is_a_sheet_of_two_pages_for_a_household_with_everything(self, drawn: bytes) -> None:
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            assert len(pdf.pages) == 2

    def test_is_the_same_when_it_is_drawn_again(self, drawn: bytes, language: str) -> None:
        assert draw(bill(), language) == drawn


class TestWhatItTells:
    def test_is_the_one_amount_and_its_date(self) -> None:
        assert told(bill())["head"] == {
            "label": "Amount due",
            "amount": "$353.67",
            "note": "Please pay by Monday, December 28, 2026",
            "more": [],
            "alarm": "",
        }

    def test_is_in_spanish_for_a_spanish_reader(self) -> None:
        data = told(bill(), "es")

        assert data["head"]["label"] == "Monto adeudado"
        assert data["head"]["note"] == "Pague a más tardar el lunes 28 de diciembre de 2026"
        assert data["summary"]["rows"][0] == ["Saldo anterior", "$312.44"]
        assert data["services"][0]["lines"][0] == [
            "Cargo por instalaciones",
            "1 mes",
            "$33.00",
            "$33.00",
        ]

    def test_adds_up_on_the_summary(self) -> None:
        assert told(bill())["summary"] == {
            "rows": [
                ["Previous balance", "$312.44"],
                ["Payments received, thank you", "\N{MINUS SIGN}$312.44"],
                ["Electric", "$139.46"],
                ["Natural gas", "$145.21"],
                ["Fiber internet", "$69.00"],
            ],
            "total": ["Amount due", "$353.67"],
        }

    def test_shows_quantity_times_rate_of_each_line(self) -> None:
        lines = told(bill())["services"][0]["lines"]

        assert lines[2] == ["Distribution", "812 kWh", "$0.0410", "$33.29"]
        assert lines[4] == ["Power cost adjustment", "812 kWh", "$0.00375", "$3.05"]

    def test_says_when_a_reading_is_an_estimate_and_how_use_was_converted(self) -> None:
        guessed = replace(GAS, reads=(replace(GAS.reads[0], kind="estimated", estimated=True),))

        (gas,) = told(bill((guessed,)))["services"]

        assert gas["reads"][0][3] == "Estimated"
        assert gas["notes"] == [
            "Estimated: this meter could not be read. The next reading settles the difference.",
            "118 ccf x 1.025 = 121 therms, which is what the rate counts.",
        ]

    def test_counts_the_last_day_of_a_period_as_people_do(self) -> None:
        assert told(bill())["services"][0]["period"] == "Nov 5, 2026 to Dec 4, 2026, 30 days"

    def test_says_what_changed(self) -> None:
        # 353.67 - 312.44 = 41.23; 812 / 30 = 27.1 and 1,160 / 31 = 37.4 kWh a day;
        # 29.4 degrees against 49 - 27 x cos(330 degrees) = 25.6, rounded to 26
        assert told(bill())["changed"][:2] == [
            "The charges on this bill are $41.23 more than on your last bill.",
            (
                "Electric: 27.1 kWh a day, 10.3 less than on your last bill. "
                "It was 3 °F warmer on average."
            ),
        ]

    def test_prints_the_line_a_machine_reads_without_spaces(self) -> None:
        asked = bill(asked=Money(13946))

        # rule 131: 0010004821 00013946 261228 has the check digit 4
        assert told(asked)["stub"]["scan_line"] == "0010004821000139462612284"

    def test_names_the_place_of_each_service_where_there_are_several(self) -> None:
        farm = replace(ELECTRIC, address="77 County Rd 9, Willow Bend")

        rows = told(bill((ELECTRIC, farm)))["summary"]["rows"]

        assert [row[0] for row in rows[2:]] == [
            "Electric, 412 Elm St, Willow Bend",
            "Electric, 77 County Rd 9, Willow Bend",
        ]


MILLIONS = segment(
    E_R1, (meter_read("PR1", "0", "99000000", "99000000", Unit.KWH),), ELECTRIC.history
)


class TestOddBills:
    @pytest.mark.parametrize(
        "odd",
        [
            bill((MILLIONS,)),
            bill(asked=Money(-4512)),
            bill(asked=Money(0)),
            bill(holder="Wolfeschlegelsteinhausenbergerdorff " * 3 + "and Sons"),
            bill(holder='#eval(1) *bold* $x$ <b> \\ " 日本'),
            bill((segment(E_R1, (ELECTRIC_READ,)),), last_charges=None),
            bill((segment(E_R1, (replace(ELECTRIC_READ, quantity=Decimal(0)),)),)),
            bill((FIBER,)),
            bill((ELECTRIC, GAS, FIBER) * 4),
            bill(account_number="ABC-77"),
        ],
        ids=[
            "millions",
            "credit",
            "nothing due",
            "long name",
            "name like markup",
            "no history",
            "no use",
            "subscription only",
            "twelve services",
            "account with letters",
        ],
    )
    def test_are_drawn(self, odd: BillView, language: str) -> None:
        pdf = draw(odd, language)

        with pikepdf.open(io.BytesIO(pdf)) as opened:
            assert len(opened.pages) >= 2

    def test_put_a_mark_for_letters_no_font_of_ours_has(self) -> None:
        data = told(bill(holder="Zoë Nuñez-Łukasz Ωμέγα 日本 \N{GRINNING FACE}\t*x*"))

        assert data["stub"]["from"][0] == "Zoë Nuñez-Łukasz Ωμέγα ?? ? *x*"

    def test_are_drawn_without_an_address_to_pay_at(self) -> None:
        with pikepdf.open(io.BytesIO(draw(bill(), pay_address=""))) as pdf:
            figures = [element for role, element in tags(pdf) if role == "/Figure"]

        assert len(figures) == 3

    def test_of_a_credit_say_that_nothing_is_to_be_paid(self) -> None:
        data = told(bill(asked=Money(-4512)))

        assert data["head"]["label"] == "Your credit"
        assert data["head"]["amount"] == "$45.12"
        assert data["stub"]["note"] == "Payment stub: there is nothing to send this time."
        # ten digits of the account, eight zeros, and the date
        assert data["stub"]["scan_line"][:24] == "001000482100000000261228"

    def test_of_an_unknown_version_are_not_drawn_as_another(self) -> None:
        with pytest.raises(FileNotFoundError):
            draw(bill(template_version="99"))


class TestLettersAndFonts:
    def test_every_letter_that_is_let_through_can_be_drawn(self) -> None:
        blocks = ((0x20, 0x530), (0x1E00, 0x1F00), (0x2000, 0x2070), (0x2200, 0x2220))
        letters = "".join(chr(code) for start, end in blocks for code in range(start, end))

        pdf = draw(bill((FIBER,), holder=letters))

        assert pdf.startswith(b"%PDF")

    def test_a_substitute_is_used_and_said_while_the_fonts_are_not_built(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with override_settings(FONTS_DIR=tmp_path):
            pdf = draw(bill())
            draw(bill())

        assert pdf.startswith(b"%PDF")
        assert [record.levelname for record in caplog.records] == ["WARNING"]
