"""What a co-op's logo may be: a small drawing that does nothing but be seen.

An SVG can carry scripts, ask other servers for files and swell without end. So a logo is held
against lists of what may be in it; whatever is on no list is refused, known to be harmful or not.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from smarthub.kernel.errors import Refused

LARGEST_BYTES = 20_000
NAMESPACE = "{http://www.w3.org/2000/svg}"
ELEMENT = re.compile(
    r"svg|g|defs|title|path|circle|rect|ellipse|line|polyline|polygon"
    r"|linearGradient|radialGradient|stop"
)
ATTRIBUTE = re.compile(
    r"id|version|viewBox|preserveAspectRatio|width|height|transform"
    r"|[xy][12]?|c[xy]|r[xy]?|f[xyr]|d|points|pathLength"
    r"|offset|gradientUnits|gradientTransform|spreadMethod|stop-color|stop-opacity"
    r"|color|opacity|fill|fill-opacity|fill-rule|paint-order|shape-rendering|vector-effect"
    r"|stroke|stroke-(?:width|opacity|linecap|linejoin|miterlimit|dasharray|dashoffset)"
)
VALUE = re.compile(
    r"(?:[\w\s.,#%+-]"
    r"|(?:matrix|translate|scale|rotate|skewX|skewY|rgba?|hsla?)\([\w\s.,%+-]*\)"
    r"|url\(#[\w.-]+\))*",
    re.ASCII,
)
"""No quote, colon, slash or backslash, and no ``url`` but that of a gradient in the drawing."""
NUMBER = r"(?:\d+(?:\.\d+)?|\.\d+)"
VIEW_BOX = re.compile(
    rf"\s*-?{NUMBER}[\s,]+-?{NUMBER}(?:[\s,]+(?=[\d.]*[1-9]){NUMBER}){{2}}\s*", re.ASCII
)
"""Four numbers; the last two, its width and height, are more than zero."""


class LogoRefused(Refused):
    """The drawing is not one that may be shown; ``reason`` says why, ``name`` says what in it."""

    code = "logo_refused"


def check_logo(svg: str) -> None:
    """Return if the drawing may be shown to members.

    Raises:
        LogoRefused: it may not; ``reason`` is ``too_large``, ``markup``, ``not_well_formed``,
            ``not_svg``, ``no_view_box``, ``element``, ``attribute`` or ``value``.
    """
    if len(svg.encode()) > LARGEST_BYTES:
        raise LogoRefused(reason="too_large", name=f"{LARGEST_BYTES} bytes")
    # Before it is parsed, so that no entity is ever declared, and none expanded.
    for opening in ("<!", "<?"):
        if opening in svg:
            raise LogoRefused(reason="markup", name=opening)
    drawing = _parsed(svg)
    if drawing.tag != f"{NAMESPACE}svg":
        raise LogoRefused(reason="not_svg", name=drawing.tag)
    if not VIEW_BOX.fullmatch(drawing.get("viewBox", "")):
        raise LogoRefused(reason="no_view_box", name="viewBox")
    for element in drawing.iter():
        _check_element(element)


def _parsed(svg: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(svg)  # noqa: S314 (it declares nothing: looked at before)
    except ElementTree.ParseError as error:
        raise LogoRefused(reason="not_well_formed", name=str(error)) from error


def _check_element(element: ElementTree.Element) -> None:
    shape = element.tag.removeprefix(NAMESPACE)
    if shape == element.tag or not ELEMENT.fullmatch(shape):
        raise LogoRefused(reason="element", name=shape)
    for name, value in element.attrib.items():
        if not ATTRIBUTE.fullmatch(name):
            raise LogoRefused(reason="attribute", name=name)
        if not VALUE.fullmatch(value):
            raise LogoRefused(reason="value", name=name)
