"""What is wrong in a tariff file is named, and its line, before anybody is charged."""

from __future__ import annotations

import pytest

from smarthub.jobs.demo.rate_book import RATE_BOOK
from smarthub.kernel.errors import Refused
from smarthub.rating.files.tariffs import read_tariff_file

WATER = (RATE_BOOK / "W-1-2026-03.yaml").read_text()
HOURS = (RATE_BOOK / "E-R2-2026-03.yaml").read_text()
SEASONS = "seasons:\n  - {code: summer, from: 06-01, to: 09-30}"
REST = "    name: {en: off-peak, es: fuera de horas pico}"
PERIODS_LINE = HOURS[: HOURS.index("periods:")].count("\n") + 1
TIERS = '[{upto: "5", rate: "7.25"}, {upto: "10", rate: "6.10"}, {rate: "5.35"}]'


@pytest.mark.parametrize(
    ("text", "old", "new", "code"),
    [
        (WATER, TIERS, '[{upto: "5", rate: "7.25"}]', "tiers_have_gap"),
        (WATER, TIERS, '[{rate: "7.25"}, {rate: "5.35"}]', "tier_end_missing"),
        (WATER, '{upto: "10"', '{upto: "4"', "tiers_overlap"),
        (WATER, '{upto: "10"', '{from: "6", upto: "10"', "tiers_have_gap"),
        (HOURS, SEASONS, SEASONS.replace("09-30", "09-29"), "seasons_have_gap"),
        (HOURS, SEASONS, SEASONS.replace("09-30", "10-01"), "seasons_overlap"),
        (HOURS, "22:00-05:00", "15:00-05:00", "periods_overlap"),
        (HOURS, REST, f"{REST}\n    when: [{{days: [weekends]}}]", "periods_have_gap"),
        (HOURS, '      - {hours: ["22:00-05:00"]}', '      - {hours: ["25:00-05:00"]}', ""),
        (HOURS, "seasons: [summer], days", "seasons: [spring], days", "tariff_name_unknown"),
        (HOURS, "{en: on-peak, es: en horas pico}", "{en: on-peak}", "spanish_missing"),
        (HOURS, "effective_from: 2026-03-01", "effective_from: 2026-02-30", "tariff_has_gap"),
    ],
)
def test_a_fault_names_its_line(text: str, old: str, new: str, code: str) -> None:
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    if code.startswith("periods"):
        line = PERIODS_LINE  # of all of them together

    with pytest.raises(Refused) as caught:
        read_tariff_file(text=text.replace(old, new, 1))

    assert not code or caught.value.code == code
    assert caught.value.values.get("line") == line, caught.value.values
