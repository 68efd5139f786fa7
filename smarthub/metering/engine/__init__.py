"""Formulas of metering: days and their slots, packing, checks, register differences.

Pure numpy and Python, split by noun; the names most callers want are here.
"""

from smarthub.metering.engine.days import ZoneDays, slots
from smarthub.metering.engine.packing import pack, unpack
from smarthub.metering.engine.registers import NegativeUse, register_use

__all__ = ["NegativeUse", "ZoneDays", "pack", "register_use", "slots", "unpack"]
