"""A change of the profile says beforehand what it changes, and afterwards what is so and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

from smarthub.accounts.models import AccountRole
from smarthub.members.models import Contact, Person
from smarthub.members.operations import CODE_LASTS
from tests.cast import Cast, Player
from tests.portal.settings.conftest import newest_code
from tests.portal.settings.test_profile import ADDRESS

StepUp = Callable[[Player], Client]
HOUSE = Path(__file__).parents[3] / "smarthub"
NEW = "mari@ridge.example"

FORMS = {
    "name": ("/settings/profile/name/", {"called": "Mari"}),
    "no name": ("/settings/profile/name/", {"called": ""}),
    "large print": ("/settings/profile/bills/", {"bill_format": "large_print"}),
    "ordinary print": ("/settings/profile/bills/", {"bill_format": "standard"}),
    "address": ("/settings/profile/address/", ADDRESS),
    "nickname": ("/settings/accounts/1001/name/", {"nickname": "The farm"}),
    "no nickname": ("/settings/accounts/1001/name/", {"nickname": ""}),
}
BEFOREHAND = {
    "/settings/profile/name/": (
        "Your bills keep the name of your membership: Maria Alvarez.",
        "Sus facturas conservan el nombre de su membresía: Maria Alvarez.",
    ),
    "/settings/profile/bills/": (
        (
            "It holds for bills of account 1001: each you open as PDF from now on, older ones as "
            "well, and each on paper."
        ),
        (
            "Vale para las facturas de la cuenta 1001: cada una que abra en PDF de ahora en "
            "adelante, "
            "también las anteriores, y cada una en papel."
        ),
    ),
    "/settings/profile/address/": (
        "Letters and paper bills of account 1001 go there from the next one on.",
        "Las cartas y las facturas en papel de la cuenta 1001 van allí desde la próxima.",
    ),
    "/settings/contacts/email/": (
        (
            "Once you typed the code, e-mails about account 1001 go there as well: bills, receipts "
            "and notices."
        ),
        (
            "En cuanto escriba el código, los correos sobre la cuenta 1001 llegan también allí: "
            "facturas, recibos de pago y avisos."
        ),
    ),
    "/settings/contacts/phone/": (
        "Once you typed the code, texts about account 1001 may go there.",
        "En cuanto escriba el código, pueden llegar allí mensajes de texto sobre la cuenta 1001.",
    ),
    "/settings/accounts/1001/name/": (
        "Bills, letters and other people of the account keep number and address.",
        "Las facturas, las cartas y las demás personas de la cuenta conservan número y dirección.",
    ),
    "/more/": (
        (
            "It changes these pages, our e-mails, texts and letters to you, and the language of "
            "your "
            "bills."
        ),
        (
            "Cambia estas páginas, los correos, mensajes de texto y cartas que le enviamos, y el "
            "idioma de sus facturas."
        ),
    ),
}
AFTERWARDS = {
    "name": (
        (
            "Saved. We call you Mari from now on, on these pages and in messages. Your bills keep "
            "the name Maria Alvarez."
        ),
        (
            "Guardado. De ahora en adelante le llamamos Mari, en estas páginas y en los mensajes. "
            "Sus facturas conservan el nombre Maria Alvarez."
        ),
    ),
    "no name": (
        "Saved. We call you by your first name again, here and in messages.",
        "Guardado. Le llamamos otra vez por su nombre de pila, aquí y en los mensajes.",
    ),
    "large print": (
        "Saved. Bills of account 1001 are in large print from now on, as PDF and on paper.",
        (
            "Guardado. Las facturas de la cuenta 1001 salen en letra grande de ahora en adelante, "
            "en PDF y en papel."
        ),
    ),
    "ordinary print": (
        "Saved. Bills of account 1001 are in ordinary print from now on, as PDF and on paper.",
        (
            "Guardado. Las facturas de la cuenta 1001 salen en letra normal de ahora en adelante, "
            "en PDF y en papel."
        ),
    ),
    "address": (
        (
            "Saved. Letters and paper bills of account 1001 go to PO Box 9, Willow Bend, IL 61000 "
            "from now on. Where you are served stays as it was."
        ),
        (
            "Guardado. Las cartas y las facturas en papel de la cuenta 1001 van de ahora en "
            "adelante "
            "a PO Box 9, Willow Bend, IL 61000. El lugar del servicio sigue siendo el mismo."
        ),
    ),
    "nickname": (
        "Saved. Account 1001 is called The farm on your pages, and on no bill.",
        "Guardado. La cuenta 1001 se llama The farm en sus páginas, y en ninguna factura.",
    ),
    "no nickname": (
        "Saved. Account 1001 is called by its address on your pages again.",
        "Guardado. La cuenta 1001 se llama otra vez por su dirección en sus páginas.",
    ),
}
NOTHING = (
    "Nothing was changed: it was so already.",
    "No se cambió nada: ya era así.",
)


@pytest.fixture(params=["en", "es"])
def maria(cast: Cast, step_up: StepUp, request: pytest.FixtureRequest) -> Client:
    """Return Maria's browser, in each language, with the second step taken."""
    client = step_up(cast.maria)
    client.cookies["django_language"] = request.param
    client.said = 0 if request.param == "en" else 1  # type: ignore[attr-defined]
    return client


