"""Tariffs and loads as people bring them: YAML, JSON and CSV, with the line of each fault."""

from smarthub.rating.files.loads import LoadRefused, read_load
from smarthub.rating.files.tariffs import TariffUnreadable, read_tariff_file

__all__ = ["LoadRefused", "TariffUnreadable", "read_load", "read_tariff_file"]
