"""Keep the newest weather forecasts: from the service the co-op named, or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smarthub.cooperative.queries import get_zone, list_policies
from smarthub.usage.ports import ForecastUnavailable, WeatherForecast
from smarthub.wiring.clock import now, today
from smarthub.wiring.forecasts import forecast_file, forecast_service
from smarthub.workflows.usage.fetch_forecasts import fetch_forecasts

POLICY = "weather.forecasts"


class Command(BaseCommand):
    """``forecast``: every few hours, from a timer; without addresses or a file it does nothing."""

    help = "Keep the newest weather forecast of each station."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a file instead of the service."""
        parser.add_argument("--file", type=Path, help="station,day,low_f,high_f; a row a day")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Fetch, and tell a line a station; end with an error if none could be had."""
        try:
            reports = fetch_forecasts(service=self._service(options["file"]))
        except ForecastUnavailable as error:
            raise CommandError(
                f"{options['file']}: row {error.values['row']}, {error.values['reason']}"
            ) from error
        for report in reports:
            said = report.problem or f"{report.new_days} new days"
            self.stdout.write(f"{report.station}: {said}")
        if reports and all(report.problem for report in reports):
            raise CommandError("No forecast could be had; the pages go on with usual weather.")

    def _service(self, file: Path | None) -> WeatherForecast:
        if file is not None:
            return forecast_file(path=file, issued_at=now())
        addresses = list_policies(on=today(get_zone())).get(POLICY, {})
        if not addresses:
            self.stdout.write(f"The policy {POLICY} names no station: nothing to do.")
        return forecast_service(addresses=addresses)
