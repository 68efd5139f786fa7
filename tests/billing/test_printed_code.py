"""The codes of a printed bill, read from the drawn page as a camera or a store reads them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from smarthub.billing.engine.cash_number import cash_number
from smarthub.billing.printing import render_bill
from smarthub.kernel.money import Money
from tests.billing.sample_bill import BILLER_NUMBER, COOPERATIVE
from tests.billing.sample_set import Sample, samples

DOTS_AN_INCH = 150


def codes_on(pdf: bytes, folder: Path) -> list[str]:
    """Return what the codes of all pages say, the bar codes after the squares."""
    file = folder / "bill.pdf"
    file.write_bytes(pdf)
    command = ["pdftoppm", "-r", str(DOTS_AN_INCH), "-png", str(file), str(folder / "page")]
    subprocess.run(command, check=True)
    found: list[zxingcpp.Barcode] = []
    for page in sorted(folder.glob("page*.png")):
        with Image.open(page) as seen:
            found += zxingcpp.read_barcodes(seen.convert("L"))
    squares = [each.text for each in found if each.format == zxingcpp.BarcodeFormat.QRCode]
    bars = [each.text for each in found if each.format == zxingcpp.BarcodeFormat.Code128]
    assert len(squares) + len(bars) == len(found)
    return squares + bars


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
@pytest.mark.parametrize("large_print", [False, True], ids=["", "large"])
def test_lead_to_where_one_pays_and_stand_only_where_something_is_due(
    sample: Sample,
    large_print: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    pdf = render_bill(
        bill=sample.bill,
        language="es",
        cooperative=COOPERATIVE,
        handed=sample.handed,
        large_print=large_print,
    )

    owes = sample.bill.asked > Money(0)
    cash = cash_number(biller=BILLER_NUMBER, account_number=sample.bill.account_number)
    assert codes_on(pdf, tmp_path) == ([sample.handed.pay_address, cash] if owes else [])
