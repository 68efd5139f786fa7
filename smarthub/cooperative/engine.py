"""From a co-op's one colour, every tone the pages need, each checked for contrast."""

from __future__ import annotations

from smarthub.cooperative.types import Brand
from smarthub.kernel.colour import (
    TEXT_CONTRAST,
    Colour,
    contrast,
    dark_twin,
    mixed,
    nearest_passing,
)

PAPER, CARD = Colour.from_hex("#f7f4ee"), Colour.from_hex("#fffdf9")
DARK_PAPER, DARK_CARD = Colour.from_hex("#14191a"), Colour.from_hex("#1d2425")
WHITE, INK = Colour.from_hex("#ffffff"), Colour.from_hex("#0d1f15")
SOFT_SHARE, SOFT_SHARE_DARK, STRONG_SHARE = 0.11, 0.17, 0.82


def nearest_brand_colour(colour: Colour) -> Colour:
    """Return the colour itself if members can read it on light pages, else the nearest that is so.

    It is text on paper and on cards and on its own soft tone, so it needs 4.5:1 with each.
    """
    return _legible(colour, PAPER, CARD, share=SOFT_SHARE)


def brand_from(colour: Colour) -> Brand:
    """Return all tones of a brand.

    Raises:
        ValueError: the colour is too pale; ``nearest_brand_colour`` gives one that is not.
    """
    if nearest_brand_colour(colour) != colour:
        raise ValueError(f"{colour.hex} is too pale on light pages")
    twin = dark_twin(colour, against=(DARK_PAPER, DARK_CARD))
    dark = _legible(twin, DARK_PAPER, DARK_CARD, share=SOFT_SHARE_DARK)
    return Brand(
        brand=colour.hex,
        on_brand=_text_on(colour),
        brand_strong=mixed(colour, INK, STRONG_SHARE).hex,
        brand_soft=mixed(colour, CARD, SOFT_SHARE).hex,
        brand_dark=dark.hex,
        on_brand_dark=_text_on(dark),
        brand_strong_dark=mixed(dark, WHITE, STRONG_SHARE).hex,
        brand_soft_dark=mixed(dark, DARK_CARD, SOFT_SHARE_DARK).hex,
    )


def _legible(colour: Colour, paper: Colour, card: Colour, *, share: float) -> Colour:
    """Return the nearest tone legible on paper, card and its own soft tone, which moves with it."""
    soft = mixed(colour, card, share)
    passing = nearest_passing(colour, against=(paper, card, soft), least=TEXT_CONTRAST)
    return colour if passing == colour else _legible(passing, paper, card, share=share)


def _text_on(colour: Colour) -> str:
    return max((WHITE, INK), key=lambda text: contrast(text, colour)).hex
