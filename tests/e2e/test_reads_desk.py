"""Dana gives files of reads at her desk, by phone and by computer: tried, looked over, taken in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from smarthub.config.demo_settings import read_demo
from smarthub.config.environment import ROOT
from tests.e2e.conftest import PHONE, Screen, sign_in_at_desk, speak
from tests.e2e.running_demo import RunningDemo
from tests.e2e.test_member_journey import fits

METERS = {"phone": "PR11000010", "computer": "PR11000011"}
"""Homes of the demo that nobody of the sign-ins sees; each screen has its own."""
HEADER = "Meter No,Date,Time,Usage (Wh),DST\n"
PROFILE = "river-head-end"
SAVE_PROFILE = f"""
import datetime as dt
from smarthub.cooperative.operations import set_policy
from smarthub.wiring.clock import now
set_policy(key="read.profile.{PROFILE}", effective_from=dt.date(2026, 1, 1), author="board",
    source_note="the sender's description", now=now(), value={{
    "meter_column": "Meter No", "time_columns": ["Date", "Time"], "time_format": "%m/%d/%Y %H:%M",
    "value_columns": ["Usage (Wh)"], "step_seconds": 3600, "unit": "Wh", "interval_ending": True,
    "dst_column": "DST", "dst_daylight": "D", "dst_standard": "S"}})
"""
LONGEST_TRY_MS = 60_000


class Words(NamedTuple):
    """What the desk says, in the language of one screen."""

    language: str
    try_it: str
    tried: str
    waits: str
    unknown_meter: str
    below_zero: str
    take_in: str
    taken: str
    put_away: str
    nothing: str
    columns: str
    cut: str


ENGLISH = Words(
    "en", "Try the file", "Being tried", "Waits for you", "No meter has this serial number",
    "The value is below zero", "Take it in", "Taken in", "Put it away", "Nothing was kept",
    "The columns are not those of the profile", "The Green Button file breaks off or is no XML",
)  # fmt: skip
SPANISH = Words(
    "es", "Probar el archivo", "En prueba", "Espera su decisión",
    "Ningún medidor tiene este número de serie", "El valor es menor que cero", "Incorporarlo",
    "Incorporado", "Retirarlo", "No se conservó nada", "Las columnas no son las del perfil",
    "El archivo Green Button está cortado o no es XML",
)  # fmt: skip


@pytest.fixture(scope="module")
def signed_in(browser: Browser, demo: RunningDemo) -> dict[str, Any]:
    """Sign Dana in with both steps, and save the sender's mapping."""
    settings = read_demo(demo.state_dir)
    assert settings is not None
    subprocess.run(
        [sys.executable, "-m", "django", "shell", "-c", SAVE_PROFILE],
        cwd=ROOT,
        env={
            **demo.environment,
            **settings.variables(demo.state_dir),
            "DJANGO_SETTINGS_MODULE": "smarthub.config.settings",
        },
        stdout=subprocess.DEVNULL,
        check=True,
    )
    context = browser.new_context(base_url=demo.base_url)
    page = context.new_page()
    sign_in_at_desk(page, demo=demo)
    state: Any = context.storage_state()
    context.close()
    return dict(state)


@pytest.fixture
def words(screen: Screen) -> Words:
    """Let the phone speak Spanish and the computer English."""
    return SPANISH if screen is PHONE else ENGLISH


