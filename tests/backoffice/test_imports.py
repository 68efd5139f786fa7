"""Files of reads on the desk: tried, shown, confirmed, taken in once, or put away."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from smarthub.jobs.tasks import import_reads_file
from smarthub.metering.models import IntervalDay
from smarthub.metering.operations import install_meter, open_channel
from tests.cast import Cast
from tests.metering.yard import INSTALLED

KEY = uuid.UUID(int=7)
PAGE = f"/desk/reads/files/{KEY}/"
FILE = b"meter,start,value\nE1,2026-03-02T00:00,0.412\nX9,2026-03-02T00:00,1\n"


@pytest.fixture
def desk(dana: Client, cast: Cast, settings: Settings, tmp_path: Path) -> Client:
    """Let Dana work where Maria's place has a meter E1 of hours."""
    settings.STATE_DIR = tmp_path
    point = cast.electric_1001
    install_meter(serial="E1", service_point_id=point, installed_on=INSTALLED)
    open_channel(service_point_id=point, unit="kWh", step_seconds=3600)
    return dana


def give(desk: Client, **changed: object) -> int:
    sent = {"key": str(KEY), "profile": "long", "file": SimpleUploadedFile("may.csv", FILE)}
    return desk.post("/desk/reads/files/", {**sent, **changed}).status_code


class TestGiving:
    def test_a_file_is_tried_and_nothing_is_kept(self, desk: Client) -> None:
        assert give(desk) == 303
        assert "Being tried" in desk.get(PAGE).content.decode()

        import_reads_file(str(KEY))

        page = desk.get(PAGE).content.decode()
        assert "Waits for you" in page
        assert "unknown_meter" in page
        assert "0.412 kWh" in page
        assert not IntervalDay.objects.exists()

    def test_confirmed_it_is_taken_in_once(self, desk: Client, tmp_path: Path) -> None:
        give(desk)
        import_reads_file(str(KEY))

        desk.post(f"{PAGE}confirm/")
        import_reads_file(str(KEY))
        import_reads_file(str(KEY))

        day = IntervalDay.objects.get()
        assert (day.day, day.total) == (dt.date(2026, 3, 2), 412)
        assert "Taken in" in desk.get(PAGE).content.decode()
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_put_away_it_is_gone(self, desk: Client, tmp_path: Path) -> None:
        give(desk)
        import_reads_file(str(KEY))

        desk.post(f"{PAGE}drop/")
        desk.post(f"{PAGE}confirm/")
        import_reads_file(str(KEY))

        assert not IntervalDay.objects.exists()
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    @pytest.mark.parametrize(
        ("changed", "told"),
        [
            ({"file": ""}, "Choose the file."),
            ({"profile": "green-button"}, "Say which meter or station the file is of."),
        ],
    )
    def test_what_is_missing_is_told(
        self, desk: Client, changed: dict[str, object], told: str
    ) -> None:
        sent = {"key": str(KEY), "profile": "long", "file": SimpleUploadedFile("may.csv", FILE)}

        answer = desk.post("/desk/reads/files/", {**sent, **changed})

        assert answer.status_code == 400
        assert told in answer.content.decode()

    def test_members_learn_nothing_of_it(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.rosa.user)

        assert client.get("/desk/reads/files/").status_code == 404
        assert client.get(PAGE).status_code == 404
