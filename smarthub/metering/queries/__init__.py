"""Every read of metering, split by noun; the names callers want are all here."""

from __future__ import annotations

from smarthub.metering.queries.checks import (
    count_failed_checks,
    find_failed_check,
    list_channels_with_gaps,
    list_failed_checks,
    list_missing_days,
)
from smarthub.metering.queries.files import (
    find_given_file,
    find_report,
    list_file_totals,
    list_given_files,
    list_problems,
    list_understood_reads,
    list_working_files,
)
from smarthub.metering.queries.meters import (
    READ_KINDS,
    list_channels,
    list_channels_by_id,
    list_counted_places,
    list_flow_channels,
    list_hung_days,
    list_meter_serials,
    list_meters,
    list_point_channels,
)
from smarthub.metering.queries.reads import (
    find_stored_span,
    list_register_spans,
    list_station_means,
    read_days,
)

__all__ = [
    "READ_KINDS",
    "count_failed_checks",
    "find_failed_check",
    "find_given_file",
    "find_report",
    "find_stored_span",
    "list_channels",
    "list_channels_by_id",
    "list_channels_with_gaps",
    "list_counted_places",
    "list_failed_checks",
    "list_file_totals",
    "list_flow_channels",
    "list_given_files",
    "list_hung_days",
    "list_meter_serials",
    "list_meters",
    "list_missing_days",
    "list_point_channels",
    "list_problems",
    "list_register_spans",
    "list_station_means",
    "list_understood_reads",
    "list_working_files",
    "read_days",
]