@pytest.fixture
def desk(
    browser: Browser, demo: RunningDemo, signed_in: Any, screen: Screen, words: Words
) -> Iterator[Page]:
    """Open the page of files on each screen, in the language of that screen."""
    context = browser.new_context(
        base_url=demo.base_url,
        storage_state=signed_in,
        viewport={"width": screen.width, "height": screen.height},
        has_touch=screen is PHONE,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/desk/reads/files/")
    speak(page, words.language)
    page.goto("/desk/reads/files/")
    yield page
    speak(page, "en")
    context.close()


def give(page: Page, words: Words, *, name: str, text: str, profile: str, of: str = "") -> None:
    """Choose a file and how it is to be read, and have it tried."""
    file = FilePayload(name=name, mimeType="text/csv", buffer=text.encode())
    page.locator("input[name=file]").set_input_files(file)
    page.locator("select[name=profile]").select_option(profile)
    page.locator("input[name=of]").fill(of)
    assert fits(page)
    with page.expect_navigation():
        page.get_by_role("button", name=words.try_it).click()


def state(page: Page, said: str) -> None:
    """Wait until the page says so by itself: it is not loaded anew."""
    expect(page.locator(".tag").first).to_have_text(said, timeout=LONGEST_TRY_MS)


class TestGivingAFile:
    def test_it_is_tried_shown_and_taken_in_once(
        self, desk: Page, screen: Screen, words: Words
    ) -> None:
        meter = METERS[screen.name]
        rows = [f"{meter},12/09/2026,{hour:02}:00,{400 + hour},S" for hour in range(1, 7)]
        bad = ["NOBODY7,12/09/2026,01:00,400,S", f"{meter},12/08/2026,01:00,-12,S"]
        text = HEADER + "".join(f"{row}\n" for row in [*rows[:3], *bad, *rows[3:]])
        name = f"night-{screen.name}.csv"

        give(desk, words, name=name, text=text, profile=PROFILE)

        state(desk, words.waits)
        main = desk.locator("main")
        facts = main.locator("dl.facts").first
        expect(facts.locator("dd")).to_have_text(["8", "6", "2"])  # rows, good, bad
        expect(main).to_contain_text(words.unknown_meter)
        expect(main).to_contain_text("NOBODY7")
        expect(main).to_contain_text(words.below_zero)
        expect(main).to_contain_text("2.421 kWh")  # 401 to 406
        expect(main).to_contain_text(f"{meter}, ")  # the first reads, as understood
        assert fits(desk)

        desk.get_by_role("button", name=words.take_in).click()
        state(desk, words.taken)
        assert fits(desk)
        desk.goto("/desk/reads/files/")
        expect(desk.locator(".rows li", has_text=name).first).to_contain_text(words.taken)

        give(desk, words, name="again.csv", text=text, profile=PROFILE)
        state(desk, words.waits)
        expect(desk.locator("main dl.facts").first.locator("dd")).to_have_text(["8", "6", "2"])

    def test_a_long_one_says_how_far_it_is_and_may_be_put_away(
        self, desk: Page, screen: Screen, words: Words
    ) -> None:
        rows = (
            f"{METERS[screen.name]},{month:02}/{day:02}/{year},{hour:02}:00,{year + day},S\n"
            for year in (2025, 2026)
            for month in range(1, 11)
            for day in range(1, 29)
            for hour in range(24)
        )

        give(desk, words, name="long.csv", text=HEADER + "".join(rows), profile=PROFILE)

        progress = desk.locator("progress")
        expect(progress).to_be_visible()
        assert fits(desk)
        state(desk, words.waits)
        expect(progress).to_have_count(0)
        assert fits(desk)
        with desk.expect_navigation():
            desk.get_by_role("button", name=words.put_away).click()
        expect(desk.locator(".rows li", has_text="long.csv").first).to_be_visible()

    @pytest.mark.parametrize(
        ("name", "text", "profile", "why"),
        [
            ("other.csv", "serial,when,kwh\nE1,2026-12-09,1\n", PROFILE, "columns"),
            ("cut.xml", "<feed xmlns='http://www.w3.org/2005/Atom'><entry>", "green-button", "cut"),
        ],
        ids=["columns", "cut"],
    )
    def test_a_broken_one_is_told_with_its_reason_and_nothing_is_kept(
        self,
        desk: Page,
        screen: Screen,
        words: Words,
        *,
        name: str,
        text: str,
        profile: str,
        why: str,
    ) -> None:
        give(desk, words, name=name, text=text, profile=profile, of=METERS[screen.name])

        state(desk, words.nothing)
        expect(desk.locator("main")).to_contain_text(getattr(words, why))
        expect(desk.get_by_role("button", name=words.take_in)).to_have_count(0)
        assert fits(desk)
