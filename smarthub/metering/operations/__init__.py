"""Every write of metering, split by noun; each is idempotent, and a file is one transaction."""

from smarthub.metering.operations.intervals import store_days
from smarthub.metering.operations.meters import (
    ChannelDiffers,
    MeterElsewhere,
    MeterNotThere,
    RegisterDiffers,
    add_meter,
    add_register,
    install_meter,
    open_channel,
    remove_meter,
)
from smarthub.metering.operations.register_reads import store_register_reads
from smarthub.metering.operations.station_days import store_station_days

__all__ = [
    "ChannelDiffers",
    "MeterElsewhere",
    "MeterNotThere",
    "RegisterDiffers",
    "add_meter",
    "add_register",
    "install_meter",
    "open_channel",
    "remove_meter",
    "store_days",
    "store_register_reads",
    "store_station_days",
]
