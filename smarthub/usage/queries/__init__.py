"""Every read of use, the only one in the house: pages, rating, alerts and exports ask here.

Days, all channels of a point at once with weather and notes, whole series as arrays (``hourly`` in
``engine`` makes hours of them), register differences. Split by noun; all names are here.
"""

from smarthub.usage.queries.days import list_daily_use, list_point_days
from smarthub.usage.queries.hours import read_series
from smarthub.usage.queries.registers import get_register_use
from smarthub.usage.queries.weather import list_forecast_days, list_station_days

__all__ = [
    "get_register_use",
    "list_daily_use",
    "list_forecast_days",
    "list_point_days",
    "list_station_days",
    "read_series",
]
