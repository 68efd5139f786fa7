"""Take the pictures of the sample bills in docs: ``python -m tests.billing.sample_pictures``.

Both languages, every page, as WebP; the same bills give the same pictures. One bill is taken in
large print as well. Needs poppler's pdftoppm; touches no database.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import django
from PIL import Image

DOTS_AN_INCH = 110
QUALITY = 72
TO = Path(__file__).parents[2] / "docs" / "bills"
LARGE = "time_of_use"


def take(folder: Path) -> list[Path]:
    """Draw each sample and write its pages to ``folder``; return the files."""
    from smarthub.billing.printing import render_bill  # noqa: PLC0415 (needs the settings)
    from tests.billing.sample_bill import COOPERATIVE  # noqa: PLC0415
    from tests.billing.sample_set import samples  # noqa: PLC0415

    files = []
    for sample in samples():
        for language in ("en", "es"):
            for large in (False, True) if sample.name == LARGE else (False,):
                pdf = render_bill(
                    bill=sample.bill,
                    language=language,
                    cooperative=COOPERATIVE,
                    handed=sample.handed,
                    large_print=large,
                )
                name = f"{sample.name}{'-large' if large else ''}-{language}"
                files += _pages(pdf, name, folder)
    return files


def _pages(pdf: bytes, name: str, folder: Path) -> list[Path]:
    with tempfile.TemporaryDirectory() as made:
        command = ["pdftoppm", "-r", str(DOTS_AN_INCH), "-png", "-", f"{made}/page"]
        subprocess.run(command, input=pdf, check=True)
        files = []
        for nth, page in enumerate(sorted(Path(made).glob("page*.png")), start=1):
            file = folder / f"{name}-{nth}.webp"
            with Image.open(page) as seen:
                seen.convert("RGB").save(file, "WEBP", quality=QUALITY, method=6)
            files.append(file)
    return files


def main() -> None:
    """Take all of them anew."""
    django.setup()
    TO.mkdir(parents=True, exist_ok=True)
    for old in TO.glob("*.webp"):
        old.unlink()
    files = take(TO)
    size = sum(file.stat().st_size for file in files) / 1_000
    sys.stdout.write(f"{len(files)} pictures, {size:,.0f} kB, in {TO}\n")


if __name__ == "__main__":
    main()
