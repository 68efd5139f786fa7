"""Files of reads on the desk: tried, shown, confirmed, taken in once, or put away."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from smarthub.backoffice.words.problems import PROBLEM_WORDS
from smarthub.jobs.tasks import find_lost_files, import_reads_file
from smarthub.metering.models import IntervalDay, ReadImport
from smarthub.metering.operations import install_meter, open_channel
from smarthub.metering.types import Problem
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


def set_job(*, status: str, attempts: int = 0) -> None:
    """Let the file's jobs stand so in the queue, as a dead worker or an operator leaves them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status, attempts = %s"
            " WHERE task_name = 'import_reads_file'",
            [status, attempts],
        )


class TestWords:
    def test_every_problem_says_what_is_wrong_and_what_to_do(self) -> None:
        assert set(PROBLEM_WORDS) == set(Problem)


class TestGiving:
    def test_a_file_is_tried_and_nothing_is_kept(self, desk: Client) -> None:
        assert give(desk) == 303
        assert "Being tried" in desk.get(PAGE).content.decode()

        import_reads_file(str(KEY))

        page = desk.get(PAGE).content.decode()
        assert "Waits for you" in page
        assert "No meter has this serial number" in page
        assert "add the meter and give the row again" in page
        assert "0.412 kWh" in page
        assert not IntervalDay.objects.exists()

    @pytest.mark.parametrize(
        ("file", "refuse", "says"),
        [
            (b"serial;when\nE1;2\n", "", "The columns are not those of the profile"),
            (FILE, "1", "No meter has this serial number"),
            (FILE.splitlines(keepends=True)[0], "", "Nothing was kept"),
        ],
        ids=["columns", "all or nothing", "no rows"],
    )
    def test_a_file_of_which_nothing_can_be_kept_asks_for_nothing(
        self, desk: Client, tmp_path: Path, *, file: bytes, refuse: str, says: str
    ) -> None:
        given = SimpleUploadedFile("may.csv", file)

        assert give(desk, file=given, refuse_flawed=refuse) == 303
        import_reads_file(str(KEY))

        page = desk.get(PAGE).content.decode()
        assert "Nothing was kept" in page
        assert says in page
        assert "Take it in" not in page
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

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

    def test_an_error_in_the_work_is_told_and_the_file_may_be_given_again(
        self, desk: Client, tmp_path: Path
    ) -> None:
        give(desk)
        (tmp_path / "given-reads" / str(KEY)).unlink()  # somebody cleared the folder

        with pytest.raises(FileNotFoundError):
            import_reads_file(str(KEY))

        page = desk.get(PAGE).content.decode()
        assert "Stopped" in page
        assert "could not go on with this file" in page
        assert "Stopped" in desk.get("/desk/reads/files/").content.decode()

    def test_a_profile_taken_back_meanwhile_is_told(self, desk: Client) -> None:
        give(desk)
        ReadImport.objects.update(profile="gone")

        import_reads_file(str(KEY))

        assert "no longer there" in desk.get(PAGE).content.decode()

    @pytest.mark.parametrize(
        ("status", "attempts", "stopped"),
        [
            ("todo", 0, 0),
            ("doing", 2, 0),
            ("doing", 3, 1),  # it kills every worker that takes it
            ("failed", 0, 1),
        ],
    )
    def test_a_file_that_nothing_works_on_is_found(
        self, desk: Client, tmp_path: Path, status: str, attempts: int, stopped: int
    ) -> None:
        give(desk)
        set_job(status=status, attempts=attempts)

        assert find_lost_files() == stopped
        assert find_lost_files() == 0

        page = desk.get(PAGE).content.decode()
        assert ("was cut off" in page) == bool(stopped)
        assert ("Being tried" in page) != bool(stopped)
        assert bool([path for path in tmp_path.rglob("*") if path.is_file()]) != bool(stopped)

    def test_a_confirmed_file_is_found_too_and_a_tried_one_left_alone(self, desk: Client) -> None:
        give(desk)
        import_reads_file(str(KEY))
        set_job(status="failed")
        assert find_lost_files() == 0  # it waits for a person, and not for a job

        desk.post(f"{PAGE}confirm/")
        set_job(status="failed")

        assert find_lost_files() == 1
        import_reads_file(str(KEY))
        assert not IntervalDay.objects.exists()

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
