"""Take a picture of the whole page, as small a file as still reads well."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import CDPSession, Page

QUALITY = 32
"""Of WebP, as Chromium makes it: text stays clean, and a page takes some 15 kB."""


def photograph(page: Page, cdp: CDPSession, *, to: Path, tallest: int) -> None:
    """Write the page as it stands to ``to``, down to its end or to ``tallest``; exact as PNG.

    The window grows to the length of the page first, so what is fixed to its edge, the bar of
    the menu, is drawn once and at the end.
    """
    seen = page.viewport_size
    assert seen is not None
    page.evaluate("document.fonts.ready")
    height = min(
        max(page.evaluate("document.documentElement.scrollHeight"), seen["height"]), tallest
    )
    page.set_viewport_size({"width": seen["width"], "height": height})
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    image = {"format": "png"} if to.suffix == ".png" else {"format": "webp", "quality": QUALITY}
    taken = cdp.send("Page.captureScreenshot", image)
    to.write_bytes(base64.b64decode(taken["data"]))
    page.set_viewport_size(seen)
