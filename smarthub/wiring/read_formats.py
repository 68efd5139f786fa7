"""The layouts of read files this installation takes, by name."""

from __future__ import annotations

from typing import Final

from smarthub.integrations.csv_files import formats
from smarthub.metering.ports import ReadFormat

WIDE: Final[ReadFormat] = formats.WIDE
LONG: Final[ReadFormat] = formats.LONG
REGISTERS: Final[ReadFormat] = formats.REGISTERS
TEMPERATURE: Final[ReadFormat] = formats.TEMPERATURE
