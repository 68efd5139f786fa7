"""Dana takes money in a real browser: the name is seen, then it is booked; never signed out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.e2e.conftest import COMPUTER, PHONE, sign_in_at_desk, speak
from tests.e2e.running_demo import RunningDemo

WRONG_AMOUNT = b"lockbox,4711,2026-11-20\ncheck,1,1,12.345,77,\nbatch,1,1,12.34\nfile,1,12.34\n"
SAID = {
    "en": {
        "ask": "Book $12.50 on account",
        "book": "Book it",
        "booked": "$12.50 is booked. Receipt",
        "handed": "Check 2041",
        "wrong": "Row 2, amount: “12.345”. Nothing of the file was used",
        "continue": "Continue",
        "take": "Take it in",
        "ended": "Nothing of what you sent was done",
    },
    "es": {
        "ask": "¿Registrar $12.50 en la cuenta",
        "book": "Registrarlo",
        "booked": "$12.50",
        "handed": "Cheque 2041",
        "wrong": "Fila 2, monto: «12.345». No se usó nada del archivo",
        "continue": "Continuar",
        "take": "Incorporarlo",
        "ended": "No se hizo nada de lo que envió",
    },
}


@pytest.fixture(params=[(PHONE, "en"), (COMPUTER, "es")], ids=["phone en", "computer es"])
def desk(
    browser: Browser, demo: RunningDemo, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, dict[str, str]]]:
    """Return a page on which Dana signed in with both steps, and what it says in its language."""
    size, language = request.param
    context = browser.new_context(
        base_url=demo.base_url,
        viewport={"width": size.width, "height": size.height},
        locale="en-US",
    )
    page = context.new_page()
    sign_in_at_desk(page, demo=demo)
    speak(page, language)
    yield page, SAID[language]
    if language != "en":  # what she chose is kept, and other tests read her pages
        context.clear_cookies(name="sessionid")
        sign_in_at_desk(page, demo=demo)
        for each in (language, "en"):  # only what is pressed while signed in is kept
            speak(page, each)
    context.close()


def write_a_check(page: Page, number: str, said: dict[str, str]) -> None:
    page.goto("/desk/money/counter/")
    page.locator("main input[name=account]").fill(number)
    page.locator("main input[name=amount]").fill("12.50")
    page.locator("main select[name=tender]").select_option("check")
    page.locator("main input[name=reference]").fill("2041")
    page.get_by_role("button", name=said["continue"]).click()


def test_money_is_booked_after_the_name_was_seen_and_never_without_a_session(
    desk: tuple[Page, dict[str, str]], demo: RunningDemo
) -> None:
    page, said = desk
    maria = demo.sign_in_of("maria")
    number = maria["accounts"][0]["number"]

    write_a_check(page, f" {number[:3]}-{number[3:]}", said)
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{said['ask']} {number}")
    expect(page.locator("main")).to_contain_text("Maria")
    page.get_by_role("button", name=said["book"]).click()
    expect(page.locator("main")).to_contain_text(said["booked"])
    expect(page.locator("[aria-labelledby=drawer]")).to_contain_text(said["handed"])

    page.goto("/desk/money/files/")
    page.locator("main select[name=kind]").select_option("lockbox")
    file = FilePayload(name="box.csv", mimeType="text/csv", buffer=WRONG_AMOUNT)
    page.locator("main input[name=file]").set_input_files(file)
    page.get_by_role("button", name=said["take"]).click()
    expect(page.locator("main .error-summary")).to_contain_text(said["wrong"])

    page.goto("/desk/money/counter/")
    page.context.clear_cookies(name="sessionid")
    page.locator("main input[name=account]").fill(number)
    page.get_by_role("button", name=said["continue"]).click()
    expect(page).to_have_url(f"{demo.base_url}/accounts/login/?next=/desk/money/counter/")
    expect(page.locator("body")).to_contain_text(said["ended"])
