"""Every read of use, the only one in the house: pages, rating, alerts and exports ask here.

Hours, days, months, all channels of a point at once, whole series as arrays, register
differences, and the weather beside them. Split by noun; all names are here.
"""

from smarthub.usage.queries.days import list_daily_use, list_monthly_use, list_point_days
from smarthub.usage.queries.hours import list_hourly_use, read_series
from smarthub.usage.queries.registers import get_register_use
from smarthub.usage.queries.weather import list_station_days

__all__ = [
    "get_register_use",
    "list_daily_use",
    "list_hourly_use",
    "list_monthly_use",
    "list_point_days",
    "list_station_days",
    "read_series",
]
