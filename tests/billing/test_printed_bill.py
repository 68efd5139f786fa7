"""The eight bills of docs and their odd relations, read back as a machine and a listener would."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from smarthub.billing.engine.stub import check_digit
from smarthub.billing.printed.handed import AutoPayNote, Handed
from smarthub.billing.printed.third import print_data
from smarthub.billing.printing import render_bill
from smarthub.billing.types import BillMessage, BillView
from smarthub.kernel.money import Money
from smarthub.kernel.text import Text
from tests.billing.reading import (
    INCH,
    complaints,
    elements,
    headings,
    pages_of,
    spoken,
    text_of,
    words_of,
)
from tests.billing.sample_bill import COOPERATIVE, PAY_ADDRESS, bill
from tests.billing.sample_set import (
    DUE,
    FIBER,
    GAS,
    HOME,
    RATES_MESSAGE,
    Sample,
    a_bill,
    samples,
)

SAMPLES = {sample.name: sample for sample in samples()}
HANDED = Handed(pay_address=PAY_ADDRESS)
MINUS = "\N{MINUS SIGN}"
CENTS = re.compile(rf"({MINUS}?)\$([\d,]+\.\d\d)(?!\d)")
AMOUNT = {"en": "Amount due", "es": "Monto adeudado"}
CREDIT = {"en": "Your credit", "es": "Su saldo a favor"}


@pytest.fixture(params=["en", "es"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Sample:
    return SAMPLES[request.param]


@cache
def drawn(name: str, language: str) -> bytes:
    sample = SAMPLES[name]
    return render_bill(
        bill=sample.bill, language=language, cooperative=COOPERATIVE, handed=sample.handed
    )


def draw(view: BillView, language: str = "en", handed: Handed = HANDED) -> bytes:
    return render_bill(bill=view, language=language, cooperative=COOPERATIVE, handed=handed)


def amounts(line: str) -> list[Money]:
    return [
        Money(int(f"{'-' if sign else ''}{figure.replace(',', '').replace('.', '')}"))
        for sign, figure in CENTS.findall(line)
    ]


def printed_sum(pdf: bytes, label: str) -> tuple[Money, Money]:
    """Return what the rows of the summary on the first page come to, and the sum under them."""
    words = words_of(pdf, 1)
    left = [word for word in words if word.right < 4.4 * INCH]
    lines: dict[int, list[str]] = {}
    for word in sorted(left, key=lambda word: (round(word.bottom / 3), word.left)):
        lines.setdefault(round(word.bottom / 3), []).append(word.text)
    told = [" ".join(line) for line in lines.values()]
    end = max(at for at, line in enumerate(told) if line.startswith(label) and amounts(line))
    start = next(at for at, line in enumerate(told) if line.startswith(("Previous", "Saldo ant")))
    rows = [amounts(line)[-1] for line in told[start:end] if amounts(line)]
    return Money.sum(rows), amounts(told[end])[-1]


class TestWhatIsDrawn:
    def test_is_sound_and_tagged_in_order(
        self, sample: Sample, language: str, tmp_path: Path
    ) -> None:
        pdf = drawn(sample.name, language)
        levels = headings(pdf)
        steps = [later - before for before, later in pairwise(levels)]

        assert complaints(pdf, tmp_path) == ""
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert max(steps) <= 1

    def test_gives_each_table_a_head_and_each_figure_its_words(
        self, sample: Sample, language: str
    ) -> None:
        with pikepdf.open(io.BytesIO(drawn(sample.name, language))) as opened:
            found = list(elements(opened))
            tables = [element for role, element in found if role == "Table"]
            figures = [element for role, element in found if role == "Figure"]
            heads = [next(part for part in table.K if part.S == "/THead") for table in tables]
            head_cells = [[str(cell.S) for cell in head.K[0].K] for head in heads]
            alternatives = [str(figure.Alt) for figure in figures]

        assert len(tables) >= 3
        assert all(set(cells) == {"/TH"} for cells in head_cells)
        assert alternatives
        assert all(len(each) > 20 for each in alternatives)

    def test_is_said_in_the_order_of_a_letter(self, sample: Sample, language: str) -> None:
        said = spoken(drawn(sample.name, language))
        data = print_data(
            bill=sample.bill, language=language, cooperative=COOPERATIVE, handed=sample.handed
        )
        order = [
            data["coop"]["name"],
            data["heading"],
            data["to"][0],
            data["head"]["amount"],
            data["head"]["note"],
            data["facts"][0][1],
            data["label"]["summary"],
            data["label"]["changed"],
            data["pay"]["heading"],
            *(message["title"] for message in data["messages"]),
            *(told["total"][0] for told in data["services"]),
        ]

        places = [said.index(each) for each in order]
        assert places == sorted(places)
        assert data["stub"]["note"] not in said  # the stub only repeats what was said

    def test_shows_the_sum_that_is_stored(self, sample: Sample, language: str) -> None:
        label = (CREDIT if sample.bill.asked < Money(0) else AMOUNT)[language]

        rows, total = printed_sum(drawn(sample.name, language), label)

        assert rows == total == sample.bill.asked

    def test_is_one_sheet(self, sample: Sample, language: str) -> None:
        assert pages_of(drawn(sample.name, language)) == 2

    def test_carries_a_line_a_machine_reads(self, sample: Sample, language: str) -> None:
        words = words_of(drawn(sample.name, language), 1)
        (line,) = [word for word in words if re.fullmatch(r"\d{25}", word.text)]
        digits = line.text
        asked = max(sample.bill.asked.cents, 0)

        assert digits[:10] == sample.bill.account_number
        assert (int(digits[10:18]), digits[18:24]) == (asked, f"{DUE:%y%m%d}")
        assert check_digit(digits[:-1]) == int(digits[-1])
        # within 2 in. of the bottom, at the right margin, a quarter inch clear above and below
        assert 9 * INCH < line.top < line.bottom <= 10.75 * INCH
        assert line.right == pytest.approx(7.8 * INCH, abs=1)
        near = [
            word
            for word in words
            if word != line
            and word.right > line.left
            and word.bottom > line.top - INCH / 4
            and word.top < line.bottom + INCH / 4
        ]
        assert near == []

    def test_has_the_address_in_the_window_of_an_envelope(
        self, sample: Sample, language: str
    ) -> None:
        words = words_of(drawn(sample.name, language), 1)
        first, *_names = sample.handed.mailing[0].split()
        top = next(word for word in words if word.text == first and word.top < 3 * INCH)

        assert 0.875 * INCH <= top.left <= 1.2 * INCH
        assert 1.6 * INCH <= top.top <= 2.6 * INCH


class TestWhatIsSaid:
    def test_of_auto_pay_is_the_day_it_takes_the_amount(self) -> None:
        text = " ".join(text_of(drawn("time_of_use", "en")).split())

        assert "Auto Pay takes it on Thursday, December 24, 2026. You have nothing to do." in text
        assert "Payment stub: please send nothing." in text
        assert "Amount enclosed" not in text

    def test_of_a_bill_auto_pay_does_not_pay_yet_is_to_pay_it_by_hand(self) -> None:
        text = " ".join(text_of(drawn("three_services", "es")).split())

        assert "El pago automático todavía no paga esta factura." in text
        assert "Monto incluido" in text

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            # 880 taken less 500 given back are 380; 230 of them come from the bank, 150 are billed
            ("en", "You took 880 kWh and gave back 500 kWh; 150 kWh are billed."),
            ("es", "Usted consumió 880 kWh y devolvió 500 kWh; se facturan 150 kWh."),
        ],
    )
    def test_of_net_metering_is_how_the_energy_billed_comes_about(
        self, language: str, said: str
    ) -> None:
        text = " ".join(text_of(drawn("net_metering", language)).split())

        assert said in text
        assert text.count("230 kWh") == 1

    def test_of_being_late_is_the_amount_and_its_charge(self) -> None:
        text = " ".join(text_of(drawn("past_due", "en")).split())

        # 164.28 - 50.00 = 114.28; with 139.46 it is 253.74; 1.5 % of 139.46 is 2.09
        assert "$114.28 of this is past due." in text
        assert "After December 28: $255.83, with a late charge of $2.09." in text

    def test_names_the_old_account_number_and_the_news_with_its_page(self) -> None:
        text = text_of(drawn("residential", "en"))

        assert "204-7781-03" in text
        assert "my.prairieridge.example/bills/messages/12/" in text

    @pytest.mark.parametrize("large_print", [False, True])
    def test_names_what_the_member_is_filed_under_in_their_language(
        self,
        large_print: bool,  # noqa: FBT001
        language: str,
    ) -> None:
        sample = SAMPLES["residential"]
        pdf = render_bill(
            bill=replace(sample.bill, budget=Money(12000)),
            language=language,
            cooperative=COOPERATIVE,
            handed=sample.handed,
            large_print=large_print,
        )

        told = {
            "en": [
                "Member number 0010004",
                "Billing cycle C1",
                "Board district 4",
                "Budget amount $120.00",
                "If the power goes out",
            ],
            "es": [
                "Número de miembro 0010004",
                "Ciclo de facturación C1",
                "Distrito de la junta 4",
                "Monto del presupuesto $120.00",
                "Si se va la luz",
            ],
        }
        for each in told[language]:
            assert each in spoken(pdf)

    def test_names_none_of_these_where_they_are_not_known(self) -> None:
        unknown = bill(member_number="", cycle_code="", board_district="")
        pdf = render_bill(bill=unknown, language="en", cooperative=COOPERATIVE, handed=HANDED)

        for name in ("Member number", "Billing cycle", "Board district", "Budget"):
            assert name not in text_of(pdf)

    def test_parts_an_unbundled_rate_in_blocks_that_add_up(self) -> None:
        data = print_data(
            bill=SAMPLES["residential"].bill,
            language="en",
            cooperative=COOPERATIVE,
            handed=HANDED,
        )

        # 62.52 + 3.05 = 65.57; 33.00 + 5.00 + 33.29 = 71.29; 2.60: together 139.46
        blocks = data["services"][0]["blocks"]
        assert [(each["name"], each["total"]) for each in blocks] == [
            ("Energy supply", "$65.57"),
            ("Delivery and service", "$71.29"),
            ("Taxes", "$2.60"),
        ]

    def test_leaves_a_rate_with_one_price_for_both_as_it_is(self) -> None:
        data = print_data(
            bill=SAMPLES["time_of_use"].bill, language="en", cooperative=COOPERATIVE, handed=HANDED
        )

        assert [each["name"] for each in data["services"][0]["blocks"]] == [""]

    def test_of_a_final_credit_is_that_it_is_paid_out(self) -> None:
        left = a_bill("final", HOME, previous=-30000, payments=0, is_final=True)

        text = " ".join(text_of(draw(left)).split())

        assert "Your final bill" in text
        assert "We will pay this credit out to you." in text

    def test_of_auto_pay_is_nothing_to_a_member_without_it(self) -> None:
        assert "Auto Pay" not in text_of(draw(bill()))
        assert "Auto Pay" in text_of(
            draw(bill(), handed=replace(HANDED, auto_pay=AutoPayNote(None)))
        )


LONG_NAME = ("Wolfeschlegelsteinhausenbergerdorff " * 4)[:120]
LONG_NEWS = BillMessage(
    1,
    Text("A long story", "Una historia larga"),
    Text(
        ("The board met and talked. " * 120)[:3000], ("La junta se reunió y habló. " * 120)[:3000]
    ),
)
MILLION = replace(
    FIBER,
    lines=(replace(FIBER.lines[0], rate=Decimal(1_000_000), amount=Money(100_000_000)),),
    total=Money(100_000_000),
)
NEW = replace(HOME, history=HOME.history[-1:], last_bill=None, last_year=None)
ODD = {
    "forty services": a_bill("residential", *(HOME, GAS, FIBER, HOME) * 10),
    "forty places": a_bill(
        "residential",
        *(replace(HOME, address=f"{at} County Road, Willow Bend") for at in range(40)),
    ),
    "a name of 120 letters": a_bill("residential", HOME, holder=LONG_NAME),
    "a million": a_bill("residential", MILLION, previous=0),
    "a credit": a_bill("residential", HOME, previous=-123_456_789, payments=0),
    "no history": a_bill("residential", NEW, last_charges=None, previous=0),
    "news of 3,000 letters": a_bill("residential", HOME, messages=(LONG_NEWS,)),
}


class TestOddBills:
    def test_two_services_with_all_there_is_to_say_are_one_sheet(self, language: str) -> None:
        view = a_bill("three_services", HOME, GAS, messages=(RATES_MESSAGE,))

        assert pages_of(draw(view, language)) == 2

    @pytest.mark.parametrize("name", ODD)
    def test_are_sound_and_add_up_and_keep_the_stub_at_the_foot_of_the_first_page(
        self, name: str, language: str, tmp_path: Path
    ) -> None:
        view = ODD[name]
        pdf = draw(view, language)
        label = (CREDIT if view.asked < Money(0) else AMOUNT)[language]
        lines = {
            page: [
                word for word in words_of(pdf, page) if word.text.isdigit() and len(word.text) == 25
            ]
            for page in range(1, pages_of(pdf) + 1)
        }

        assert complaints(pdf, tmp_path) == ""
        rows, total = printed_sum(pdf, label)
        assert rows == total == view.asked
        if view.asked <= Money(99_999_999):
            assert [len(found) for found in lines.values()] == [1] + [0] * (len(lines) - 1)
            assert lines[1][0].top > 9 * INCH
        else:
            assert not any(lines.values())  # too much for the line: keyed by hand
        stub = {"en": "Payment stub", "es": "Talón de pago"}[language]
        assert stub in text_of(pdf, 1)

    @pytest.mark.parametrize("name", ODD)
    def test_keep_every_word_on_the_paper(self, name: str, language: str) -> None:
        pdf = draw(ODD[name], language)

        for page in range(1, pages_of(pdf) + 1):
            outside = [
                word.text
                for word in words_of(pdf, page)
                if word.left < 0.6 * INCH or word.right > 7.9 * INCH or word.bottom > 10.9 * INCH
            ]
            assert outside == []

    def test_of_forty_services_show_each_of_them_once(self) -> None:
        text = text_of(draw(ODD["forty services"]))

        assert text.count("Total Electric") == 20
        assert text.count("Total Natural gas") == 10
        assert text.count("Total Fiber internet") == 10

    def test_of_many_places_are_summed_up_by_service(self) -> None:
        text = text_of(draw(ODD["forty places"]))

        assert re.search(r"Electric, 40 services +\$5,578\.40", text)  # 40 x 139.46
        assert text.count("Total Electric") == 40

    def test_print_long_news_whole_behind_the_services(self, language: str) -> None:
        pdf = draw(ODD["news of 3,000 letters"], language)
        said = spoken(pdf)

        told = LONG_NEWS.text.in_language(language).split()
        assert " ".join(told) in " ".join(said.split())
        assert said.index("A long" if language == "en" else "Una hist") > said.index("812 kWh")
