"""A co-op's logo is a small drawing that does nothing but be seen."""

from __future__ import annotations

import pytest

from smarthub.cooperative.logo import LogoRefused
from smarthub.cooperative.models import Policy
from smarthub.cooperative.operations import set_logo
from smarthub.cooperative.queries import get_policy
from tests.cast import NOW, TODAY

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 34 34">'
GOOD = f"""{OPEN}
  <title>Prairie Ridge</title>
  <defs>
    <linearGradient id="sky" gradientTransform="rotate(90)">
      <stop offset="0%" stop-color="#1e3a8a"/><stop offset="1" stop-color="rgb(30, 58, 138)"/>
    </linearGradient>
  </defs>
  <g fill="none" transform="translate(1,2) scale(.9)">
    <rect width="34" height="34" rx="9" fill="url(#sky)"/>
    <path d="M5 22c4-6 8-6 12-2s8 4 12-2" stroke="white" stroke-linecap="round"/>
  </g>
</svg>"""


def drawing(inside: str) -> str:
    return f"{OPEN}{inside}</svg>"


def keep(svg: str) -> None:
    set_logo(svg=svg, effective_from=TODAY, author="board", now=NOW)


@pytest.mark.django_db
class TestSetLogo:
    def test_keeps_a_drawing_as_it_was_given(self) -> None:
        keep(GOOD)

        assert get_policy(key="logo", on=TODAY) == {"svg": GOOD}

    @pytest.mark.parametrize(
        "box", ["0 0 34 34", "-17,-17, 34,34", " 0 0 .5 0.25 ", "0.5 -0.5 100 10"]
    )
    def test_takes_a_view_box_of_any_size(self, box: str) -> None:
        keep(GOOD.replace("0 0 34 34", box))

        assert get_policy(key="logo", on=TODAY)["svg"].count(box) == 1

    @pytest.mark.parametrize(
        ("svg", "reason"),
        [
            (drawing(" " * 20_001), "too_large"),
            (drawing(f"<title>{'ñ' * 10_000}</title>"), "too_large"),  # 2 bytes each
            (f'<!DOCTYPE svg [<!ENTITY a "b">]>{drawing("&a;")}', "markup"),
            (f"<!doctype svg>{GOOD}", "markup"),
            (drawing("<!-- a comment -->"), "markup"),
            (f'<?xml-stylesheet href="https://example.org/a.css"?>{GOOD}', "markup"),
            ("", "not_well_formed"),
            ("a picture", "not_well_formed"),
            (drawing("<g>"), "not_well_formed"),
            (drawing("&undeclared;"), "not_well_formed"),
            ('<svg viewBox="0 0 34 34"/>', "not_svg"),
            ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "not_svg"),
            ('<g xmlns="http://www.w3.org/2000/svg" viewBox="0 0 34 34"/>', "not_svg"),
            ('<svg xmlns="http://www.w3.org/2000/svg"/>', "no_view_box"),
            (GOOD.replace("0 0 34 34", "0 0 34"), "no_view_box"),
            (GOOD.replace("0 0 34 34", "0 0 34 0"), "no_view_box"),
            (GOOD.replace("0 0 34 34", "0 0 -34 34"), "no_view_box"),
            (drawing("<script>alert(1)</script>"), "element"),
            (drawing("<style>g{}</style>"), "element"),
            (drawing("<foreignObject/>"), "element"),
            (drawing("<image/>"), "element"),
            (drawing("<use/>"), "element"),
            (drawing("<a/>"), "element"),
            (drawing("<animate/>"), "element"),
            (drawing('<g xmlns="http://www.w3.org/1999/xhtml"/>'), "element"),
            (drawing('<g xmlns=""/>'), "element"),
            (drawing('<g onload="alert"/>'), "attribute"),
            (drawing('<g style="fill: red"/>'), "attribute"),
            (drawing('<linearGradient href="#a"/>'), "attribute"),
            (
                drawing('<g xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#a"/>'),
                "attribute",
            ),
            (drawing('<g fill="url(https://example.org/a.svg#b)"/>'), "value"),
            (drawing('<g fill="url(//example.org)"/>'), "value"),
            (drawing('<g fill="url(a)"/>'), "value"),
            (drawing('<g fill="url(&quot;#a&quot;)"/>'), "value"),
            (drawing(r'<g fill="u\72l(#a)"/>'), "value"),
            (drawing('<g fill="image(a)"/>'), "value"),
            (drawing('<g fill="javascript:alert"/>'), "value"),
        ],
    )
    def test_refuses_any_other(self, svg: str, reason: str) -> None:
        with pytest.raises(LogoRefused) as error:
            keep(svg)

        assert error.value.values["reason"] == reason
        assert not Policy.objects.filter(key="logo").exists()
