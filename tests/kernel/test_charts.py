"""Charts as SVG: readable by everybody, true to their figures, safe with any text."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthub.kernel.charts import WIDTH, Bar, BarKind, Guide, bar_chart, choose_guides

SVG = "{http://www.w3.org/2000/svg}"
values = st.decimals(min_value=0, max_value=100_000, places=3)


def draw(*bars: Bar, **options: object) -> ElementTree.Element:
    """Return a chart as a tree, as every reader of XML sees it."""
    text = bar_chart(name="use", title="kWh", sentence="So much.", bars=bars, **options)  # type: ignore[arg-type]
    return ElementTree.fromstring(text)  # noqa: S314 (our own text)


def rects(chart: ElementTree.Element) -> list[ElementTree.Element]:
    return chart.findall(f"{SVG}rect")


def number(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name])


class TestBarChart:
    def test_is_a_picture_with_a_name_and_a_sentence(self) -> None:
        chart = draw(Bar(Decimal(1), "Nov 1: 1 kWh"))

        assert chart.attrib["role"] == "img"
        named = {element.attrib.get("id"): element.text for element in chart}
        assert [named[key] for key in chart.attrib["aria-labelledby"].split()] == [
            "kWh",
            "So much.",
        ]

    def test_draws_twice_as_much_twice_as_tall(self) -> None:
        low, high = rects(draw(Bar(Decimal(20), "low"), Bar(Decimal(40), "high")))

        assert number(high, "height") == pytest.approx(2 * number(low, "height"), abs=0.2)
        assert number(high, "y") + number(high, "height") == pytest.approx(
            number(low, "y") + number(low, "height"), abs=0.2
        )

    def test_leaves_a_gap_where_nothing_is_known_and_a_stub_for_zero(self) -> None:
        chart = draw(Bar(None, "unknown"), Bar(Decimal(0), "zero"), Bar(Decimal(9), "nine"))

        told = [rect.findtext(f"{SVG}title") for rect in rects(chart)]
        assert told == ["zero", "nine"]
        assert number(rects(chart)[0], "height") > 0

    def test_says_by_class_what_a_bar_is(self) -> None:
        chart = draw(*(Bar(Decimal(1), kind, kind=kind) for kind in BarKind))

        classes = [rect.attrib["class"] for rect in rects(chart)]
        assert classes == [f"chart-bar chart-bar-{kind}" for kind in BarKind]

    def test_needs_no_style_of_its_own(self) -> None:
        text = bar_chart(name="use", title="", sentence="", bars=[Bar(Decimal(1), "one", "1")])

        assert "style" not in text

    def test_escapes_whatever_a_label_holds(self) -> None:
        label = '<script>"&'

        chart = draw(Bar(Decimal(1), label, below=label), guides=[Guide(Decimal(1), label)])

        assert rects(chart)[0].findtext(f"{SVG}title") == label
        assert [text.text for text in chart.findall(f"{SVG}text")] == [label, label]

    def test_breaks_the_line_where_nothing_is_known(self) -> None:
        bars = [Bar(Decimal(1), str(n)) for n in range(5)]
        line = [Decimal(40), Decimal(50), None, Decimal(45), Decimal(60)]

        lines = draw(*bars, line=line).findall(f"{SVG}polyline")

        assert [len(each.attrib["points"].split()) for each in lines] == [2, 2]

    def test_refuses_a_line_that_does_not_fit_its_bars(self) -> None:
        with pytest.raises(ValueError, match="one value for each bar"):
            draw(Bar(Decimal(1), "one"), line=[Decimal(1), Decimal(2)])

    def test_of_nothing_is_empty_and_stands(self) -> None:
        assert rects(draw()) == []
        assert rects(draw(Bar(None, "unknown"))) == []

    @given(st.lists(st.none() | values, min_size=1, max_size=40))
    def test_stays_inside_its_frame(self, given_values: list[Decimal | None]) -> None:
        chart = draw(*(Bar(value, "x") for value in given_values), height=150)

        for rect in rects(chart):
            assert 0 <= number(rect, "x") <= WIDTH - number(rect, "width") + 0.1
            assert 0 <= number(rect, "y") <= 150


class TestGuides:
    @pytest.mark.parametrize(
        ("highest", "low", "high"),
        [
            ("10", "5", "10"),  # reaches the highest bar exactly
            ("9.99", "2.5", "5"),
            ("78", "25", "50"),
            ("0.3", "0.1", "0.2"),
            ("1400", "500", "1000"),
        ],
    )
    def test_are_round_and_do_not_rise_above_the_bars(
        self, highest: str, low: str, high: str
    ) -> None:
        assert choose_guides([Decimal(1) / 100, Decimal(highest), None]) == (
            Decimal(low),
            Decimal(high),
        )

    @pytest.mark.parametrize("nothing", [[], [None], [Decimal(0)]], ids=["no bars", "gap", "zero"])
    def test_are_none_where_nothing_is_above_zero(self, nothing: list[Decimal | None]) -> None:
        assert choose_guides(nothing) is None


class TestBesideTheBars:
    BARS = (Bar(Decimal(10), "a"), Bar(Decimal(20), "b"))

    def test_a_mark_stands_on_the_scale_of_the_bars(self) -> None:
        svg = bar_chart(
            name="c", title="t", sentence="s", bars=self.BARS, marks=[Decimal(20), None], height=138
        )

        # 138 high: floor at 114, top at 14; 20 is the highest, so the mark is at the top
        assert 'class="chart-mark" d="M' in svg
        assert " 14.0H" in svg
        assert svg.count("H") - svg.count("Height") == 1

    def test_a_mark_above_every_bar_is_not_cut_off(self) -> None:
        svg = bar_chart(
            name="c", title="t", sentence="s", bars=self.BARS, marks=[Decimal(40), None], height=138
        )

        # the bar of 20 reaches half of the hundred between floor and top
        assert 'height="50.0"' in svg

    def test_what_is_given_back_hangs_down_on_the_same_scale(self) -> None:
        svg = bar_chart(
            name="c",
            title="t",
            sentence="s",
            bars=self.BARS,
            hanging=[Decimal(5), None],
            height=139,
        )

        # 20 up and 5 down share 101: 80.8 and 20.2
        assert 'class="chart-bar chart-bar-back"' in svg
        assert 'height="20.2"' in svg
        assert 'height="80.8"' in svg

    def test_a_flag_is_text_and_escaped(self) -> None:
        svg = bar_chart(name="c", title="t", sentence="s", bars=self.BARS, flags=["<", ""])

        assert svg.count("chart-flag") == 1
        assert "&lt;</text>" in svg

    @pytest.mark.parametrize("given", ["marks", "hanging", "flags"])
    def test_each_needs_one_value_for_each_bar(self, given: str) -> None:
        with pytest.raises(ValueError, match="one value for each bar"):
            draw(*self.BARS, **{given: [Decimal(1)]})
