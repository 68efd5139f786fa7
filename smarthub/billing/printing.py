"""Draw a bill as a tagged PDF (PDF/UA-1), in English or Spanish, with Typst.

The template holds the layout and no words; every word, date and amount is written out here and
handed over as JSON, so nothing a person typed is ever read as markup. The same bill gives the
same bytes. One compiler serves a whole process, one bill at a time (under 0.1 s each).
"""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import threading
from functools import cache
from pathlib import Path
from typing import Any, Final

import segno
import typst
from django.conf import settings

from smarthub.billing.print_data import print_data
from smarthub.billing.types import BillView
from smarthub.cooperative.types import Cooperative

TEMPLATES = Path(__file__).parent / "typst"
STANDARD: Final = "ua-1"
ONE_AT_A_TIME = threading.Lock()
log = logging.getLogger(__name__)


def render_bill(
    *,
    bill: BillView,
    language: str,
    cooperative: Cooperative,
    pay_address: str = "",
    online_code: str = "",
    large_print: bool = False,
) -> bytes:
    """Return the bill as PDF.

    Args:
        bill: What to draw.
        language: ``es`` for Spanish; anything else is drawn in English.
        cooperative: Who sends it, as they are on the day it is drawn.
        pay_address: Where the member pays online; shown, and as a QR code. Empty: neither.
        online_code: What proves once that its reader holds the account; empty: none is printed.
        large_print: In one column and 18 points, for those who see little.

    Raises:
        FileNotFoundError: there is no template of the bill's version.

    Source: domain rules 40, 128 and 131.
    """
    data = print_data(
        bill=bill,
        language=language,
        cooperative=cooperative,
        pay_address=pay_address,
        online_code=online_code,
    )
    data["pay"]["qr"] = _qr_svg(pay_address) if pay_address else ""
    return _compile(_template(bill.template_version, large_print=large_print), data, bill.bill_date)


def _template(version: str, *, large_print: bool) -> Path:
    path = TEMPLATES / f"bill_{'large_' if large_print else ''}{version}.typ"
    if not path.is_file():
        raise FileNotFoundError(path.name)
    return path


def _compile(template: Path, data: dict[str, Any], bill_date: dt.date) -> bytes:
    made = dt.datetime.combine(bill_date, dt.time(12), dt.UTC)
    with ONE_AT_A_TIME:
        pdf = _compiler(Path(settings.FONTS_DIR)).compile(
            input=str(template),
            format="pdf",
            pdf_standards=STANDARD,
            sys_inputs={"bill": json.dumps(data, ensure_ascii=False)},
            timestamp=int(made.timestamp()),
        )
    assert isinstance(pdf, bytes)  # noqa: S101 (a PDF is one file)
    return pdf


@cache
def _compiler(fonts: Path) -> typst.Compiler:
    if not any(fonts.glob("*.ttf")):
        log.warning("No fonts in %s: bills are drawn in a substitute until they are built.", fonts)
    return typst.Compiler(
        root=str(TEMPLATES),
        font_paths=[str(fonts)] if fonts.is_dir() else [],
        ignore_system_fonts=True,
    )


def _qr_svg(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