def said_by(maria: Client, words: tuple[str, str]) -> str:
    """Return the words of her language, as they stand in a page."""
    return escape(words[maria.said])  # type: ignore[attr-defined]


def notices(text: str) -> list[str]:
    """Return what a page says once."""
    return re.findall(r'<p class="notice notice-\w+" role="status">(.*?)</p>', text)


class TestBeforehand:
    @pytest.mark.parametrize("address", BEFOREHAND)
    def test_says_what_it_changes(self, maria: Client, settings: object, address: str) -> None:
        settings.DEMO = True  # type: ignore[attr-defined]  # somebody carries texts

        assert said_by(maria, BEFOREHAND[address]) in maria.get(address).text

    def test_names_accounts_by_how_many_they_are_where_they_are_many(
        self, cast: Cast, maria: Client
    ) -> None:
        AccountRole.objects.filter(person=cast.maria.person_id).update(role="viewer")

        page = maria.get("/settings/profile/address/").text

        every = ("all your accounts", "todas sus cuentas")
        assert said_by(maria, every) in page


class TestAfterwards:
    @pytest.mark.parametrize("change", AFTERWARDS)
    def test_says_what_is_so_now_and_where(self, cast: Cast, maria: Client, change: str) -> None:
        address, typed = FORMS[change]
        Person.objects.filter(pk=cast.maria.person_id).update(
            called="Mia" if change == "no name" else "",
            bill_format="large_print" if change == "ordinary print" else "standard",
        )
        AccountRole.objects.filter(person=cast.maria.person_id).update(
            nickname="Home" if change == "no nickname" else ""
        )

        page = maria.post(address, typed, follow=True).text

        assert notices(page) == [said_by(maria, AFTERWARDS[change])]

    @pytest.mark.parametrize("change", ["name", "large print", "address", "nickname"])
    def test_says_so_where_nothing_was_changed(self, maria: Client, change: str) -> None:
        address, typed = FORMS[change]
        maria.post(address, typed, follow=True)

        page = maria.post(address, typed, follow=True).text

        assert notices(page) == [said_by(maria, NOTHING)]

    def test_says_what_goes_to_a_confirmed_address_and_to_a_removed_one(
        self, maria: Client
    ) -> None:
        page = maria.post("/settings/contacts/email/", {"value": NEW}).headers["Location"]
        confirmed = maria.post(page, {"code": newest_code("contact_code")}, follow=True).text
        reference = Contact.objects.get(value=NEW).reference
        removed = maria.post(f"/settings/contacts/{reference}/remove/", follow=True).text

        assert notices(confirmed) == [
            said_by(
                maria,
                (
                    (
                        "Confirmed. E-mails about account 1001, bills and notices alike, go to "
                        f"{NEW} too."
                    ),
                    (
                        "Confirmado. Los correos sobre la cuenta 1001, tanto facturas como avisos, "
                        f"llegan también a {NEW}."
                    ),
                ),
            )
        ]
        assert notices(removed) == [
            said_by(
                maria,
                (
                    (
                        f"Removed. Nothing goes to {NEW} any more. Messages go to "
                        "maria@prairieridge.example."
                    ),
                    (
                        f"Eliminado. Ya no llega nada a {NEW}. Los mensajes van a "
                        "maria@prairieridge.example."
                    ),
                ),
            )
        ]

    def test_says_with_what_one_signs_in(self, maria: Client) -> None:
        page = maria.post("/settings/contacts/email/", {"value": NEW}).headers["Location"]
        maria.post(page, {"code": newest_code("contact_code")}, follow=True)
        reference = Contact.objects.get(value=NEW).reference

        done = maria.post(f"/settings/contacts/{reference}/sign-in/", follow=True).text

        assert notices(done) == [
            said_by(
                maria,
                (
                    (
                        f"From now on you sign in with {NEW}, no longer with "
                        "maria@prairieridge.example. Your password stays."
                    ),
                    (
                        f"De ahora en adelante usted entra con {NEW}, ya no con "
                        "maria@prairieridge.example. Su contraseña sigue siendo la misma."
                    ),
                ),
            )
        ]

    def test_says_in_the_new_language_what_is_written_in_it(self, maria: Client) -> None:
        other = "es" if maria.said == 0 else "en"  # type: ignore[attr-defined]
        if other == "en":
            maria.post("/language/", {"language": "es", "next": "/more/"}, follow=True)

        page = maria.post("/language/", {"language": other, "next": "/more/"}, follow=True).text

        told = {
            "en": "These pages, your messages and your bills are in English from now on, on every "
            "device.",
            "es": "Estas páginas, sus mensajes y sus facturas están en español de ahora en "
            "adelante, en todos sus dispositivos.",
        }
        assert notices(page) == [told[other]]


def test_messages_and_pages_say_how_long_a_code_works() -> None:
    minutes = int(CODE_LASTS.total_seconds() // 60)
    texts = [*HOUSE.glob("**/templates/**/*.txt"), *HOUSE.glob("**/templates/**/*.html")]

    said = {
        (file.name, int(found))
        for file in texts
        for found in re.findall(r"It works for (\d+) minutes", file.read_text())
    }

    assert len(said) > 5
    assert {each for each in said if each[1] != minutes} == set()
