"""Days of reads that failed a check, on the desk: listed, looked at, decided, audited."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client

from smarthub.accounts.types import ServicePointId
from smarthub.kernel.period import Period
from smarthub.members.models import AuditEntry
from smarthub.metering.models import CheckDecision
from smarthub.metering.operations import install_meter, open_channel
from smarthub.metering.queries import list_failed_checks, read_days
from smarthub.metering.types import ChannelId, Quality
from smarthub.workflows.reads.complete_reads import learn_usual_use
from tests.cast import Cast
from tests.metering.test_checks import ORDINARY
from tests.metering.yard import INSTALLED, ingest_wide, wide_file, wide_row

FIRST = dt.date(2026, 6, 1)
SPIKED = dt.date(2026, 6, 15)
USUAL = [f"{value / 1000:.3f}" for value in ORDINARY]


@pytest.fixture
def channel(cast: Cast, tmp_path: Path) -> ChannelId:
    """Give Maria's place two ordinary weeks of reads, and a day with a spike."""
    point: ServicePointId = cast.electric_1001
    install_meter(serial="E1", service_point_id=point, installed_on=INSTALLED)
    channel = open_channel(service_point_id=point, unit="kWh", step_seconds=3600)
    days = [FIRST + dt.timedelta(days=n) for n in range(14)]
    ingest_wide(wide_file(tmp_path, *(wide_row(day, USUAL) for day in days), name="a.csv"))
    learn_usual_use(on=SPIKED)
    spike = [*USUAL[:10], "9.000", *USUAL[11:]]
    ingest_wide(wide_file(tmp_path, wide_row(SPIKED, spike), name="b.csv"))
    return channel


def address() -> str:
    (failed,) = list_failed_checks(limit=5)
    return f"/desk/reads/{failed.id}/"


def value_at_10(channel: ChannelId) -> tuple[int, int]:
    (day,) = read_days(channel_ids=[channel], period=Period(SPIKED, SPIKED + dt.timedelta(days=1)))
    return int(day.values[10]), int(day.quality[10])


class TestList:
    def test_says_meter_day_check_values_and_what_to_do(
        self, dana: Client, channel: ChannelId
    ) -> None:
        del channel

        page = dana.get("/desk/reads/").content.decode()

        assert "A spike: E1, Jun 15, 2026" in page
        assert "One interval has 9.0 kWh; the highest of three weeks was 1.3 kWh." in page
        assert "Ask what ran then." in page

    def test_one_check_can_be_chosen(self, dana: Client, channel: ChannelId) -> None:
        del channel

        page = dana.get("/desk/reads/?check=zero").content.decode()

        assert "E1" not in page

    def test_an_empty_list_says_what_will_be_here(self, dana: Client) -> None:
        assert "Every read passed" in dana.get("/desk/reads/").content.decode()

    def test_it_is_counted_among_the_work(self, dana: Client, channel: ChannelId) -> None:
        del channel

        assert "Reads that failed a check" in dana.get("/desk/work/").content.decode()

    def test_members_learn_nothing_of_it(
        self, client: Client, cast: Cast, channel: ChannelId
    ) -> None:
        del channel
        client.force_login(cast.rosa.user)

        assert client.get("/desk/reads/").status_code == 404
        assert client.get(address()).status_code == 404


class TestDecision:
    def test_the_day_is_shown_hour_by_hour(self, dana: Client, channel: ChannelId) -> None:
        del channel

        page = dana.get(address()).content.decode()

        assert "10-11 a.m." in page
        assert "in doubt" in page

    def test_an_estimate_is_made_and_audited(self, dana: Client, channel: ChannelId) -> None:
        answer = dana.post(address(), {"action": "estimate", "note": "saw none"})

        # One hour between 600 and 450 Wh on a straight line.
        assert answer.status_code == 303
        assert value_at_10(channel) == (525, Quality.INTERPOLATED)
        assert CheckDecision.objects.get().note == "saw none"
        assert AuditEntry.objects.filter(act="reads.estimate").count() == 1

    def test_written_values_are_kept(self, dana: Client, channel: ChannelId) -> None:
        written = "\n".join([*USUAL[:10], "0.555", *USUAL[11:]])

        dana.post(address(), {"action": "edit", "values": written})

        assert value_at_10(channel) == (555, Quality.EDITED)

    @pytest.mark.parametrize(
        ("sent", "told"),
        [
            ({}, "Choose what becomes of this day."),
            ({"action": "edit"}, "Write the day&#x27;s values, one a line."),
            ({"action": "edit", "values": "1\nabc"}, "Line 2 is no number"),
            ({"action": "edit", "values": "1\n2"}, "The day has 24 intervals; 2 were written."),
            (
                {"action": "edit", "values": "\n".join(["-5", *USUAL[1:]])},
                "Line 1 cannot be",
            ),
        ],
    )
    def test_what_cannot_be_is_told_beside_the_form(
        self, dana: Client, channel: ChannelId, sent: dict[str, str], told: str
    ) -> None:
        answer = dana.post(address(), sent)

        assert answer.status_code == 400
        assert told in answer.content.decode()
        assert value_at_10(channel) == (9000, Quality.QUESTIONABLE)

    def test_a_decided_day_is_there_no_more(self, dana: Client, channel: ChannelId) -> None:
        del channel
        page = address()
        dana.post(page, {"action": "accept"})

        assert dana.get(page).status_code == 404
