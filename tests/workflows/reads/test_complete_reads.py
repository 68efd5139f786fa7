"""The night: what did not come is estimated, what is wrong is told, and staff decide."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from smarthub.cooperative.operations import set_policy
from smarthub.kernel.period import Period
from smarthub.metering.models import CheckDecision, FailedCheck
from smarthub.metering.operations import AlreadyDecided, ValuesRefused, decide
from smarthub.metering.queries import count_failed_checks, list_failed_checks, read_days
from smarthub.metering.types import FailedDay, Quality
from smarthub.workflows.reads.complete_reads import Completion, complete_reads, learn_usual_use
from tests.metering.test_checks import ORDINARY
from tests.metering.yard import (
    CHICAGO,
    RECEIVED,
    Yard,
    build_yard,
    ingest_registers,
    ingest_wide,
    register_file,
    wide_file,
    wide_row,
)

START = dt.date(2026, 6, 1)
FIFTEENTH = START + dt.timedelta(days=14)
USUAL = [f"{value / 1000:.3f}" for value in ORDINARY]
SPIKED = [*USUAL[:10], "9.000", *USUAL[11:]]


@pytest.fixture
def yard(db: None, tmp_path: Path) -> Yard:
    """Store two ordinary weeks of E1, and learn from them."""
    yard = build_yard()
    days = (START + dt.timedelta(days=n) for n in range(14))
    ingest_wide(wide_file(tmp_path, *(wide_row(day, USUAL) for day in days), name="before.csv"))
    learn_usual_use(on=FIFTEENTH)
    return yard


def night(first: dt.date = START, last: dt.date = FIFTEENTH) -> Completion:
    return complete_reads(
        period=Period(first, last + dt.timedelta(days=1)), zone=CHICAGO, now=RECEIVED
    )


def waiting() -> list[FailedDay]:
    return [each for each in list_failed_checks(limit=50) if each.code != "inactive"]


def qualities(yard: Yard, day: dt.date) -> list[int]:
    (found,) = read_days(
        channel_ids=[yard.electric_channel], period=Period(day, day + dt.timedelta(days=1))
    )
    return [int(each) for each in found.quality]


class TestNight:
    def test_a_silent_day_is_estimated_and_nobody_is_bothered(self, yard: Yard) -> None:
        done = night()

        assert (done.days_estimated, done.intervals_estimated, done.missing) == (1, 24, 0)
        assert set(qualities(yard, FIFTEENTH)) == {Quality.ESTIMATED}
        assert waiting() == []

    def test_a_second_night_changes_nothing(self, yard: Yard) -> None:
        del yard
        night()

        again = night()

        assert (again.days_estimated, again.missing, again.sums) == (0, 0, 0)

    def test_a_gap_nothing_can_fill_waits_for_staff(self, yard: Yard, tmp_path: Path) -> None:
        row = wide_row(FIFTEENTH, ["0.1", "", "", "", *USUAL[4:]], meter="G1")
        ingest_wide(wide_file(tmp_path, row, name="gas.csv"))

        night(FIFTEENTH, FIFTEENTH)

        (failed,) = waiting()
        assert (failed.meter_serial, failed.code, failed.values) == (
            "G1",
            "missing",
            {"missing": 3},
        )
        assert failed.channel_id == yard.gas_channel

    def test_intervals_and_register_that_disagree_are_told(
        self, yard: Yard, tmp_path: Path
    ) -> None:
        del yard
        # Two ordinary days are 27.46 kWh; the register says 35.
        ingest_registers(
            register_file(tmp_path, "E1,2026-06-03,100.00,ami", "E1,2026-06-05,135.00,ami")
        )

        done = night(START, START + dt.timedelta(days=6))

        (failed,) = waiting()
        assert done.sums == 1
        assert (failed.code, failed.day) == ("sum", dt.date(2026, 6, 3))
        assert failed.values == {"total": 27_460, "counted": 35_000, "until": "2026-06-04"}

    def test_use_where_nobody_takes_service_is_told(self, yard: Yard) -> None:
        del yard
        night(START, START)

        assert [each.code for each in list_failed_checks(limit=9)] == ["inactive"]

    def test_the_policy_decides(self, yard: Yard, tmp_path: Path) -> None:
        del yard
        set_policy(
            key="read.checks", value={"spike_over_third": 0}, effective_from=START, author="t",
            now=RECEIVED,
        )  # fmt: skip
        ingest_wide(wide_file(tmp_path, wide_row(FIFTEENTH, SPIKED), name="spike.csv"))

        assert waiting() == []


class TestDecisions:
    @pytest.fixture
    def spike(self, yard: Yard, tmp_path: Path) -> FailedDay:
        ingest_wide(wide_file(tmp_path, wide_row(FIFTEENTH, SPIKED), name="spike.csv"))
        assert qualities(yard, FIFTEENTH)[10] == Quality.QUESTIONABLE
        (failed,) = waiting()
        return failed

    def decide(self, failed: FailedDay, action: str, values: list[str] | None = None) -> None:
        decide(
            check_id=failed.id,
            action=action,
            decided_by="dana",
            now=RECEIVED,
            zone=CHICAGO,
            values=None if values is None else [Decimal(value) for value in values],
        )

    def test_an_accepted_spike_is_doubted_no_more(self, yard: Yard, spike: FailedDay) -> None:
        self.decide(spike, "accept")

        assert qualities(yard, FIFTEENTH) == [Quality.GOOD] * 24
        assert waiting() == []
        assert CheckDecision.objects.get().decided_by == "dana"

    def test_the_same_file_values_again_do_not_bring_the_doubt_back(
        self, yard: Yard, spike: FailedDay, tmp_path: Path
    ) -> None:
        self.decide(spike, "accept")

        ingest_wide(wide_file(tmp_path, wide_row(FIFTEENTH, SPIKED), "", name="again.csv"))

        assert qualities(yard, FIFTEENTH) == [Quality.GOOD] * 24
        assert count_failed_checks() == 0

    def test_an_estimate_takes_the_place_of_the_spike_alone(
        self, yard: Yard, spike: FailedDay
    ) -> None:
        self.decide(spike, "estimate")

        (day,) = read_days(
            channel_ids=[yard.electric_channel],
            period=Period(FIFTEENTH, FIFTEENTH + dt.timedelta(days=1)),
        )
        # One hour between 600 and 450 on a straight line: 525.
        assert day.values.tolist() == [*ORDINARY[:10], 525, *ORDINARY[11:]]
        assert day.quality[10] == Quality.INTERPOLATED

    def test_what_a_person_wrote_stays_whatever_a_file_says(
        self, yard: Yard, spike: FailedDay, tmp_path: Path
    ) -> None:
        self.decide(spike, "edit", [*USUAL[:10], "0.555", *USUAL[11:]])

        ingest_wide(wide_file(tmp_path, wide_row(FIFTEENTH, SPIKED), "", name="again.csv"))

        (day,) = read_days(
            channel_ids=[yard.electric_channel],
            period=Period(FIFTEENTH, FIFTEENTH + dt.timedelta(days=1)),
        )
        assert (day.values[10], day.quality[10]) == (555, Quality.EDITED)
        assert set(day.quality.tolist()) == {Quality.GOOD, Quality.EDITED}

    @pytest.mark.parametrize(
        "values", [USUAL[:23], ["-1", *USUAL[1:]], ["0.0001", *USUAL[1:]], ["101", *USUAL[1:]]]
    )
    def test_values_that_cannot_be_are_refused(
        self, yard: Yard, spike: FailedDay, values: list[str]
    ) -> None:
        with pytest.raises(ValuesRefused):
            self.decide(spike, "edit", values)

        assert qualities(yard, FIFTEENTH)[10] == Quality.QUESTIONABLE
        assert count_failed_checks() == 1

    def test_who_decides_second_is_told_so(self, spike: FailedDay) -> None:
        self.decide(spike, "accept")

        with pytest.raises(AlreadyDecided):
            self.decide(spike, "estimate")

    def test_a_corrected_file_settles_it_by_itself(self, spike: FailedDay, tmp_path: Path) -> None:
        ingest_wide(wide_file(tmp_path, wide_row(FIFTEENTH, USUAL), name="mended.csv"))

        assert waiting() == []
        with pytest.raises(AlreadyDecided):
            self.decide(spike, "accept")

    def test_failures_and_decisions_cannot_be_rewritten(self, spike: FailedDay) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            FailedCheck.objects.filter(pk=spike.id).update(code="high")
