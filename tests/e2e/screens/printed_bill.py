"""The printed bill, each of its pages as a picture; left out where there is no pdftoppm."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.access.browsing import Window
from tests.e2e.access.shown import Shown
from tests.e2e.screens.camera import photograph
from tests.e2e.screens.index_page import Look, Picture

PIXELS_AN_INCH = 96
PAPER = {"width": 816, "height": 1056}


def photograph_bill(
    window: Window, shown: Shown, paper: Look, *, folder: Path
) -> Iterator[Picture]:
    """Open the bill's PDF from its page and photograph its pages."""
    if shutil.which("pdftoppm") is None:
        return
    window.visit(shown)
    address = window.page.locator("a[href$='/pdf/']").first.get_attribute("href") or ""
    pdf = window.page.request.get(address).body()
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "bill.pdf"
        file.write_bytes(pdf)
        command = ["pdftoppm", "-png", "-r", str(PIXELS_AN_INCH), str(file), f"{made}/page"]
        subprocess.run(command, check=True)
        for n, image in enumerate(sorted(Path(made).glob("page*.png")), start=1):
            picture = Picture("printed_bill", f"page {n}", paper)
            _photograph_image(window, image, to=folder / picture.file)
            yield picture


def _photograph_image(window: Window, image: Path, *, to: Path) -> None:
    """Let the browser encode it, as it encodes every other picture."""
    page = window.context.new_page()
    page.set_viewport_size({**PAPER})  # type: ignore[typeddict-item]
    data = base64.b64encode(image.read_bytes()).decode()
    page.set_content(f'<body style="margin:0"><img src="data:image/png;base64,{data}">')
    cdp = window.context.new_cdp_session(page)
    photograph(page, cdp, to=to, tallest=PAPER["height"])
    page.close()
