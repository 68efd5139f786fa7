"""The layouts in which this installation hands out use, by name."""

from __future__ import annotations

from typing import Final

from smarthub.integrations.csv_files.usage import UsageCsv
from smarthub.usage.ports import UsageFormat
from smarthub.wiring import green_button

CSV: Final = "csv"
GREEN_BUTTON: Final = "green_button"


def usage_format(name: str) -> UsageFormat:
    """Return a layout: ``csv`` or ``green_button``.

    Raises:
        ValueError: there is no such layout.
    """
    match name:
        case "csv":
            return UsageCsv()
        case "green_button":
            return green_button.usage_feed()
        case _:
            raise ValueError(f"no layout is called {name}")
