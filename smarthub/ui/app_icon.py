"""The co-op's mark as icons for phones and tabs: one drawing, in the colours of its brand.

Nothing is stored: an icon is drawn when it is first asked for and remembered by its colours.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import typst
from django.template.loader import render_to_string

from smarthub.cooperative.types import Brand

POINTS_PER_INCH = 72.0
"""At this density a page of N points is a picture of N pixels."""
DRAW = """
#set page(width: float(sys.inputs.side) * 1pt, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one icon is cut; lengths are in the drawing's own 34 units, written as SVG takes them."""

    side_px: int
    corner: str = "9"
    scale: str = "1"


TAB = Shape(side_px=48)
SHAPES = {
    "48": TAB,
    "192": Shape(side_px=192),
    "512": Shape(side_px=512),
    # A phone cuts this one to a circle or a drop: only the middle 80 % is sure to be seen.
    "maskable-512": Shape(side_px=512, corner="0", scale="0.8"),
    # iOS rounds the corners itself and paints what is transparent black.
    "apple-180": Shape(side_px=180, corner="0", scale="0.9"),
}
"""Every icon there is, by its name."""


@lru_cache(maxsize=64)
def draw_svg(brand: Brand, shape: Shape = TAB) -> str:
    """Return the mark as SVG text."""
    return render_to_string("ui/app_icon.svg", {"brand": brand, "shape": shape})


@lru_cache(maxsize=64)
def draw_png(brand: Brand, name: str) -> bytes:
    """Return the icon of this name as PNG.

    Raises:
        KeyError: there is no icon of this name; ``SHAPES`` lists them.
    """
    shape = SHAPES[name]
    drawing = {"svg": draw_svg(brand, shape), "side": str(shape.side_px)}
    png: bytes = typst.compile(
        DRAW.encode(),
        format="png",
        ppi=POINTS_PER_INCH,
        sys_inputs=drawing,
        ignore_system_fonts=True,
    )
    return png


@lru_cache(maxsize=64)
def version_of_icons(brand: Brand) -> str:
    """Return a short name of what all icons show: it changes when any of them does."""
    drawings = "".join(draw_svg(brand, shape) for shape in SHAPES.values())
    return hashlib.sha256(drawings.encode()).hexdigest()[:12]
