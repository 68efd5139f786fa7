"""The public weather service by its recorded shape, from a server in a process of its own."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smarthub.integrations.weather_gov.forecast import WeatherGov
from smarthub.usage.models import ForecastDay
from smarthub.usage.ports import ForecastUnavailable
from smarthub.workflows.usage.fetch_forecasts import fetch_forecasts

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
SERVER = Path(__file__).with_name("server_process.py")


def half_day(start: str, end: str, degrees: float, *, day: bool, unit: str = "F") -> dict[str, Any]:
    """Return one period in the fields the service gives."""
    return {
        "number": 1,
        "name": "",
        "startTime": start,
        "endTime": end,
        "isDaytime": day,
        "temperature": degrees,
        "temperatureUnit": unit,
        "windSpeed": "5 to 10 mph",
        "shortForecast": "Mostly Sunny",
    }


ANSWER: dict[str, Any] = {
    "type": "Feature",
    "properties": {
        "units": "us",
        "generatedAt": "2026-11-22T18:05:00+00:00",
        "updateTime": "2026-11-22T17:41:00+00:00",
        "periods": [
            half_day("2026-11-22T12:00:00-06:00", "2026-11-22T18:00:00-06:00", 41, day=True),
            half_day("2026-11-22T18:00:00-06:00", "2026-11-23T06:00:00-06:00", 27, day=False),
            half_day("2026-11-23T06:00:00-06:00", "2026-11-23T18:00:00-06:00", 38, day=True),
            half_day("2026-11-23T18:00:00-06:00", "2026-11-24T06:00:00-06:00", 20, day=False),
            half_day("2026-11-24T06:00:00-06:00", "2026-11-24T18:00:00-06:00", 35, day=True),
        ],
    },
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Serve a folder from a process of its own; return both."""
    folder = tmp_path_factory.mktemp("weather")
    command = [sys.executable, str(SERVER), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield folder, f"http://127.0.0.1:{port}"
        process.terminate()


def service(served: tuple[Path, str], name: str, answer: object) -> WeatherGov:
    folder, address = served
    text = answer if isinstance(answer, str) else json.dumps(answer)
    (folder / name).write_text(text)
    return WeatherGov({"KTEST": f"{address}/{name}"}, user_agent="tests")


class TestWeatherGov:
    def test_days_come_from_the_half_days(self, served: tuple[Path, str]) -> None:
        days = service(served, "good", ANSWER).fetch(station="KTEST")

        # the 22nd has no night before it any more; the 24th's low is the night into it
        assert [(d.day.day, d.low_f, d.high_f) for d in days] == [
            (23, Decimal(27), Decimal(38)),
            (24, Decimal(20), Decimal(35)),
        ]
        assert days[0].mean_f == Decimal("32.5")
        assert days[0].issued_at == dt.datetime(2026, 11, 22, 17, 41, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        "answer",
        ["", "<html>", "[]", "{}", '{"properties": {}}', '{"properties": {"updateTime": "x"}}'],
    )
    def test_an_answer_of_another_form_is_no_forecast(
        self, served: tuple[Path, str], answer: str
    ) -> None:
        with pytest.raises(ForecastUnavailable):
            service(served, "bad", answer).fetch(station="KTEST")

    def test_degrees_of_another_scale_are_not_guessed_at(self, served: tuple[Path, str]) -> None:
        answer = json.loads(json.dumps(ANSWER))
        answer["properties"]["periods"][0]["temperatureUnit"] = "K"

        with pytest.raises(ForecastUnavailable):
            service(served, "kelvin", answer).fetch(station="KTEST")

    def test_an_address_that_is_not_there_is_no_forecast(self, served: tuple[Path, str]) -> None:
        nowhere = WeatherGov({"KTEST": f"{served[1]}/nothing"}, user_agent="tests")

        with pytest.raises(ForecastUnavailable):
            nowhere.fetch(station="KTEST")


@pytest.mark.django_db
class TestFetchForecasts:
    def test_the_same_issue_is_kept_once_and_one_failure_stops_no_other(
        self, served: tuple[Path, str]
    ) -> None:
        good = service(served, "kept", ANSWER)
        both = WeatherGov({"KGONE": f"{served[1]}/nothing", **good.addresses}, user_agent="tests")

        first, again = fetch_forecasts(service=both), fetch_forecasts(service=both)

        assert [(each.station, each.new_days) for each in first] == [("KGONE", 0), ("KTEST", 2)]
        assert [each.new_days for each in again] == [0, 0]
        assert first[0].problem == "HTTPStatusError"
        assert ForecastDay.objects.count() == 2
