"""Colours and their contrast, and the tones a co-op's one colour gives. Plain arithmetic.

Contrast is WCAG 2.2's ratio of relative luminances; tones move in OKLCH, where an equal step
looks equal, so a twin for the dark keeps its hue.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

TEXT_CONTRAST = 4.5
"""WCAG 2.2 success criterion 1.4.3: text against what it stands on."""
SHAPE_CONTRAST = 3.0
"""WCAG 2.2 success criterion 1.4.11: shapes that carry meaning."""
STEPS = 200
GAMMA_KNEE = 0.04045
LINEAR_KNEE = 0.0031308


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour; each part from 0 to 1."""

    red: float
    green: float
    blue: float

    @classmethod
    def from_hex(cls, text: str) -> Colour:
        """Read ``#rrggbb``.

        Raises:
            ValueError: it is written another way.
        """
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
            raise ValueError(f"a colour is written #rrggbb, not {text!r}")
        return cls(*(int(text[n : n + 2], 16) / 255 for n in (1, 3, 5)))

    @property
    def hex(self) -> str:
        """The colour as ``#rrggbb``."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in self.parts)

    @property
    def parts(self) -> tuple[float, float, float]:
        """Red, green and blue."""
        return self.red, self.green, self.blue

    @property
    def luminance(self) -> float:
        """Relative luminance: 0 is black, 1 is white (WCAG 2.2)."""
        red, green, blue = (_linear(part) for part in self.parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)


def mixed(over: Colour, under: Colour, share: float) -> Colour:
    """Return ``share`` of one colour laid over another, rounded as it is written."""
    pairs = zip(over.parts, under.parts, strict=True)
    return Colour.from_hex(Colour(*(share * a + (1 - share) * b for a, b in pairs)).hex)


def nearest_passing(colour: Colour, *, against: tuple[Colour, ...], least: float) -> Colour:
    """Return the colour of the same hue nearest in lightness that passes against all given.

    Args:
        colour: Where to start; returned as it is when it passes.
        against: What it must be told from.
        least: The contrast ratio it needs with each.

    Raises:
        ValueError: no lightness of this hue passes against all of them.
    """
    lightness, chroma, hue = _to_oklch(colour)
    if _passes(colour, against, least):
        return colour
    for step in range(1, STEPS + 1):
        for sign in (-1, 1):
            tried = _from_oklch(lightness + sign * step / STEPS, chroma, hue)
            if _passes(tried, against, least):
                return tried
    raise ValueError(f"no tone of {colour.hex} passes {least}:1 here")


def dark_twin(colour: Colour, *, against: tuple[Colour, ...]) -> Colour:
    """Return the colour's twin for dark pages: light, calm, of the same hue, and legible."""
    _, chroma, hue = _to_oklch(colour)
    twin = _from_oklch(0.8, min(chroma, 0.11), hue)
    return nearest_passing(twin, against=against, least=TEXT_CONTRAST)


def _passes(colour: Colour, against: tuple[Colour, ...], least: float) -> bool:
    return all(contrast(colour, other) >= least for other in against)


def _linear(part: float) -> float:
    return part / 12.92 if part <= GAMMA_KNEE else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    inside = min(max(part, 0.0), 1.0)
    return inside * 12.92 if inside <= LINEAR_KNEE else 1.055 * inside ** (1 / 2.4) - 0.055


def _to_oklch(colour: Colour) -> tuple[float, float, float]:
    """Return lightness, chroma and hue in radians (Ottosson's OKLab, in polar form)."""
    red, green, blue = (_linear(part) for part in colour.parts)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Return the sRGB colour, clipped to what a screen can show and rounded as it is written."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return Colour.from_hex(Colour(*(_gamma(part) for part in linear)).hex)
