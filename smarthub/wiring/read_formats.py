"""The layouts of read files this installation takes, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from smarthub.integrations.csv_files import formats
from smarthub.integrations.csv_files.mapped import MappedFormat
from smarthub.integrations.green_button.reading import GreenButtonFormat
from smarthub.metering.ports import ReadFormat
from smarthub.metering.profiles import MappingProfile

WIDE: Final[ReadFormat] = formats.WIDE
LONG: Final[ReadFormat] = formats.LONG
REGISTERS: Final[ReadFormat] = formats.REGISTERS
TEMPERATURE: Final[ReadFormat] = formats.TEMPERATURE
GREEN_BUTTON: Final = "green-button"
OURS: Final[Mapping[str, ReadFormat]] = {
    layout.name: layout for layout in (WIDE, LONG, REGISTERS, TEMPERATURE)
}
"""The layouts that need no mapping, by name."""


def read_format(
    name: str, *, mappings: Mapping[str, MappingProfile], zone: ZoneInfo, meter: str = ""
) -> ReadFormat | None:
    """Return a layout by its name: ours, Green Button, or one the co-op has mapped; else nothing.

    Args:
        name: What was asked for.
        mappings: The co-op's own profiles.
        zone: The co-op's zone.
        meter: The serial a Green Button file is of.
    """
    if name in OURS:
        return OURS[name]
    if name == GREEN_BUTTON:
        return GreenButtonFormat(meter)
    return MappedFormat(mappings[name], zone) if name in mappings else None
