"""All bills of an account as files: one zip of printed bills, or every line as rows.

Writes nothing; a zip is sent while it is packed, one bill at a time.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from smarthub.accounts.types import VisibleAccount
from smarthub.billing.queries import WholeBill, get_whole_bills, list_bill_history
from smarthub.billing.types import BillView, SegmentView
from smarthub.kernel.errors import NotVisible
from smarthub.kernel.zip_stream import ZipSink, zip_entry
from smarthub.rating.types import PricedLine


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a bill, with the bill and the service it is on."""

    bill: BillView
    segment: SegmentView
    line: PricedLine


def list_taken_away(*, account: VisibleAccount, year: int | None = None) -> tuple[WholeBill, ...]:
    """Return the bills to take away, the oldest first: all, or those of one calendar year.

    Raises:
        NotVisible: there is none.
    """
    numbers = [
        bill.number
        for bill in list_bill_history(account_id=account.id)
        if year in (None, bill.bill_date.year)
    ]
    if not numbers:
        raise NotVisible(year=year)
    whole = get_whole_bills(account_id=account.id, numbers=numbers)
    return tuple(whole[number] for number in reversed(numbers))


def pack_bills(
    *,
    bills: tuple[WholeBill, ...],
    draw: Callable[[BillView], bytes],
    now: dt.datetime,
) -> Iterator[bytes]:
    """Yield a zip of the printed bills, piece by piece; a bill is drawn as it is reached.

    ``draw`` makes the printed bill, the same as when it is asked for alone.
    """
    sink = ZipSink()
    with zipfile.ZipFile(sink, "w") as packed:
        for each in bills:
            entry = zip_entry(f"bill-{each.view.number}.pdf", now)
            entry.compress_type = zipfile.ZIP_STORED  # a PDF is packed already
            packed.writestr(entry, draw(each.view))
            yield sink.take()
    yield sink.take()


def list_lines(*, bills: tuple[WholeBill, ...]) -> Iterator[LineRow]:
    """Yield every line of the bills, in their order; they add up to what was charged."""
    for each in bills:
        for segment in each.view.segments:
            for line in segment.lines:
                yield LineRow(each.view, segment, line)
