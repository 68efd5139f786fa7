"""Every write of metering, split by noun; each is idempotent, and a file is one transaction.

Where reads did not come, ``estimate_gaps`` fills intervals, and ``estimate_register_read`` gives
billing a register read of kind ``estimated`` (domain rule 16).
"""

from smarthub.metering.operations.decisions import AlreadyDecided, ValuesRefused, decide
from smarthub.metering.operations.estimates import estimate_gaps
from smarthub.metering.operations.given_files import (
    end_given_file,
    fail_given_file,
    give_file,
    move_given_file,
)
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
from smarthub.metering.operations.register_estimates import (
    NothingToEstimateFrom,
    estimate_register_read,
    replace_estimates,
)
from smarthub.metering.operations.register_reads import store_register_reads
from smarthub.metering.operations.station_days import store_station_days
from smarthub.metering.operations.validation import (
    check_against_registers,
    check_without_agreement,
    refresh_usual_use,
    tell_missing,
)

__all__ = [
    "AlreadyDecided",
    "ChannelDiffers",
    "MeterElsewhere",
    "MeterNotThere",
    "NothingToEstimateFrom",
    "RegisterDiffers",
    "ValuesRefused",
    "add_meter",
    "add_register",
    "check_against_registers",
    "check_without_agreement",
    "decide",
    "end_given_file",
    "estimate_gaps",
    "estimate_register_read",
    "fail_given_file",
    "give_file",
    "install_meter",
    "move_given_file",
    "open_channel",
    "refresh_usual_use",
    "remove_meter",
    "replace_estimates",
    "store_days",
    "store_register_reads",
    "store_station_days",
    "tell_missing",
]
