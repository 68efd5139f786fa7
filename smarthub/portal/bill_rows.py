"""The lines of bills as rows of a spreadsheet: plain numbers and dates, names in one language."""

from __future__ import annotations

from django.utils.translation import gettext

from smarthub.portal.templatetags.services import service_name
from smarthub.ui.formats import reading_language
from smarthub.workflows.bills.bills_taken_away import LineRow

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins a formula; words that begin so are given a quotation mark."""


def line_head() -> tuple[str, ...]:
    """Return the names of the columns."""
    return (
        gettext("Bill number"),
        gettext("Bill date"),
        gettext("Due date"),
        gettext("State"),
        gettext("Service"),
        gettext("Address"),
        gettext("First day"),
        gettext("Last day"),
        gettext("Rate"),
        gettext("Charge"),
        gettext("Quantity"),
        gettext("Unit"),
        gettext("Price"),
        gettext("Amount"),
    )


def line_cells(row: LineRow) -> tuple[str, ...]:
    """Return one line; amounts and days as any program reads them: 33.29 and 2026-11-05."""
    bill, segment, line = row.bill, row.segment, row.line
    cells = (
        bill.number,
        bill.bill_date.isoformat(),
        bill.due_date.isoformat(),
        gettext("Taken back") if bill.taken_back else "",
        service_name(segment.service),
        segment.address,
        segment.period.start.isoformat(),
        segment.period.last_day.isoformat(),
        segment.tariff_code,
        line.name.in_language(reading_language()),
    )
    figures = (f"{line.quantity:f}", line.unit, f"{line.rate:f}", f"{line.amount.dollars:f}")
    return (*(_safe(cell) for cell in cells), *figures)


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
