"""Draw a bill as a tagged PDF (PDF/UA-1), in English or Spanish, with Typst.

The template holds the layout and no words; every word, date and amount is written out here and
handed over as JSON, so nothing a person typed is ever read as markup. The same bill gives the
same bytes (under 0.1 s each).
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import segno
from django.conf import settings

from smarthub.billing import print_data as first
from smarthub.billing.printed import data as second
from smarthub.billing.printed import third
from smarthub.billing.printed.compiling import TEMPLATES, Sheet, compile_apart, compile_sheet
from smarthub.billing.printed.handed import NOTHING, Handed, ToPrint
from smarthub.billing.types import BillView
from smarthub.cooperative.types import Cooperative

FIRST: Final = "1"
SECOND: Final = "2"
LARGEST_BATCH: Final = 200
"""Bills in one file; a file is never split, for its structure would be lost."""


def render_bill(
    *,
    bill: BillView,
    language: str,
    cooperative: Cooperative,
    handed: Handed = NOTHING,
    large_print: bool = False,
) -> bytes:
    """Return the bill as PDF.

    Args:
        bill: What to draw.
        language: ``es`` for Spanish; anything else is drawn in English.
        cooperative: Who sends it, as they are on the day it is drawn.
        handed: What it prints that billing does not know: where to pay, Auto Pay, the mail.
        large_print: In one column and 18 points, for those who see little.

    Raises:
        FileNotFoundError: there is no template of the bill's version.

    Source: domain rules 40, 128 and 131.
    """
    sheet = sheet_of(
        version=bill.template_version,
        values=written_out(bill, language, cooperative, handed),
        bill_date=bill.bill_date,
        large_print=large_print,
    )
    return compile_sheet(sheet)


def render_batch(
    *,
    bills: Sequence[ToPrint],
    cooperative: Cooperative,
    title: str,
    large_print: bool = False,
) -> bytes:
    """Return bills as one tagged PDF, each in its own language, on pages counted by bill.

    Args:
        bills: Bills of one template version, the second or a later one; at most ``LARGEST_BATCH``,
            in the order of the mail.
        cooperative: Who sends them.
        title: Of the file.
        large_print: As for one bill.

    Raises:
        ValueError: none, too many, or of several versions: a file has one structure and one look.
        FileNotFoundError: there is no template of the bills' version.
    """
    versions = {each.bill.template_version for each in bills}
    if len(versions) != 1 or FIRST in versions or len(bills) > LARGEST_BATCH:
        raise ValueError("a batch has bills of one version, and not too many")
    data = [
        written_out(each.bill, each.language, cooperative, replace(each.handed, file_title=title))
        for each in bills
    ]
    sheet = sheet_of(
        version=versions.pop(),
        values=data,
        bill_date=bills[0].bill.bill_date,
        large_print=large_print,
    )
    return compile_apart(sheet)


def written_out(
    bill: BillView, language: str, cooperative: Cooperative, handed: Handed
) -> dict[str, Any]:
    """Return the values a bill's version of the template knows: earlier versions keep their own."""
    if bill.template_version == FIRST:
        data = first.print_data(
            bill=bill,
            language=language,
            cooperative=cooperative,
            pay_address=handed.pay_address,
            online_code=handed.online_code,
        )
    else:
        print_data = second.print_data if bill.template_version == SECOND else third.print_data
        data = print_data(bill=bill, language=language, cooperative=cooperative, handed=handed)
    address = data["pay"].pop("qr_for", handed.pay_address)
    data["pay"]["qr"] = _qr_svg(address) if address else ""
    return data


def sheet_of(
    *, version: str, values: object, bill_date: dt.date, large_print: bool = False
) -> Sheet:
    """Return what is to be drawn, for ``compile_sheet`` or ``compile_apart``.

    Raises:
        FileNotFoundError: there is no template of the version.
    """
    template = TEMPLATES / f"bill_{'large_' if large_print else ''}{version}.typ"
    if not template.is_file():
        raise FileNotFoundError(template.name)
    made = dt.datetime.combine(bill_date, dt.time(12), dt.UTC)
    return Sheet(template, values, Path(settings.FONTS_DIR), int(made.timestamp()))


@lru_cache(maxsize=8)
def _qr_svg(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
